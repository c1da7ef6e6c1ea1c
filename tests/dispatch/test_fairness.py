"""The fairness report: who waits how long, and who answers whose citizens."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Authority, Membership
from borgerlinje.dispatch.actions import do_offer
from borgerlinje.dispatch.fairness import Period, Report, centres_of, report
from borgerlinje.dispatch.matching import Match
from borgerlinje.kit.database import run
from borgerlinje.lines.models import LineNumber
from borgerlinje.staff.models import Employee
from tests.support.cast import NOW, Cast, later
from tests.support.database import as_web

TODAY = Period(date(2026, 11, 24), date(2026, 11, 25))


def arrived(cast: Cast, home: Authority | None, *, at: datetime = NOW, **fields: Any) -> Contact:
    """Store a contact that reached the pool at `at` and waits."""
    values = {"line": cast.line, "authority": home or cast.own, "home_authority": home, "state": "waiting"}
    return Contact.objects.create(**values | {"arrived_at": at, "waiting_since": at} | fields)


def answered(cast: Cast, home: Authority | None, employee: Employee, *, waited: float, talked: float = 60) -> Contact:
    """Store a contact that was answered and has been closed."""
    answered_at = NOW + timedelta(seconds=waited)
    ended_at = answered_at + timedelta(seconds=talked)
    return arrived(
        cast,
        home,
        state="closed",
        closed_as="answered",
        employee=employee,
        answered_at=answered_at,
        ended_at=ended_at,
        closed_at=ended_at,
    )


def abandoned(cast: Cast, home: Authority | None, *, waited: float, **fields: Any) -> Contact:
    """Store a contact that gave up."""
    left_at = NOW + timedelta(seconds=waited)
    left: dict[str, Any] = {"closed_as": "abandoned", "ended_at": left_at, "closed_at": left_at}
    return arrived(cast, home, state="closed", **left | fields)


def figures(cast: Cast, **options: Any) -> Report:
    return report(cast.centre, TODAY, now=later(3600), **options)


def test_each_member_has_a_row_with_counts_and_waits(cast: Cast) -> None:
    for waited in (10, 20, 30, 40, 50):
        answered(cast, cast.own, cast.employee, waited=waited)
    abandoned(cast, cast.own, waited=90)
    arrived(cast, cast.own, at=later(3590))
    own, other, *_ = sorted(figures(cast).members, key=lambda each: not each.is_host)
    assert own.authority == cast.own
    assert (own.offered, own.answered, own.abandoned, own.otherwise) == (7, 5, 1, 1)
    assert own.in_target == 3
    assert (own.median_seconds, own.ninetieth_seconds, own.longest_seconds) == (30.0, 46.0, 90.0)
    # A member for whom nobody called has a row as well.
    assert (other.authority, other.offered, other.median_seconds) == (cast.colleague_authority, 0, None)


def test_waits_of_fewer_than_five_are_left_out(cast: Cast) -> None:
    for waited in (10, 20, 30, 40):
        answered(cast, cast.own, cast.employee, waited=waited)
    own = figures(cast).host
    assert (own.answered, own.in_target) == (4, 3)
    assert (own.median_seconds, own.ninetieth_seconds, own.longest_seconds) == (None, None, None)


def test_host_is_held_against_all_other_members(cast: Cast) -> None:
    for waited in range(5):
        answered(cast, cast.own, cast.colleague, waited=60 + waited)
        answered(cast, cast.colleague_authority, cast.colleague, waited=10 + waited)
    found = figures(cast)
    assert found.host.median_seconds == 62.0
    assert (found.others.median_seconds, found.others.in_target) == (12.0, 5)
    assert (found.total.offered, found.total.in_target) == (10, 5)


def test_unknown_and_outside_citizens_have_rows_of_their_own(cast: Cast) -> None:
    arrived(cast, None)
    arrived(cast, None, home_check="outside")
    arrived(cast, cast.outside, authority=cast.own)
    rows = {each.group.value: each.offered for each in figures(cast).members}
    assert (rows["unknown"], rows["outside"]) == (1, 2)


def test_citizen_of_a_member_that_left_before_is_outside(cast: Cast) -> None:
    Membership.objects.filter(authority=cast.colleague_authority).update(to_on=date(2026, 1, 1))
    arrived(cast, cast.colleague_authority, authority=cast.own)
    found = figures(cast)
    assert [each.authority for each in found.members] == [cast.own, None, None]
    assert found.members[-1].offered == 1


@pytest.mark.parametrize(
    "fields",
    [{"is_test": True}, {"waiting_since": None, "state": "arrived"}, {"arrived_at": later(-86_400)}],
    ids=["test call", "never in the pool", "another day"],
)
def test_what_does_not_count_is_left_out(cast: Cast, fields: dict[str, Any]) -> None:
    arrived(cast, cast.own, **fields)
    assert figures(cast).total.offered == 0


def test_hidden_line_does_not_count(cast: Cast) -> None:
    arrived(cast, cast.own)
    assert figures(cast).total.offered == 1
    cast.line.is_hidden = True
    cast.line.save()
    assert figures(cast).total.offered == 0


def test_whom_a_fault_cut_off_is_counted_once(cast: Cast) -> None:
    lost = abandoned(cast, cast.own, waited=5, closed_as="technical")
    later_one = arrived(cast, cast.own, state="callback", origin=lost, is_callback=True)
    later_one.events.create(authority=cast.own, at=NOW, name="callback_offered", to_state="callback")
    total = figures(cast).total
    assert (total.offered, total.called_back, total.otherwise) == (1, 1, 1)


def test_wait_for_a_callback_is_no_wait_on_the_line(cast: Cast) -> None:
    for waited in range(5):
        answered(cast, cast.own, cast.employee, waited=waited)
    called = answered(cast, cast.own, cast.employee, waited=3000)
    called.events.create(authority=cast.own, at=NOW, name="callback_asked", to_state="callback")
    own = figures(cast).host
    assert (own.answered, own.called_back, own.longest_seconds) == (6, 1, 4.0)


def test_who_answers_whose_citizens(cast: Cast) -> None:
    for talked in (60, 120, 180, 240, 300):
        answered(cast, cast.own, cast.colleague, waited=1, talked=talked)
    answered(cast, cast.colleague_authority, cast.employee, waited=1)
    answered(cast, cast.own, cast.employee, waited=1)
    found = figures(cast)
    homes = [each.authority for each in found.members]
    by_employer = {each.employer: each for each in found.staff}
    colleague, own = by_employer[cast.colleague_authority], by_employer[cast.own]
    assert dict(zip(homes, colleague.by_home, strict=True))[cast.own] == 5
    assert (colleague.answered, colleague.own, colleague.median_seconds) == (5, 0, 180.0)
    assert (own.answered, own.own, own.median_seconds) == (2, 1, None)


def test_calls_that_take_the_highest_level_are_counted(cast: Cast) -> None:
    cast.line.skill_level = 3
    cast.line.save()
    answered(cast, cast.own, cast.employee, waited=1)
    assert figures(cast).staff[0].hard == 1


def test_report_counts_what_the_real_paths_write(cast: Cast) -> None:
    LineNumber.objects.create(line=cast.line, digits="58570000", home_authority=cast.colleague_authority)
    contact_id = cast.arrive("58570000")
    cast.event(contact_id, Event.GREETED, at=NOW)
    cast.ready(cast.employee)
    with connection.cursor() as cursor:
        run(do_offer([Match(contact_id, cast.employee.pk, {})], now=later(2)), cursor)
    cast.event(contact_id, Event.ANSWERED, at=later(7))
    found = figures(cast)
    assert (found.others.offered, found.others.answered, found.others.in_target) == (1, 1, 1)
    assert (found.staff[0].employer, found.staff[0].own) == (cast.own, 0)


def test_person_sees_the_rows_of_their_own_authorities_alone(cast: Cast) -> None:
    arrived(cast, cast.own)
    arrived(cast, cast.colleague_authority)
    with as_web(cast.own.pk):
        found = figures(cast, visible={cast.own.pk})
    assert found.total.offered == 1
    assert [each.authority for each in found.members] == [cast.own, None, None]


def test_centres_of_a_person_are_those_of_their_authorities(cast: Cast) -> None:
    assert centres_of({cast.own.pk}) == [cast.centre]
    assert centres_of({cast.own.pk, cast.outside.pk}) == [*centres_of({cast.outside.pk}), cast.centre]
    assert centres_of(set()) == []


def test_period_of_days_ends_with_today() -> None:
    period = Period.last(7, today=date(2026, 10, 27))
    assert (period.from_on, period.last_on) == (date(2026, 10, 21), date(2026, 10, 27))
    # Summer time ends within it: its days are not all of 24 hours.
    assert period.ends_at - period.starts_at == timedelta(days=7, hours=1)
