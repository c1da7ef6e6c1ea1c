"""Weeks and days of opening in words."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from borgerlinje.lines import spans
from borgerlinje.lines.hours import Span
from borgerlinje.lines.models import OpeningVersion
from borgerlinje.lines.year import DayOfYear, Kind

WEEKDAYS = (
    gettext_lazy("Mandag"),
    gettext_lazy("Tirsdag"),
    gettext_lazy("Onsdag"),
    gettext_lazy("Torsdag"),
    gettext_lazy("Fredag"),
    gettext_lazy("Lørdag"),
    gettext_lazy("Søndag"),
)
_MINUTES = 60


def week_of(version: OpeningVersion | None) -> dict[int, list[Span]]:
    """Return a version's openings by weekday; none without a version."""
    found: dict[int, list[Span]] = {}
    for period in version.periods.all() if version is not None else ():
        found.setdefault(period.weekday, []).append((period.opens, period.closes))
    return {day: sorted(each) for day, each in sorted(found.items())}


def opened(found: Sequence[Span]) -> str:
    """Say when a day is open: `9–12, 13–17`, or that it is closed."""
    return spans.write(found) or _("lukket")


def week_words(week: Mapping[int, Sequence[Span]]) -> str:
    """Say a week in one line, days alike together: `mandag–torsdag 9–21, fredag 9–17`."""
    said: list[str] = []
    first = 0
    for day in range(1, 8):
        if day == len(WEEKDAYS) or tuple(week.get(day, ())) != tuple(week.get(first, ())):
            if week.get(first):
                said.append(f"{_days(first, day - 1)} {spans.write(week[first])}")
            first = day
    return "; ".join(said) or _("lukket hele ugen")


def hours_of(minutes: int) -> str:
    """Say a length in minutes as hours: `56`, `7,5`."""
    whole = minutes % _MINUTES == 0
    return number_format(minutes / _MINUTES, 0 if whole else 2 if minutes % 6 else 1, use_l10n=True)


def week_minutes(week: Mapping[int, Sequence[Span]]) -> int:
    """Return how many minutes a week is open."""
    return sum(spans.minutes_open(each) for each in week.values())


def kind_words(kind: Kind) -> str:
    """Say what a day is."""
    return {
        Kind.OPEN: _("Åbent"),
        Kind.CLOSED: _("Lukket"),
        Kind.HOLIDAY: _("Helligdag, lukket"),
        Kind.SPECIAL_OPEN: _("Særlig dag med andre tider"),
        Kind.SPECIAL_CLOSED: _("Særlig dag, lukket"),
    }[kind]


def day_words(day: DayOfYear) -> str:
    """Say a day of the year in one sentence, as its cell in the calendar is named."""
    parts = [kind_words(day.kind), spans.write(day.spans), f"({day.why})" if day.why else ""]
    return f"{long_date(day.on)}: {' '.join(part for part in parts if part)}"


def long_date(on: date) -> str:
    """Write a date with its weekday, `torsdag 24. december 2026`."""
    return f"{date_format(on, 'l')} {date_format(on, 'DATE_FORMAT')}"


def clock_minutes(minute: int) -> str:
    """Write a minute of the day as a clock does, `8`, `15.30`, `24`."""
    hours, past = divmod(minute, _MINUTES)
    return f"{hours}.{past:02d}" if past else str(hours)


def _days(first: int, last: int) -> str:
    return weekday(first) if first == last else f"{weekday(first)}–{weekday(last)}"


def weekday(day: int) -> str:
    """Name a weekday within a sentence: English has a capital letter there too."""
    name = str(WEEKDAYS[day])
    return name if get_language() == "en" else name.lower()
