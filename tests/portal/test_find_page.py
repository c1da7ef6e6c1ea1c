"""Find help by subject, over HTTP and without a script: which line to call, and what is said where nothing is found."""

from datetime import date, time
from http import HTTPStatus

import pytest

from borgerlinje.lines.models import Line, LineNumber, LineTask, OpeningPeriod, OpeningVersion, Subject
from borgerlinje.staff.models import Skill
from tests.portal.asking import text
from tests.portal.test_portal_pages import CLOSED_AT, get
from tests.support.cast import Cast


@pytest.fixture
def subjects(cast: Cast) -> Cast:
    version = OpeningVersion.objects.create(line=cast.line, from_on=date(2015, 1, 1))
    for weekday in range(4):
        OpeningPeriod.objects.create(version=version, weekday=weekday, opens=time(9), closes=time(21))
    for code, name in (("mitid", "MitID"), ("koerekort", "Pas og kørekort"), ("boerne", "Børnepenge")):
        Subject.objects.create(code=code, name=name)
    return cast


def other_line(cast: Cast, digits: str = "1880", **changes: object) -> Line:
    values = {"slug": "andet", "name": "Kørekortlinjen", "greeting_text": "Hej.", "closed_text": "Lukket."}
    line = Line.objects.create(owner=cast.own, centre=cast.centre, **{**values, **changes})
    LineNumber.objects.create(line=line, digits=digits)
    return line


def test_subject_leads_to_the_line_whether_it_is_open_and_the_wait(subjects: Cast) -> None:
    page = text(get("/kommune/370/find/?q=koerekort"))
    assert "Pas og kørekort" in page
    assert "46 31 30 20" in page
    assert "Åbent nu, til kl. 21" in page
    assert "Vent" in page or "Ingen ventetid" in page


def test_closed_line_says_when_it_opens(subjects: Cast) -> None:
    page = text(get("/find/?q=mitid", at=CLOSED_AT))
    assert "Lukket nu. Vi åbner i morgen, onsdag, kl. 9" in page


def test_nothing_found_says_what_to_do_and_keeps_the_words(subjects: Cast) -> None:
    answer = get("/find/?q=krokodille")
    page = text(answer)
    assert answer.status_code == HTTPStatus.OK
    assert "Vi fandt ikke noget om »krokodille«" in page
    assert "Du kan også bare ringe" in page
    assert "1881" in page, "the general number stands there"
    assert 'value="krokodille"' in answer.content.decode()
    assert "Børnepenge" in page, "the list is there to choose from"


def test_empty_question_shows_the_list_alone(subjects: Cast) -> None:
    page = text(get("/find/?q=++"))
    assert "Vælg på listen" in page
    assert "Vi fandt ikke noget" not in page


def test_what_was_written_is_shown_as_text(subjects: Cast) -> None:
    assert "<script>alert" not in get("/find/?q=<script>alert(1)</script>").content.decode()


def test_cpr_number_is_neither_searched_for_nor_shown_again(subjects: Cast) -> None:
    answer = get("/kommune/370/find/?q=mitid+0101701234")
    assert answer.status_code == HTTPStatus.FOUND
    assert "0101701234" not in answer["Location"]
    assert "Skriv ikke dit CPR-nummer her" in text(get(answer["Location"]))


def test_line_that_names_the_subject_comes_alone(subjects: Cast) -> None:
    line = other_line(subjects)
    assert "Hotline" in text(get("/find/koerekort/"))
    LineTask.objects.create(
        line=line,
        subject=Subject.objects.get(code="koerekort"),
        opens=time(0),
        closes=time(0),
        scope=Line.Scope.GUIDANCE_ONLY,
    )
    page = text(get("/find/koerekort/"))
    assert "Kørekortlinjen" in page
    assert "1881" not in page
    assert "1881" in text(get("/find/mitid/"))


def test_subjects_skill_leads_to_the_lines_that_have_it(subjects: Cast) -> None:
    skill = Skill.objects.create(code="koerekort", name="Kørekort")
    other_line(subjects, skill=skill)
    Subject.objects.filter(code="koerekort").update(skill=skill)
    page = text(get("/find/koerekort/"))
    assert "Kørekortlinjen" in page
    assert "1881" not in page


def test_lines_for_businesses_help_no_citizen_who_asks_of_something_general(subjects: Cast) -> None:
    other_line(subjects, audience=Line.Audience.BUSINESSES)
    assert "Kørekortlinjen" not in text(get("/find/mitid/"))


def test_subject_that_no_line_helps_with_says_whom_to_call(subjects: Cast) -> None:
    Line.objects.update(is_hidden=True)
    assert "Ingen af vores linjer hjælper med det" in text(get("/find/mitid/"))


def test_unknown_subject_and_member_are_not_found(subjects: Cast) -> None:
    assert get("/find/ukendt/").status_code == HTTPStatus.NOT_FOUND
    assert get("/kommune/999/find/").status_code == HTTPStatus.NOT_FOUND


def test_installation_without_subjects_has_no_box_to_write_in(cast: Cast) -> None:
    assert 'role="search"' not in get("/").content.decode()
    assert "Her er ingen emner endnu" in text(get("/find/"))


def test_english_page_says_so_and_marks_what_is_danish(subjects: Cast) -> None:
    from django.conf import settings

    page = get("/find/?q=mitid", cookies={settings.LANGUAGE_COOKIE_NAME: "en"}).content.decode()
    assert '<html lang="en">' in page
    assert '<span lang="da">Børnepenge</span>' in page


def test_subject_is_found_by_what_people_call_it_and_said_in_the_readers_language(subjects: Cast) -> None:
    from django.conf import settings

    Subject.objects.filter(code="boerne").update(
        name_en="Child benefit", search_words="gravid baby", about="Søg på borger.dk.", source="borger.dk"
    )
    english = {settings.LANGUAGE_COOKIE_NAME: "en"}
    page = text(get("/find/?q=jeg+er+gravid"))
    assert "Søg på borger.dk. Læs mere på borger.dk." in page
    assert page.index("Børnepenge") < page.index("Andre emner")
    page = text(get("/find/boerne/", cookies=english))
    assert "Child benefit" in page
    assert '<span lang="da">Søg på borger.dk.</span>' in get("/find/boerne/", cookies=english).content.decode()


def test_pages_ask_few_questions_of_the_database(subjects: Cast, django_assert_max_num_queries) -> None:
    for path in ("/", "/kommune/370/", "/find/?q=mitid", "/kommune/370/find/koerekort/", "/kommune/370/boks/"):
        with django_assert_max_num_queries(25):  # the test's own changes of role among them
            assert get(path).status_code == HTTPStatus.OK
