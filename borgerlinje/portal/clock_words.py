"""Times of day and days, as people say them."""

from datetime import datetime

from django.template.defaultfilters import date as format_date
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from borgerlinje.lines.hours import COPENHAGEN

DAYS_IN_A_WEEK = 7


def hour(moment: datetime) -> str:
    """Write a local time of day as people say it: `21`, `17.30`; in English `21:00`, `17:30`."""
    local = moment.astimezone(COPENHAGEN)
    if get_language() == "en":
        return format_date(local, "H:i")
    return format_date(local, "G.i") if local.minute else format_date(local, "G")


def closing_hour(moment: datetime) -> str:
    """Write the time of day when something ends: midnight ends a day, it begins none."""
    local = moment.astimezone(COPENHAGEN)
    if local.hour or local.minute:
        return hour(moment)
    return "24:00" if get_language() == "en" else "24"


def day_name(moment: datetime, at: datetime) -> str:
    """Return `i dag`, `i morgen`, the day's name, or from a week on its date as well."""
    local = moment.astimezone(COPENHAGEN)
    gone = (local.date() - at.astimezone(COPENHAGEN).date()).days
    if gone >= DAYS_IN_A_WEEK:
        return day_and_date(moment)
    return {0: _("i dag"), 1: _("i morgen")}.get(gone) or str(format_date(local, "l"))


def day_and_date(moment: datetime) -> str:
    """Return the day's name and date: `mandag den 23. november`."""
    local = moment.astimezone(COPENHAGEN)
    words = {"day": format_date(local, "l"), "date": format_date(local, get_format("MONTH_DAY_FORMAT"))}
    return _("%(day)s den %(date)s") % words
