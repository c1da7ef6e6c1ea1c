"""The page of one employee: every small form of it is answered by the same page."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from borgerlinje.console.staff import access, queries
from borgerlinje.console.staff.forms import LeavingForm, RoleForm, WorkForm
from borgerlinje.console.staff.notes import KIND
from borgerlinje.console.staff.words import FIELDS
from borgerlinje.console.standing import authorities_as
from borgerlinje.kit import clock
from borgerlinje.letters import mail_server
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.models import Employee, RoleAssignment
from borgerlinje.staff.roles import Role
from borgerlinje.staff.second_factor import has_second_factor


def person_page(
    request: HttpRequest,
    employee: Employee,
    *,
    work_form: WorkForm | None = None,
    role_form: RoleForm | None = None,
    leaving_form: LeavingForm | None = None,
    leaving_says: Sequence[str] = (),
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer an employee's page: `leaving_says` what a last day will do, `link` that of an invitation made just now, shown this once."""
    today, keeps = clock.today(), access.may_keep(request, employee)
    leaving = getattr(employee, "leaving", None)
    context = {
        "person": queries.person_of(employee, now=clock.now()),
        "employee": employee,
        "roles": _roles(employee),
        "keeps": keeps,
        "leaving": leaving,
        "may_undo": leaving is not None and leaving.last_on >= today,
        "in_hand": queries.has_contact_in_hand(employee),
        "link": link,
        "can_mail": bool(link) and mail_server.configured() is not None,
        "changes": changes_of(KIND, employee.pk, words=FIELDS),
        "today": today,
    }
    if keeps:
        context |= {
            "has_second_factor": employee.user is not None and has_second_factor(employee.user),
            "work_form": work_form or new_work_form(request, employee),
            "role_form": role_form or new_role_form(request, employee),
            "leaving_form": leaving_form or LeavingForm(employee=employee),
            "leaving_says": leaving_says,
        }
    return render(request, "console/staff/person.html", context, status=status)


def new_work_form(request: HttpRequest, employee: Employee, data: Any = None) -> WorkForm:
    """Return the form by which an employee comes to work for a centre."""
    return WorkForm(data, employee=employee, centres=access.own_centres(request))


def new_role_form(request: HttpRequest, employee: Employee, data: Any = None) -> RoleForm:
    """Return the form by which an employee is given a role."""
    return RoleForm(
        data, employee=employee, authorities=access.own_authorities(request), administers=administers(request)
    )


def administers(request: HttpRequest) -> frozenset[int]:
    """Return the authorities where the person is an administrator."""
    return frozenset(authorities_as(request, (Role.ADMINISTRATOR,)))


def _roles(employee: Employee) -> list[RoleAssignment]:
    """Return the roles that hold now or later, as far as the person may see them."""
    if employee.user is None:
        return []
    held = employee.user.role_assignments.exclude(to_on__lte=clock.today()).select_related("authority")
    return list(held.order_by("authority__name", "role", "from_on"))
