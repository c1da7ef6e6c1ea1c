"""An authority's logo: put up, and taken down."""

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from borgerlinje.console.faces import page
from borgerlinje.console.faces.access import KEEPS, access_authority
from borgerlinje.console.faces.storing import do_store, stored, values
from borgerlinje.console.styled import no_cpr
from borgerlinje.cooperation.logos import LARGEST_BYTES, Drawn, Flaw, draw
from borgerlinje.cooperation.models import Authority, Logo
from borgerlinje.kit import clock
from borgerlinje.staff.permission import allowed

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# How many pictures stay for who takes a change back.
_KEPT: Final = 5
_LONGEST_ALT: Final = 80
FLAW_TEXTS: Final = {
    Flaw.EMPTY: gettext_lazy("Vælg en fil med jeres logo."),
    Flaw.TOO_LARGE: gettext_lazy("Filen er for stor. Den må højst fylde 2 MB: gem logoet mindre, og prøv igen."),
    Flaw.DRAWING: gettext_lazy(
        "Filen er en SVG-tegning, og den slags kan gemme på programmer. Gem logoet som PNG, og prøv igen."
    ),
    Flaw.NO_PICTURE: gettext_lazy("Filen kan ikke læses som et billede. Gem logoet som PNG, JPEG eller WebP."),
    Flaw.TOO_SMALL: gettext_lazy("Billedet er for lille. Det skal være mindst 32 punkter på hver led."),
    Flaw.TOO_MANY_POINTS: gettext_lazy("Billedet er for stort. Det må højst være 4000 punkter på hver led."),
}


@allowed(*KEEPS)
@require_POST
def face_logo(request: HttpRequest, code: str) -> HttpResponse:
    """Take a logo (`file`, with what it shows in `alt`) into use, or say every reason why not."""
    authority = access_authority(request, code)
    file, alt = request.FILES.get("file"), request.POST.get("alt", "").strip()
    drawn = _drawn(file)
    faults = _faults(drawn, alt)
    if faults or isinstance(drawn, Flaw):
        return page.shown(request, stored(authority), logo={"faults": faults, "alt": alt}, status=422)
    _do_keep(authority, drawn)
    face = stored(authority)
    before = values(face)
    face.logo, face.logo_alt = drawn.key, alt
    do_store(request, face, before)
    messages.success(request, _("Logoet er taget i brug. Borgerne ser det nu."))
    return redirect("console:face", code=code)


@allowed(*KEEPS)
@require_POST
def face_logo_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Take the logo down; the page's undo puts it up again."""
    face = stored(access_authority(request, code))
    before = values(face)
    face.logo = face.logo_alt = ""
    do_store(request, face, before)
    messages.success(request, _("Logoet er taget ned."))
    return redirect("console:face", code=code)


def _drawn(file: "UploadedFile | None") -> Drawn | Flaw:  # type: ignore[type-arg] # Django has no generic file at run time
    if file is None:
        return Flaw.EMPTY
    if (file.size or 0) > LARGEST_BYTES:
        return Flaw.TOO_LARGE
    return draw(file.read(), name=file.name or "")


def _faults(drawn: Drawn | Flaw, alt: str) -> dict[str, str]:
    """Return what is wrong, by the field it is about."""
    found = {"file": str(FLAW_TEXTS[drawn])} if isinstance(drawn, Flaw) else {}
    if not alt:
        found["alt"] = _("Skriv, hvad logoet viser, for dem, der ikke kan se det: fx myndighedens navn.")
    elif len(alt) > _LONGEST_ALT:
        found["alt"] = _("Teksten er for lang. Skriv højst 80 tegn.")
    try:
        no_cpr(alt)
    except ValidationError as error:
        found["alt"] = str(error.messages[0])
    return found


def _do_keep(authority: Authority, drawn: Drawn) -> None:
    """Keep a picture, as the newest one, and no more of the old ones than an undo may ask for."""
    Logo.objects.update_or_create(
        authority=authority, key=drawn.key, defaults={"png": drawn.png, "uploaded_at": clock.now()}
    )
    newest = Logo.objects.filter(authority=authority).order_by("-uploaded_at", "-pk").values_list("pk", flat=True)
    Logo.objects.filter(authority=authority).exclude(pk__in=list(newest[:_KEPT])).delete()
