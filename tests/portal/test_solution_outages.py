"""What citizens are told where a self-service solution does not work: at once, once, in their language, and those it concerns."""

from typing import Any

import pytest
from django.conf import settings

from borgerlinje.guides.models import Guide, Solution, SolutionStatus
from borgerlinje.guides.statuses import do_end_status, do_set_status
from borgerlinje.lines.models import Subject
from tests.guides.making import published
from tests.portal.asking import text
from tests.portal.test_portal_pages import get
from tests.support.cast import NOW, Cast, user_of

ENGLISH = {settings.LANGUAGE_COOKIE_NAME: "en"}
TEXT = "Kortet kan ikke bestilles."
PAGES = ("/kommune/370/", "/kommune/370/find/", "/kommune/370/livssituation/sygdom/", "/kommune/370/find/kort/")


@pytest.fixture
def guide(cast: Cast) -> Guide:
    Subject.objects.create(code="kort", name="Sundhedskort")
    return published(subject="kort")


def set_down(cast: Cast, guide: Guide, **changes: Any) -> SolutionStatus:
    usual: dict[str, Any] = {
        "authority": None,
        "kind": "down",
        "text": TEXT,
        "text_en": "The card cannot be ordered.",
        "until_at": None,
        "lines": [],
        "now": NOW,
        "by": user_of(cast.employee),
    }
    assert isinstance(guide.solution, Solution)
    return do_set_status(guide.solution, **(usual | changes))


@pytest.mark.parametrize("has_notice", [False, True])
def test_outage_is_told_once_on_every_page_where_one_looks_for_help(
    cast: Cast, guide: Guide, *, has_notice: bool
) -> None:
    status = set_down(cast, guide, lines=[cast.line] if has_notice else [])
    for page in PAGES:
        assert text(get(page)).count(TEXT) == 1, page
    page = text(get("/kommune/370/guide/sundhedskort/"))
    assert page.count(TEXT) == 1
    assert "Bestil nyt sundhedskort virker ikke lige nu" in page
    do_end_status(status, now=NOW, by=user_of(cast.employee))
    for page in (*PAGES, "/kommune/370/guide/sundhedskort/"):
        assert TEXT not in text(get(page)), page


def test_outage_is_told_in_english_or_says_that_it_is_danish(cast: Cast, guide: Guide) -> None:
    set_down(cast, guide)
    for page in ("/", "/guide/sundhedskort/"):
        assert "The card cannot be ordered." in text(get(page, cookies=ENGLISH))
    set_down(cast, guide, text_en="")
    for page in ("/", "/guide/sundhedskort/"):
        assert f'<p lang="da">{TEXT}</p>' in get(page, cookies=ENGLISH).content.decode()


def test_outage_of_one_authority_is_told_its_citizens_alone(cast: Cast, guide: Guide) -> None:
    set_down(cast, guide, authority=cast.own)
    assert TEXT in text(get("/kommune/370/"))
    for page in ("/", "/kommune/330/", "/kommune/330/guide/sundhedskort/"):
        assert TEXT not in text(get(page)), page


def test_guide_found_is_marked_where_its_solution_does_not_work(cast: Cast, guide: Guide) -> None:
    set_down(cast, guide)
    assert "Virker ikke lige nu" in text(get("/kommune/370/find/?q=mit+gule+kort"))
    set_down(cast, guide, kind="disturbed")
    assert "Driller lige nu" in text(get("/kommune/370/livssituation/sygdom/"))


def test_guide_says_what_the_solution_asks_of_the_citizen(cast: Cast, guide: Guide) -> None:
    Solution.objects.update(exempt="Den, der ikke kan få MitID.", exempt_en="Those who cannot get MitID.")
    page = text(get("/guide/sundhedskort/"))
    assert "Log ind med MitID" in page
    assert "Fritaget Den, der ikke kan få MitID." in page
    assert "Those who cannot get MitID." in text(get("/guide/sundhedskort/", cookies=ENGLISH))


def test_pages_ask_one_question_more(cast: Cast, guide: Guide, django_assert_max_num_queries: Any) -> None:
    set_down(cast, guide, lines=[cast.line])
    set_down(cast, guide, authority=cast.own, text="Kun her.")
    for page in PAGES:
        with django_assert_max_num_queries(26):  # the test's own changes of role among them
            get(page)
