"""The first account of an installation: made by whoever has the link that the terminal showed, once, while there is none."""

import structlog
from django.conf import settings
from django.contrib.auth import login
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from borgerlinje.staff.fence import set_fence
from borgerlinje.staff.forms import FirstAccountForm
from borgerlinje.staff.models import User
from borgerlinje.staff.permission import public
from borgerlinje.staff.set_up_link import is_token

_KEY = "set_up"
_BACKEND = "django.contrib.auth.backends.ModelBackend"
# Two browsers with the link: the second waits for the first, and then finds an account.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('borgerlinje: first account'))"

log = structlog.get_logger("web")


def is_without_accounts() -> bool:
    """Tell whether nobody can sign in yet."""
    return not User.objects.exists()


@public
@require_GET
def first_link(request: HttpRequest, token: str) -> HttpResponse:
    """Keep with the session that the link was right, and go on to an address that does not hold its secret."""
    request.session[_KEY] = is_token(token, settings.SECRET_KEY)
    return redirect("staff:first")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Make the installation's first account and sign it in; refused without the link, and for ever once there is an account."""
    if request.session.get(_KEY) is not True or not is_without_accounts():
        return render(request, "staff/first_over.html", {"is_made": not is_without_accounts()}, status=410)
    form = FirstAccountForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/first.html", {"form": form}, status=422 if request.method == "POST" else 200)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    if not is_without_accounts():
        return render(request, "staff/first_over.html", {"is_made": True}, status=410)
    values = form.cleaned_data
    user = User.objects.create_user(values["email"], values["password"], name=values["name"])
    set_fence(user_id=user.pk, authorities=[])
    login(request, user, backend=_BACKEND)
    log.info("first_account_made", user=user.pk)
    return redirect("console:first_run")
