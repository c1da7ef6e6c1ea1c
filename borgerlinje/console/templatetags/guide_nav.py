"""The guides' own pages, beside one another: each where its route is there and the person may open it."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django import template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

from borgerlinje.staff.permission import MARK
from borgerlinje.staff.roles import Role

register = template.Library()

# Each page with the names of the pages beneath it.
_PAGES: Final = (
    (
        "guides",
        _("Alle guider"),
        (
            "guide",
            "guide_new",
            "guide_edit",
            "guide_compare",
            "guide_settings",
            "guide_withdraw",
            "guide_drop",
        ),
    ),
    ("guide_queue", _("Til godkendelse"), ()),
    ("guide_locals", _("Vores lokale guider"), ("guide_local",)),
    ("guide_work", _("Arbejdsliste"), ("guide_words",)),
    ("solutions", _("Selvbetjening"), ("solution",)),
    ("guide_openings", _("Åbnet"), ()),
    ("guide_reading", _("Læs"), ("guide_read",)),
    ("guide_carry", _("Filer"), ()),
    ("kle", _("KLE-numre"), ()),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that one can go to; `is_here`: it is the one shown, or the one shown lies beneath it."""

    address: str
    label: Any
    is_here: bool


@register.simple_tag(takes_context=True)
def guide_pages(context: dict[str, Any]) -> list[Entry]:
    """Return the guides' pages that the person of the request may open, in their order."""
    request = context["request"]
    here = request.resolver_match.url_name if request.resolver_match else ""
    found = []
    for name, label, beneath in _PAGES:
        address, roles = _route(name)
        if address and (not roles or roles & request.roles):
            found.append(Entry(address, label, here == name or here in beneath))
    return found


@cache
def _route(name: str) -> tuple[str, frozenset[Role]]:
    """Return a page's address and who may open it (empty: anybody signed in); no address where there is no such route."""
    try:
        address = reverse(f"console:{name}")
    except NoReverseMatch:
        return "", frozenset()
    return address, frozenset(getattr(resolve(address).func, MARK, ()))
