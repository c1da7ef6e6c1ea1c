"""A day's openings as they are written and read."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines import spans
from borgerlinje.lines.hours import Span
from borgerlinje.lines.spans import Fault, SpanError


def _as_spans(minutes: list[int]) -> list[Span]:
    ends = sorted(minutes)
    times = [time(minute // 60 % 24, minute % 60) for minute in ends]
    return list(zip(times[::2], times[1::2], strict=True))


# Days of up to four openings that do not overlap; some close at midnight.
DAYS = (
    st.integers(1, 4)
    .flatmap(lambda count: st.lists(st.integers(0, 24 * 60), min_size=2 * count, max_size=2 * count, unique=True))
    .map(_as_spans)
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ()),
        ("9–12, ", ((time(9), time(12)),)),
        ("  Lukket ", ()),
        ("9–21", ((time(9), time(21)),)),
        ("9-12,13.30-17", ((time(9), time(12)), (time(13, 30), time(17)))),
        ("kl. 13 til 17 og 09:00 – 12:15", ((time(9), time(12, 15)), (time(13), time(17)))),
        ("0–24", ((time(0), time(0)),)),
        ("9–12; 12–24", ((time(9), time(12)), (time(12), time(0)))),
    ],
)
def test_openings_are_read_as_people_write_them(text: str, read: tuple[Span, ...]) -> None:
    assert spans.read(text) == read


@pytest.mark.parametrize(
    ("text", "fault", "part"),
    [
        ("ni til fem", Fault.UNREADABLE, "ni til fem"),
        ("9", Fault.UNREADABLE, "9"),
        ("9.60–12", Fault.UNREADABLE, "9.60–12"),
        ("9–25", Fault.UNREADABLE, "9–25"),
        ("24–24", Fault.UNREADABLE, "24–24"),
        ("17–9", Fault.BACKWARDS, "17–9"),
        ("9–9", Fault.BACKWARDS, "9–9"),
        ("20–0", Fault.BACKWARDS, "20–0"),
        ("9–12, 11–15", Fault.OVERLAP, "11–15"),
        ("9–24, 12–13", Fault.OVERLAP, "12–13"),
    ],
)
def test_openings_that_cannot_be_are_named(text: str, fault: Fault, part: str) -> None:
    with pytest.raises(SpanError) as caught:
        spans.read(text)
    assert (caught.value.fault, caught.value.part) == (fault, part)


@given(DAYS)
def test_what_is_written_is_read_again(day: list[Span]) -> None:
    assert list(spans.read(spans.write(day))) == day


@given(DAYS)
def test_minutes_open_are_those_of_each_opening(day: list[Span]) -> None:
    assert 0 < spans.minutes_open(day) <= 24 * 60


@given(st.text(alphabet="0123456789.:–-, oglukkettil", max_size=24))
def test_any_text_is_openings_in_order_or_a_fault(text: str) -> None:
    try:
        day = spans.read(text)
    except SpanError:
        return
    assert list(day) == sorted(day)
