"""The matrix of who can what, one employee's skills, and the table for a spreadsheet."""

from http import HTTPStatus

import pytest
from django.test import Client

from borgerlinje.staff.models import ChangeNote, Employee, EmployeeSkill, Skill
from borgerlinje.staff.roles import Role
from tests.console.staffing import PEOPLE, get, keeper, page_of, post, said
from tests.support.cast import Cast

MATRIX = f"{PEOPLE}kompetencer/"


def form(cast: Cast, level: str, expires: str = "") -> dict[str, str]:
    return {f"level-{cast.skill.pk}": level, f"expires-{cast.skill.pk}": expires}


def test_matrix_shows_levels_and_says_what_expires(cast: Cast, secretariat: Client) -> None:
    page = get(secretariat, MATRIX)
    assert "Karen K." in page
    assert "Birgit" not in page
    assert "<td>2</td>" in page
    EmployeeSkill.objects.filter(employee=cast.employee).update(expires_on="2027-01-01")
    assert "udløber snart, 01-01-2027" in get(secretariat, MATRIX)
    EmployeeSkill.objects.filter(employee=cast.employee).update(expires_on="2027-03-01")
    assert "udløber" not in get(secretariat, MATRIX)
    EmployeeSkill.objects.filter(employee=cast.employee).update(expires_on="2026-11-24")
    assert "udløbet 24-11-2026" in get(secretariat, MATRIX)


def test_skills_are_changed_and_noted(cast: Cast, secretariat: Client) -> None:
    assert post(secretariat, page_of(cast.employee, "kompetencer/"), **form(cast, "3", "2027-06-01")).status_code == 302
    held = EmployeeSkill.objects.get(employee=cast.employee)
    assert (held.level, str(held.expires_on)) == (3, "2027-06-01")
    noted = ChangeNote.objects.get(kind="employee")
    assert (noted.before, noted.after) == (
        {"skills": ["Selvbetjening 2"]},
        {"skills": ["Selvbetjening 3, udløber 01-06-2027"]},
    )
    post(secretariat, page_of(cast.employee, "kompetencer/"), **form(cast, "0"))
    assert not EmployeeSkill.objects.filter(employee=cast.employee).exists()


def test_saving_what_is_there_notes_nothing(cast: Cast, secretariat: Client) -> None:
    post(secretariat, page_of(cast.employee, "kompetencer/"), **form(cast, "2"))
    assert not ChangeNote.objects.exists()


@pytest.mark.parametrize(
    ("level", "expires", "text"),
    [
        ("4", "", "Vælg et niveau fra 1 til 3."),
        ("2", "2026-11-24", "Datoen er gået."),
        ("2", "snart", "Vælg en dato."),
        ("0", "2027-01-01", "Vælg et niveau, eller slet datoen."),
    ],
)
def test_every_fault_stands_by_its_field(cast: Cast, secretariat: Client, level: str, expires: str, text: str) -> None:
    answer = post(secretariat, page_of(cast.employee, "kompetencer/"), **form(cast, level, expires))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert text in said(answer)
    assert EmployeeSkill.objects.get(employee=cast.employee).level == 2


def test_expiry_that_is_past_already_may_stay(cast: Cast, secretariat: Client) -> None:
    EmployeeSkill.objects.filter(employee=cast.employee).update(expires_on="2026-01-01")
    answer = post(secretariat, page_of(cast.employee, "kompetencer/"), **form(cast, "3", "2026-01-01"))
    assert answer.status_code == HTTPStatus.FOUND


def test_table_opens_in_a_spreadsheet_and_holds_no_formula(cast: Cast, secretariat: Client) -> None:
    Skill.objects.filter(pk=cast.skill.pk).update(name="=1+1")
    Employee.objects.filter(pk=cast.employee.pk).update(given_name="@SUM")
    table = get(secretariat, f"{MATRIX}tabel.csv")
    assert table.startswith("\ufeffMedarbejder;Ansat hos;'=1+1")
    assert "'@SUM K.;Næstved;2" in table


def test_planner_reads_the_matrix_and_changes_nothing(cast: Cast) -> None:
    reader = keeper(cast, Role.PLANNER)
    page = get(reader, MATRIX)
    assert "Karen K." in page
    assert page_of(cast.employee, "kompetencer/") not in page
    assert reader.get(page_of(cast.employee, "kompetencer/")).status_code == HTTPStatus.FORBIDDEN
