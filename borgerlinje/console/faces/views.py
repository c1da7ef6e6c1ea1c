"""An authority's own face: name, colours, whom to write to, the statement the law asks for, and the box for its own website."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.faces.forms import FaceForm
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation import colours
from borgerlinje.cooperation.models import Authority, Face
from borgerlinje.kit import clock
from borgerlinje.staff.changes import changes_of, note
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

KEEPS = (Role.SECRETARIAT, Role.AUTHORITY_MANAGER, Role.ADMINISTRATOR)
_KIND = "face"


@allowed(*KEEPS)
@require_GET
def faces(request: HttpRequest) -> HttpResponse:
    """Show the authorities whose face the person keeps."""
    mine = list(_mine(request))
    rows = [(each, getattr(each, "face", None)) for each in mine]
    return render(request, "console/faces/faces.html", {"rows": rows})


@allowed(*KEEPS)
@require_http_methods(["GET", "HEAD", "POST"])
def face(request: HttpRequest, code: str) -> HttpResponse:
    """Show an authority's face, try another without storing it, or store it: citizens see it at once."""
    authority = _access_authority(request, code)
    stored = _stored(authority)
    if request.method != "POST":
        return _page(request, stored)
    before = _values(stored)
    form = FaceForm(request.POST, instance=stored)
    is_valid = form.is_valid()
    if "try" in request.POST or not is_valid:
        return _page(request, _stored(authority), form=form, status=200 if is_valid else 422)
    _store(request, form.save(commit=False), before)
    messages.success(request, _("Gemt. Borgerne ser det nu."))
    return redirect("console:face", code=code)


@allowed(*KEEPS)
@require_POST
def face_undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take the last change back; doing so is a change like any other, and can be taken back too."""
    authority = _access_authority(request, code)
    last = ChangeNote.objects.filter(kind=_KIND, object_id=str(authority.pk)).first()
    if last is None:
        raise Http404
    stored = _stored(authority)
    before = _values(stored)
    for name, value in (_values(Face(authority=authority)) | last.before).items():
        setattr(stored, name, value)
    # Dates come back as text, and the rules may have changed since.
    stored.full_clean()
    _store(request, stored, before)
    messages.success(request, _("Den seneste ændring er taget tilbage."))
    return redirect("console:face", code=code)


def _mine(request: HttpRequest) -> "QuerySet[Authority]":
    """Return the authorities where the person holds one of the roles."""
    return Authority.objects.filter(pk__in=authorities_as(request, KEEPS)).select_related("face")


def _access_authority(request: HttpRequest, code: str) -> Authority:
    """Return an authority whose face the person keeps. Raises Http404."""
    authority = _mine(request).filter(code=code).first()
    if authority is None:
        raise Http404
    return authority


def _stored(authority: Authority) -> Face:
    """Return the face as it is stored; an empty one, not stored, where there is none."""
    return Face.objects.filter(authority=authority).first() or Face(authority=authority)


def _store(request: HttpRequest, changed: Face, before: dict[str, Any]) -> None:
    changed.save()
    note(
        user_of(request),
        kind=_KIND,
        object_id=changed.authority_id,
        label=changed.authority.full_name,
        before=before,
        after=_values(changed),
        authority_id=changed.authority_id,
        now=clock.now(),
    )


def _values(face: Face) -> dict[str, Any]:
    """Return what can be changed, as the notes keep it."""
    values = {name: getattr(face, name) for name in FaceForm.Meta.fields}
    on = face.statement_on
    return values | {"statement_on": on.isoformat() if on is not None else None, "box_origins": list(face.box_origins)}


def _page(request: HttpRequest, stored: Face, *, form: FaceForm | None = None, status: int = 200) -> HttpResponse:
    authority = stored.authority
    shown = form or FaceForm(instance=stored)
    words = {name: field.label for name, field in shown.fields.items()}
    box = request.build_absolute_uri(reverse("portal:member_box", args=[authority.code]))
    context = {
        "authority": authority,
        "face": stored,
        "form": shown,
        "is_tried": form is not None and form.is_valid(),
        "samples": _samples(shown),
        "box": box,
        "changes": changes_of(_KIND, authority.pk, words=words),
    }
    return render(request, "console/faces/face.html", context, status=status)


def _samples(form: FaceForm) -> list[tuple[str, colours.Theme, colours.Palette]]:
    """Return how the colours written would look, on a light and on a dark page; those that cannot be read as the nearest that can."""
    light, dark = (colours.read(str(form[name].value() or "")) for name in ("colour", "colour_dark"))
    if light is None:
        return []
    return [
        (_("Lys skærm"), colours.LIGHT, colours.palette(light, colours.LIGHT)),
        (_("Mørk skærm"), colours.DARK, colours.palette(dark or light, colours.DARK)),
    ]
