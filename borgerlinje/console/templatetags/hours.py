"""How opening hours are written in the console."""

from datetime import date

from django import template
from django.utils.translation import gettext as _

from borgerlinje.console.hours import words
from borgerlinje.console.hours.calendar import SIGNS
from borgerlinje.lines import spans
from borgerlinje.lines.year import DayOfYear, Kind

register = template.Library()


@register.filter
def hours_of(minutes: int) -> str:
    """Write a length in minutes as hours, `7,5`."""
    return words.hours_of(minutes)


@register.filter
def long_date(on: date) -> str:
    """Write a date with its weekday."""
    return words.long_date(on)


@register.filter
def day_hours(day: DayOfYear) -> str:
    """Say a day's hours with why they are what they are: `9–21`, `Lukket (Juledag)`."""
    said = spans.write(day.spans) or _("Lukket")
    return f"{said} ({day.why})" if day.why else said


@register.simple_tag
def year_legend() -> list[tuple[str, str, str]]:
    """Return each kind of day with its sign and its words, as the calendar's legend shows them."""
    return [(kind.value, SIGNS[kind], words.kind_words(kind)) for kind in Kind]
