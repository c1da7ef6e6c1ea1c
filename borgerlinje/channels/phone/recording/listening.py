"""Letting people listen to recordings: each listening stands in the rows before anything is heard.

The sound is given out under the number of the note that says who listens and what for, to that person, and for an hour.
"""

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from borgerlinje.channels.phone.models import Recording, RecordingAccess
from borgerlinje.channels.phone.recording.recordings import SEALED_FOR, do_note_access
from borgerlinje.kit.errors import BorgerlinjeError, GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.kit.sealed import unseal

if TYPE_CHECKING:
    from django.db.models import QuerySet

LISTENING: Final = timedelta(hours=1)
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


class PurposeMissingError(BorgerlinjeError):
    """Nobody listens to a citizen for no reason."""

    code = "purpose_missing"
    status = 422
    message = _("Skriv, hvad du lytter for. Det gemmes, og borgeren kan få det at vide.")


def recordings() -> "QuerySet[Recording]":
    """Return the recordings the person may see, without their sound."""
    return Recording.objects.defer("sealed").select_related("contact__line", "authority", "stopped_by")


def note_listening(recording: Recording, *, user_id: int, purpose: str, now: datetime) -> int:
    """Note that a person listens, and return the note's number, by which the sound is had.

    Raises PurposeMissingError, and GoneError when there is no sound (any more).
    """
    if not purpose.strip():
        raise PurposeMissingError
    if not Recording.objects.filter(pk=recording.pk, sealed__isnull=False).exists():
        raise GoneError
    return run_here(do_note_access(recording.pk, user_id=user_id, purpose=purpose.strip(), now=now))


def sound_of(recording_id: UUID, access_id: int, *, user_id: int, now: datetime) -> bytes:
    """Return the WAV file a person has noted to listen to. Raises GoneError, and SealError where the key is not here."""
    noted = RecordingAccess.objects.filter(
        pk=access_id, recording_id=recording_id, user_id=user_id, at__gt=now - LISTENING
    )
    held = Recording.objects.filter(pk=recording_id, sealed__isnull=False).values_list("sealed", flat=True).first()
    if held is None or not noted.exists():
        raise GoneError
    return unseal(bytes(held), purpose=SEALED_FOR)


def answer(request: HttpRequest, sound: bytes) -> HttpResponse:
    """Answer with a sound, or the part of it that the browser's player asks for: without that nobody could go back in it."""
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not any(asked.groups()):
        return HttpResponse(sound, content_type="audio/wav", headers=headers)
    first, last = _part(asked, len(sound))
    if first > last:
        headers["Content-Range"] = f"bytes */{len(sound)}"
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(sound)}"
    part = sound[first : last + 1]
    return HttpResponse(part, status=HTTPStatus.PARTIAL_CONTENT, content_type="audio/wav", headers=headers)


def _part(asked: "re.Match[str]", length: int) -> tuple[int, int]:
    """Return the first and the last byte that are asked for (RFC 9110, 14.1.2); an empty range has its last before its first."""
    first, last = asked[1], asked[2]
    if not first:
        return max(0, length - int(last)), length - 1
    return int(first), min(int(last), length - 1) if last else length - 1
