"""The employees of one's authorities: the list, a new one, and their own data."""

from typing import Any

import structlog
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from borgerlinje.console.staff import access, queries
from borgerlinje.console.staff.forms import NewPersonForm, PersonForm
from borgerlinje.console.staff.notes import facts, note_change
from borgerlinje.console.staff.page import administers, person_page
from borgerlinje.console.staff.words import role_said, work_said
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock
from borgerlinje.staff.invitations import do_withdraw
from borgerlinje.staff.models import Employee, EmployeeCentre, RoleAssignment, Skill, User
from borgerlinje.staff.permission import allowed

log = structlog.get_logger("web")


@allowed(*access.READS)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Show the people of one's authorities, narrowed by what is asked."""
    asked, visible = _asked(request), authorities_as(request, access.READS)
    page = Paginator(queries.listed(access.people_of(request), asked), queries.SHOWN).get_page(request.GET.get("side"))
    context = {
        "people": [queries.person_of(each, now=clock.now()) for each in page],
        "page": page,
        "asked": asked,
        "authorities": Authority.objects.filter(pk__in=visible),
        "centres": access.own_centres(request, access.READS),
        "skills": Skill.objects.all(),
        "keeps": bool(authorities_as(request, access.KEEPS)),
    }
    return render(request, "console/staff/people.html", context)


@allowed(*access.READS)
@require_GET
def person(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Show one employee."""
    return person_page(request, access.access_person(request, employee_id))


@allowed(*access.KEEPS)
@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Make an employee, with an account, a centre and a role where they are given."""
    form = NewPersonForm(
        request.POST if request.method == "POST" else None,
        initial={"from_on": clock.today()},
        employers=access.own_authorities(request),
        centres=access.own_centres(request),
        administers=administers(request),
    )
    if request.method == "POST" and form.is_valid():
        employee = _do_make(request, form.cleaned_data)
        log.info("employee_made", employee=employee.pk, by=user_of(request).pk)
        messages.success(request, _made(employee))
        return redirect("console:person", employee.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/staff/person_edit.html", {"form": form, "employee": None}, status=status)


@allowed(*access.KEEPS)
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Change an employee's own data."""
    employee = access.access_person_to_keep(request, employee_id)
    before = facts(employee)
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        initial=before | {"employer": employee.employer_id, "from_on": employee.from_on},
        employers=access.own_authorities(request),
        employee=employee,
    )
    if request.method == "POST" and form.is_valid():
        access.check_may_govern(request, employee)
        _do_change(employee, form.cleaned_data)
        note_change(request, employee, before=before, after=facts(employee))
        messages.success(request, _("Gemt."))
        return redirect("console:person", employee.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/staff/person_edit.html", {"form": form, "employee": employee}, status=status)


def _do_make(request: HttpRequest, values: dict[str, Any]) -> Employee:
    employee = Employee(
        employer=values["employer"],
        given_name=values["given_name"],
        initial=values["initial"],
        from_on=values["from_on"],
    )
    if values["email"]:
        employee.user = User.objects.create_user(values["email"], name=str(employee))
    employee.save()
    after = facts(employee)
    if values["centre"]:
        work = EmployeeCentre.objects.create(
            employee=employee, centre=values["centre"], clearance=values["clearance"], from_on=employee.from_on
        )
        after["centre"] = work_said(work)
    if values["role"] and employee.user:
        role = RoleAssignment.objects.create(
            user=employee.user, authority=employee.employer, role=values["role"], from_on=employee.from_on
        )
        after["role"] = role_said(role)
    note_change(request, employee, before={}, after=after)
    return employee


def _do_change(employee: Employee, values: dict[str, Any]) -> None:
    for name in ("given_name", "initial", "employer", "from_on"):
        setattr(employee, name, values[name])
    if values["email"] and employee.user is None:
        employee.user = User.objects.create_user(values["email"], name=str(employee))
    elif employee.user is not None:
        if employee.user.email != values["email"]:
            # A link that was sent to the old address is worth nothing any more.
            do_withdraw(employee.user, now=clock.now())
        employee.user.email, employee.user.name = values["email"], str(employee)
        employee.user.save(update_fields=["email", "name"])
    employee.save()


def _made(employee: Employee) -> str:
    if employee.user is None:
        return _("%(name)s er oprettet uden konto.") % {"name": employee}
    return _("%(name)s er oprettet. Inviter personen, så kontoen kan tages i brug.") % {"name": employee}


def _asked(request: HttpRequest) -> queries.Asked:
    number = request.GET.get("myndighed", "")
    return queries.Asked(
        words=request.GET.get("q", "")[:80].replace("\0", ""),
        authority_id=int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None,  # noqa: PLR2004 - fits the column
        centre=request.GET.get("center", "")[:50].replace("\0", ""),
        skill=request.GET.get("kompetence", "")[:50].replace("\0", ""),
        with_left=request.GET.get("vis") == "alle",
    )
