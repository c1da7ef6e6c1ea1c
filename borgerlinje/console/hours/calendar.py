"""A year as twelve small months, each day with what it is, in a sign and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from borgerlinje.console.hours.words import day_words
from borgerlinje.lines.hours import Schedule
from borgerlinje.lines.year import DayOfYear, Kind, months_of

# A sign beside the number, so that no day is told by its colour alone. An open day has none.
SIGNS = {Kind.OPEN: "", Kind.CLOSED: "–", Kind.HOLIDAY: "H", Kind.SPECIAL_OPEN: "±", Kind.SPECIAL_CLOSED: "×"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One day in the calendar; `special_id` leads to the special day that may still be changed, None on any other.

    `may_be_special`: it is not over and not special yet.
    """

    on: date
    number: int
    kind: Kind
    sign: str
    words: str
    is_today: bool
    special_id: int | None
    may_be_special: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month's name and its weeks, Monday first; None where a week reaches into another month."""

    name: str
    weeks: list[list[Cell | None]]


def months(schedule: Schedule, year: int, today: date, special: Mapping[date, int]) -> list[Month]:
    """Return a year's months under a schedule that knows its holidays; `special` maps dates to the ids of special days."""
    return [
        Month(str(capfirst(MONTHS[at])), [[_cell(day, today, special) for day in week] for week in weeks])
        for at, weeks in enumerate(months_of(schedule, year), start=1)
    ]


def _cell(day: DayOfYear | None, today: date, special: Mapping[date, int]) -> Cell | None:
    if day is None:
        return None
    words = day_words(day)
    is_today = day.on == today
    return Cell(
        on=day.on,
        number=day.on.day,
        kind=day.kind,
        sign=SIGNS[day.kind],
        words=_("I dag, %(day)s") % {"day": words} if is_today else words,
        is_today=is_today,
        special_id=special.get(day.on) if day.on >= today else None,
        may_be_special=day.on >= today and day.on not in special,
    )
