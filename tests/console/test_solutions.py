"""The solutions' pages over HTTP, as the web's own database role: who may see, change, and say that one does not work."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.guides.models import Solution, SolutionAddress, SolutionStatus
from borgerlinje.kit import clock
from borgerlinje.lines import news
from borgerlinje.lines.models import Line, Notice, Subject
from borgerlinje.lines.notices import lines_of
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.console.test_notice_pages import digest
from tests.guides.making import published
from tests.support.cast import NOW, Cast, later

LIST, PAGE = "/konsol/selvbetjening/", "/konsol/selvbetjening/nyt-kort/"
DOWN = f"{PAGE}drift/"
TEXT = "»Bestil nyt sundhedskort« virker ikke lige nu. Prøv igen senere."
FILLED = {
    "name": "Bestil nyt sundhedskort",
    "owner_kind": "municipality",
    "owner": "Kommunen",
    "address": "https://www.borger.dk/kort",
    "sign_in": "mitid",
    "at_hand": "MitID\n\nDit gamle kort",
    "mandatory_on": "2026-12-01",
}


@pytest.fixture
def solution(cast: Cast) -> Solution:
    subject = Subject.objects.create(code="kort", name="Sundhedskort", skill=cast.skill)
    guide = published(subject=subject.code)
    assert guide.solution is not None
    return guide.solution


@pytest.fixture
def editor(cast: Cast) -> Client:
    """An editor where the centre is housed: the common text is hers."""
    return person(cast, "Edith", Role.GUIDE_EDITOR)


@pytest.fixture
def local_editor(cast: Cast) -> Client:
    return person(cast, "Lone", Role.GUIDE_EDITOR, cast.colleague_authority)


def written(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {"kind": "down", "authority": "alle", "text": TEXT, "ends": "time", "lines": [cast.line.pk]}
    return {**usual, **changes}


def send(client: Client, path: str = DOWN, **values: Any) -> Any:
    """Look at what will be said, and say it."""
    seen = post(client, path, **values, vis="1")
    assert seen.status_code == HTTPStatus.OK, text_of(seen)
    return post(client, path, **values, set=digest(seen), gem="1")


# The list and the solution's page.


def test_list_says_what_works_and_finds_by_name_owner_and_state(cast: Cast, editor: Client, solution: Solution) -> None:
    Solution.objects.create(slug="mitid", name="Bestil MitID", owner="Digitaliseringsstyrelsen", owner_kind="state")
    page = text_of(get(editor, LIST))
    assert "Bestil MitID" in page
    assert "Virker</td>" in page
    assert "Bestil MitID" not in text_of(get(editor, LIST, q="sundhedskort kommunen"))
    assert "sundhedskort" not in text_of(get(editor, LIST, ejer="state"))
    assert "Alt virker lige nu." in text_of(get(editor, LIST, tilstand="galt"))
    assert "Ingen løsning passer." in text_of(get(editor, LIST, q="krokodille"))
    send(editor, **written(cast))
    page = text_of(get(editor, LIST, tilstand="galt"))
    assert "Virker ikke</span>" in page
    assert "til 24-11 kl. 15.00" in page


def test_list_is_empty_in_words(cast: Cast, editor: Client) -> None:
    assert "Her er ingen løsninger endnu." in text_of(get(editor, LIST))


def test_editor_changes_a_solution_and_its_wave_is_told(cast: Cast, editor: Client, solution: Solution) -> None:
    assert post(editor, PAGE, **FILLED)["Location"] == PAGE
    solution.refresh_from_db()
    assert solution.at_hand == ["MitID", "Dit gamle kort"]
    assert "Skal bruges fra 1. december 2026" in text_of(get(editor, PAGE))
    assert "Skal bruges fra 1. december 2026" in text_of(get(editor, LIST, tilstand="snart"))
    page = text_of(get(Client(), "/guide/sundhedskort/"))
    assert "Skal bruges fra 1. december 2026" in page
    post(editor, PAGE, **{**FILLED, "retired_on": "2026-11-24"})
    get(editor, LIST)
    assert "Bestil nyt sundhedskort" not in text_of(get(editor, LIST))
    assert "borger.dk/kort" not in get(Client(), "/guide/sundhedskort/").content.decode()
    assert "Bestil nyt sundhedskort" in text_of(get(editor, LIST, tilstand="ude"))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, "Skriv, hvad løsningen hedder."),
        ({"name": "<b></b>"}, "Skriv, hvad løsningen hedder."),
        ({"name": "bestil mitid"}, "Løsningen bestil mitid findes allerede."),
        ({"address": "javascript:alert(1)"}, "Adressen kan ikke bruges."),
        ({"purpose": "Til 010190-1234"}, "Teksten ligner et CPR-nummer"),
        ({"mandatory_on": "snart"}, "Vælg en dato."),
        ({"at_hand": "x\n" * 13}, "Skriv højst 12 ting."),
    ],
)
def test_faulty_solution_is_not_stored(
    cast: Cast, editor: Client, solution: Solution, changes: dict[str, str], fault: str
) -> None:
    Solution.objects.create(slug="mitid", name="Bestil MitID", owner="Staten", owner_kind="state")
    answer = post(editor, PAGE, **{**FILLED, **changes})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert fault in text_of(answer)
    assert Solution.objects.get(pk=solution.pk).address == "https://www.borger.dk/"


def test_markup_is_taken_out_of_what_is_stored(cast: Cast, editor: Client) -> None:
    assert get(editor, f"{LIST}ny/").status_code == HTTPStatus.OK
    answer = post(editor, f"{LIST}ny/", **{**FILLED, "name": "Pas <script>alert(1)</script>i dag"})
    assert answer["Location"] == f"{LIST}pas-i-dag/"
    assert Solution.objects.get().name == "Pas i dag"


def test_own_addresses_are_everybodys_for_the_common_editor_and_ones_own_for_others(
    cast: Cast, editor: Client, local_editor: Client, solution: Solution
) -> None:
    url = "https://www.slagelse.dk/"
    post(editor, f"{PAGE}adresser/", authority=cast.own.pk, url="https://www.naestved.dk/")
    refused = post(local_editor, f"{PAGE}adresser/", authority=cast.own.pk, url=url)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    post(local_editor, f"{PAGE}adresser/", authority=cast.colleague_authority.pk, url=url)
    own = dict(SolutionAddress.objects.values_list("authority__code", "url"))
    assert own == {"370": "https://www.naestved.dk/", "330": url}
    post(editor, f"{PAGE}adresser/", **{f"own-{cast.own.pk}": "", f"own-{cast.colleague_authority.pk}": url})
    assert SolutionAddress.objects.get().url == url


# Said that it does not work.


def test_form_is_filled_in_and_its_lines_are_those_that_help_with_the_guides(
    cast: Cast, editor: Client, solution: Solution
) -> None:
    Line.objects.create(
        slug="andet", name="Andet", owner=cast.own, centre=cast.centre, greeting_text="A", closed_text="B"
    )
    page = get(editor, DOWN).content.decode()
    assert TEXT in page
    assert "is not working right now" in page
    assert page.count(" checked") == len(("kind", "ends", "line"))


def test_status_is_looked_at_then_said_everywhere_and_ended(cast: Cast, editor: Client, solution: Solution) -> None:
    seen = text_of(post(editor, DOWN, **written(cast), vis="1"))
    assert not SolutionStatus.objects.exists()
    for words in ("Intet er sagt endnu.", "Gælder fra nu til 24-11-2026 kl. 15.00", "Nyt sundhedskort", "Hotline"):
        assert words in seen, words
    assert send(editor, **written(cast))["Location"] == LIST
    status, notice = SolutionStatus.objects.get(), Notice.objects.get()
    assert (status.until_at, notice.to_at) == (later(3600), later(3600))
    assert [each.text for each in news.said(NOW)[cast.line.pk]] == [TEXT]
    assert TEXT in text_of(get(Client(), "/"))
    with clock.turned(later(60)):
        assert post(editor, f"{LIST}drift/{status.pk}/slut/")["Location"] == LIST
        assert TEXT not in text_of(get(Client(), "/"))
        assert "virker igen" in text_of(get(editor, LIST))
    assert Notice.objects.get().to_at == later(60)
    with clock.turned(later(90)):
        post(editor, f"{LIST}fortryd/")
        assert TEXT in text_of(get(Client(), "/"))


def test_undo_takes_back_what_was_just_said(cast: Cast, editor: Client, solution: Solution) -> None:
    send(editor, **written(cast))
    assert "Fortryd det" in text_of(get(editor, LIST))
    with clock.turned(later(30)):
        post(editor, f"{LIST}fortryd/")
        assert TEXT not in text_of(get(Client(), "/"))
    assert Notice.objects.get().to_at == later(30)
    assert post(editor, f"{LIST}fortryd/").status_code == HTTPStatus.NOT_FOUND


def test_undo_of_a_change_brings_the_words_and_the_end_back(cast: Cast, editor: Client, solution: Solution) -> None:
    send(editor, **written(cast))
    status = SolutionStatus.objects.get()
    with clock.turned(later(30)):
        send(editor, f"{DOWN}?status={status.pk}", **written(cast, text="Nu er det værre.", ends="aaben"))
        assert Notice.objects.get().to_at is None
        post(editor, f"{LIST}fortryd/")
    assert (Notice.objects.get().text, Notice.objects.get().to_at) == (TEXT, later(3600))


def test_undo_leaves_what_somebody_else_has_touched(cast: Cast, editor: Client, solution: Solution) -> None:
    send(editor, **written(cast))
    status = SolutionStatus.objects.get()
    other = person(cast, "Erik", Role.GUIDE_EDITOR)
    with clock.turned(later(30)):
        send(other, f"{DOWN}?status={status.pk}", **written(cast, text="En anden ved mere."))
        post(editor, f"{LIST}fortryd/")
        assert "Nogen har ændret det imens." in text_of(get(editor, LIST))
    assert Notice.objects.get().text == "En anden ved mere."


def test_said_once_more_the_lines_of_others_go_on_saying_it(
    cast: Cast, editor: Client, local_editor: Client, solution: Solution
) -> None:
    own = str(cast.colleague_authority.pk)
    send(editor, **written(cast, authority=own))
    for path in (DOWN, f"{DOWN}?status={SolutionStatus.objects.get().pk}"):
        with clock.turned(later(30)):
            send(local_editor, path, **written(cast, authority=own, lines=[], text="Nu er det værre."))
        assert (SolutionStatus.objects.count(), Notice.objects.get().to_at) == (1, later(3630))
        assert lines_of(Notice.objects.get()) == [cast.line]


def test_solution_that_goes_out_of_use_later_can_be_down_today(cast: Cast, editor: Client, solution: Solution) -> None:
    Solution.objects.update(retired_on=NOW.date() + timedelta(days=1))
    send(editor, **written(cast))
    assert SolutionStatus.objects.get().kind == "down"
    Solution.objects.update(retired_on=NOW.date())
    assert get(editor, DOWN).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "²", "x", "-1", "0"])
def test_status_that_is_none_is_not_found(cast: Cast, editor: Client, solution: Solution, number: str) -> None:
    assert get(editor, DOWN, status=number).status_code == HTTPStatus.NOT_FOUND


def test_usual_words_follow_the_kind_that_was_chosen(cast: Cast, editor: Client, solution: Solution) -> None:
    send(editor, **written(cast, kind="disturbed"))
    assert SolutionStatus.objects.get().text.startswith("»Bestil nyt sundhedskort« driller lige nu.")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"text": ""}, "Skriv, hvad borgerne skal vide."),
        ({"text": "Ring om 010190-1234"}, "Teksten ligner et CPR-nummer"),
        ({"kind": ""}, "Vælg, hvad der er galt."),
        ({"ends": ""}, "Vælg, hvornår det holder op."),
        ({"ends": "kl"}, "Vælg en dato og et klokkeslæt."),
        ({"ends": "kl", "until_at": "2026-11-24T10:00"}, "Det tidspunkt er allerede gået."),
        ({"lines": [0]}, "Vælg linjer, som du må ændre."),
    ],
)
def test_faulty_status_is_not_said(
    cast: Cast, editor: Client, solution: Solution, changes: dict[str, Any], fault: str
) -> None:
    answer = post(editor, DOWN, **written(cast, **changes), vis="1")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert fault in text_of(answer)
    assert not SolutionStatus.objects.exists()


def test_today_ends_at_midnight(cast: Cast, editor: Client, solution: Solution) -> None:
    send(editor, **written(cast, ends="dag"))
    assert SolutionStatus.objects.get().until_at == later(10 * 3600)


# Who may.


def test_local_editor_says_it_for_their_own_citizens_and_lines_alone(
    cast: Cast, editor: Client, local_editor: Client, solution: Solution
) -> None:
    own = str(cast.colleague_authority.pk)
    page = text_of(get(local_editor, DOWN))
    assert "Alle, der bruger den" not in page
    for changes in ({}, {"authority": str(cast.own.pk), "lines": []}, {"authority": own}):
        answer = post(local_editor, DOWN, **written(cast, **changes), vis="1")
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    send(local_editor, **written(cast, authority=own, lines=[]))
    assert TEXT in text_of(get(Client(), "/kommune/330/"))
    assert TEXT not in text_of(get(Client(), "/kommune/370/"))
    send(editor, **written(cast))
    common = SolutionStatus.objects.get(authority=None)
    assert post(local_editor, f"{LIST}drift/{common.pk}/slut/").status_code == HTTPStatus.NOT_FOUND
    assert get(local_editor, DOWN, status=str(common.pk)).status_code == HTTPStatus.NOT_FOUND
    assert post(local_editor, PAGE, **FILLED).status_code == HTTPStatus.FORBIDDEN
    assert get(local_editor, f"{LIST}ny/").status_code == HTTPStatus.FORBIDDEN


def test_secretariat_says_it_and_readers_only_read(cast: Cast, secretariat: Client, solution: Solution) -> None:
    send(secretariat, **written(cast))
    assert post(secretariat, PAGE, **FILLED).status_code == HTTPStatus.FORBIDDEN
    status = SolutionStatus.objects.get()
    ambassador = person(cast, "Anna", Role.DIGITAL_AMBASSADOR)
    assert TEXT in text_of(get(ambassador, PAGE))
    assert "Virker igen" not in text_of(get(ambassador, LIST))
    assert get(ambassador, DOWN).status_code == HTTPStatus.FORBIDDEN
    assert post(ambassador, f"{LIST}drift/{status.pk}/slut/").status_code == HTTPStatus.FORBIDDEN


def test_pages_do_few_queries(
    cast: Cast, editor: Client, solution: Solution, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        Solution.objects.create(slug=f"nr-{number}", name=f"Nr. {number}", owner="Staten", owner_kind="state")
    send(editor, **written(cast))
    for path, most in ((LIST, 20), (PAGE, 26), (DOWN, 20)):
        with django_assert_max_num_queries(most):  # the test's own changes of role among them
            assert get(editor, path).status_code == HTTPStatus.OK
