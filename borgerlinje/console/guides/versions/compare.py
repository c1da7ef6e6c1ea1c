"""Two versions of a guide beside one another."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from borgerlinje.console.guides import access
from borgerlinje.console.guides.versions.page import access_guide
from borgerlinje.guides.channels import CHANNELS
from borgerlinje.guides.comparing import Kind, Part, compare, compare_texts
from borgerlinje.guides.content import Channel, Complexity, Content
from borgerlinje.guides.life_events import BY_CODE
from borgerlinje.guides.models import Guide, GuideVersion, State
from borgerlinje.staff.permission import allowed

_NOTHING: Final = Content({}, complexity="")
_LANGUAGES: Final = {
    "da": gettext_lazy("Dansk"),
    "en": gettext_lazy("Engelsk"),
    "": gettext_lazy("Fælles for alle sprog"),
}
_PARTS: Final = {
    "title": gettext_lazy("Titel"),
    "intro": gettext_lazy("Indledning"),
    "have": gettext_lazy("Hav klar"),
    "mistakes": gettext_lazy("Det går ofte galt"),
    "not_digital": gettext_lazy("Hvis det ikke kan ske digitalt"),
    "words": gettext_lazy("Borgernes ord"),
    "text": gettext_lazy("hvad borgeren gør"),
    "say": gettext_lazy("hvad du siger"),
    "sees": gettext_lazy("hvad borgeren ser"),
    "picture": gettext_lazy("billede"),
    "picture_alt": gettext_lazy("billedets tekst"),
    "life_events": gettext_lazy("Livssituationer"),
    "complexity": gettext_lazy("Slags sag"),
    "channels": gettext_lazy("Veje"),
    "unit": gettext_lazy("Hvem overtager"),
    "legal_basis": gettext_lazy("Lovgrundlag"),
    "facts_from": gettext_lazy("Kilde"),
    "valid_from": gettext_lazy("Gælder fra"),
    "last_on": gettext_lazy("Sidste dag"),
    "review_on": gettext_lazy("Gennemgås senest"),
}
_COMPLEXITY: Final = {
    Complexity.SIMPLE: gettext_lazy("Følger en regel"),
    Complexity.DISCRETION: gettext_lazy("Kræver et skøn"),
}
_KINDS: Final = {
    Kind.SAME: "",
    Kind.ADDED: gettext_lazy("Nyt"),
    Kind.REMOVED: gettext_lazy("Fjernet"),
    Kind.CHANGED: gettext_lazy("Ændret"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A part with the words the page has for it."""

    part: Part
    label: str
    kind: Any
    moved: str


@dataclass(frozen=True, slots=True)
class Group:
    """The parts in one language."""

    language: str
    label: Any
    rows: list[Row]


@allowed(*access.EDITS)
@require_GET
def guide_compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what differs between two versions of a guide (`fra`, `til`, by their numbers); with `alt` also what does not. Raises Http404."""
    guide = access_guide(request, slug)
    people = ("made_by", "approved_by")
    versions = list(guide.versions.select_related(*people).defer("stored"))
    after = _asked(request.GET.get("til", ""), versions) or next(iter(versions), None)
    if after is None:
        raise Http404
    before = _asked(request.GET.get("fra", ""), versions) or _before(guide, after, versions)
    shows_all = "alt" in request.GET
    parts = compare(_content(before), _content(after)) + _days(before, after)
    changed = [part for part in parts if part.is_changed]
    context = {
        "guide": guide,
        "versions": versions,
        "before": before,
        "after": after,
        "groups": _groups(parts if shows_all else changed),
        "count": len(changed),
        "shows_all": shows_all,
        "may_restore": access.edits_common(request, guide),
        "open_states": (State.DRAFT, State.IN_REVIEW),
    }
    return render(request, "console/guides/compare.html", context)


def _asked(number: str, versions: list[GuideVersion]) -> GuideVersion | None:
    """Return the version of a number; None for an empty one. Raises Http404 for one that is none."""
    if not number:
        return None
    found = next((each for each in versions if str(each.number) == number), None)
    if found is None:
        raise Http404
    return found


def _before(guide: Guide, after: GuideVersion, versions: list[GuideVersion]) -> GuideVersion | None:
    """Return what a version is compared with as long as nobody says: what is read now for what is not, else the one it was written from."""
    by_id = {each.pk: each for each in versions}
    if after.state in {State.DRAFT, State.IN_REVIEW} and guide.published_id:
        return by_id.get(guide.published_id)
    older = (each for each in versions if each.number < after.number)
    return by_id.get(after.based_on_id or 0) or next(older, None)


def _content(version: GuideVersion | None) -> Content:
    """Return what a version says, its codes in words."""
    if version is None:
        return _NOTHING
    content = version.content
    return replace(
        content,
        life_events=tuple(str(BY_CODE[code].name) if code in BY_CODE else code for code in content.life_events),
        complexity=str(_COMPLEXITY.get(Complexity(content.complexity), "")) if content.complexity else "",
        channels=tuple(str(CHANNELS.get(Channel(code), code)) for code in content.channels),
    )


def _days(before: GuideVersion | None, after: GuideVersion) -> list[Part]:
    sides = [_said_days(each) for each in (before, after)]
    found = (
        compare_texts(name, *(side.get(name, "") for side in sides)) for name in ("valid_from", "last_on", "review_on")
    )
    return [part for part in found if part is not None]


def _said_days(version: GuideVersion | None) -> dict[str, str]:
    if version is None:
        return {}
    last = version.valid_to - timedelta(days=1) if version.valid_to else None
    days = {"valid_from": version.valid_from, "last_on": last, "review_on": version.review_on}
    return {name: date_format(day, "d-m-Y") if day else "" for name, day in days.items()}


def _groups(parts: list[Part]) -> list[Group]:
    return [
        Group(language, label, rows)
        for language, label in _LANGUAGES.items()
        if (rows := [_row(part) for part in parts if part.language == language])
    ]


def _row(part: Part) -> Row:
    label = str(_PARTS[part.name])
    if part.step:
        label = _("Trin %(number)d: %(part)s") % {"number": part.step, "part": label}
    moved = _("Var trin %(number)d") % {"number": part.was_step} if part.was_step else ""
    return Row(part, label, _KINDS[part.kind], moved)
