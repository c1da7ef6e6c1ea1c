"""When a branch of a menu holds. Pure: local times of day and dates, as they stand on the door."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from borgerlinje.lines.hours import COPENHAGEN, Schedule, spans_on, status

WEEK = frozenset(range(7))
_MIDNIGHT = time(0)
# A leap year, so that 29 February has a place.
_ANY_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant as a menu sees it: Danish time, whether the line is open, and whether the day is a closed one."""

    at: datetime
    is_open: bool = True
    is_closed_day: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """All that is said must hold; what is not said (None, every weekday) does not matter.

    `weekdays` counts from Monday 0. The times are [opens, closes); `closes` at or before `opens` is the next day, whose weekday and
    date are still those of the beginning. Dates run from `from_on` to `last_on`, both included; `is_yearly` takes no notice of the year.
    """

    weekdays: frozenset[int] = WEEK
    opens: time | None = None
    closes: time | None = None
    from_on: date | None = None
    last_on: date | None = None
    is_yearly: bool = False
    is_open: bool | None = None
    is_closed_day: bool | None = None

    def holds(self, moment: Moment) -> bool:
        """Tell whether the condition holds at a moment."""
        if self.is_open not in {None, moment.is_open} or self.is_closed_day not in {None, moment.is_closed_day}:
            return False
        return any(self._is_day(day) for day in self._days(moment.at))

    def _days(self, at: datetime) -> Iterable[date]:
        """Yield the days whose span of time the instant lies in: the day itself, or the one before for a span over midnight."""
        now, today = at.time().replace(tzinfo=None), at.date()
        opens, closes = self.opens or _MIDNIGHT, self.closes or _MIDNIGHT
        if opens < closes:
            return (today,) if opens <= now < closes else ()
        evening = (today,) if now >= opens else ()
        return (*evening, today - timedelta(days=1)) if now < closes else evening

    def _is_day(self, day: date) -> bool:
        if day.weekday() not in self.weekdays:
            return False
        if not self.is_yearly:
            return (self.from_on is None or self.from_on <= day) and (self.last_on is None or day <= self.last_on)
        first, last = _in_any_year(self.from_on, date.min), _in_any_year(self.last_on, date.max)
        asked = day.replace(year=_ANY_YEAR)
        return first <= asked <= last if first <= last else asked >= first or asked <= last

    def covers(self, other: "Condition") -> bool:
        """Tell whether this one surely holds whenever the other does; False also where that cannot be told."""
        if self.is_open not in {None, other.is_open} or self.is_closed_day not in {None, other.is_closed_day}:
            return False
        return other.weekdays <= self.weekdays and self._covers_times(other) and self._covers_dates(other)

    def _covers_times(self, other: "Condition") -> bool:
        mine, theirs = (self.opens, self.closes), (other.opens, other.closes)
        if mine in {(None, None), theirs}:
            return True
        if not (_is_within_a_day(*mine) and _is_within_a_day(*theirs)):
            return False
        opens, closes = mine[0] or _MIDNIGHT, mine[1] or _MIDNIGHT
        is_from = opens <= (theirs[0] or _MIDNIGHT)
        return is_from and (closes == _MIDNIGHT or _MIDNIGHT != (theirs[1] or _MIDNIGHT) <= closes)

    def _covers_dates(self, other: "Condition") -> bool:
        if (self.from_on, self.last_on) == (None, None):
            return True
        if self.is_yearly or other.is_yearly:
            return (self.from_on, self.last_on, self.is_yearly) == (other.from_on, other.last_on, other.is_yearly)
        is_from = self.from_on is None or (other.from_on is not None and self.from_on <= other.from_on)
        is_to = self.last_on is None or (other.last_on is not None and other.last_on <= self.last_on)
        return is_from and is_to

    @property
    def is_possible(self) -> bool:
        """Whether it can hold at all."""
        is_backwards = self.from_on is not None and self.last_on is not None and self.last_on < self.from_on
        return bool(self.weekdays) and not (is_backwards and not self.is_yearly)

    def is_over(self, on: date) -> bool:
        """Tell whether it can never hold again from a local date on."""
        return not self.is_yearly and self.last_on is not None and self.last_on < on

    @property
    def speaks_of_closing(self) -> bool:
        """Whether it asks for the line to be closed: such a branch is heard outside opening hours too."""
        return self.is_open is False


ALWAYS = Condition()


def _is_within_a_day(opens: time | None, closes: time | None) -> bool:
    return closes in {None, _MIDNIGHT} or (opens or _MIDNIGHT) < (closes or _MIDNIGHT)


def _in_any_year(day: date | None, otherwise: date) -> date:
    return (day or otherwise).replace(year=_ANY_YEAR)


def moment(schedule: Schedule, at: datetime) -> Moment:
    """Return an aware instant as a line with this schedule sees it."""
    local = at.astimezone(COPENHAGEN)
    day = local.date()
    # An opening that is no holiday's and no timetable's counts: a special day without hours is a closed one.
    is_marked = day in schedule.special or day in schedule.holidays
    is_closed_day = is_marked and not spans_on(schedule, day)
    return Moment(local, status(schedule, at.astimezone(UTC)).is_open, is_closed_day)
