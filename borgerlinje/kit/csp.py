"""The browser's rules for our pages: our own files only, nothing inline, and one telephone to talk to."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_RULES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}


def policy(*, frame_ancestors: str = "'none'") -> str:
    """Return the Content-Security-Policy of every page; a page that other sites may frame names them."""
    rules = _RULES | {"connect-src": f"'self' {settings.SIP_WS_URLS}".strip(), "frame-ancestors": frame_ancestors}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class ContentSecurityPolicy:
    """Middleware: sets the policy and keeps microphone and passkeys to our own pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(self), publickey-credentials-get=(self)"
        )
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
