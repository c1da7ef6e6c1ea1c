"""Noting who changed what about an employee."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from borgerlinje.console.staff.words import skill_said
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock
from borgerlinje.staff.changes import note
from borgerlinje.staff.models import Employee

KIND = "employee"


def note_change(
    request: HttpRequest, employee: Employee, *, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Write what the person changed about an employee, inside the request's transaction."""
    note(
        user_of(request),
        kind=KIND,
        object_id=employee.pk,
        label=str(employee),
        before=before,
        after=after,
        authority_id=employee.employer_id,
        now=clock.now(),
    )


def facts(employee: Employee) -> dict[str, Any]:
    """Return what is noted of an employee's own fields."""
    return {
        "given_name": employee.given_name,
        "initial": employee.initial,
        "employer": str(employee.employer),
        "from_on": employee.from_on.isoformat(),
        "email": employee.user.email if employee.user else "",
    }


def skills(employee: Employee) -> list[str]:
    """Return what is noted of an employee's skills, read anew."""
    held = employee.skills.select_related("skill").order_by("skill__name")
    return [skill_said(each) for each in held.all()]
