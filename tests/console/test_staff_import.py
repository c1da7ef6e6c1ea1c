"""Employees from a table: every fault at once, a preview, all or nothing, and twice is once."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from borgerlinje.kit import clock
from borgerlinje.staff.models import ChangeNote, Employee, EmployeeSkill, RoleAssignment, User
from borgerlinje.staff.roles import Role
from tests.console.staffing import PEOPLE, get, keeper, post, said
from tests.support.cast import NOW, Cast, later, user_of
from tests.support.database import as_web

IMPORT = f"{PEOPLE}import/"
HEADER = "e-mail;fornavn;forbogstav;myndighed;fra;centre;omfang;roller;kompetencer"
BODIL = "Bodil@example.org;Bodil;H;Næstved;01-12-2026;Prøvecenter;vejledning;Medarbejder | planner;Selvbetjening:2:31-12-2027"
KAREN = "karen@example.org;Karen;K;næstved kommune;;prove;;;selvbetjening:3"


def upload(client: Client, *lines: str, encoding: str = "utf-8") -> Any:
    data = "\r\n".join((HEADER, *lines)).encode(encoding)
    with as_web(), clock.turned(later(60)):
        return client.post(IMPORT, {"file": SimpleUploadedFile("folk.csv", data)})


def confirmed(client: Client, preview: Any, **other: str) -> Any:
    page = said(preview)
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen
    return post(client, f"{IMPORT}gem/", **({"seen": seen[1], "text": preview.context["text"]} | other))


def test_table_is_shown_first_and_then_carried_out(cast: Cast, secretariat: Client) -> None:
    preview = upload(secretariat, BODIL, KAREN)
    assert preview.status_code == HTTPStatus.OK
    for text in (
        "1 nye, 1 ændres, 0 er som før.",
        "Ansat hos Næstved fra 01-12-2026",
        "Center: Prøvecenter · Kun vejledning · fra 01-12-2026",
        "Rolle: Medarbejder · Næstved · fra 01-12-2026",
        "Rolle: Planlægger",
        "Kompetence: Selvbetjening 2, udløber 31-12-2027",
        "Kompetence: Selvbetjening 3",
    ):
        assert text in said(preview)
    assert not Employee.objects.filter(given_name="Bodil").exists()
    assert confirmed(secretariat, preview).status_code == HTTPStatus.FOUND
    made = Employee.objects.get(given_name="Bodil")
    assert (user_of(made).email, made.employer, str(made.from_on)) == ("bodil@example.org", cast.own, "2026-12-01")
    assert [(work.centre, work.clearance) for work in made.works.all()] == [(cast.centre, "guidance_only")]
    assert set(RoleAssignment.objects.filter(user=made.user).values_list("role", flat=True)) == {"employee", "planner"}
    assert EmployeeSkill.objects.get(employee=cast.employee).level == 3
    assert ChangeNote.objects.filter(kind="employee").count() == 2
    assert "1 medarbejder er oprettet, og 1 er ændret." in get(secretariat)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_danish_letters_survive(cast: Cast, secretariat: Client, encoding: str) -> None:
    preview = upload(secretariat, BODIL.replace("Bodil;H", "Åse-Mærie;Ø"), encoding=encoding)
    confirmed(secretariat, preview)
    assert str(Employee.objects.get(given_name="Åse-Mærie")) == "Åse-Mærie Ø."


def test_same_table_twice_changes_nothing(cast: Cast, secretariat: Client) -> None:
    confirmed(secretariat, upload(secretariat, BODIL, KAREN))
    notes = ChangeNote.objects.count()
    again = upload(secretariat, BODIL, KAREN)
    assert "0 nye, 0 ændres, 2 er som før." in said(again)
    assert "Der er intet at gemme." in said(again)
    assert ChangeNote.objects.count() == notes


def test_known_person_gets_what_is_new_and_loses_nothing(cast: Cast, secretariat: Client) -> None:
    confirmed(secretariat, upload(secretariat, "KAREN@example.org;Karin;K;Næstved;;prove;vejledning;planner;"))
    cast.employee.refresh_from_db()
    assert str(cast.employee) == "Karin K."
    assert [work.clearance for work in cast.employee.works.all()] == ["guidance_only"]
    assert set(cast.employee.user.role_assignments.values_list("role", flat=True)) == {"employee", "planner"}  # type: ignore[union-attr]
    assert EmployeeSkill.objects.get(employee=cast.employee).level == 2


FAULTS = {
    "bodil;Bodil;H;Næstved": ("e-mail", "Det ligner ikke en e-mailadresse."),
    ";Bodil;H;Næstved": ("e-mail", "Adressen mangler."),
    "b@example.org;;H;Næstved": ("fornavn", "Fornavnet mangler."),
    "b@example.org;123;H;Næstved": ("fornavn", "Et navn begynder med et bogstav"),
    "b@example.org;Bodil;;Næstved": ("forbogstav", "Forbogstavet mangler."),
    "b@example.org;Bodil;Hans;Næstved": ("forbogstav", "Skriv ét eller to bogstaver"),
    "b@example.org;Bodil;H;": ("myndighed", "Myndigheden mangler."),
    "b@example.org;Bodil;H;Slagelse": ("myndighed", "»Slagelse« kendes ikke"),
    "b@example.org;Bodil;H;Næstved;32-13-2026": ("fra", "Det er ikke en dato"),
    "b@example.org;Bodil;H;Næstved;01-01-0026": ("fra", "Det er ikke en dato"),
    "b@example.org;Bodil;H;Næstved;;Andet center": ("centre", "»Andet center« kendes ikke"),
    "b@example.org;Bodil;H;Næstved;;;alt": ("omfang", "Skriv vejledning eller sagsbehandling."),
    "b@example.org;Bodil;H;Næstved;;;;konge": ("roller", "»konge« kendes ikke"),
    "b@example.org;Bodil;H;Næstved;;;;administrator": ("roller", "Kun en administrator"),
    "b@example.org;Bodil;H;Næstved;;;;;selvbetjening": ("kompetencer", "mangler et niveau"),
    "b@example.org;Bodil;H;Næstved;;;;;selvbetjening:4": ("kompetencer", "mangler et niveau"),
    "b@example.org;Bodil;H;Næstved;;;;;dans:1": ("kompetencer", "»dans« kendes ikke"),
    "b@example.org;Bodil;H;Næstved;;;;;selvbetjening:1:01-01-2026": ("kompetencer", "Udløbsdatoen er gået"),
    "b@example.org;Bodil;H;Næstved;;;;;selvbetjening:1|Selvbetjening:2": ("kompetencer", "står to gange"),
    "otto@example.org;Otto;O;Næstved": ("e-mail", "Adressen bruges af en konto, som du ikke kan ændre."),
}


@pytest.mark.parametrize("line", FAULTS)
def test_each_fault_names_its_row_and_column(cast: Cast, secretariat: Client, line: str) -> None:
    column, text = FAULTS[line]
    answer = upload(secretariat, KAREN, line)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert [(fault.row, fault.column) for fault in answer.context["faults"]] == [(3, column)]
    assert escape(text) in said(answer)


def test_all_faults_are_told_at_once_and_nothing_is_stored(cast: Cast, secretariat: Client) -> None:
    answer = upload(secretariat, BODIL, *FAULTS)
    assert len(answer.context["faults"]) >= len(FAULTS)
    assert "Intet er gemt" in said(answer)
    assert not User.objects.filter(email="bodil@example.org").exists()


def test_person_in_two_rows_is_a_fault(cast: Cast, secretariat: Client) -> None:
    answer = upload(secretariat, BODIL, BODIL.upper().replace("NÆSTVED", "Næstved"))
    assert "Adressen står allerede i række 2." in said(answer)


def test_who_has_left_is_a_fault(cast: Cast, secretariat: Client) -> None:
    Employee.objects.filter(pk=cast.employee.pk).update(to_on=NOW.date())
    assert "Karen K. er holdt op." in said(upload(secretariat, KAREN))


def test_administrator_may_make_administrators(cast: Cast) -> None:
    administrator = keeper(cast, Role.ADMINISTRATOR, "Ada")
    confirmed(administrator, upload(administrator, "b@example.org;Bodil;H;Næstved;;;;administrator;"))
    assert RoleAssignment.objects.filter(user__email="b@example.org", role="administrator").exists()


def test_what_changed_since_the_preview_is_shown_anew(cast: Cast, secretariat: Client) -> None:
    preview = upload(secretariat, KAREN)
    EmployeeSkill.objects.filter(employee=cast.employee).update(level=3)
    answer = confirmed(secretariat, preview)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Noget er ændret, siden du så det." in said(answer)


def test_confirmation_believes_nothing_it_is_sent(cast: Cast, secretariat: Client) -> None:
    preview = upload(secretariat, BODIL)
    other = f"{HEADER}\r\notto@example.org;Otto;O;Næstved"
    answer = confirmed(secretariat, preview, text=other)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert str(Employee.objects.get(pk=cast.outsider.pk).employer) == "København"


def test_no_file_and_an_empty_file_are_explained(cast: Cast, secretariat: Client) -> None:
    assert "Vælg en fil." in said(post(secretariat, IMPORT))
    with as_web():
        answer = secretariat.post(IMPORT, {"file": SimpleUploadedFile("tom.csv", b"")})
    assert "Filen er tom." in said(answer)


def test_template_has_the_columns_that_are_read(cast: Cast, secretariat: Client) -> None:
    assert get(secretariat, f"{IMPORT}skabelon.csv") == f"\ufeff{HEADER}\r\n"
    page = get(secretariat, IMPORT)
    for column in HEADER.split(";"):
        assert f"<dt>{column}</dt>" in page
    assert "Slagelse" not in page


def test_missing_column_is_told_once_and_not_for_every_row(cast: Cast, secretariat: Client) -> None:
    with as_web():
        data = b"e-mail;fornavn;forbogstav\r\nb@example.org;Bodil;H\r\nc@example.org;Carl;H"
        answer = secretariat.post(IMPORT, {"file": SimpleUploadedFile("folk.csv", data)})
    assert [(fault.row, fault.column) for fault in answer.context["faults"]] == [(1, "myndighed")]
