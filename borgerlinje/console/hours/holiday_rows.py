"""The days on which a line may choose to be closed, as a page shows them."""

from dataclasses import dataclass
from datetime import date

from borgerlinje.lines.holiday_calendar import optional_days
from borgerlinje.lines.models import Line


@dataclass(frozen=True, slots=True)
class OptionalHoliday:
    """One such day of a year; `is_special`: the date is a special day besides, which goes first."""

    on: date
    name: str
    is_closed: bool
    is_special: bool


def holidays_of(line: Line, year: int) -> list[OptionalHoliday]:
    """Return the optional holidays of a year, in its order."""
    special = {day.on for day in line.special_days.all()}
    chosen = set(line.optional_holidays)
    return [
        OptionalHoliday(on, name, is_closed=name in chosen, is_special=on in special)
        for on, name in optional_days(year).items()
    ]
