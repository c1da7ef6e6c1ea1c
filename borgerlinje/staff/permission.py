"""Who may use a route, said on the route's own line.

`allowed` and `public` mark the view; a test walks all routes and fails on one without a mark.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.fence import narrow
from borgerlinje.staff.roles import Role

View = Callable[..., HttpResponse]
MARK = "borgerlinje_permission"


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view as open to everybody."""

    @wraps(view)
    def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    setattr(open_view, MARK, "public")
    return open_view


def allowed(*roles: Role) -> Callable[[View], View]:
    """Mark a view as open to whoever holds one of `roles` today at any authority; no role named means any signed-in person.

    The view raises NotAllowedError for others; somebody not signed in is sent to sign in (htmx: told to load that page).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _sign_in(request)
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
    if request.headers.get("HX-Request"):
        # Back to the page the person was on, not to the fragment it asked for.
        page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        return HttpResponse(status=401, headers={"HX-Redirect": redirect_to_login(page)["Location"]})
    return redirect_to_login(request.get_full_path())
