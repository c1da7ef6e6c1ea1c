"""Who may use a route, said on the route's own line.

`allowed` and `public` mark the view; a test walks all routes and fails on one without a mark.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.fence import narrow
from borgerlinje.staff.roles import Role
from borgerlinje.staff.second_factor import is_due, keep_way

View = Callable[..., HttpResponse]
MARK = "borgerlinje_permission"


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view as open to everybody."""

    @wraps(view)
    def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    setattr(open_view, MARK, "public")
    return open_view


def allowed(*roles: Role, second_factor: bool = True) -> Callable[[View], View]:
    """Mark a view as open to whoever holds one of `roles` today at any authority; no role named means any signed-in person.

    The view raises NotAllowedError for others; somebody not signed in is sent to sign in (htmx: told to load that page), and
    somebody whose roles need a second factor to set one up. `second_factor` False: what they need meanwhile.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _sign_in(request)
            if second_factor and is_due(request):
                return _set_up(request)
            held: frozenset[Role] = request.roles  # type: ignore[attr-defined] # set by staff.fence.Fence
            if roles and not held.intersection(roles):
                raise NotAllowedError
            if roles:
                narrow(request, roles)
            return view(request, *args, **kwargs)

        setattr(guarded, MARK, roles)
        return guarded

    return decorate


def _sign_in(request: HttpRequest) -> HttpResponse:
    return _elsewhere(request, redirect_to_login(_page(request))["Location"])


def _set_up(request: HttpRequest) -> HttpResponse:
    # What was sent is lost, so that one comes back to a page and not to a form's address.
    keep_way(request, _page(request) if request.method == "GET" else "")
    return _elsewhere(request, reverse("staff:second_factor"))


def _page(request: HttpRequest) -> str:
    """Return the address of the page the person is on, or asks for: not of the fragment that a page asks for."""
    if request.headers.get("HX-Request"):
        return urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    return request.get_full_path()


def _elsewhere(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect(address)
