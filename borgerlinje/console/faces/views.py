"""An authority's own face: name, colours, whom to write to, the statement the law asks for, and the box for its own website."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.faces import page
from borgerlinje.console.faces.access import KEEPS, access_authority, kept
from borgerlinje.console.faces.forms import FaceForm
from borgerlinje.console.faces.storing import KIND, do_store, stored, values
from borgerlinje.cooperation.models import Face, Logo
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.permission import allowed


@allowed(*KEEPS)
@require_GET
def faces(request: HttpRequest) -> HttpResponse:
    """Show the authorities whose face the person keeps."""
    rows = [(each, getattr(each, "face", None)) for each in kept(request)]
    return render(request, "console/faces/faces.html", {"rows": rows})


@allowed(*KEEPS)
@require_http_methods(["GET", "HEAD", "POST"])
def face(request: HttpRequest, code: str) -> HttpResponse:
    """Show an authority's face, try another without storing it, or store it: citizens see it at once."""
    authority = access_authority(request, code)
    found = stored(authority)
    if request.method != "POST":
        return page.shown(request, found)
    before = values(found)
    form = FaceForm(request.POST, instance=found)
    is_valid = form.is_valid()
    if "try" in request.POST or not is_valid:
        return page.shown(request, stored(authority), form=form, status=200 if is_valid else 422)
    do_store(request, form.save(commit=False), before)
    messages.success(request, _("Gemt. Borgerne ser det nu."))
    return redirect("console:face", code=code)


@allowed(*KEEPS)
@require_POST
def face_undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take the last change back; doing so is a change like any other, and can be taken back too."""
    authority = access_authority(request, code)
    last = ChangeNote.objects.filter(kind=KIND, object_id=str(authority.pk)).first()
    if last is None:
        raise Http404
    found = stored(authority)
    before = values(found)
    for name, value in (values(Face(authority=authority)) | last.before).items():
        setattr(found, name, value)
    if found.logo and not Logo.objects.filter(authority=authority, key=found.logo).exists():
        # Only the newest pictures are kept.
        found.logo = found.logo_alt = ""
    # Dates come back as text, and the rules may have changed since.
    found.full_clean()
    do_store(request, found, before)
    messages.success(request, _("Den seneste ændring er taget tilbage."))
    return redirect("console:face", code=code)
