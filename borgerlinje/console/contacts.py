"""One contact's whole story, and where to find it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from borgerlinje.console import queries
from borgerlinje.console.contact_search import MOST, SearchForm, search
from borgerlinje.console.help.views import CONTACT_KIND, WORDS
from borgerlinje.console.standing import user_of
from borgerlinje.console.views import SEES_LIVE
from borgerlinje.contacts.models import ContactGuide
from borgerlinje.dispatch.queries import account, latest
from borgerlinje.kit import clock
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.permission import allowed

_LATEST = 25


@allowed(*SEES_LIVE)
@require_GET
def find_contact(request: HttpRequest) -> HttpResponse:
    """Go to the one contact that fits what is asked for, or show those that do; otherwise the latest ones and what was wrong."""
    form = SearchForm(request.GET)
    found = search(form, by=user_of(request)) if form.is_asked and form.is_valid() else []
    if len(found) == 1:
        return redirect("console:contact", contact_id=found[0].pk)
    context = {
        "form": form,
        "asked": request.GET.get("id", "").strip(),
        "is_asked": form.is_asked,
        "found": found[:MOST],
        "has_more": len(found) > MOST,
        "most": MOST,
        "latest": [] if found else latest(limit=_LATEST),
    }
    is_missing = form.is_asked and not found
    return render(request, "console/find_contact.html", context, status=404 if is_missing else 200)


@allowed(*SEES_LIVE)
@require_GET
def contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Show why a contact went to whom, or why it waits still; kept up to date while it is open."""
    return render(request, "console/contact.html", _told(request, contact_id))


@allowed(*SEES_LIVE)
@require_GET
def contact_now(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Answer the changing part of that page."""
    return render(request, "console/contact_now.html", _told(request, contact_id))


def _told(request: HttpRequest, contact_id: UUID) -> dict[str, Any]:
    found = queries.access_contact(contact_id)
    told = account(found, now=clock.now(), visible=request.authorities)  # type: ignore[attr-defined] # set by staff.fence.Fence
    obstacles = told.not_offered.obstacles if told.not_offered else ()
    return {
        "contact": found,
        "account": told,
        "obstacles": [(told.names.person(each.employee_id), each) for each in obstacles],
        "guides": ContactGuide.objects.filter(contact=found).select_related("guide"),
        "changes": changes_of(CONTACT_KIND, found.pk, words=WORDS),
        "offer_count": sum(moment.offer is not None for moment in told.moments),
    }
