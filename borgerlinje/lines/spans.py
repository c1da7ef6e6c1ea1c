"""The openings of one day as people write them: `9–12, 13.30–17`. Pure.

A time is hours, or hours and minutes after a full stop or a colon; 24 is the midnight that ends the day. Between two times stands any
dash, between two openings a comma, a semicolon or the word "og".
"""

import re
from collections.abc import Iterable, Sequence
from datetime import time
from enum import Enum
from itertools import pairwise

from borgerlinje.lines.hours import Span

_MIDNIGHT = time(0)
_END_OF_DAY = 24 * 60
_CLOCK = r"(\d{1,2})(?:[.:](\d\d))?"
_SPAN = re.compile(rf"(?:kl\.?)?\s*{_CLOCK}\s*(?:-|–|—|−|til)\s*(?:kl\.?)?\s*{_CLOCK}", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;]|\bog\b|\band\b", re.IGNORECASE)
_CLOSED = {"", "-", "–", "lukket", "closed"}


class Fault(Enum):
    """Why the openings of a day cannot be what is written."""

    UNREADABLE = "unreadable"
    BACKWARDS = "backwards"
    OVERLAP = "overlap"


class SpanError(ValueError):
    """A day's openings that cannot be; `part` is the opening at fault as it was written."""

    def __init__(self, fault: Fault, part: str) -> None:
        super().__init__(f"{fault.value}: {part}")
        self.fault = fault
        self.part = part


def read(text: str) -> tuple[Span, ...]:
    """Return the openings written in a text, in order; none for an empty text or the word for closed. Raises SpanError."""
    written = text.strip().rstrip(",;").rstrip()
    if written.lower() in _CLOSED:
        return ()
    found = sorted((_read_one(part) for part in _BETWEEN.split(written)), key=lambda each: each[0])
    for (_opens, closes), later in pairwise(found):
        if minute_of_closing(closes) > minute_of(later[0]):
            raise SpanError(Fault.OVERLAP, write([later]))
    return tuple(found)


def write(spans: Iterable[Span]) -> str:
    """Write openings as `read` takes them: `9–12, 13.30–24`; an empty text when there is none."""
    return ", ".join(f"{_clock(minute_of(opens))}–{_clock(minute_of_closing(closes))}" for opens, closes in spans)


def minute_of(moment: time) -> int:
    """Return a time of day as whole minutes since midnight."""
    return moment.hour * 60 + moment.minute


def minute_of_closing(moment: time) -> int:
    """Return a closing time as whole minutes since midnight; 00:00 ends the day."""
    return _END_OF_DAY if moment == _MIDNIGHT else minute_of(moment)


def minutes_open(spans: Sequence[Span]) -> int:
    """Return how many minutes a day is open by its openings, which do not overlap."""
    return sum(minute_of_closing(closes) - minute_of(opens) for opens, closes in spans)


def _read_one(part: str) -> Span:
    written = part.strip()
    found = _SPAN.fullmatch(written)
    if found is None:
        raise SpanError(Fault.UNREADABLE, written)
    opens, closes = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if opens is None or closes is None or opens == _END_OF_DAY:
        raise SpanError(Fault.UNREADABLE, written)
    if closes <= opens:
        raise SpanError(Fault.BACKWARDS, written)
    return _time(opens), _time(closes)


def _minutes(hours: str, minutes: str | None) -> int | None:
    """Return the minute of the day; None for a time that no clock shows."""
    past = int(minutes or 0)
    found = int(hours) * 60 + past
    return found if past < 60 and found <= _END_OF_DAY else None  # noqa: PLR2004 - minutes of an hour


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def _clock(minute: int) -> str:
    hours, past = divmod(minute, 60)
    return f"{hours}.{past:02d}" if past else str(hours)
