"""A line's coming seven days, as they are shown to citizens: the hours, and why a day differs."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.template.defaultfilters import date as format_date
from django.utils import translation
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from borgerlinje.lines import queries
from borgerlinje.lines.hours import COPENHAGEN, Schedule, Span, spans_on
from borgerlinje.lines.models import Line
from borgerlinje.portal.clock_words import DAYS_IN_A_WEEK


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its name and date, its hours in words, and why they are not the usual ones (empty: they are)."""

    name: str
    on: str
    hours: str
    why: str
    is_open: bool
    is_today: bool


def week(line: Line, at: datetime) -> tuple[Day, ...]:
    """Return the seven days from an aware instant's date on; none for a line that is always open."""
    if line.always_open:
        return ()
    schedule = queries.schedule(line, at=at)
    today = at.astimezone(COPENHAGEN).date()
    days = (today + timedelta(days=offset) for offset in range(DAYS_IN_A_WEEK))
    return tuple(_day(schedule, day, is_today=day == today) for day in days)


def _day(schedule: Schedule, day: date, *, is_today: bool) -> Day:
    spans = spans_on(schedule, day)
    # A special day beats a holiday, and a holiday explains only a day on which the line is closed.
    why = schedule.reasons.get(day) or ("" if spans else schedule.holidays.get(day, ""))
    hours = ", ".join(_span(span) for span in spans) or _("Lukket")
    return Day(*_names(day, get_language() or "da"), hours, why, bool(spans), is_today)


@lru_cache(maxsize=4 * DAYS_IN_A_WEEK)
def _names(day: date, language: str) -> tuple[str, str]:
    """Return a day's name and date. Every line of a page has the same seven."""
    with translation.override(language):
        return str(format_date(day, "l")), str(format_date(day, get_format("MONTH_DAY_FORMAT")))


def _span(span: Span) -> str:
    opens, closes = span
    return f"{_clock(opens)}–{_clock(closes) if closes > opens else _midnight()}"


def _clock(moment: time) -> str:
    if get_language() == "en":
        return f"{moment:%H:%M}"
    return f"{moment.hour}.{moment.minute:02d}" if moment.minute else str(moment.hour)


def _midnight() -> str:
    return "24:00" if get_language() == "en" else "24"
