"""What employees see of a self-service solution that does not work: a banner at the desk, once, and the warning in the guide."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from borgerlinje.guides.models import Guide, Solution, SolutionStatus
from borgerlinje.guides.statuses import do_end_status, do_set_status
from tests.desk.acts import get, post, talking
from tests.guides.making import published
from tests.support.cast import NOW, Cast, later, user_of

TEXT = "Kortet kan ikke bestilles."


@pytest.fixture
def guide(cast: Cast) -> Guide:
    return published()


def set_down(cast: Cast, guide: Guide, **changes: Any) -> SolutionStatus:
    usual: dict[str, Any] = {
        "authority": None,
        "kind": "down",
        "text": TEXT,
        "text_en": "",
        "until_at": None,
        "lines": [],
        "now": NOW,
        "by": user_of(cast.employee),
    }
    assert isinstance(guide.solution, Solution)
    return do_set_status(guide.solution, **(usual | changes))


@pytest.mark.parametrize("has_notice", [False, True])
def test_desk_tells_it_once_whether_a_line_says_it_or_not(
    cast: Cast, web: Client, guide: Guide, *, has_notice: bool
) -> None:
    status = set_down(cast, guide, lines=[cast.line] if has_notice else [])
    page = get(web, "/bord/").content.decode()
    assert page.count(TEXT) == 1
    assert "Bestil nyt sundhedskort: Virker ikke" in page
    do_end_status(status, now=later(5), by=user_of(cast.employee))
    assert TEXT not in get(web, "/bord/").content.decode()


def test_notice_that_somebody_gave_other_words_is_told_beside_it(cast: Cast, web: Client, guide: Guide) -> None:
    status = set_down(cast, guide, lines=[cast.line])
    status.notices.update(text="Siges kun i telefonen.")
    page = get(web, "/bord/").content.decode()
    assert TEXT in page
    assert "Siges kun i telefonen." in page


def test_outage_of_an_authority_is_told_who_answers_for_its_citizens(cast: Cast, web: Client, guide: Guide) -> None:
    set_down(cast, guide, authority=cast.outside, text="Kun i København.")
    set_down(cast, guide, authority=cast.colleague_authority, text="Kun i Slagelse.")
    page = get(web, "/bord/").content.decode()
    assert "Kun i København." not in page
    assert "Bestil nyt sundhedskort: Virker ikke · Slagelse" in page


def test_guide_beside_the_conversation_warns_and_says_what_is_coming(cast: Cast, web: Client, guide: Guide) -> None:
    Solution.objects.update(mandatory_on=date(2026, 12, 1), exempt="Den, der ikke kan få MitID.")
    set_down(cast, guide)
    contact_id = talking(cast, cast.employee)
    found = get(web, f"/bord/henvendelse/{contact_id}/guider/find/?q=sun").content.decode()
    assert "Virker ikke lige nu" in found
    page = post(web, f"/bord/henvendelse/{contact_id}/guide/sundhedskort/").content.decode()
    for said in (
        "Bestil nyt sundhedskort virker ikke lige nu",
        TEXT,
        "Skal bruges fra 1. december 2026",
        "Den, der ikke kan få MitID.",
        "MitID",
    ):
        assert said in page, said
