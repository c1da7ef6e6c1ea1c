"""Who sees and who keeps an authority's people."""

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest

from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.dispatch.fairness import centres_of
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill
from borgerlinje.staff.roles import ADMINISTERS, Role

KEEPS = ADMINISTERS
READS = (*KEEPS, Role.PLANNER, Role.AUTHORITY_MANAGER)


def people_of(request: HttpRequest, roles: tuple[Role, ...] = READS) -> "QuerySet[Employee]":
    """Return the people employed by the authorities where the person holds one of `roles`, with what a page shows of them."""
    found = Employee.objects.filter(employer__in=authorities_as(request, roles), is_robot=False)
    return found.select_related("employer", "user", "leaving").prefetch_related(
        "user__invitations",
        Prefetch("works", EmployeeCentre.objects.select_related("centre").order_by("centre__name", "from_on")),
        Prefetch("skills", EmployeeSkill.objects.select_related("skill").order_by("skill__name")),
    )


def access_person(request: HttpRequest, employee_id: int) -> Employee:
    """Return an employee whom the person may see. Raises Http404."""
    employee = people_of(request).filter(pk=employee_id).first()
    if employee is None:
        raise Http404
    return employee


def access_person_to_keep(request: HttpRequest, employee_id: int) -> Employee:
    """Return an employee whose data the person may change. Raises Http404."""
    employee = people_of(request, KEEPS).filter(pk=employee_id).first()
    if employee is None:
        raise Http404
    return employee


def may_keep(request: HttpRequest, employee: Employee) -> bool:
    """Tell whether the person may change an employee they see."""
    return employee.employer_id in authorities_as(request, KEEPS)


def is_administrator(request: HttpRequest, authority_id: int) -> bool:
    """Tell whether the person is an administrator of an authority."""
    return authority_id in authorities_as(request, (Role.ADMINISTRATOR,))


def check_may_govern(request: HttpRequest, employee: Employee) -> None:
    """Let nobody but an administrator decide over an administrator's account. Raises NotAllowedError."""
    if employee.user is None:
        return
    held = employee.user.role_assignments.filter(role=Role.ADMINISTRATOR.value)
    if any(not is_administrator(request, each.authority_id) for each in held):
        raise NotAllowedError


def own_authorities(request: HttpRequest) -> "QuerySet[Authority]":
    """Return the authorities whose people the person keeps."""
    return Authority.objects.filter(pk__in=authorities_as(request, KEEPS))


def own_centres(request: HttpRequest, roles: tuple[Role, ...] = KEEPS) -> "QuerySet[Centre]":
    """Return the centres that those authorities are in."""
    return Centre.objects.filter(pk__in=[each.pk for each in centres_of(authorities_as(request, roles))])
