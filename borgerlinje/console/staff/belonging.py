"""Where an employee works, which roles they hold, and that they leave."""

from datetime import timedelta
from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from borgerlinje.console.staff import access
from borgerlinje.console.staff.forms import LeavingForm
from borgerlinje.console.staff.notes import note_change
from borgerlinje.console.staff.page import new_role_form, new_work_form, person_page
from borgerlinje.console.staff.words import role_said, shown, what_leaving_does, work_said
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError, GoneError, NotAllowedError
from borgerlinje.staff.administration import bereft, roles_that_administer
from borgerlinje.staff.leaving import do_leave, do_undo
from borgerlinje.staff.models import Employee, Leaving, RoleAssignment
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

log = structlog.get_logger("web")


class LastAdministratorError(BorgerlinjeError):
    """Nobody would be left who may administer."""

    code = "last_administrator"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "Det er den sidste, der kan administrere myndigheden, så intet er ændret. Giv en kollega med en konto i brug rollen først,"
                " og prøv igen."
            )
        )


@allowed(*access.KEEPS)
@require_POST
def work_add(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Let an employee work for a centre."""
    employee = access.access_person_to_keep(request, employee_id)
    form = new_work_form(request, employee, request.POST)
    if not form.is_valid():
        return person_page(request, employee, work_form=form, status=422)
    work = form.save()
    note_change(request, employee, before={}, after={"centre": work_said(work)})
    messages.success(request, _("%(name)s arbejder for %(centre)s.") % {"name": employee, "centre": work.centre})
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def work_end(request: HttpRequest, employee_id: int, work_id: int) -> HttpResponse:
    """End an employee's work for a centre now."""
    employee = access.access_person_to_keep(request, employee_id)
    work = get_object_or_404(employee.works.select_related("centre"), pk=work_id)
    before = {"centre": work_said(work)}
    note_change(request, employee, before=before, after={"centre": _do_end(work)})
    messages.success(
        request, _("%(name)s får ikke flere henvendelser fra %(centre)s.") % {"name": employee, "centre": work.centre}
    )
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def role_add(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Give an employee a role."""
    employee = access.access_person_to_keep(request, employee_id)
    form = new_role_form(request, employee, request.POST)
    if not form.is_valid():
        return person_page(request, employee, role_form=form, status=422)
    role = form.save()
    log.info("role_given", role=role.role, employee=employee.pk, by=user_of(request).pk)
    note_change(request, employee, before={}, after={"role": role_said(role)})
    messages.success(request, _("Rollen er givet."))
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def role_end(request: HttpRequest, employee_id: int, role_id: int) -> HttpResponse:
    """Take a role away now. Raises LastAdministratorError, NotAllowedError."""
    employee = access.access_person_to_keep(request, employee_id)
    mine = authorities_as(request, access.KEEPS)
    role = get_object_or_404(
        RoleAssignment.objects.select_related("authority"), pk=role_id, user=employee.user, authority__in=mine
    )
    if role.role == Role.ADMINISTRATOR and not access.is_administrator(request, role.authority_id):
        raise NotAllowedError
    check_not_last([role])
    before = {"role": role_said(role)}
    log.info("role_taken", role=role.role, employee=employee.pk, by=user_of(request).pk)
    note_change(request, employee, before=before, after={"role": _do_end(role)})
    messages.success(request, _("Rollen er taget fra %(name)s.") % {"name": employee})
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def leave(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Write an employee's last day; asked to show (`vis`), say first what it will do. Raises LastAdministratorError."""
    employee = access.access_person_to_keep(request, employee_id)
    access.check_may_govern(request, employee)
    if employee.has_left:
        raise GoneError
    form = LeavingForm(request.POST, employee=employee)
    if not form.is_valid():
        return person_page(request, employee, leaving_form=form, status=422)
    day = form.cleaned_data["last_on"]
    if "vis" in request.POST:
        return person_page(request, employee, leaving_form=form, leaving_says=what_leaving_does(employee, day))
    if employee.user is not None:
        check_not_last(roles_that_administer(employee.user, today=clock.today()))
    earlier = _last_day(employee)
    do_leave(employee, last_on=day, by=user_of(request), now=clock.now())
    log.info("employee_leaves", employee=employee.pk, by=user_of(request).pk)
    note_change(request, employee, before={"last_on": earlier}, after={"last_on": day.isoformat()})
    messages.success(
        request,
        _("%(name)s har sidste arbejdsdag %(day)s. Det kan fortrydes til da.") % {"name": employee, "day": shown(day)},
    )
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def leave_undo(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Take a leaving back. Raises GoneError once the last day is over."""
    employee = access.access_person_to_keep(request, employee_id)
    access.check_may_govern(request, employee)
    leaving = Leaving.objects.select_for_update().filter(employee=employee).first()
    if leaving is None or leaving.last_on < clock.today():
        raise GoneError
    before = {"last_on": leaving.last_on.isoformat()}
    leaving.employee = employee
    do_undo(leaving)
    note_change(request, employee, before=before, after={"last_on": None})
    messages.success(
        request, _("Fortrudt. %(name)s arbejder videre med de samme centre og roller.") % {"name": employee}
    )
    return redirect("console:person", employee.pk)


@allowed(*access.KEEPS)
@require_POST
def rehire(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Employ somebody again who has left: the account opens, centres and roles are given anew. Raises GoneError."""
    employee = access.access_person_to_keep(request, employee_id)
    access.check_may_govern(request, employee)
    if not employee.has_left:
        raise GoneError
    before = {"last_on": _last_day(employee)}
    Leaving.objects.filter(employee=employee).delete()
    employee.to_on = None
    employee.save(update_fields=["to_on"])
    note_change(request, employee, before=before, after={"last_on": None})
    messages.success(request, _("%(name)s er ansat igen. Tilføj centre og giv roller.") % {"name": employee})
    return redirect("console:person", employee.pk)


def check_not_last(roles: list[RoleAssignment]) -> None:
    """Refuse that an authority loses its last administrator, or the last who may administer. Raises LastAdministratorError."""
    authorities = {role.authority_id for role in roles}
    if bereft(ending={role.pk for role in roles}, authorities=authorities, today=clock.today()):
        raise LastAdministratorError


def _do_end(row: Any) -> str:
    """End a row of work or a role today; one that had not begun goes away. Return what it says now."""
    today = clock.today()
    if row.to_on is not None and row.to_on <= today:
        raise GoneError
    if row.from_on >= today:
        row.delete()
        return ""
    row.to_on = today
    row.save(update_fields=["to_on"])
    return role_said(row) if isinstance(row, RoleAssignment) else work_said(row)


def _last_day(employee: Employee) -> str | None:
    return (employee.to_on - timedelta(days=1)).isoformat() if employee.to_on else None
