"""Stores a face with the note of who changed what."""

from typing import Any

from django.http import HttpRequest

from borgerlinje.console.faces.forms import FaceForm
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Authority, Face
from borgerlinje.kit import clock
from borgerlinje.staff.changes import note

KIND = "face"
_OF_THE_LOGO = ("logo", "logo_alt")


def stored(authority: Authority) -> Face:
    """Return the face as it is stored; an empty one, not stored, where there is none."""
    return Face.objects.filter(authority=authority).first() or Face(authority=authority)


def values(face: Face) -> dict[str, Any]:
    """Return what can be changed, as the notes keep it."""
    found = {name: getattr(face, name) for name in (*FaceForm.Meta.fields, *_OF_THE_LOGO)}
    on = face.statement_on
    return found | {"statement_on": on.isoformat() if on is not None else None, "box_origins": list(face.box_origins)}


def do_store(request: HttpRequest, changed: Face, before: dict[str, Any]) -> None:
    """Store a face, and who made it another than `before`."""
    changed.save()
    note(
        user_of(request),
        kind=KIND,
        object_id=changed.authority_id,
        label=changed.authority.full_name,
        before=before,
        after=values(changed),
        authority_id=changed.authority_id,
        now=clock.now(),
    )
