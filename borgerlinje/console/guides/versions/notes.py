"""What is noted of a guide: its settings, and when it was withdrawn. Inside the caller's transaction."""

from datetime import date
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from borgerlinje.console.standing import user_of
from borgerlinje.guides.models import Guide, GuideVersion
from borgerlinje.kit import clock
from borgerlinje.staff.changes import note

GUIDE_KIND: Final = "guide"
WORDS: Final = {
    "published": _("udgivet udgave"),
    "subject": _("emne"),
    "kle": _("KLE-nummer"),
    "solution": _("selvbetjening"),
    "owner": _("ejer"),
    "keeper": _("passes af"),
    "valid_from": _("gælder fra"),
    "last_on": _("sidste dag"),
    "review_on": _("gennemgås senest"),
}


def said(guide: Guide, values: dict[str, Any]) -> dict[str, Any]:
    """Return a guide's settings as they are noted; `values` are the days, as the form has them."""
    days = {name: value.isoformat() if isinstance(value, date) else "" for name, value in values.items()}
    named = {name: str(getattr(guide, name) or "") for name in ("subject", "solution", "owner", "keeper")}
    return {**named, "kle": guide.kle, **days}


def note_settings(request: HttpRequest, guide: Guide, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write what the person changed of a guide's settings."""
    _write(request, guide, before, after)


def note_withdrawn(request: HttpRequest, guide: Guide, version: GuideVersion, *, is_back: bool = False) -> None:
    """Write that a version is read no more, or again."""
    before, after = {"published": str(version.number)}, {"published": ""}
    if is_back:
        before, after = after, before
    _write(request, guide, before, after)


def _write(request: HttpRequest, guide: Guide, before: dict[str, Any], after: dict[str, Any]) -> None:
    label = guide.title
    note(
        user_of(request), kind=GUIDE_KIND, object_id=guide.pk, label=label, before=before, after=after, now=clock.now()
    )
