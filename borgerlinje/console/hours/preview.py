"""What the days will be once something is saved, beside what they are now. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from borgerlinje.lines.hours import Schedule, Span, Version
from borgerlinje.lines.year import DayOfYear, day_of

DAYS: Final = 14
# A special day is shown with the days before it, as far as these are still to come.
_LEAD: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class PreviewedDay:
    """One day as it is and as it will be."""

    before: DayOfYear
    after: DayOfYear

    @property
    def differs(self) -> bool:
        """Whether anybody notices."""
        return self.before != self.after


def with_version(schedule: Schedule, version: Version) -> Schedule:
    """Return a schedule in which a new timetable holds before any other."""
    return replace(schedule, versions=(version, *schedule.versions))


def with_special(schedule: Schedule, on: date, spans: Sequence[Span], why: str, *, instead_of: date | None) -> Schedule:
    """Return a schedule with a special day, taken away from another date when it was moved (None: it is a new one)."""
    special: Mapping[date, Sequence[Span]] = {day: each for day, each in schedule.special.items() if day != instead_of}
    reasons = {day: each for day, each in schedule.reasons.items() if day != instead_of}
    return replace(schedule, special={**special, on: spans}, reasons={**reasons, on: why})


def around(on: date, *, today: date) -> date:
    """Return the first day to show around a special day, never one that is over."""
    return max(today, on - _LEAD)


def compared(before: Schedule, after: Schedule, first: date) -> list[PreviewedDay]:
    """Return the days from `first` on under two schedules, which must know the holidays of their years."""
    days = [first + timedelta(days=offset) for offset in range(DAYS)]
    return [PreviewedDay(day_of(before, day), day_of(after, day)) for day in days]
