"""When a citizen may be called: while the line is open, and at no hour at which nobody expects to be called. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from borgerlinje.lines.hours import COPENHAGEN, HORIZON_DAYS, Schedule, instants, spans_on

EARLIEST, LATEST = time(8), time(21)
_HOUR = timedelta(hours=1)
_SHORTEST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time to be called at: from an instant until, not including, another."""

    from_at: datetime
    to_at: datetime


def next_call_at(schedule: Schedule, at: datetime) -> datetime | None:
    """Return the first instant, `at` or later, at which citizens are called; None beyond the horizon.

    How long a crisis holds a line open nobody knows: it is open now, and what comes later is as the timetable says.
    """
    if schedule.held_open and EARLIEST <= at.astimezone(COPENHAGEN).time() < LATEST:
        return at
    for begins, ends in _times(schedule, at):
        if at < ends:
            return max(begins, at)
    return None


def next_open_at(schedule: Schedule, at: datetime) -> datetime | None:
    """Return the first instant, `at` or later, at which the line is open, whatever the hour; None beyond the horizon.

    Who asks to be called as soon as possible is awake.
    """
    if schedule.always_open or schedule.held_open:
        return at
    openings = (span for day in _days(at) for span in _openings(schedule, day))
    return next((max(opens, at) for opens, closes in openings if at < closes), None)


def slots(schedule: Schedule, at: datetime, *, days: int) -> list[Slot]:
    """Return the hours a citizen can choose from on the next `days` days with any: whole local hours that begin after `at`.

    An hour that is cut short by the end of the day is there while half of it is left.
    """
    found: list[Slot] = []
    dates: set[date] = set()
    for begins, ends in _times(schedule, at):
        for hour in _hours(begins, ends):
            on = hour.from_at.astimezone(COPENHAGEN).date()
            if hour.from_at <= at or (on not in dates and len(dates) == days):
                continue
            dates.add(on)
            found.append(hour)
        if len(dates) == days and begins.astimezone(COPENHAGEN).date() not in dates:
            break
    return found


def _days(at: datetime) -> Iterator[date]:
    today = at.astimezone(COPENHAGEN).date()
    yield from (today + timedelta(days=offset) for offset in range(HORIZON_DAYS))


def _openings(schedule: Schedule, day: date) -> Iterator[tuple[datetime, datetime]]:
    if schedule.always_open:
        yield instants(day, (time(0), time(0)))
    else:
        yield from (instants(day, span) for span in spans_on(schedule, day))


def _times(schedule: Schedule, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the times [begins, ends) of the coming days at which citizens are called, in order."""
    for day in _days(at):
        earliest, latest = instants(day, (EARLIEST, LATEST))
        for opens, closes in _openings(schedule, day):
            begins, ends = max(opens, earliest), min(closes, latest)
            if begins < ends:
                yield begins, ends


def _hours(begins: datetime, ends: datetime) -> Iterator[Slot]:
    """Yield the whole local hours of a span, the last one perhaps shorter."""
    # No clock is turned between 8 and 21, so that local hours are UTC's there.
    full = begins.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hour = full if full >= begins else full + _HOUR
    while hour + _SHORTEST <= ends:
        yield Slot(hour, min(hour + _HOUR, ends))
        hour += _HOUR
