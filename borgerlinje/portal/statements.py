"""What the law has us say of the pages: how accessible they are, and what becomes of what a citizen tells us."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from borgerlinje.portal import places
from borgerlinje.portal.faces import face_of
from borgerlinje.staff.permission import public


@public
@require_GET
def privacy(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say what is kept of a call, why, how long, by whom, and what a citizen can demand."""
    found = places.place(code)
    context = {
        "place": found.authority,
        "places": [(each.code, each.full_name) for each in found.choices],
        "recorded": [line for line in found.lines if line.recording_purpose],
        "message_days": max((line.voicemail_days for line in found.lines), default=0),
    }
    return render(request, "portal/privacy.html", context)


@public
@require_GET
def accessibility(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say how accessible the pages are, whom to tell of a fault, and who supervises it."""
    found = places.place(code)
    context = {
        "place": found.authority,
        "places": [(each.code, each.full_name) for each in found.choices],
        "host": request.get_host(),
        "card": found.main_card,
    }
    return render(request, "portal/accessibility.html", context)


@public
@require_GET
def shortcut(request: HttpRequest, code: str = "") -> HttpResponse:
    """Lead from the short address that the law's rules ask for (`/was`) to the official statement, or to our own page of it."""
    del request
    found = places.place(code)
    if found.authority is None:
        return redirect("portal:accessibility")
    face = face_of(found.authority)
    ours = reverse("portal:member_accessibility", args=[found.authority.code])
    return redirect(face.statement_url if face is not None and face.statement_url else ours)
