from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines.hours import COPENHAGEN, Schedule, Span, Status, Version, status

AFTERNOON = {**{day: [(time(15), time(21))] for day in range(4)}, 4: [(time(15), time(18))]}
LONG_DAY = {**{day: [(time(9), time(21))] for day in range(4)}, 4: [(time(9), time(17))]}
NAESTVED = Schedule(
    versions=(Version(date(2014, 3, 1), date(2015, 1, 1), AFTERNOON), Version(date(2015, 1, 1), None, LONG_DAY))
)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, fold=fold, tzinfo=COPENHAGEN).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (local(2014, 9, 2, 14, 59), False),
        (local(2014, 9, 2, 15, 0), True),
        (local(2014, 9, 2, 20, 59), True),
        (local(2014, 9, 2, 21, 0), False),
        (local(2014, 9, 5, 17, 59), True),
        (local(2014, 9, 5, 18, 0), False),
        (local(2014, 9, 6, 16, 0), False),
        (local(2014, 12, 31, 10, 0), False),
        (local(2015, 1, 5, 10, 0), True),
        (local(2015, 1, 9, 16, 59), True),
        (local(2015, 1, 9, 17, 0), False),
    ],
)
def test_naestved_hours_of_2014_and_2015(at: datetime, *, is_open: bool) -> None:
    assert status(NAESTVED, at).is_open is is_open


@pytest.mark.parametrize(("version", "hours"), [(AFTERNOON, 27), (LONG_DAY, 56)])
def test_week_has_the_hours_of_the_sources(version: dict[int, list[Span]], hours: int) -> None:
    spans = [span for spans in version.values() for span in spans]
    assert sum(closes.hour - opens.hour for opens, closes in spans) == hours


def test_closed_on_friday_night_opens_on_monday() -> None:
    assert status(NAESTVED, local(2015, 1, 9, 18)) == Status(is_open=False, opens_at=local(2015, 1, 12, 9))


def test_new_version_next_year_is_the_next_opening() -> None:
    assert status(NAESTVED, local(2014, 12, 31, 22)).opens_at == local(2015, 1, 1, 9)


def test_holiday_is_closed_and_named_and_a_special_day_beats_it() -> None:
    christmas = date(2026, 12, 25)
    closed = Schedule(NAESTVED.versions, holidays={christmas: "Juledag"})
    found = status(closed, local(2026, 12, 25, 12))
    assert (found.is_open, found.holiday) == (False, "Juledag")
    special = Schedule(NAESTVED.versions, {christmas: [(time(10), time(12))]}, {christmas: "Juledag"})
    assert status(special, local(2026, 12, 25, 11)).closes_at == local(2026, 12, 25, 12)


def test_special_day_without_hours_is_closed() -> None:
    day = date(2026, 11, 24)
    assert not status(Schedule(NAESTVED.versions, {day: []}), local(2026, 11, 24, 12)).is_open


def test_night_of_the_clock_being_turned_is_open_for_its_real_length() -> None:
    night = Schedule((Version(date(2026, 1, 1), None, {day: [(time(0), time(6))] for day in range(7)}),))
    spring, autumn = status(night, local(2026, 3, 29, 0, 30)), status(night, local(2026, 10, 25, 0, 30))
    assert spring.closes_at is not None
    assert autumn.closes_at is not None
    assert spring.closes_at - local(2026, 3, 29) == timedelta(hours=5)
    assert autumn.closes_at - local(2026, 10, 25) == timedelta(hours=7)
    assert status(night, local(2026, 10, 25, 2, 30, fold=1)).is_open


def test_open_past_midnight_is_one_opening() -> None:
    late = Schedule((Version(date(2026, 1, 1), None, {4: [(time(20), time(0))], 5: [(time(0), time(2))]}),))
    assert status(late, local(2026, 11, 20, 23)).closes_at == local(2026, 11, 21, 2)


def test_open_round_the_clock_never_closes() -> None:
    assert status(Schedule(always_open=True), local(2026, 11, 22, 3)) == Status(is_open=True)


def test_line_without_hours_never_opens() -> None:
    assert status(Schedule(), local(2026, 11, 24, 12)) == Status(is_open=False)


@given(st.integers(0, 16 * 365 * 24 * 60).map(lambda minutes: local(2014, 3, 1) + timedelta(minutes=minutes)))
def test_status_agrees_with_itself_at_its_own_boundaries(at: datetime) -> None:
    found = status(NAESTVED, at)
    boundary = found.closes_at if found.is_open else found.opens_at
    assert boundary is not None
    assert boundary > at
    assert status(NAESTVED, boundary).is_open is not found.is_open
    assert status(NAESTVED, boundary - timedelta(seconds=1)).is_open is found.is_open
