"""A member's own look: its colours as a stylesheet (the policy allows no other way), and its box for other websites."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET

from borgerlinje.cooperation import colours
from borgerlinje.cooperation.models import Authority, Face, Logo
from borgerlinje.kit.csp import policy
from borgerlinje.portal import places
from borgerlinje.staff.permission import public

# A member's front page may show the box to thousands at once; the wait in it is no more exact than this.
_BOX_SECONDS = 30
_COLOURS_SECONDS = 300
# The address names the picture's own points, so what it holds never changes.
_LOGO_SECONDS = 31_536_000

_STYLES = """:root {{ {light} }}
@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {dark} }} }}
[data-theme="dark"] {{ {dark} }}
"""


def face_of(authority: Authority | None) -> Face | None:
    """Return how an authority looks to citizens; None where it has said nothing of it."""
    return getattr(authority, "face", None)


def stylesheet(face: Face) -> str:
    """Return the design's tokens in a member's colours; nothing for one that has chosen none."""
    if not face.colour:
        return ""
    light = colours.palette(face.colour, colours.LIGHT)
    dark = colours.palette(face.colour_dark or face.colour, colours.DARK)
    return _STYLES.format(light=_tokens(light), dark=_tokens(dark))


def _tokens(palette: colours.Palette) -> str:
    return (
        f"--bl-act: {palette.act}; --bl-act-hover: {palette.hover}; --bl-act-soft: {palette.soft};"
        f" --bl-on-act: {palette.on};"
    )


@public
@require_GET
def colours_of(request: HttpRequest, code: str) -> HttpResponse:
    """Give a member's colours as a stylesheet."""
    del request
    face = face_of(places.place(code).authority)
    answer = HttpResponse(stylesheet(face) if face else "", content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={_COLOURS_SECONDS}"
    return answer


@public
@require_GET
def logo(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Give a member's logo; only the one it has now. Raises Http404."""
    del request
    found = Logo.objects.filter(authority__code=code, key=key, authority__face__logo=key).first()
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.png), content_type="image/png")
    answer["Cache-Control"] = f"public, max-age={_LOGO_SECONDS}, immutable"
    # Opened by itself it is a picture and nothing else.
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return answer


@public
@require_GET
def box(request: HttpRequest, code: str) -> HttpResponse:
    """Show a member's number, hours and wait in a box that the websites it names may frame.

    The browser keeps our cookies from a frame in another site, so the address says the language (`sprog`), and nothing is asked for.
    """
    found = places.place(code)
    face = face_of(found.authority)
    language = "en" if request.GET.get("sprog") == "en" else "da"
    with translation.override(language):
        answer = render(request, "portal/box.html", {"place": found.authority, "face": face, "card": found.main_card})
    answer["Content-Language"] = language
    answer["Cache-Control"] = f"public, max-age={_BOX_SECONDS}"
    if face is not None and face.box_origins:
        # The policy alone speaks of frames here: the older header knows no list of sites.
        answer.xframe_options_exempt = True
        answer["Content-Security-Policy"] = policy(frame_ancestors=" ".join(face.box_origins))
    return answer
