from datetime import UTC, date, datetime, time

import pytest

from borgerlinje.channels.phone.callbacks import callback_texts
from borgerlinje.channels.phone.callbacks.times import Times, hour_of, times
from borgerlinje.lines.hours import COPENHAGEN, Schedule, Version

HOURS = Schedule(versions=[Version(date(2015, 1, 1), None, {day: [(time(9), time(21))] for day in range(4)})])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


def test_open_line_calls_at_once_or_in_the_next_two_whole_hours() -> None:
    found = times(HOURS, at("2026-11-24T14:20"))
    assert found.opens_at is None
    assert [hour_of(slot) for slot in found.slots] == [15, 16]
    assert all(slot.tzinfo is UTC for slot in found.slots)


@pytest.mark.parametrize(("now", "hours"), [("19:10", [20]), ("20:10", []), ("19:00", [20])])
def test_no_hour_reaches_beyond_closing_time(now: str, hours: list[int]) -> None:
    assert [hour_of(slot) for slot in times(HOURS, at(f"2026-11-24T{now}")).slots] == hours


def test_closed_line_calls_when_it_opens() -> None:
    found = times(HOURS, at("2026-11-26T22:00"))
    assert found.opens_at == at("2026-11-30T09:00")
    assert [hour_of(slot) for slot in found.slots] == [10, 11]


def test_line_that_is_never_closed_and_one_that_never_opens() -> None:
    assert len(times(Schedule(always_open=True), at("2026-11-24T23:30")).slots) == 2
    assert times(Schedule(), at("2026-11-24T14:20")) == Times()


def test_hours_are_whole_on_the_day_the_clock_is_turned() -> None:
    night = Schedule(versions=[Version(date(2015, 1, 1), None, {6: [(time(0), time(0))]})])
    slots = times(night, at("2026-10-25T01:30")).slots
    assert [hour_of(slot) for slot in slots] == [2, 2]
    assert slots[1] > slots[0]


def test_every_text_is_there_in_both_languages_and_no_digit_is_missing() -> None:
    said = dict(callback_texts.to_prepare())
    assert {"0", "9"} <= set(said)
    for language in ("da", "en", "xx"):
        texts = callback_texts.texts(language)
        assert all("{" not in text for text in (*texts.fixed, *texts.hourly))
        assert "14" in texts.slot.format(14, 15, "2")
