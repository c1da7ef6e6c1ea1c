"""A line's year, day by day: open, closed, a holiday, or a day of its own. Pure."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from borgerlinje.lines.hours import Schedule, Span, spans_on


class Kind(StrEnum):
    """What a day is: by the timetable, by the calendar, or by a special day, which beats both."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    SPECIAL_OPEN = "special-open"
    SPECIAL_CLOSED = "special-closed"


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """One day; `why` is the holiday's name or the special day's reason, empty on any other day."""

    on: date
    kind: Kind
    spans: Sequence[Span]
    why: str


def day_of(schedule: Schedule, on: date) -> DayOfYear:
    """Return what a local date is. The schedule must know the holidays of its year."""
    spans = tuple(spans_on(schedule, on))
    if on in schedule.special:
        kind = Kind.SPECIAL_OPEN if spans else Kind.SPECIAL_CLOSED
        return DayOfYear(on, kind, spans, schedule.reasons.get(on, ""))
    if on in schedule.holidays:
        return DayOfYear(on, Kind.HOLIDAY, spans, schedule.holidays[on])
    return DayOfYear(on, Kind.OPEN if spans else Kind.CLOSED, spans, "")


def months_of(schedule: Schedule, year: int) -> list[list[list[DayOfYear | None]]]:
    """Return twelve months of weeks of seven days, Monday first; None where the week reaches into another month."""
    weeks = calendar.Calendar()
    return [
        [
            [day_of(schedule, on) if on.month == month else None for on in week]
            for week in weeks.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]
