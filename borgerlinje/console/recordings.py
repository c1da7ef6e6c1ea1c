"""What has been recorded of citizens: who has listened and why, deletion before time, and what a citizen is given of it on asking."""

import io
import json
import zipfile
from typing import Final
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.channels.phone.models import Recording, RecordingAccess
from borgerlinje.channels.phone.recording import listening
from borgerlinje.channels.phone.recording.recordings import do_delete
from borgerlinje.console.standing import user_of
from borgerlinje.contacts.models import Contact
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError, GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

SEES: Final = (Role.SECRETARIAT, Role.AUTHORITY_MANAGER, Role.AUDITOR)
ACTS: Final = (Role.SECRETARIAT, Role.AUTHORITY_MANAGER)
_SHOWN: Final = 25


class ReasonMissingError(BorgerlinjeError):
    """What is deleted before its time is deleted for a reason."""

    code = "reason_missing"
    status = 422
    message = gettext_lazy("Skriv, hvorfor optagelsen slettes. Begrundelsen bliver stående.")


@allowed(*SEES)
@require_GET
def recordings(request: HttpRequest) -> HttpResponse:
    """Show the recordings, the latest first, those there are and those that are gone, with everybody who has listened."""
    found = _with_accesses()
    contact = request.GET.get("henvendelse", "")
    if contact:
        found = found.filter(contact_id=_as_id(contact))
    context = {
        "page": Paginator(found.order_by("-begun_at", "pk"), _SHOWN).get_page(request.GET.get("side")),
        "contact": contact,
        "may_act": bool(set(ACTS) & set(request.roles)),  # type: ignore[attr-defined] # set by staff.fence.Fence
    }
    return render(request, "console/recordings.html", context)


@allowed(*ACTS)
@require_POST
def listen(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Note that a person listens and what for, and show the player."""
    recording = _access(recording_id)
    now, purpose = clock.now(), request.POST.get("purpose", "")
    access_id = listening.note_listening(recording, user_id=user_of(request).pk, purpose=purpose, now=now)
    return render(request, "console/recordings_player.html", {"recording": recording, "access_id": access_id})


@allowed(*ACTS)
@require_GET
def sound(request: HttpRequest, recording_id: UUID, access_id: int) -> HttpResponse:
    """Answer the sound that this person has noted to listen to."""
    _access(recording_id)
    found = listening.sound_of(recording_id, access_id, user_id=user_of(request).pk, now=clock.now())
    return listening.answer(request, found)


@allowed(*ACTS)
@require_POST
def delete(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Delete a recording before its time, for a reason that stays."""
    recording = _access(recording_id)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise ReasonMissingError
    if not run_here(do_delete(recording.pk, because=reason, now=clock.now())):
        raise GoneError
    return redirect("console:recordings")


@allowed(*ACTS)
@require_POST
def insight(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Answer what a citizen is given who asks what has been recorded of them: the sound, and when it was heard and what for.

    Who listened is not in it: the person has a right to the purposes, not to the names of employees. Taking it out is noted like a listening.
    """
    contact = Contact.objects.filter(pk=contact_id).first()
    found = list(_with_accesses().filter(contact_id=contact_id).order_by("begun_at"))
    if contact is None or not found:
        raise GoneError
    user_id, now = user_of(request).pk, clock.now()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("optagelser.json", json.dumps([_told(each) for each in found], ensure_ascii=False, indent=2))
        for recording in found:
            if (
                recording.deleted_at is None
                and Recording.objects.filter(pk=recording.pk, sealed__isnull=False).exists()
            ):
                purpose = _("indsigt til borgeren")
                access_id = listening.note_listening(recording, user_id=user_id, purpose=purpose, now=now)
                whole = listening.sound_of(recording.pk, access_id, user_id=user_id, now=now)
                archive.writestr(f"{recording.pk}.wav", whole)
    headers = {"Content-Disposition": f'attachment; filename="optagelser-{contact_id}.zip"'}
    return HttpResponse(made.getvalue(), content_type="application/zip", headers=headers)


def _told(recording: Recording) -> dict[str, object]:
    """Return what is told of a recording, without who listened."""
    return {
        "id": str(recording.pk),
        "art": str(Recording.Kind(recording.kind).label),
        "formaal": recording.purpose,
        "begyndt": recording.begun_at.isoformat(),
        "sekunder": round(recording.seconds),
        "slettes_senest": recording.delete_after.isoformat(),
        "slettet": recording.deleted_at.isoformat() if recording.deleted_at else None,
        "slettet_fordi": recording.deleted_because,
        "aflytninger": [
            {"tidspunkt": each.at.isoformat(), "formaal": each.purpose} for each in recording.accesses.all()
        ],
    }


def _with_accesses() -> "QuerySet[Recording]":
    return listening.recordings().prefetch_related(Prefetch("accesses", RecordingAccess.objects.select_related("user")))


def _access(recording_id: UUID) -> Recording:
    """Return a recording of the authorities where the person holds one of the route's roles. Raises GoneError."""
    recording = listening.recordings().filter(pk=recording_id).first()
    if recording is None:
        raise GoneError
    return recording


def _as_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        # No contact has it: nothing is found.
        return UUID(int=0)
