"""An authority's local text written beside the common one: who may, what is refused, and the way until its citizens read it."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.guides import local as actions
from borgerlinje.guides.actions import do_draft, do_publish
from borgerlinje.guides.content import Step, Text
from borgerlinje.guides.models import Guide, LocalGuide, LocalVersion, SolutionAddress, State
from borgerlinje.guides.overlay import LocalText, Overlay
from borgerlinje.staff.models import Employee, RoleAssignment, User
from borgerlinje.staff.roles import Role
from tests.console.staffing import get, post, signed_in
from tests.guides.making import DANISH, ENGLISH, content, published
from tests.support.cast import NOW, Cast, make_employee, user_of
from tests.support.counting import Counter

LIST = "/konsol/guider/lokalt/"
# What a page may ask, and what `as_web` itself says around it.
_MOST_QUERIES, _OF_AS_WEB = 20, 5


@pytest.fixture
def ida(cast: Cast) -> Employee:
    return make_employee("Ida", cast.own, None, role=Role.GUIDE_EDITOR)


@pytest.fixture
def editor(ida: Employee) -> Client:
    return signed_in(ida)


@pytest.fixture
def other(cast: Cast) -> Client:
    return signed_in(make_employee("Bo", cast.own, None, role=Role.GUIDE_EDITOR))


@pytest.fixture
def stranger(cast: Cast) -> Client:
    return signed_in(make_employee("Liv", cast.colleague_authority, None, role=Role.GUIDE_EDITOR))


@pytest.fixture
def guide(cast: Cast) -> Guide:
    del cast
    return published()


@pytest.fixture
def one(cast: Cast, guide: Guide) -> str:
    return f"/konsol/guider/{guide.slug}/lokalt/{cast.own.code}/"


def form(**changes: Any) -> dict[str, Any]:
    usual = {"fact-0-label": "Gebyr", "fact-0-value": "190 kr.", "intro-da": "Kom forbi os.", "base": "", "do": "save"}
    return usual | {name.replace("__", "-"): value for name, value in changes.items()}


def test_fee_is_written_sent_approved_and_withdrawn(cast: Cast, editor: Client, other: Client, one: str) -> None:
    assert post(editor, one, **form()).status_code == HTTPStatus.FOUND
    draft = LocalVersion.objects.get()
    assert "190 kr." in get(editor, one)
    assert "Kom forbi os." in get(editor, f"{one}vis/")
    assert post(editor, f"{one}send/", version=draft.pk, note="").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(editor, f"{one}send/", version=draft.pk, note="Gebyr").status_code == HTTPStatus.FOUND
    assert "Du har selv skrevet" in get(editor, one)
    assert post(editor, f"{one}godkend/", version=draft.pk).status_code == HTTPStatus.FORBIDDEN
    assert "Godkend og udgiv" in get(other, one)
    assert post(other, f"{one}godkend/", version=draft.pk).status_code == HTTPStatus.FOUND
    draft.refresh_from_db()
    assert draft.state == State.PUBLISHED
    assert post(other, f"{one}traek-tilbage/").status_code == HTTPStatus.FOUND
    assert post(other, f"{one}gendan/", version=draft.pk).status_code == HTTPStatus.FOUND
    kept = LocalVersion.objects.get(state=State.DRAFT)
    assert post(other, f"{one}kasser/", version=kept.pk).status_code == HTTPStatus.FOUND
    assert LocalGuide.objects.get().published is None


def test_only_the_authoritys_editors_write(cast: Cast, editor: Client, stranger: Client, one: str) -> None:
    assert post(editor, one, **form()).status_code == HTTPStatus.FOUND
    assert post(stranger, one, **form()).status_code == HTTPStatus.FORBIDDEN
    assert post(stranger, f"{one}godkend/", version=LocalVersion.objects.get().pk).status_code == HTTPStatus.FORBIDDEN
    seen = get(stranger, one)
    assert "disabled" in seen
    assert "Gem kladde" not in seen
    assert signed_in(cast.employee).get(one).status_code == HTTPStatus.FORBIDDEN


def test_there_is_no_page_for_what_is_not_there(editor: Client, stranger: Client, one: str, guide: Guide) -> None:
    assert editor.get("/konsol/guider/nej/lokalt/370/").status_code == HTTPStatus.NOT_FOUND
    assert editor.get(f"/konsol/guider/{guide.slug}/lokalt/999/").status_code == HTTPStatus.NOT_FOUND
    assert stranger.get(one).status_code == HTTPStatus.NOT_FOUND
    assert editor.get(f"{one}vis/").status_code == HTTPStatus.NOT_FOUND
    assert post(editor, f"{one}noget/").status_code == HTTPStatus.NOT_FOUND
    assert post(editor, f"{one}godkend/", version="99999999999999999999").status_code == HTTPStatus.NOT_FOUND


def test_faults_stand_at_their_fields_and_nothing_is_stored(editor: Client, one: str) -> None:
    answer = post(editor, one, **form(unit="010190-1234", **{"fact-1-value": "10-15", "intro-da": "x" * 2001}))
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for said in ("unit-fejl", "intro-da-fejl", "Skriv, hvad det er", "190 kr."):
        assert said in page
    assert not LocalVersion.objects.exists()


def test_who_saves_over_anothers_work_sees_both(editor: Client, other: Client, one: str) -> None:
    post(editor, one, **form())
    answer = post(other, one, **form(**{"intro-da": "Ring til os."}))
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.CONFLICT
    assert page.count("Kom forbi os.") >= 1
    assert page.count("Ring til os.") == 2
    assert LocalVersion.objects.get().overlay.texts["da"].replaced == {"intro": "Kom forbi os."}
    base = actions.token(LocalVersion.objects.get())
    post(other, one, **form(**{"intro-da": "Ring til os.", "base": base}))
    assert LocalVersion.objects.get().overlay.texts["da"].replaced == {"intro": "Ring til os."}


def test_one_part_goes_back_to_the_common_text(editor: Client, one: str) -> None:
    post(editor, one, **form())
    base = actions.token(LocalVersion.objects.get())
    post(editor, one, **form(base=base, do="clear:intro-da"))
    said = LocalVersion.objects.get().overlay
    assert said.texts == {}
    assert said.facts[0].value == "190 kr."


def test_own_address_holds_at_once_and_leads_to_the_web(cast: Cast, editor: Client, one: str) -> None:
    assert post(editor, f"{one}adresse/", url="javascript:alert(1)").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(editor, f"{one}adresse/", url="https://kort.example.org/").status_code == HTTPStatus.FOUND
    assert SolutionAddress.objects.get(authority=cast.own).url == "https://kort.example.org/"
    post(editor, f"{one}adresse/", url="")
    assert not SolutionAddress.objects.exists()


def test_keeper_is_chosen_among_the_authoritys_editors(
    cast: Cast, editor: Client, other: Client, stranger: Client, one: str, ida: Employee
) -> None:
    assert "Hvem holder jeres tekst ved lige?" not in get(editor, one), "there is no text yet"
    assert post(editor, f"{one}passes/", keeper=user_of(ida).pk).status_code == HTTPStatus.NOT_FOUND
    post(editor, one, **form())
    page = get(editor, one)
    assert ">Ida</option>" in page
    assert ">Bo</option>" in page
    assert ">Liv</option>" not in page
    assert "Hvem holder jeres tekst ved lige?" not in get(stranger, one)
    assert post(other, f"{one}passes/", keeper=user_of(ida).pk).status_code == HTTPStatus.FOUND
    assert LocalGuide.objects.get().keeper == user_of(ida)
    assert f'<option value="{user_of(ida).pk}" selected>' in get(editor, one)
    liv = User.objects.get(email="liv@example.org")
    for wrong in (liv.pk, "x", "9" * 20):
        assert post(editor, f"{one}passes/", keeper=wrong).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(stranger, f"{one}passes/", keeper=liv.pk).status_code == HTTPStatus.FORBIDDEN
    assert LocalGuide.objects.get().keeper == user_of(ida)
    RoleAssignment.objects.filter(user=user_of(ida)).update(to_on=NOW.date())
    assert ">Ida</option>" in get(other, one), "who keeps it stays to be seen"
    assert post(other, f"{one}passes/", keeper="").status_code == HTTPStatus.FOUND
    assert LocalGuide.objects.get().keeper is None


def test_common_text_that_moved_is_shown_beside_until_it_is_held(
    cast: Cast, editor: Client, one: str, guide: Guide
) -> None:
    own = LocalGuide.objects.create(guide=guide, authority=cast.own)
    said = actions.do_draft(own, _overlay(), now=NOW, by=None, over=Guide.objects.get(pk=guide.pk).published)
    actions.do_publish(said, now=NOW)
    steps = (Step("s9", "Noget andet."),)
    new = do_draft(
        guide, content(texts={"da": Text(DANISH.title, "Nu på nettet.", steps=steps), "en": ENGLISH}), now=NOW
    )
    do_publish(new, now=NOW)
    page = get(editor, one)
    for shown in (
        "Du bestiller selv kortet.",
        "Nu på nettet.",
        "Kom forbi os.",
        "Vores tekst gælder stadig",
        "Trinnet er fjernet",
    ):
        assert shown in page
    assert "Fællesteksten er ændret siden" in get(editor, LIST)
    assert post(editor, f"{one}gaelder/", common=new.pk).status_code == HTTPStatus.FOUND
    assert "Nu på nettet.</td>" not in get(editor, one)
    assert "Fællesteksten er ændret siden" not in get(editor, LIST)


def test_list_says_where_there_is_nothing_and_shows_only_ones_own(
    editor: Client, stranger: Client, one: str, cast: Cast
) -> None:
    assert "I har ingen lokale tekster endnu." in get(editor, LIST)
    post(editor, one, **form())
    assert "Nyt sundhedskort" in get(editor, LIST)
    assert "I har ingen lokale tekster endnu." in get(stranger, LIST)


def test_pages_ask_little_and_are_light(editor: Client, one: str) -> None:
    post(editor, one, **form())
    for path in (one, LIST):
        counter = Counter()
        with connection.execute_wrapper(counter):
            page = get(editor, path)
        assert counter.count <= _MOST_QUERIES + _OF_AS_WEB, counter.asked
        assert len(page) < 300_000


def _overlay() -> Overlay:
    return Overlay({"da": LocalText({"intro": "Kom forbi os."}, {}, {"s1": {"say": "Vi ringer."}})})
