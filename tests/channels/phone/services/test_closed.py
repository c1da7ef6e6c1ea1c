"""What becomes of those whom a line cannot take, without a telephone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from borgerlinje.channels.phone.book import Agreement, Entry
from borgerlinje.channels.phone.services.closed import (
    COME_IN,
    Because,
    Decision,
    Way,
    after_waiting,
    at_closing,
    closes_at,
    needs_count,
    on_arrival,
    other_line,
)
from borgerlinje.lines.hours import Schedule, Version

OPEN = datetime(2026, 11, 24, 13, tzinfo=UTC)  # a Tuesday, 14.00 in Denmark
CLOSED = datetime(2026, 11, 24, 20, tzinfo=UTC)  # 21.00, the minute it closes
HOURS = Schedule(versions=[Version(date(2015, 1, 1), None, {1: [(time(9), time(21))]})])
LINE = Entry(1, frozenset({"46313020"}), "da", "Velkommen.", "Vi har lukket.", is_hidden=False, schedule=HOURS)
ALWAYS = replace(LINE, line_id=2, schedule=Schedule(always_open=True))
NEVER = replace(LINE, line_id=2, schedule=Schedule())


def agreed(**occasions: object) -> Entry:
    given = {"after_seconds": None, "when_full": False, "when_closed": False, **occasions}
    return replace(LINE, overflow=Agreement(to_line_id=2, **given))  # type: ignore[arg-type] # a test's words


def test_an_open_line_takes_everybody_and_need_not_count():
    assert on_arrival(LINE, OPEN) == COME_IN
    assert not needs_count(LINE, OPEN)
    assert other_line(LINE) is None


@pytest.mark.parametrize("way", [Way.ANNOUNCE, Way.CALLBACK, Way.VOICEMAIL])
def test_a_closed_line_does_what_it_says(way: Way):
    line = replace(LINE, when_closed=way.value)
    assert on_arrival(line, CLOSED) == Decision(way, Because.CLOSED)
    assert on_arrival(line, OPEN) == COME_IN


def test_a_full_queue_does_what_the_line_says_and_one_place_left_is_a_place():
    line = replace(LINE, max_waiting=3, when_full="voicemail")
    assert needs_count(line, OPEN)
    assert not needs_count(line, CLOSED)
    assert on_arrival(line, OPEN, waiting=2) == COME_IN
    assert on_arrival(line, OPEN, waiting=3) == Decision(Way.VOICEMAIL, Because.FULL)


def test_overflow_comes_first_as_long_as_the_other_line_is_open():
    line = replace(agreed(when_closed=True, when_full=True), max_waiting=1, when_closed="callback")
    assert on_arrival(line, CLOSED, other=ALWAYS) == Decision(Way.OVERFLOW, Because.CLOSED, ALWAYS)
    assert on_arrival(line, OPEN, waiting=1, other=ALWAYS) == Decision(Way.OVERFLOW, Because.FULL, ALWAYS)
    assert on_arrival(line, CLOSED, other=NEVER) == Decision(Way.CALLBACK, Because.CLOSED)
    assert on_arrival(line, CLOSED, other=None) == Decision(Way.CALLBACK, Because.CLOSED)


def test_an_agreement_holds_for_what_was_agreed_and_nothing_else():
    line = agreed(after_seconds=60)
    assert on_arrival(line, CLOSED, other=ALWAYS) == Decision(Way.ANNOUNCE, Because.CLOSED)
    assert after_waiting(line, OPEN, waited_seconds=59, other=ALWAYS) == COME_IN
    assert after_waiting(line, OPEN, waited_seconds=60, other=ALWAYS) == Decision(Way.OVERFLOW, Because.WAITED, ALWAYS)
    assert after_waiting(line, OPEN, waited_seconds=600, other=NEVER) == COME_IN
    assert after_waiting(agreed(when_full=True), OPEN, waited_seconds=600, other=ALWAYS) == COME_IN


def test_those_who_wait_at_closing_time_are_served_unless_the_line_says_otherwise():
    assert at_closing(LINE, CLOSED) == COME_IN
    assert closes_at(LINE, OPEN) is None
    strict = replace(LINE, serves_waiting_after_close=False, when_closed="voicemail")
    assert closes_at(strict, OPEN) == CLOSED
    assert at_closing(strict, OPEN) == COME_IN
    assert at_closing(strict, CLOSED) == Decision(Way.VOICEMAIL, Because.CLOSED)
    assert closes_at(replace(strict, is_hidden=True), OPEN) is None
