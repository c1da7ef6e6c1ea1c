"""How signs, clocks and numbers are written on every page."""

from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.template.defaultfilters import date as format_date
from django.templatetags.static import static
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from borgerlinje.kit import clock

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw a symbol of icons.svg; silent to screen readers unless it carries a label."""
    if label:
        href = static("kit/icons.svg")
        return format_html(
            '<svg class="bl-ico" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, href, name
        )
    return _silent_icon(name)


@cache
def _silent_icon(name: str) -> SafeString:
    """Draw a symbol as it stands hundreds of times on a page."""
    href = static("kit/icons.svg")
    return format_html('<svg class="bl-ico" aria-hidden="true"><use href="{}#{}"></use></svg>', href, name)


@register.simple_tag
def sign(authority: Any, style: str = "") -> SafeString:
    """Name whose citizen it is; `style` is "big" in an offer. None: not known."""
    if authority is None:
        return format_html('<span class="bl-sign bl-sign--unknown">{}</span>', _("Kommune ukendt"))
    kind = " bl-sign--solid bl-sign--big" if style == "big" else ""
    return format_html('<span class="bl-sign{}">{}{}</span>', kind, icon("pin"), authority.name)


@register.filter
def minutes(seconds: float | None) -> str:
    """Write a duration in seconds as minutes.seconds, `0.47`; an en dash for None."""
    if seconds is None:
        return "–"
    whole = max(int(seconds), 0)
    return f"{whole // 60}.{whole % 60:02d}"


@register.filter
def hours_and_minutes(seconds: float | None) -> str:
    """Write a length of some hours as "2 t. 5 min."; under an hour "5 min."; "–" for None."""
    if seconds is None:
        return "–"
    hours, minutes_left = divmod(int(seconds) // 60, 60)
    if hours:
        return _("%(hours)d t. %(minutes)d min.") % {"hours": hours, "minutes": minutes_left}
    return _("%(minutes)d min.") % {"minutes": minutes_left}


@register.simple_tag
def running_clock(since: datetime | None) -> SafeString:
    """Write the time gone since an instant; the page's script lets it run on."""
    if since is None:
        return format_html("<time>{}</time>", "–")
    gone = (clock.now() - since).total_seconds()
    return format_html('<time data-since="{}">{}</time>', since.isoformat(), minutes(gone))


@register.filter
def at_clock(moment: datetime | None) -> str:
    """Write the local time of day, `14.32`."""
    return format_date(moment.astimezone(clock.COPENHAGEN), "H.i") if moment else ""


@register.simple_tag(takes_context=True)
def live_stream(context: dict[str, Any]) -> SafeString | str:
    """Write which script keeps the live stream and, opaquely, whose page this is in which session; nothing for a stranger.

    A page that names another person or session than the one before lets the browser's stream be opened anew.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return ""
    who = ".".join(_opaque(each) for each in (user.pk, request.session.session_key))
    return format_html(' data-live-worker="{}" data-live-who="{}"', _with_version("kit/live-worker.js"), who)


def _opaque(value: object) -> str:
    return salted_hmac("borgerlinje.live", str(value), algorithm="sha256").hexdigest()[:12]


@cache
def _with_version(name: str) -> str:
    """Return the address of a static file that changes with what is in it: tabs of two versions share no worker."""
    found = finders.find(name)
    return f"{static(name)}?{sha256(Path(str(found)).read_bytes()).hexdigest()[:12]}" if found else static(name)
