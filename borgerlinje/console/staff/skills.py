"""Who can what: a centre's employees and their skills, level by level, and one employee's skills to change."""

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from borgerlinje.console.staff import access
from borgerlinje.console.staff.forms import date_field
from borgerlinje.console.staff.notes import note_change
from borgerlinje.console.staff.notes import skills as skills_of
from borgerlinje.console.staff.roster.cells import safe
from borgerlinje.console.staff.words import LEVELS, expiry
from borgerlinje.console.standing import authorities_as
from borgerlinje.console.styled import Styled, style
from borgerlinje.cooperation.models import Centre
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, Subject
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill, Skill
from borgerlinje.staff.permission import allowed

# So many rows at a time: a table of everybody and everything is too long to read and to send.
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Cell:
    """A skill somebody holds: its level, and what there is to say of its expiry. `level` 0: not held."""

    level: int = 0
    expiry: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A centre's people on one page, and skills; `rows` has one cell for each of `skills`."""

    centre: Centre
    skills: Sequence[Skill]
    rows: Sequence[tuple[Employee, Sequence[Cell]]]
    page: "Page[Employee]"


class SkillsForm(Styled):
    """An employee's level in each skill, and the first day without it."""

    def __init__(self, data: Any = None, *, employee: Employee, skills: Sequence[Skill]) -> None:
        super().__init__(data)
        self.employee, self.skills = employee, skills
        self.held = {each.skill_id: each for each in employee.skills.all()}
        for skill in skills:
            held = self.held.get(skill.pk)
            self.fields[f"level-{skill.pk}"] = forms.TypedChoiceField(
                label=skill.name,
                choices=[("0", _("Har den ikke")), *((str(level), word) for level, word in LEVELS.items())],
                coerce=int,
                initial=str(held.level) if held else "0",
                error_messages={"invalid_choice": gettext_lazy("Vælg et niveau fra 1 til 3.")},
            )
            self.fields[f"expires-{skill.pk}"] = date_field(
                _("%(skill)s udløber") % {"skill": skill.name}, required=False
            )
            self.fields[f"expires-{skill.pk}"].initial = held.expires_on if held else None
        style(self)

    def pairs(self) -> list[tuple[Any, Any]]:
        """Return each skill's two fields."""
        return [(self[f"level-{skill.pk}"], self[f"expires-{skill.pk}"]) for skill in self.skills]

    def clean(self) -> dict[str, Any]:
        """Refuse an expiry of what is not held, and a new one that is past."""
        values: dict[str, Any] = super().clean() or {}
        for skill in self.skills:
            level, expires_on = values.get(f"level-{skill.pk}"), values.get(f"expires-{skill.pk}")
            held = self.held.get(skill.pk)
            if expires_on and level == 0:
                self.add_error(f"level-{skill.pk}", _("Vælg et niveau, eller slet datoen."))
            elif expires_on and expires_on <= clock.today() and (held is None or held.expires_on != expires_on):
                self.add_error(
                    f"expires-{skill.pk}", _("Datoen er gået. Vælg en dag efter i dag, eller niveauet »Har den ikke«.")
                )
        return values

    def save(self) -> None:
        """Store what differs."""
        for skill in self.skills:
            level = self.cleaned_data[f"level-{skill.pk}"]
            if level == 0:
                self.employee.skills.filter(skill=skill).delete()
                continue
            expires_on = self.cleaned_data[f"expires-{skill.pk}"]
            EmployeeSkill.objects.update_or_create(
                employee=self.employee, skill=skill, defaults={"level": level, "expires_on": expires_on}
            )


@allowed(*access.READS)
@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Show a centre's people and what each can."""
    centres = list(access.own_centres(request, access.READS))
    found = _matrix(request, centres, per_page=SHOWN) if centres else None
    keeps = set(authorities_as(request, access.KEEPS))
    context = {"centres": centres, "matrix": found, "keeps": keeps}
    return render(request, "console/staff/matrix.html", context)


@allowed(*access.READS)
@require_GET
def matrix_table(request: HttpRequest) -> HttpResponse:
    """Answer the same as CSV: semicolons and a byte order mark, as a Danish spreadsheet opens it."""
    centres = list(access.own_centres(request, access.READS))
    if not centres:
        raise Http404
    found = _matrix(request, centres, per_page=sys.maxsize)
    answer = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="kompetencer-{found.centre.slug}.csv"'},
    )
    csv.writer(answer, delimiter=";").writerows(_cells(found))
    return answer


@allowed(*access.KEEPS)
@require_http_methods(["GET", "POST"])
def person_skills(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Change what an employee can."""
    employee = access.access_person_to_keep(request, employee_id)
    form = SkillsForm(
        request.POST if request.method == "POST" else None, employee=employee, skills=list(Skill.objects.all())
    )
    if request.method == "POST" and form.is_valid():
        before = skills_of(employee)
        form.save()
        note_change(request, employee, before={"skills": before}, after={"skills": skills_of(employee)})
        messages.success(request, _("Gemt. Nye henvendelser fordeles efter det."))
        return redirect("console:person", employee.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/staff/person_skills.html", {"form": form, "employee": employee}, status=status)


def _matrix(request: HttpRequest, centres: Sequence[Centre], *, per_page: int) -> Matrix:
    """Return a page of the matrix of the centre that is asked for, the first otherwise."""
    centre = next((each for each in centres if each.slug == request.GET.get("center")), centres[0])
    today = clock.today()
    at_work = EmployeeCentre.objects.filter(centre=centre).exclude(to_on__lte=today)
    everybody = access.people_of(request).prefetch_related(None)
    people = everybody.filter(pk__in=at_work.values("employee")).exclude(to_on__lte=today)
    page = Paginator(people, per_page).get_page(request.GET.get("side"))
    asked_for = set(Line.objects.filter(centre=centre, is_hidden=False).values_list("skill", flat=True))
    asked_for |= set(Subject.objects.values_list("skill", flat=True))
    held = set(
        EmployeeSkill.objects.filter(employee__in=people.order_by().values("pk")).values_list("skill", flat=True)
    )
    skills = list(Skill.objects.filter(pk__in=(asked_for | held) - {None}))
    return Matrix(centre, skills, _rows(list(page), skills), page)


def _rows(people: Sequence[Employee], skills: Sequence[Skill]) -> list[tuple[Employee, list[Cell]]]:
    """Return a row for each of some people. What they hold is read as plain values: a centre's people hold thousands."""
    today, nothing = clock.today(), Cell()
    held = EmployeeSkill.objects.filter(employee__in=people).order_by()
    cells: dict[int, dict[int, Cell]] = {}
    for employee_id, skill_id, level, expires_on in held.values_list("employee", "skill", "level", "expires_on"):
        cells.setdefault(employee_id, {})[skill_id] = Cell(level, expiry(expires_on, today=today))
    return [(each, [cells.get(each.pk, {}).get(skill.pk, nothing) for skill in skills]) for each in people]


def _cells(found: Matrix) -> Iterator[list[str]]:
    yield [_("Medarbejder"), _("Ansat hos"), *(safe(skill.name) for skill in found.skills)]
    for person, cells in found.rows:
        written = [f"{cell.level} {cell.expiry}".strip() if cell.level else "" for cell in cells]
        yield [safe(str(person)), safe(person.employer.name), *written]
