"""Which special days come of a stretch of dates on several lines, and which dates are left as they are. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from borgerlinje.lines.hours import Schedule
from borgerlinje.lines.models import Line
from borgerlinje.lines.year import DayOfYear, day_of


class Outcome(StrEnum):
    """What becomes of a date on a line."""

    MADE = "made"
    TAKEN = "taken"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One date on one line as it is now: it becomes a special day, is one already, or is closed as it is."""

    day: DayOfYear
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What becomes of every date on one line."""

    line: Line
    days: Sequence[PlannedDay]

    def dates(self, outcome: Outcome) -> list[date]:
        """Return the dates of which this becomes, in order."""
        return [each.day.on for each in self.days if each.outcome is outcome]

    @property
    def made(self) -> list[date]:
        """The dates that become special days."""
        return self.dates(Outcome.MADE)

    @property
    def taken(self) -> list[DayOfYear]:
        """The special days that are there already."""
        return [each.day for each in self.days if each.outcome is Outcome.TAKEN]


def dates_between(first: date, last: date) -> list[date]:
    """Return the dates from one to another, both included."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def plan(line: Line, schedule: Schedule, dates: Iterable[date], *, skips_closed: bool) -> PlannedLine:
    """Return what becomes of dates on a line whose schedule knows their holidays; `skips_closed` leaves those on which it is closed anyway."""
    return PlannedLine(line, [_planned(day_of(schedule, on), schedule, skips_closed=skips_closed) for on in dates])


def _planned(day: DayOfYear, schedule: Schedule, *, skips_closed: bool) -> PlannedDay:
    if day.on in schedule.special:
        return PlannedDay(day, Outcome.TAKEN)
    if skips_closed and not day.spans:
        return PlannedDay(day, Outcome.CLOSED)
    return PlannedDay(day, Outcome.MADE)
