"""How the console writes what it explains."""

import re
from collections.abc import Iterable
from datetime import datetime

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from borgerlinje.dispatch import words
from borgerlinje.dispatch.models import PresenceState

register = template.Library()

_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
# So much of it tells two contacts apart, and finds one: the time in milliseconds and a little more.
_SHOWN = 18


@register.filter
def linked(sentence: str) -> SafeString:
    """Write a sentence with a link for each contact it names."""
    return mark_safe(_ID.sub(_link, escape(sentence)))  # noqa: S308 - escaped here, and `_link` formats


@register.filter
def short_id(contact_id: object) -> str:
    """Write the beginning of a contact's id, by which it is found."""
    return str(contact_id)[:_SHOWN]


@register.filter
def grouped(count: int) -> str:
    """Write a count with its thousands apart, `29.908`."""
    return number_format(count, use_l10n=True, force_grouping=True)


@register.filter
def count_cells(counts: Iterable[int]) -> SafeString:
    """Write counts as cells of a table, a dot for nothing: a table of all against all has too many for a loop in a template."""
    found = list(counts)
    cell = {count: f'<td class="is-num">{escape(grouped(count)) if count else "·"}</td>' for count in set(found)}
    return mark_safe("".join(map(cell.__getitem__, found)))  # noqa: S308 - escaped here


@register.filter
def share(part: int, whole: int) -> str:
    """Write a part of a whole as a percentage, `82 %`; an en dash of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


@register.filter
def hours(seconds: float) -> str:
    """Write a duration in seconds as hours with one decimal, `2,5 t`."""
    return _("%(hours)s t") % {"hours": number_format(seconds / 3600, 1, use_l10n=True)}


@register.filter
def lasted(seconds: float | None) -> str:
    """Write how long something took as people say it, `5 sek.`, `4 min. 10 sek.`, `1 t. 5 min.`; an en dash for None."""
    if seconds is None:
        return "–"
    hours, rest = divmod(max(int(seconds), 0), 3600)
    values = {"hours": hours, "minutes": rest // 60, "seconds": rest % 60}
    if hours:
        said = _("%(hours)d t. %(minutes)d min.")
    elif values["minutes"]:
        said = _("%(minutes)d min. %(seconds)d sek.")
    else:
        said = _("%(seconds)d sek.")
    # One line in a table's cell.
    return (said % values).replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def clock_seconds(moment: datetime) -> str:
    """Write the local time of day with its seconds, `14.02.11`."""
    return words.clock_time(moment)


@register.filter
def presence_word(state: str) -> str:
    """Say what an employee is doing."""
    return str(PresenceState(state).label)


def _link(found: re.Match[str]) -> SafeString:
    address = reverse("console:contact", kwargs={"contact_id": found[0]})
    return format_html('<a href="{}" title="{}">{}</a>', address, found[0], short_id(found[0]))
