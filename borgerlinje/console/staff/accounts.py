"""An employee's account: invited, withdrawn, stopped, opened again."""

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from borgerlinje.console.signing_out import go_home
from borgerlinje.console.staff import access, queries
from borgerlinje.console.staff.belonging import check_not_last
from borgerlinje.console.staff.notes import note_change
from borgerlinje.console.staff.page import person_page
from borgerlinje.console.staff.words import shown
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.request_database import run_here
from borgerlinje.kit.templatetags.kit import at_clock
from borgerlinje.letters.actions import do_send
from borgerlinje.staff.administration import roles_that_administer
from borgerlinje.staff.invitations import VALID, do_invite, do_withdraw
from borgerlinje.staff.models import Employee, User
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.second_factor import do_forget

log = structlog.get_logger("web")


class AccountError(BorgerlinjeError):
    """What was asked does not fit the account as it is now."""

    code = "account"
    status = 409


@allowed(*access.KEEPS)
@require_POST
def invite(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Make an invitation, send it, and show its link this once; one made before stops working. Raises AccountError."""
    employee = access.access_person_to_keep(request, employee_id)
    user = _account(request, employee)
    if user.has_usable_password():
        raise AccountError(
            _("Kontoen er allerede i brug, så der er ikke lavet et link. Glemt adgangskode klares på siden Log på.")
        )
    if employee.has_left or not user.is_active:
        raise AccountError(_("Kontoen er stoppet, så der er ikke lavet et link. Åbn den først."))
    now = clock.now()
    token = do_invite(user, by=user_of(request), now=now)
    link = request.build_absolute_uri(reverse("staff:invited", args=[token]))
    expires = now + VALID
    run_here(
        do_send(
            "invitation",
            to=user.email,
            language=get_language() or "da",
            values={
                "name": str(employee),
                "link": link,
                "centre": _where(employee),
                "expires": _("%(day)s kl. %(time)s")
                % {"day": shown(expires.astimezone(clock.COPENHAGEN)), "time": at_clock(expires)},
            },
            now=now,
            authority_id=employee.employer_id,
        )
    )
    log.info("invited", employee=employee.pk, by=user_of(request).pk)
    note_change(request, employee, before={"account": ""}, after={"account": _("inviteret")})
    employee = access.access_person_to_keep(request, employee_id)
    return person_page(request, employee, link=link)


@allowed(*access.KEEPS)
@require_POST
def invite_withdraw(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Make an invitation worthless. Raises AccountError when there is none that is open."""
    employee = access.access_person_to_keep(request, employee_id)
    if not do_withdraw(_account(request, employee), now=clock.now()):
        raise AccountError(
            _("Der er ingen åben invitation. Den er brugt eller trukket tilbage. Siden viser det, der gælder.")
        )
    note_change(
        request, employee, before={"account": _("inviteret")}, after={"account": _("invitation trukket tilbage")}
    )
    messages.success(request, _("Invitationen er trukket tilbage. Linket virker ikke mere."))
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def account_stop(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Close an account now: nobody signs in with it. Raises AccountError while a citizen is with the person, LastAdministratorError."""
    employee = access.access_person_to_keep(request, employee_id)
    user = _account(request, employee)
    if queries.has_contact_in_hand(employee):
        raise AccountError(
            _("%(name)s er i gang med en borger, så kontoen er ikke stoppet. Prøv igen, når samtalen er slut.")
            % {"name": employee}
        )
    check_not_last(roles_that_administer(user, today=clock.today()))
    _do_set_active(request, employee, user, is_active=False)
    do_withdraw(user, now=clock.now())
    go_home(user=user)
    messages.success(request, _("Kontoen er stoppet. %(name)s er logget af og kan ikke logge på.") % {"name": employee})
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def account_open(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Open an account that was stopped."""
    employee = access.access_person_to_keep(request, employee_id)
    _do_set_active(request, employee, _account(request, employee), is_active=True)
    messages.success(request, _("Kontoen er åben igen."))
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def account_forget(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Take the second step of signing in away from somebody who has lost it. Raises AccountError for one's own, or when there is none."""
    employee = access.access_person_to_keep(request, employee_id)
    user = _account(request, employee)
    if user == user_of(request):
        raise AccountError(_("Dit eget andet trin ændrer du på siden Min konto."))
    if not do_forget(user):
        raise AccountError(_("Kontoen har ikke noget andet trin. Siden viser det, der gælder."))
    note_change(request, employee, before={"account": _("to trin")}, after={"account": _("det andet trin er fjernet")})
    log.info("second_factor_forgotten", employee=employee.pk, by=user_of(request).pk)
    messages.success(
        request,
        _("Det andet trin er fjernet. %(name)s logger på med adgangskoden alene næste gang.") % {"name": employee},
    )
    return redirect("console:person", employee.pk)


def _account(request: HttpRequest, employee: Employee) -> User:
    """Return the account the person may decide over. Raises AccountError, NotAllowedError."""
    access.check_may_govern(request, employee)
    if employee.user is None:
        raise AccountError(_("Personen har ingen konto. Skriv en e-mailadresse på siden Ret oplysninger først."))
    return employee.user


def _do_set_active(request: HttpRequest, employee: Employee, user: User, *, is_active: bool) -> None:
    words = {True: _("åben"), False: _("stoppet")}
    note_change(request, employee, before={"account": words[user.is_active]}, after={"account": words[is_active]})
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    log.info("account_set", employee=employee.pk, is_active=is_active, by=user_of(request).pk)


def _where(employee: Employee) -> str:
    """Return what the letter calls the place: the centre, or the employer of one who works for none."""
    work = next(iter(employee.works.all()), None)
    return work.centre.name if work else employee.employer.full_name
