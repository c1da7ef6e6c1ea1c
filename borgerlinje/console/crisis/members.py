"""What a called-in authority answers, and which of its employees it lends; for those who answer for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.console.crisis.access import ANSWERS, access_member
from borgerlinje.console.crisis.forms import AnswerForm, LoanForm
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines import lending
from borgerlinje.lines.crisis import topics_of
from borgerlinje.lines.models import CrisisLoan, CrisisMember, Line
from borgerlinje.staff.models import Clearance, Employee, EmployeeSkill
from borgerlinje.staff.permission import allowed


@dataclass(frozen=True, slots=True)
class Candidate:
    """An employee who can be lent, and the names of the skills the lines ask for and they do not hold."""

    employee: Employee
    missing: Sequence[str]


@allowed(*ANSWERS)
@require_GET
def crisis_call(request: HttpRequest, member_id: int) -> HttpResponse:
    """Show what an authority is asked for, its answer, and its employees."""
    return _page(request, access_member(request, member_id))


@allowed(*ANSWERS)
@require_POST
def crisis_answer(request: HttpRequest, member_id: int) -> HttpResponse:
    """Say how many employees come."""
    member = access_member(request, member_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, member, status=422, answer_form=form)
    promised = form.cleaned_data["promised"]
    if not run_here(lending.do_answer(member.pk, promised, user_id=user_of(request).pk, now=clock.now())):
        raise GoneError
    return _back(member)


@allowed(*ANSWERS)
@require_POST
def crisis_lend(request: HttpRequest, member_id: int) -> HttpResponse:
    """Let chosen employees answer for the centre until the crisis ends."""
    member = access_member(request, member_id)
    form = LoanForm(request.POST, employees=_lendable(member))
    if not form.is_valid():
        return _page(request, member, status=422, loan_form=form)
    said = form.cleaned_data
    ids = [int(each) for each in said["employees"]]
    lent = run_here(
        lending.do_lend(member.pk, ids, clearance=said["clearance"], user_id=user_of(request).pk, now=clock.now())
    )
    if lent is None:
        raise GoneError
    return _back(member, *lent.employee_ids)


@allowed(*ANSWERS)
@require_POST
def crisis_call_home(request: HttpRequest, member_id: int) -> HttpResponse:
    """Take chosen employees home before the end."""
    member = access_member(request, member_id)
    ids = [int(each) for each in request.POST.getlist("employees") if each.isdecimal()]
    home = run_here(lending.do_call_home(member.pk, ids, user_id=user_of(request).pk, now=clock.now()))
    return _back(member, *home.employee_ids)


def _back(member: CrisisMember, *employee_ids: int) -> HttpResponse:
    hints.send_on_commit(*topics_of([], *employee_ids))
    return redirect("console:crisis_call", member_id=member.pk)


def _page(request: HttpRequest, member: CrisisMember, *, status: int = 200, **forms: Any) -> HttpResponse:
    lines = [part.line for part in member.crisis.lines.select_related("line__skill")]
    employees = _lendable(member)
    asks_for_casework = any(line.scope == Clearance.LIGHT_CASEWORK for line in lines)
    context = {
        "member": member,
        "crisis": member.crisis,
        "lines": lines,
        "answer_form": AnswerForm(initial={"promised": member.employees_promised or member.employees_asked}),
        "loan_form": LoanForm(
            employees=employees, suggested=Clearance.LIGHT_CASEWORK if asks_for_casework else Clearance.GUIDANCE_ONLY
        ),
        "candidates": _candidates(employees, lines),
        "loans": CrisisLoan.objects.filter(member=member, to_at__isnull=True).select_related("employee"),
    }
    return render(request, "console/crisis/call.html", context | forms, status=status)


def _lendable(member: CrisisMember) -> list[Employee]:
    """Return the authority's employees who do not answer for the centre already, and are not lent to another."""
    today = clock.today()
    at_work = Q(from_on__lte=today) & (Q(to_on__isnull=True) | Q(to_on__gt=today))
    here = Q(works__centre=member.crisis.centre_id) & (Q(works__to_on__isnull=True) | Q(works__to_on__gt=today))
    own = Employee.objects.filter(at_work, employer=member.authority_id, is_robot=False)
    busy = Employee.objects.filter(here).values("pk")
    lent = CrisisLoan.objects.filter(to_at__isnull=True).values("employee")
    held = EmployeeSkill.objects.filter(Q(expires_on__isnull=True) | Q(expires_on__gt=today))
    return list(own.exclude(pk__in=busy).exclude(pk__in=lent).prefetch_related(Prefetch("skills", held)))


def _candidates(employees: Sequence[Employee], lines: Sequence[Line]) -> list[Candidate]:
    wanted = {line.skill_id: line for line in lines if line.skill_id}

    def missing(employee: Employee) -> list[str]:
        levels = {each.skill_id: each.level for each in employee.skills.all()}
        return [
            f"{line.skill} {line.skill_level}"
            for line in wanted.values()
            if levels.get(line.skill_id or 0, 0) < line.skill_level
        ]

    return [Candidate(employee, missing(employee)) for employee in employees]
