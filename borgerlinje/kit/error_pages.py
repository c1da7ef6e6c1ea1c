"""Where every failure becomes a page: expected ones with their own text, unexpected ones without their inside."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from borgerlinje.kit.errors import BorgerlinjeError

log = structlog.get_logger("web")


class ExpectedErrors:
    """Middleware: renders a BorgerlinjeError with its own status and text, and takes back what the request wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, BorgerlinjeError):
            return None
        request.rolled_back = True  # type: ignore[attr-defined] # read by staff.fence.Fence
        log.info("refused", code=exception.code, path=request.path)
        return _page(request, exception.status, str(exception), code=exception.code)


def _page(request: HttpRequest, status: int, text: str, *, code: str = "") -> HttpResponse:
    template = "kit/error_fragment.html" if request.headers.get("HX-Request") else "kit/error.html"
    return render(request, template, {"status": status, "text": text, "code": code}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render 400."""
    del exception
    return _page(request, 400, _("Forespørgslen kunne ikke læses. Gå tilbage, og prøv igen."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render 403."""
    del exception
    return _page(request, 403, _("Du har ikke adgang til denne side."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render 404."""
    del exception
    return _page(request, 404, _("Siden findes ikke. Den kan være flyttet, eller adressen kan være skrevet forkert."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Render the refusal of a form that did not come from our own page."""
    log.info("csrf_refused", reason=reason, path=request.path)
    return _page(request, 403, _("Siden har været åben for længe. Indlæs den igen, og prøv en gang til."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Render 500."""
    return _page(request, 500, _("Noget gik galt hos os. Prøv igen om lidt. Et opkald, der er i gang, fortsætter."))
