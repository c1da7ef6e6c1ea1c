"""Staff pages that are nobody's own: where one begins, what goes on now, one's own account."""

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.console import queries
from borgerlinje.console.crisis.begin import calls_for
from borgerlinje.console.first_run.access import is_untouched
from borgerlinje.console.first_run.progress import is_unfinished
from borgerlinje.console.guides.versions.views import waiting_count
from borgerlinje.console.help.access import may_help
from borgerlinje.console.letters.access import KEEPS
from borgerlinje.console.letters.queries import failed_count
from borgerlinje.console.line_states import lines_now
from borgerlinje.console.standing import authorities_as
from borgerlinje.dispatch.models import Presence
from borgerlinje.kit import clock
from borgerlinje.staff.models import User
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

# A digital ambassador reads guides; whose citizen is on the phone concerns those who run the centre.
SEES_LIVE = (
    Role.EMPLOYEE,
    Role.PLANNER,
    Role.SECRETARIAT,
    Role.AUTHORITY_MANAGER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


@allowed()
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show where a person of these roles begins: their desk, their lines as they are now, their roles."""
    now = clock.now()
    authorities = request.authorities  # type: ignore[attr-defined] # set by staff.fence.Fence
    employee = request.employee  # type: ignore[attr-defined]
    context = {
        "lines": lines_now(authorities, at=now, side=request.GET.get("side")),
        "roles": queries.roles_of(_user(request), at=now),
        "presence": Presence.objects.filter(employee=employee).first() if employee else None,
        "calls": calls_for(request),
        "guide": is_untouched(request) or is_unfinished(request),
        "failed": failed_count(authorities_as(request, KEEPS)),
        "guides_waiting": waiting_count(request),
    }
    return render(request, "console/start.html", context)


@allowed(*SEES_LIVE)
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Show every open call and everybody at work, kept up to date."""
    return render(request, "console/live.html", {"live": queries.live(), "helps": may_help(request)})


@allowed(*SEES_LIVE)
@require_GET
def live_now(request: HttpRequest) -> HttpResponse:
    """Answer the changing part of that page."""
    return render(request, "console/live_now.html", {"live": queries.live(), "helps": may_help(request)})


@allowed()
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account: roles, and the ways one signs in."""
    kinds = list(Authenticator.objects.filter(user=_user(request)).values_list("type", flat=True))
    context = {
        "roles": queries.roles_of(_user(request), at=clock.now()),
        "has_totp": Authenticator.Type.TOTP in kinds,
        "key_count": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
    }
    return render(request, "console/account.html", context)


@allowed(second_factor=False)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the person's work and session: no call rings for somebody who went home."""
    logout(request)
    return redirect("portal:home")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - `allowed` has let nobody else in
    return request.user
