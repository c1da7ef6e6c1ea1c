"""When a citizen may be called back. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from borgerlinje.lines.hours import COPENHAGEN, Schedule, status

_HOUR: Final = timedelta(hours=1)
_SLOTS: Final = 2


@dataclass(frozen=True, slots=True)
class Times:
    """What can be chosen: at once (`opens_at` None), or when the line opens; and the beginnings of whole hours (aware UTC)."""

    opens_at: datetime | None = None
    slots: tuple[datetime, ...] = ()


def times(schedule: Schedule, now: datetime) -> Times:
    """Return when a line that is open or opens again can call: the next two whole hours of the same opening."""
    here = status(schedule, now)
    begins = now if here.is_open else here.opens_at
    if begins is None:
        return Times()
    until = here.closes_at if here.is_open else status(schedule, begins).closes_at
    full = begins.astimezone(COPENHAGEN).replace(minute=0, second=0, microsecond=0).astimezone(UTC) + _HOUR
    hours = (full + index * _HOUR for index in range(_SLOTS))
    slots = tuple(hour for hour in hours if until is None or hour + _HOUR <= until)
    return Times(None if here.is_open else begins, slots)


def hour_of(instant: datetime) -> int:
    """Return the hour on a Danish clock."""
    return instant.astimezone(COPENHAGEN).hour
