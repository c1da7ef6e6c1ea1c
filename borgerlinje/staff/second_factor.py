"""The second step of signing in: who cannot do without one, and that they set it up before they see anything.

Whoever has a second step (a code from an app, a key) is asked for it by django-allauth at each sign-in, no browser being remembered;
a key that stands in for the password asks who one is itself. Here are those who have none and hold a role that needs it. The demo's
accounts are spared, for their passwords stand in the terminal. So is the sitting in which the first account was made: nothing is
there to be seen yet, and the guide leads on. It did not come through the sign-in page, and the next one does.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from borgerlinje.staff.models import User
from borgerlinje.staff.roles import SECOND_FACTOR, Role

_ADDED, _NEXT = "second_factor_added", "second_factor_next"


def is_due(request: HttpRequest) -> bool:
    """Tell whether a sitting that began with a password alone needs more than that, for the roles held now."""
    user = request.user
    roles: frozenset[Role] = request.roles  # type: ignore[attr-defined] # set by staff.fence.Fence
    if not isinstance(user, User) or user.is_demo or not roles & SECOND_FACTOR or request.session.get(_ADDED):
        return False
    ways = {record.get("method") for record in get_authentication_records(request, user)}
    return bool(ways) and "mfa" not in ways


def has_second_factor(user: User) -> bool:
    """Tell whether an account has a second step: set up in another browser, it is asked for when one signs in again."""
    return bool(Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def do_forget(user: User) -> bool:
    """Take every second step of an account away, recovery codes too: its person has lost them. Returns False when there was none."""
    count: int = Authenticator.objects.filter(user=user).delete()[0]
    return count > 0


def keep_way(request: HttpRequest, path: str) -> None:
    """Remember where somebody was going when they were sent to set a second step up."""
    request.session[_NEXT] = path


def way_on(request: HttpRequest) -> str:
    """Return where they were going, and forget it."""
    path = str(request.session.pop(_NEXT, ""))
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else str(settings.LOGIN_REDIRECT_URL)


def note_added(*, request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Let a sitting go on in which a second step was set up: its person has just shown that they have it."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        request.session[_ADDED] = True
