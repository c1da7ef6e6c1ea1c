"""The guides as a list, and those that wait for somebody's approval."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from borgerlinje.console.guides import access
from borgerlinje.console.guides.versions import listing
from borgerlinje.console.guides.versions.listing import STATES, Asked
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.clean import one_line
from borgerlinje.guides.models import Guide, GuideSave, GuideVersion
from borgerlinje.kit import clock
from borgerlinje.lines.models import Subject
from borgerlinje.staff.permission import allowed

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from borgerlinje.staff.roles import Role

SHOWN: Final = 50
_LONGEST_WORDS: Final = 100
_LONGEST_CODE: Final = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version in the queue; `is_mine`: the person wrote of it and may not approve it."""

    version: GuideVersion
    is_mine: bool


# Who reads guides is everybody who is signed in: what is published is read by every citizen.
@allowed()
@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    """Show the guides, a page at a time: to editors all of them, to others those that can be read today."""
    asked, today, edits = asked_of(request), clock.today(), is_editor(request)
    found = listing.listed(asked, today=today, drafts=edits)
    chosen = listing.in_state(found, asked.state) if edits else found
    shown = chosen.select_related("subject", "owner", "published").defer("published__stored")
    counts = listing.counts(found) if edits else {}
    context = {
        "page": Paginator(shown, SHOWN).get_page(request.GET.get("side")),
        "asked": asked,
        "edits": edits,
        "today": today,
        "states": [(code, name, counts[code]) for code, name in STATES.items()] if edits else [],
        "total": counts.get("alle", 0),
        "subjects": Subject.objects.filter(guides__isnull=False).distinct().only("code", "name"),
        "owners": Authority.objects.filter(pk__in=Guide.objects.filter(owner__isnull=False).values("owner")),
        "new": _new_address(request),
    }
    return render(request, "console/guides/guides.html", context)


@allowed(*access.EDITS)
@require_GET
def guide_queue(request: HttpRequest) -> HttpResponse:
    """Show the versions that wait for approval of common texts that the person answers for, the longest first."""
    user = user_of(request)
    saves = Prefetch("saves", GuideSave.objects.only("version", "saved_by"))
    found = listing.waiting(answered_for(request)).prefetch_related(saves)
    page = Paginator(found.defer("stored"), SHOWN).get_page(request.GET.get("side"))
    may_own = cache(lambda owner_id: access.may_approve_own(request, owner_id))
    rows = [
        Waiting(each, user.pk in {each.sent_by_id, *written_by(each)} and not may_own(each.guide.owner_id))
        for each in page
    ]
    return render(request, "console/guides/queue.html", {"rows": rows, "page": page})


def waiting_count(request: HttpRequest) -> int:
    """Count the versions that wait for the person's approval; 0 for who edits nothing."""
    return listing.waiting(answered_for(request)).count() if is_editor(request) else 0


def answered_for(request: HttpRequest) -> "QuerySet[Guide]":
    """Return the guides whose common text the person writes."""
    mine = authorities_as(request, access.EDITS)
    of_nobody = Q(owner=None) if access.edits_common(request) else Q(pk=None)
    return Guide.objects.filter(Q(owner__in=mine) | of_nobody)


def written_by(version: GuideVersion) -> set[int | None]:
    """Return who wrote of a version: who began it, and whoever stored it since."""
    return {version.made_by_id, *(save.saved_by_id for save in version.saves.all())} - {None}


def is_editor(request: HttpRequest) -> bool:
    """Return whether the person edits guides somewhere: drafts and all that was published before is shown to them."""
    roles: frozenset[Role] = request.roles  # type: ignore[attr-defined] # set by staff.fence.Fence
    return bool(roles.intersection(access.EDITS))


def asked_of(request: HttpRequest) -> Asked:
    """Return what the address asks the list for."""
    words = one_line(request.GET.get("q", ""))[:_LONGEST_WORDS]
    codes: dict[str, Any] = {
        name: one_line(request.GET.get(asked, ""))[:_LONGEST_CODE]
        for name, asked in (("state", "tilstand"), ("subject", "emne"), ("owner", "ejer"))
    }
    if codes["state"] not in STATES or not is_editor(request):
        codes["state"] = ""
    return Asked(words, **codes)


def _new_address(request: HttpRequest) -> str:
    """Return where the person begins a guide; empty for who may not."""
    if not is_editor(request) or not access.edits_common(request):
        return ""
    try:
        return reverse("console:guide_new")
    except NoReverseMatch:
        return ""
