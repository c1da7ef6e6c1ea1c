"""Self-service solutions and whether they work: what the lines say of it begins, moves and ends with it."""

from datetime import date, datetime
from typing import Any

import pytest

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Guide, Solution, SolutionStatus
from borgerlinje.guides.reading import read_guide
from borgerlinje.guides.solutions import do_set_address, do_store_solution, free_slug, is_coming
from borgerlinje.guides.statuses import do_end_status, do_reopen, do_set_status, lines_told, running_for
from borgerlinje.kit import clock
from borgerlinje.lines import news
from borgerlinje.lines.models import Line, Notice
from borgerlinje.staff.models import ChangeNote
from tests.guides.making import published
from tests.support.cast import NOW, Cast, later, user_of

HOUR = 3600


@pytest.fixture
def solution(cast: Cast) -> Solution:
    """The solution of a published guide."""
    guide = published()
    assert guide.solution is not None
    return guide.solution


def set_down(cast: Cast, solution: Solution, **changes: Any) -> SolutionStatus:
    usual: dict[str, Any] = {
        "authority": None,
        "kind": "down",
        "text": "Kortet kan ikke bestilles.",
        "text_en": "The card cannot be ordered.",
        "until_at": later(HOUR),
        "lines": [cast.line],
        "now": NOW,
        "by": user_of(cast.employee),
    }
    return do_set_status(solution, **(usual | changes))


def said(cast: Cast, at: datetime) -> list[str]:
    return [each.text for each in news.said(at).get(cast.line.pk, ()) if each.holds(at)]


def another_line(cast: Cast) -> Line:
    values = {"greeting_text": "A", "closed_text": "B"}
    return Line.objects.create(slug="to", name="To", owner=cast.own, centre=cast.centre, **values)


def test_status_is_one_act_with_what_the_lines_say(cast: Cast, solution: Solution) -> None:
    set_down(cast, solution)
    notice = Notice.objects.get()
    assert (notice.kind, notice.is_said, notice.is_shown, notice.line) == ("outage", True, True, cast.line)
    assert (notice.from_at, notice.to_at) == (NOW, later(HOUR))
    assert said(cast, NOW) == ["Kortet kan ikke bestilles."]
    assert [each.text_en for each in news.said(NOW)[cast.line.pk]] == ["The card cannot be ordered."]


def test_status_past_its_time_is_gone_everywhere_by_itself(cast: Cast, solution: Solution) -> None:
    set_down(cast, solution)
    for at, count in ((later(HOUR - 1), 1), (later(HOUR), 0)):
        assert running_for(None, now=at).count() == count
        assert len(said(cast, at)) == count
        reading = read_guide("sundhedskort", language="da", authority=None, now=at, today=clock.today())
        assert reading is not None
        assert (reading.status is not None) == bool(count)


def test_moving_the_end_moves_the_announcement_with_it(cast: Cast, solution: Solution) -> None:
    first = set_down(cast, solution)
    second = set_down(cast, solution, until_at=later(3 * HOUR), now=later(60))
    assert first == second
    assert SolutionStatus.objects.count() == 1
    assert Notice.objects.get().to_at == later(3 * HOUR)
    set_down(cast, solution, until_at=None, now=later(120))
    assert Notice.objects.get().to_at is None
    assert said(cast, later(10 * HOUR)) == ["Kortet kan ikke bestilles."]


def test_line_that_is_left_out_says_it_no_longer_and_a_new_one_does(cast: Cast, solution: Solution) -> None:
    other = another_line(cast)
    set_down(cast, solution)
    status = set_down(cast, solution, lines=[other], now=later(60))
    assert said(cast, later(60)) == []
    assert [each.text for each in news.said(later(60))[other.pk]] == ["Kortet kan ikke bestilles."]
    assert lines_told(status) == [other]


def test_all_lines_of_a_centre_say_it_in_one_notice(cast: Cast, solution: Solution) -> None:
    other = another_line(cast)
    status = set_down(cast, solution, lines=[cast.line, other])
    notice = Notice.objects.get()
    assert (notice.centre, notice.line) == (cast.centre, None)
    assert lines_told(status) == [cast.line, other]


def test_ended_status_ends_its_notices_at_once(cast: Cast, solution: Solution) -> None:
    status = set_down(cast, solution)
    assert not do_end_status(status, now=later(60), by=user_of(cast.colleague))
    assert (status.until_at, status.ended_by) == (later(60), user_of(cast.colleague))
    assert Notice.objects.get().to_at == later(60)
    assert said(cast, later(60)) == []
    assert not running_for(None, now=later(60)).exists()


def test_status_that_only_just_began_leaves_nothing_behind(cast: Cast, solution: Solution) -> None:
    assert do_end_status(set_down(cast, solution), now=NOW, by=user_of(cast.employee))
    assert not SolutionStatus.objects.exists()
    assert not Notice.objects.exists()


def test_ended_status_is_opened_again_with_its_lines(cast: Cast, solution: Solution) -> None:
    status = set_down(cast, solution)
    do_end_status(status, now=later(60), by=user_of(cast.employee))
    do_reopen(status, until_at=later(HOUR), lines=[cast.line], now=later(90), by=user_of(cast.employee))
    assert running_for(None, now=later(120)).get() == status
    assert said(cast, later(120)) == ["Kortet kan ikke bestilles."]
    assert said(cast, later(HOUR)) == []


def test_status_of_one_authority_is_told_its_citizens_alone(cast: Cast, solution: Solution) -> None:
    set_down(cast, solution, authority=cast.own, lines=[])
    assert running_for(cast.own, now=NOW).exists()
    assert not running_for(cast.colleague_authority, now=NOW).exists()
    assert not running_for(None, now=NOW).exists()
    assert not Notice.objects.exists()


def test_solution_out_of_use_has_no_trouble(cast: Cast, solution: Solution) -> None:
    set_down(cast, solution)
    do_store_solution(solution, {"retired_on": date(2026, 11, 24)}, by=user_of(cast.employee), now=NOW)
    assert not running_for(None, now=NOW).exists()


def test_who_changed_what_is_kept_in_danish(cast: Cast, solution: Solution) -> None:
    by = user_of(cast.employee)
    do_store_solution(solution, {"sign_in": "none", "mandatory_on": date(2026, 12, 1)}, by=by, now=NOW)
    note = ChangeNote.objects.get(kind="solution")
    assert (note.before["sign_in"], note.after["sign_in"]) == ("MitID", "Uden login")
    assert note.after["mandatory_on"] == "2026-12-01"
    set_down(cast, solution)
    told = ChangeNote.objects.filter(kind="solution").latest("pk")
    assert told.after["status"] == "Virker ikke"
    assert told.after["status_lines"] == ["Hotline"]
    assert ChangeNote.objects.filter(kind="notice").exists()


def test_authoritys_own_address_stands_before_the_common_one_until_it_is_taken_away(
    cast: Cast, solution: Solution
) -> None:
    by = user_of(cast.employee)

    def address(authority: Authority | None) -> str:
        reading = read_guide("sundhedskort", language="da", authority=authority, now=NOW, today=clock.today())
        assert reading is not None
        return reading.address

    do_set_address(solution, cast.own, "https://www.naestved.dk/", by=by, now=NOW)
    assert address(cast.own) == "https://www.naestved.dk/"
    assert address(cast.colleague_authority) == "https://www.borger.dk/"
    do_set_address(solution, cast.own, "", by=by, now=NOW)
    assert address(cast.own) == "https://www.borger.dk/"
    notes = ChangeNote.objects.filter(kind="solution").order_by("pk")
    assert [each.after for each in notes] == [{"Næstved Kommune": "https://www.naestved.dk/"}, {}]


@pytest.mark.parametrize(
    ("mandatory_on", "coming"),
    [
        (None, False),
        (date(2026, 11, 24), False),
        (date(2026, 11, 25), True),
        (date(2027, 1, 23), True),
        (date(2027, 1, 24), False),
    ],
)
def test_wave_is_coming_in_the_sixty_days_before_its_date(mandatory_on: date | None, *, coming: bool) -> None:
    assert is_coming(Solution(mandatory_on=mandatory_on), today=date(2026, 11, 24)) == coming


def test_new_solutions_get_addresses_that_nobody_has(solution: Solution, cast: Cast) -> None:
    assert free_slug("Nyt kort") == "nyt-kort-2"
    assert free_slug("Ny") == "ny-2"
    new = Solution(owner="Kommunen", owner_kind="municipality")
    do_store_solution(new, {"name": "Nyt kort, blåt"}, by=user_of(cast.employee), now=NOW)
    assert new.slug == "nyt-kort-blaat"
    assert Guide.objects.filter(solution=new).count() == 0
