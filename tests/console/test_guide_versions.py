"""The guides' pages for editors: the list, the way from a draft to what is read, versions compared and called back, settings."""

from collections.abc import Iterator
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.console.guides.versions.listing import STATES
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.guides import local
from borgerlinje.guides.content import Step, Text
from borgerlinje.guides.drafting import do_save, do_send, do_start_draft
from borgerlinje.guides.models import Guide, GuideVersion, KleEntry, LocalGuide, State
from borgerlinje.guides.overlay import LocalText, Overlay
from borgerlinje.kit import clock
from borgerlinje.letters.models import Letter
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import Employee, RoleAssignment
from borgerlinje.staff.roles import Role
from tests.console.staffing import get, post, said, signed_in
from tests.guides.making import DANISH, ENGLISH, content, published, tell
from tests.support.cast import NOW, Cast, make_employee, user_of
from tests.support.counting import Counter
from tests.support.database import as_web

LIST = "/konsol/guider/"
ONE = f"{LIST}sundhedskort/"
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _everybody(cast: Cast) -> None:
    del cast


@pytest.fixture
def ada(cast: Cast) -> Employee:
    return make_employee("Ada", cast.own, None, role=Role.GUIDE_EDITOR)


@pytest.fixture
def editor(ada: Employee) -> Client:
    return signed_in(ada)


@pytest.fixture
def bo(cast: Cast) -> Employee:
    return make_employee("Bo", cast.own, None, role=Role.GUIDE_EDITOR)


@pytest.fixture
def other(bo: Employee) -> Client:
    return signed_in(bo)


@pytest.fixture
def local_editor(cast: Cast) -> Client:
    return signed_in(make_employee("Liv", cast.colleague_authority, None, role=Role.GUIDE_EDITOR))


@pytest.fixture
def reader(cast: Cast) -> Client:
    return signed_in(cast.employee)


@pytest.fixture
def guide() -> Iterator[Guide]:
    with clock.turned(NOW):
        yield published()


def draft(guide: Guide, by: Employee, *, title: str = "Nyt gult kort", is_sent: bool = False) -> GuideVersion:
    """Store a draft with another title, and have it sent."""
    version = do_start_draft(guide, now=NOW, by=user_of(by))
    changed = content(texts={"da": Text(title, DANISH.intro, ("MitID",), DANISH.steps[1:]), "en": ENGLISH})
    version = do_save(version, changed, base=0, now=NOW, by=user_of(by)).version
    if is_sent:
        do_send(version, note="Ny titel", now=NOW, by=user_of(by))
    return version


def of(version: GuideVersion, what: str) -> str:
    return f"{ONE}udgave/{version.number}/{what}/"


def test_list_shows_states_subjects_and_reviews_and_is_narrowed_by_each(
    editor: Client, cast: Cast, guide: Guide
) -> None:
    subject = Subject.objects.create(code="kort", name="Sundhed")
    other = published(
        "pas", texts={"da": Text("Nyt pas", "Du bestiller tid.", (), DANISH.steps)}, words={}, solution=None
    )
    other.versions.update(review_on=TODAY - timedelta(days=1))
    Guide.objects.filter(pk=other.pk).update(subject=subject, owner=cast.colleague_authority)
    guide.versions.update(review_on=TODAY + timedelta(days=30))
    do_start_draft(guide, now=NOW, by=user_of(cast.employee))
    everything = get(editor, LIST)
    assert "Nyt pas" in everything
    assert "Nyt sundhedskort" in everything
    assert everything.count("Skal gennemgås</span>") == 1
    assert "Kladde (1)" in everything
    assert "Udgivet (2)" in everything
    for query, there, gone in (
        ("tilstand=kladde", "Nyt sundhedskort", "Nyt pas"),
        ("tilstand=gennemgaas", "Nyt pas", "Nyt sundhedskort"),
        ("tilstand=snart", "Nyt sundhedskort", "Nyt pas"),
        ("emne=kort", "Nyt pas", "Nyt sundhedskort"),
        ("ejer=330", "Nyt pas", "Nyt sundhedskort"),
        ("ejer=ingen", "Nyt sundhedskort", "Nyt pas"),
        ("q=gult+kort", "Nyt sundhedskort", "Nyt pas"),
        ("q=nyt+pas&tilstand=udgivet", "Nyt pas", "sundhedskort/"),
    ):
        shown = get(editor, f"{LIST}?{query}")
        assert there in shown, query
        assert gone not in shown.partition("<table")[2], query
    assert "Ingen guide passer" in get(editor, f"{LIST}?q=krokodille&emne=kort")
    assert get(editor, f"{LIST}?q=%27%22%3C&tilstand=x&side=99")


def test_draft_is_found_by_its_title_by_editors_alone(
    editor: Client, reader: Client, guide: Guide, ada: Employee
) -> None:
    guide.versions.update(state=State.DRAFT)
    Guide.objects.update(published=None)
    assert "Nyt sundhedskort" in get(editor, f"{LIST}?q=sundhedsk")
    assert "Nyt sundhedskort" not in get(reader, LIST)
    with as_web():
        assert reader.get(ONE).status_code == HTTPStatus.NOT_FOUND
    del ada


def test_reader_reads_what_is_published_and_sees_no_buttons(reader: Client, guide: Guide, ada: Employee) -> None:
    draft(guide, ada, is_sent=True)
    shown = get(reader, ONE)
    assert "Har du en computer ved dig?" in shown
    for word in ("Godkend", "Til godkendelse", "Alle udgaver", "Ny titel"):
        assert word not in shown
    assert "Ny guide" not in get(reader, LIST)


@pytest.mark.parametrize("what", ["send", "godkend", "tilbage", "kasser", "gendan"])
def test_who_does_not_answer_for_the_common_text_changes_nothing(
    what: str, local_editor: Client, reader: Client, guide: Guide, ada: Employee
) -> None:
    version = draft(guide, ada)
    for client in (local_editor, reader):
        answer = post(client, of(version, what), note="x", remark="x")
        assert answer.status_code == HTTPStatus.FORBIDDEN
    version.refresh_from_db()
    assert version.state == State.DRAFT
    shown = get(local_editor, ONE)
    assert "Kladde" in shown
    assert "Send til godkendelse" not in shown


def test_owners_editor_writes_and_the_hosts_does_not(
    local_editor: Client, editor: Client, guide: Guide, cast: Cast
) -> None:
    Guide.objects.update(owner=cast.colleague_authority)
    assert post(editor, f"{ONE}traek-tilbage/").status_code == HTTPStatus.FORBIDDEN
    assert post(local_editor, f"{ONE}traek-tilbage/").status_code == HTTPStatus.FOUND
    guide.refresh_from_db()
    assert guide.published is None


def test_draft_is_sent_with_a_note_and_another_editor_publishes_it(
    editor: Client, other: Client, guide: Guide, ada: Employee, bo: Employee
) -> None:
    version = draft(guide, ada)
    answer = post(editor, of(version, "send"), note=" ")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "hvad der er ændret" in said(answer)
    assert post(editor, of(version, "send"), note="<b>Ny</b> titel").status_code == HTTPStatus.FOUND
    queue = get(other, f"{LIST}godkend/")
    assert "Ny titel" in queue
    assert "En anden skal godkende" not in queue
    assert "En anden skal godkende" in get(editor, f"{LIST}godkend/")
    assert "1 guide venter" in get(other, "/konsol/")

    own = get(editor, ONE)
    assert "Godkend og udgiv" not in own
    assert "en anden redaktør skal godkende den" in own
    refused = post(editor, of(version, "godkend"))
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "Bed en anden redaktør" in said(refused)

    assert "Godkend og udgiv" in get(other, ONE)
    assert post(other, of(version, "godkend")).status_code == HTTPStatus.FOUND
    guide.refresh_from_db()
    assert guide.published == version
    assert guide.published.approved_by == user_of(bo)
    assert "Intet venter" in get(other, f"{LIST}godkend/")
    late = post(other, of(version, "godkend"))
    assert late.status_code == HTTPStatus.CONFLICT
    assert "Udgaven er et andet sted nu" in said(late)


def test_another_members_editor_is_told_when_the_text_moves_under_theirs(
    cast: Cast, other: Client, local_editor: Client, guide: Guide, ada: Employee
) -> None:
    del local_editor
    theirs = LocalGuide.objects.create(guide=guide, authority=cast.colleague_authority)
    said_there = Overlay({"da": LocalText(steps={"s1": {"say": "Vi ringer."}})})
    local.do_publish(local.do_draft(theirs, said_there, now=NOW, by=None, over=guide.published), now=NOW)
    assert post(other, of(draft(guide, ada, is_sent=True), "godkend")).status_code == HTTPStatus.FOUND
    assert tell() == 1
    letter = Letter.objects.get()
    assert (letter.address, letter.authority) == ("liv@example.org", cast.colleague_authority)


def test_own_change_is_approved_where_the_centre_says_so(editor: Client, guide: Guide, ada: Employee) -> None:
    version = draft(guide, ada, is_sent=True)
    Centre.objects.update(editors_approve_own=True)
    assert "Godkend og udgiv" in get(editor, ONE)
    assert post(editor, of(version, "godkend")).status_code == HTTPStatus.FOUND


def test_another_centres_word_on_own_changes_says_nothing_of_this_guide(
    cast: Cast, editor: Client, guide: Guide, ada: Employee
) -> None:
    version = draft(guide, ada, is_sent=True)
    Centre.objects.create(name="Et andet", host=cast.outside, editors_approve_own=True)
    assert "Godkend og udgiv" not in get(editor, ONE)
    assert post(editor, of(version, "godkend")).status_code == HTTPStatus.FORBIDDEN
    Guide.objects.update(owner=cast.own)
    assert post(editor, of(version, "godkend")).status_code == HTTPStatus.FORBIDDEN
    Centre.objects.filter(pk=cast.centre.pk).update(editors_approve_own=True)
    assert post(editor, of(version, "godkend")).status_code == HTTPStatus.FOUND


def test_version_sent_back_says_what_to_change(editor: Client, other: Client, guide: Guide, ada: Employee) -> None:
    version = draft(guide, ada, is_sent=True)
    assert post(other, of(version, "tilbage")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(other, of(version, "tilbage"), remark="010190-1234").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(other, of(version, "tilbage"), remark="Skriv adressen på").status_code == HTTPStatus.FOUND
    shown = get(editor, ONE)
    assert "Sendt tilbage:" in shown
    assert "Skriv adressen på" in shown


def test_withdrawn_guide_is_found_by_nobody_and_is_put_back(editor: Client, other: Client, guide: Guide) -> None:
    assert "Træk guiden tilbage?" in get(editor, f"{ONE}traek-tilbage/")
    assert post(editor, f"{ONE}traek-tilbage/").status_code == HTTPStatus.FOUND
    assert Client().get("/guide/sundhedskort/").status_code == HTTPStatus.NOT_FOUND
    assert "Trukket tilbage (1)" in get(editor, LIST)
    assert "Du trak guiden tilbage" in get(editor, ONE)
    assert post(other, f"{ONE}fortryd/").status_code == HTTPStatus.NOT_FOUND
    assert post(editor, f"{ONE}fortryd/").status_code == HTTPStatus.FOUND
    assert Client().get("/guide/sundhedskort/").status_code == HTTPStatus.OK
    guide.refresh_from_db()
    assert guide.published is not None
    assert guide.published.state == State.PUBLISHED
    assert "Udgivet udgave" in get(editor, ONE)
    assert post(editor, f"{ONE}fortryd/").status_code == HTTPStatus.NOT_FOUND


def test_draft_is_thrown_away_once_that_is_confirmed(editor: Client, guide: Guide, ada: Employee) -> None:
    version = draft(guide, ada)
    assert "Kassér kladden?" in get(editor, of(version, "kasser"))
    assert post(editor, of(version, "kasser")).status_code == HTTPStatus.FOUND
    assert guide.versions.count() == 1
    with as_web():
        assert editor.get(of(version, "kasser")).status_code == HTTPStatus.NOT_FOUND


def test_only_version_of_a_guide_is_not_thrown_away(editor: Client, guide: Guide) -> None:
    Guide.objects.update(published=None)
    guide.versions.update(state=State.DRAFT)
    answer = post(editor, f"{ONE}udgave/1/kasser/")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "eneste udgave" in said(answer)


def test_versions_are_compared_word_by_word_and_an_old_one_is_called_back(
    editor: Client, other: Client, guide: Guide, ada: Employee
) -> None:
    version = draft(guide, ada, is_sent=True)
    shown = get(other, f"{ONE}sammenlign/")
    assert '<del><span class="bl-hide">slettet: </span>sundhedskort<' in shown
    assert '<ins><span class="bl-hide">tilføjet: </span>gult kort<' in shown
    assert "Har du en computer ved dig?" in shown, "the step that is gone is not shown"
    assert "Fjernet" in shown
    assert "Order" not in shown, "what is the same is shown"
    assert "You order the card yourself." in get(other, f"{ONE}sammenlign/?fra=1&til=2&alt=1")
    with as_web():
        for wrong in ("fra=9", "til=x"):
            assert other.get(f"{ONE}sammenlign/?{wrong}").status_code == HTTPStatus.NOT_FOUND
    post(other, of(version, "godkend"))
    assert "Gendan udgave 1" in get(editor, f"{ONE}sammenlign/?fra=1&til=2")
    assert post(editor, f"{ONE}udgave/1/gendan/").status_code == HTTPStatus.FOUND
    restored = guide.versions.get(state=State.DRAFT)
    assert restored.content.text("da").title == "Nyt sundhedskort"
    again = post(editor, f"{ONE}udgave/1/gendan/")
    assert again.status_code == HTTPStatus.CONFLICT
    assert "allerede en kladde" in said(again)


def settings_of(guide: Guide, **changes: Any) -> dict[str, Any]:
    usual = {"subject": "", "kle": "", "solution": guide.solution_id or "", "owner": "", "keeper": ""}
    return usual | {"valid_from": "", "last_on": "", "review_on": "2027-11-24"} | changes


def test_settings_hold_for_what_is_read_and_what_is_worked_on_and_are_noted(
    editor: Client, guide: Guide, ada: Employee, bo: Employee
) -> None:
    version = draft(guide, ada)
    values = settings_of(guide, kle="00.14.00", keeper=user_of(bo).pk, last_on="2026-12-31", review_on="2026-12-24")
    assert post(editor, f"{ONE}opsaetning/", **values).status_code == HTTPStatus.FOUND
    guide.refresh_from_db()
    version.refresh_from_db()
    assert (guide.kle, guide.keeper) == ("00.14.00", user_of(bo))
    assert guide.published is not None
    for each in (guide.published, version):
        assert (each.valid_to, each.review_on) == (date(2027, 1, 1), date(2026, 12, 24))
    shown = get(editor, ONE)
    assert "<td>–</td><td>00.14.00</td>" in shown
    assert "31-12-2026" in shown


def test_new_version_ends_on_the_day_the_read_one_does(guide: Guide, ada: Employee) -> None:
    guide.versions.update(valid_to=TODAY + timedelta(days=3))
    guide.refresh_from_db()
    assert draft(guide, ada).valid_to == TODAY + timedelta(days=3)


def test_settings_say_everything_that_is_wrong_at_once(editor: Client, guide: Guide, cast: Cast) -> None:
    KleEntry.objects.create(number="00.14.00", title="Prøve")
    values = settings_of(
        guide,
        kle="00.15.00",
        keeper=user_of(cast.outsider).pk,
        valid_from="2027-02-01",
        last_on="2027-01-01",
        review_on="2026-11-01",
    )
    answer = post(editor, f"{ONE}opsaetning/", **values)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for fault in ("står ikke i den emneplan", "Vælg noget fra listen", "Byt om på dem", "Dagen er forbi"):
        assert fault in said(answer)
    for wrong in ("00.14", "00.14.00-G01-6-14"):
        refused = post(editor, f"{ONE}opsaetning/", **settings_of(guide, kle=wrong))
        assert "er ikke et KLE-nummer" in said(refused), wrong
    assert post(editor, f"{ONE}opsaetning/", **settings_of(guide, kle="00.14.00")).status_code == HTTPStatus.FOUND
    assert "00.14.00 Prøve" in get(editor, ONE)


def test_centre_says_whether_editors_approve_their_own_and_who_said_so_is_noted(
    cast: Cast, secretariat: Client
) -> None:
    page = f"/konsol/centre/{cast.centre.pk}/"
    assert "Nej, en anden skal godkende" in get(secretariat, page)
    values = {"name": cast.centre.name, "host": cast.own.pk, "editors_approve_own": "on"}
    assert post(secretariat, f"{page}ret/", **values).status_code == HTTPStatus.FOUND
    assert Centre.objects.get(pk=cast.centre.pk).editors_approve_own
    shown = get(secretariat, page)
    assert "<td>nej</td><td>ja</td>" in shown
    assert post(secretariat, "/konsol/centre/fortryd/").status_code == HTTPStatus.FOUND
    assert not Centre.objects.get(pk=cast.centre.pk).editors_approve_own


def test_three_thousand_guides_ask_few_questions_and_are_light(editor: Client, cast: Cast, guide: Guide) -> None:
    make_many(cast.own, guide, 3000)
    for path in (
        LIST,
        f"{LIST}?tilstand=gennemgaas&side=3",
        f"{LIST}?q=kort",
        ONE,
        f"{ONE}sammenlign/?alt=1",
        f"{LIST}godkend/",
    ):
        counter = Counter()
        with as_web(), clock.turned(NOW), connection.execute_wrapper(counter):
            answer = editor.get(path)
            html = answer.content
        assert answer.status_code == HTTPStatus.OK
        assert counter.count <= 20, (path, counter.asked)
        assert len(html) < 300_000, path
    assert "3.001 guider" in get(editor, LIST)
    assert set(STATES) == {"kladde", "godkendelse", "udgivet", "snart", "gennemgaas", "trukket"}


def make_many(owner: Authority, guide: Guide, count: int) -> None:
    """Store published guides beside one, each with a draft and a local text."""
    guides = Guide.objects.bulk_create(
        Guide(slug=f"g{number}", title=f"Prøveguide {number:04}", owner=owner) for number in range(count)
    )
    stored = content(texts={"da": Text("Prøve", "Prøve", (), (Step("s1", "Gør det."),))}, words={}).stored()
    read = GuideVersion.objects.bulk_create(
        GuideVersion(
            guide=each, number=1, state=State.PUBLISHED, stored=stored, made_at=NOW, review_on=TODAY - timedelta(days=1)
        )
        for each in guides
    )
    GuideVersion.objects.bulk_create(
        GuideVersion(guide=each, number=2, state=State.IN_REVIEW, stored=stored, made_at=NOW, sent_at=NOW)
        for each in guides[:200]
    )
    for each, version in zip(guides, read, strict=True):
        each.published = version
    Guide.objects.bulk_update(guides, ["published"], batch_size=1000)
    LocalGuide.objects.bulk_create(LocalGuide(guide=guide, authority=each) for each in Authority.objects.all())


def test_editor_whose_role_has_ended_is_nobodys_keeper(editor: Client, guide: Guide, bo: Employee) -> None:
    assert ">Bo</option>" in get(editor, f"{ONE}opsaetning/")
    RoleAssignment.objects.filter(user=user_of(bo)).update(to_on=TODAY)
    assert ">Bo</option>" not in get(editor, f"{ONE}opsaetning/")
