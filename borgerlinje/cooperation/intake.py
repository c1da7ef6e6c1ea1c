"""When authorities usually join and leave: on 1 January and 1 July. Pure."""

from datetime import date
from typing import Final

_DAYS: Final = ((1, 1), (7, 1))


def is_intake(on: date) -> bool:
    """Tell whether a date is one of the half-yearly ones."""
    return (on.month, on.day) in _DAYS


def next_intake(after: date) -> date:
    """Return the first half-yearly date after a date."""
    found = [date(year, month, day) for year in (after.year, after.year + 1) for month, day in _DAYS]
    return next(on for on in found if on > after)
