"""The page of one authority's face."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from borgerlinje.console.faces.forms import FaceForm
from borgerlinje.console.faces.storing import KIND
from borgerlinje.cooperation import colours
from borgerlinje.cooperation.models import Face
from borgerlinje.staff.changes import changes_of


def shown(
    request: HttpRequest,
    stored: Face,
    *,
    form: FaceForm | None = None,
    logo: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a face with the form as it was filled in; `logo` holds the faults of one that was not taken, and its text."""
    authority = stored.authority
    filled = form or FaceForm(instance=stored)
    words: dict[str, Any] = {name: field.label for name, field in filled.fields.items()}
    words |= {"logo": _("Logo"), "logo_alt": _("Logoets tekst")}
    context = {
        "authority": authority,
        "face": stored,
        "form": filled,
        "is_tried": form is not None and form.is_valid(),
        "samples": _samples(filled),
        "logo": logo or {"faults": {}, "alt": stored.logo_alt or authority.full_name},
        "box": request.build_absolute_uri(reverse("portal:member_box", args=[authority.code])),
        "changes": changes_of(KIND, authority.pk, words=words),
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
