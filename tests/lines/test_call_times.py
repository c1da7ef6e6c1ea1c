"""When citizens may be called: inside the opening hours and never at night."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines.call_times import next_call_at, next_open_at, slots
from borgerlinje.lines.hours import COPENHAGEN, Schedule, Version, status

LONG = Schedule([Version(date(2015, 1, 1), None, {day: [(time(7), time(22, 30))] for day in range(4)})])
OFFICE = Schedule(
    [Version(date(2015, 1, 1), None, {day: [(time(9, 30), time(12)), (time(13), time(15, 30))] for day in range(5)})],
    special={date(2026, 11, 25): []},
    holidays={date(2026, 12, 25): "Juledag"},
)
ALWAYS = Schedule(always_open=True)


def local(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """Return a Danish time of day in 2026 (24 November is a Tuesday)."""
    return datetime(2026, month, day, hour, minute, tzinfo=COPENHAGEN).astimezone(UTC)


def test_time_inside_the_hours_stays_as_it_is() -> None:
    assert next_call_at(LONG, local(24, 14, 7)) == local(24, 14, 7)
    assert next_open_at(LONG, local(24, 14, 7)) == local(24, 14, 7)


def test_early_and_late_hours_of_an_open_line_are_no_time_to_call() -> None:
    assert next_call_at(LONG, local(24, 7)) == local(24, 8)
    assert next_call_at(LONG, local(24, 21)) == local(25, 8)
    assert next_open_at(LONG, local(24, 21)) == local(24, 21)
    assert next_call_at(ALWAYS, local(24, 23)) == local(25, 8)
    assert next_open_at(ALWAYS, local(24, 23)) == local(24, 23)


def test_closed_days_and_lunch_are_passed_over() -> None:
    assert next_call_at(OFFICE, local(24, 12)) == local(24, 13)
    assert next_call_at(OFFICE, local(24, 15, 30)) == local(26, 9, 30)
    assert next_call_at(OFFICE, local(24, 15, 31, month=12)) == local(28, 9, 30, month=12)


def test_line_that_a_crisis_holds_open_calls_now_by_day_and_later_as_the_timetable_says() -> None:
    held = replace(OFFICE, held_open=True)
    assert next_call_at(held, local(24, 18)) == local(24, 18)
    assert next_call_at(held, local(24, 22)) == local(26, 9, 30)
    assert next_open_at(held, local(24, 22)) == local(24, 22)
    assert slots(held, local(24, 18), days=1)[0].from_at == local(26, 10)


def test_line_that_never_opens_has_no_time_to_call() -> None:
    assert (next_call_at(Schedule(), local(24, 9)), next_open_at(Schedule(), local(24, 9))) == (None, None)
    assert slots(Schedule(), local(24, 9), days=2) == []


def test_slots_are_the_whole_hours_to_come_of_the_next_days() -> None:
    found = [each.from_at.astimezone(COPENHAGEN) for each in slots(OFFICE, local(24, 13, 10), days=2)]
    assert [(each.day, each.hour) for each in found] == [
        (24, 14), (24, 15), (26, 10), (26, 11), (26, 13), (26, 14), (26, 15),
    ]  # fmt: skip
    assert slots(OFFICE, local(24, 13, 10), days=2)[1].to_at == local(24, 15, 30)


def test_slot_that_has_begun_is_no_choice() -> None:
    assert slots(OFFICE, local(24, 14), days=1)[0].from_at == local(24, 15)


@given(
    st.integers(0, 500 * 24 * 60).map(lambda minutes: local(1, 0) + timedelta(minutes=minutes)),
    st.sampled_from([LONG, OFFICE, ALWAYS]),
)
def test_whenever_it_is_asked_the_time_is_open_by_day_and_not_before(at: datetime, schedule: Schedule) -> None:
    due = next_call_at(schedule, at)
    assert due is not None
    assert due >= at
    assert status(schedule, due).is_open
    assert time(8) <= due.astimezone(COPENHAGEN).time() < time(21)
    for slot in slots(schedule, at, days=2):
        last = slot.to_at - timedelta(seconds=1)
        assert slot.from_at > at
        assert slot.to_at - slot.from_at >= timedelta(minutes=30)
        assert status(schedule, slot.from_at).is_open
        assert status(schedule, last).is_open
        assert time(8) <= slot.from_at.astimezone(COPENHAGEN).time()
        assert last.astimezone(COPENHAGEN).time() < time(21)
