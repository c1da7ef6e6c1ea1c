"""What the guide's steps store: no more than the pages behind it, and noted as they note it."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from borgerlinje.console.centres.actions import do_give_role, do_join, do_make_authority, do_make_centre, tell
from borgerlinje.console.hours.actions import do_special
from borgerlinje.console.lines.actions import do_make
from borgerlinje.console.staff.notes import facts, note_change
from borgerlinje.console.staff.words import role_said, skill_said, work_said
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Centre, Membership
from borgerlinje.kit import clock, hints
from borgerlinje.lines.models import Line
from borgerlinje.lines.new_line import NewLine
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill, RoleAssignment
from borgerlinje.staff.roles import Role


def do_first_centre(request: HttpRequest, host: dict[str, Any], *, name: str) -> Centre:
    """Store the host, the person as its administrator, and the centre. Raises IntegrityError for a code that is taken."""
    authority = do_make_authority(request, host, keeps=False)
    do_give_role(request, authority, Role.ADMINISTRATOR)
    centre = do_make_centre(request, name=name, host=authority)
    tell()
    return centre


def do_first_member(request: HttpRequest, centre: Centre, member: dict[str, Any]) -> Membership:
    """Store an authority and that it is a member from today on. Raises IntegrityError for a code that is taken."""
    authority = do_make_authority(request, member, keeps=True)
    do_join(request, centre, authority, phase=Membership.Phase.FULL, from_on=clock.today(), to_on=None)
    tell()
    return Membership.objects.get(centre=centre, authority=authority)


def do_first_line(request: HttpRequest, centre: Centre, *, name: str, numbers: Sequence[str]) -> Line:
    """Store a line of the host that everybody in the centre may answer. Raises NumberTakenError: then roll back."""
    new = NewLine(name=name, centre_id=centre.pk, owner_id=centre.host_id, numbers=dict.fromkeys(numbers))
    return do_make(new, by=user_of(request), now=clock.now())


def do_answer_oneself(
    request: HttpRequest, centre: Centre, lines: Sequence[Line], *, given_name: str, initial: str
) -> Employee:
    """Make the person an employee who is offered the lines' calls, or add what is lacking of it."""
    user, today = user_of(request), clock.today()
    employee = Employee.objects.filter(user=user).first()
    if employee is None:
        employee = Employee.objects.create(
            user=user, employer=centre.host, given_name=given_name, initial=initial, from_on=today
        )
        note_change(request, employee, before={}, after=facts(employee))
    work, is_new = EmployeeCentre.objects.get_or_create(
        employee=employee, centre=centre, to_on=None, defaults={"from_on": today}
    )
    if is_new:
        note_change(request, employee, before={}, after={"centre": work_said(work)})
    role, is_new = RoleAssignment.objects.get_or_create(
        user=user, authority=employee.employer, role=Role.EMPLOYEE.value, to_on=None, defaults={"from_on": today}
    )
    if is_new:
        note_change(request, employee, before={}, after={"role": role_said(role)})
    for line in lines:
        _do_learn(request, employee, line)
    hints.send_on_commit("dispatch", "queue")
    return employee


def do_open_today(request: HttpRequest, line: Line, *, now: datetime) -> None:
    """Hold a line open until midnight, as a special day that the page of its hours shows and takes away."""
    today = now.astimezone(clock.COPENHAGEN).date()
    day = line.special_days.filter(on=today).first()
    do_special(line, day, on=today, spans=[(time(0), time(0))], why=_("Prøveopkald"), by=user_of(request), now=now)
    hints.send_on_commit(f"line:{line.pk}", "dispatch", "queue")


def _do_learn(request: HttpRequest, employee: Employee, line: Line) -> None:
    """Give an employee the skill a line asks for, at the level it asks for."""
    if line.skill is None:
        return
    held, is_new = EmployeeSkill.objects.get_or_create(
        employee=employee, skill=line.skill, defaults={"level": line.skill_level}
    )
    if is_new or held.level < line.skill_level:
        before = {} if is_new else {"skills": [skill_said(held)]}
        held.level = max(held.level, line.skill_level)
        held.save(update_fields=["level"])
        note_change(request, employee, before=before, after={"skills": [skill_said(held)]})
