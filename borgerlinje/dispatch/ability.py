"""Whom a line's calls could be offered to at all, by the dispatcher's own rules: for the people who set that up, and for those who wait for calls."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects

from borgerlinje.dispatch.matching import Free, Requirement
from borgerlinje.kit import clock
from borgerlinje.kit.intervals import in_force
from borgerlinje.lines.models import Line
from borgerlinje.lines.tasks import SCOPES
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill


def read_ability(people: Sequence[Employee], *, now: datetime) -> None:
    """Read into people which centres they answer for and which skills they hold on the day: their `works` and `skills` are these from here on."""
    today = now.astimezone(clock.COPENHAGEN).date()
    prefetch_related_objects(
        people,
        Prefetch("works", EmployeeCentre.objects.filter(in_force(today))),
        Prefetch("skills", EmployeeSkill.objects.exclude(expires_on__lte=today).select_related("skill")),
    )


def can_answer(employee: Employee, lines: Iterable[Line], *, now: datetime) -> bool:
    """Tell whether an employee (with what `read_ability` reads) may be offered an ordinary call to one of the lines."""
    free = _free(employee, now)
    return any(_need(line).is_met_by(free) for line in lines)


def _need(line: Line) -> Requirement:
    """Return what an ordinary call to a line requires at first, before anything is relaxed."""
    level = line.skill_level if line.skill_id is not None else 0
    scope = SCOPES.index(line.scope)
    return Requirement(line.centre_id, line.pk, "phone", line.skill_id, level, line.language, scope, use_reserved=False)


def _free(employee: Employee, now: datetime) -> Free:
    held = list(employee.skills.all())
    return Free(
        employee.pk,
        employee.employer_id,
        now,
        {work.centre_id: SCOPES.index(work.clearance) for work in employee.works.all()},
        {each.skill_id: each.level for each in held},
        frozenset(each.skill.language for each in held if each.skill.language),
    )
