"""Taking an account into use by the link of an invitation, and making its sign-in safe."""

from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from borgerlinje.kit import clock
from borgerlinje.staff.fence import set_fence, who
from borgerlinje.staff.forms import PasswordForm
from borgerlinje.staff.invitations import digest, do_accept, open_invitation
from borgerlinje.staff.models import Employee, Invitation, User
from borgerlinje.staff.permission import allowed, public
from borgerlinje.staff.roles import SECOND_FACTOR
from borgerlinje.staff.second_factor import has_second_factor, is_due, way_on

_KEY = "invitation"

log = structlog.get_logger("web")


@public
@require_GET
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the link's secret with the session, as a hash, and go on to an address that does not hold it."""
    request.session[_KEY] = digest(token)
    return redirect("staff:welcome")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Let who was invited choose a password; then they sign in as everybody does."""
    if request.user.is_authenticated:
        return render(request, "staff/invitation_signed_in.html", status=409)
    invitation = _invitation(request)
    if invitation is None:
        return render(request, "staff/invitation_over.html", status=410)
    form = PasswordForm(request.POST if request.method == "POST" else None, user=invitation.user)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"form": form, "user_email": invitation.user.email}
        return render(request, "staff/welcome.html", context, status=status)
    if not do_accept(invitation, form.cleaned_data["password"], now=clock.now()):
        return render(request, "staff/invitation_over.html", status=410)
    del request.session[_KEY]
    log.info("invitation_accepted", user=invitation.user.pk)
    return _to_sign_in(request, invitation.user)


@allowed(second_factor=False)
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Tell whose role needs a second step how it is set up; whoever has done so goes on to where they were going."""
    if not is_due(request):
        return redirect(way_on(request))
    assert isinstance(request.user, User)  # noqa: S101 - `allowed` has let nobody else in
    return render(request, "staff/second_factor.html", {"has_one": has_second_factor(request.user)})


def _invitation(request: HttpRequest) -> Invitation | None:
    invitation = open_invitation(request.session.get(_KEY, ""), now=clock.now())
    if invitation is None:
        return None
    # Nobody is signed in, so nobody is seen: look as the person who was invited.
    set_fence(user_id=invitation.user.pk, authorities=[])
    employee = Employee.objects.filter(user=invitation.user).first()
    return None if employee is not None and employee.has_left else invitation


def _to_sign_in(request: HttpRequest, user: User) -> HttpResponse:
    address = reverse("account_login")
    if who(user.pk).roles & SECOND_FACTOR:
        messages.success(
            request,
            _("Adgangskoden er gemt. Log på med den. Derefter slår du en kode fra en app til."),
        )
        return redirect(f"{address}?{urlencode({'next': reverse('mfa_activate_totp')})}")
    messages.success(request, _("Adgangskoden er gemt. Log på med den."))
    return redirect(address)
