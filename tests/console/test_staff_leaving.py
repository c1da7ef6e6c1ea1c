"""Leaving: what a last day ends, that it is undone until it is over, and that nobody is cut off from a citizen."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from borgerlinje.dispatch.models import Presence
from borgerlinje.kit import clock
from borgerlinje.staff.fence import who
from borgerlinje.staff.models import Employee, EmployeeCentre, Leaving, RoleAssignment
from borgerlinje.staff.roles import Role
from tests.console.staffing import PASSWORD, get, in_use, page_of, post, said, signed_in
from tests.support.cast import NOW, Cast, later, user_of
from tests.support.database import as_web

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
# The cast's now is 14.00 in Denmark: so long after it the next day has begun.
NEXT_DAY = 12 * 3600
LAST = {"leaving-last_on": TODAY.isoformat()}


def rows(cast: Cast) -> tuple[object, ...]:
    return (
        Employee.objects.get(pk=cast.employee.pk).to_on,
        *EmployeeCentre.objects.filter(employee=cast.employee).order_by("from_on").values_list("pk", "to_on"),
        *RoleAssignment.objects.filter(user=cast.employee.user).order_by("role").values_list("pk", "to_on"),
    )


def test_page_says_first_what_will_happen(cast: Cast, secretariat: Client) -> None:
    answer = post(secretariat, page_of(cast.employee, "forlad/"), **LAST, vis="1")
    for text in (
        "Det sker",
        "ved midnat",
        "Roller og adgang til at logge på slutter",
        "Det kan fortrydes til og med 24-11-2026",
    ):
        assert text in said(answer)
    assert rows(cast)[0] is None


def test_last_day_ends_roles_work_and_employment(cast: Cast, secretariat: Client) -> None:
    EmployeeCentre.objects.filter(employee=cast.employee).update(to_on=TODAY)
    future = EmployeeCentre.objects.create(employee=cast.employee, centre=cast.centre, from_on=TOMORROW)
    before = rows(cast)
    assert post(secretariat, page_of(cast.employee, "forlad/"), **LAST).status_code == HTTPStatus.FOUND
    assert rows(cast)[0] == TOMORROW
    assert not EmployeeCentre.objects.filter(pk=future.pk).exists()
    assert set(RoleAssignment.objects.filter(user=cast.employee.user).values_list("to_on", flat=True)) == {TOMORROW}
    page = get(secretariat, page_of(cast.employee))
    assert "Sidste arbejdsdag er 24-11-2026" in page
    assert "Sidste dag" in page
    assert post(secretariat, page_of(cast.employee, "forlad/fortryd/")).status_code == HTTPStatus.FOUND
    assert rows(cast) == before
    assert not Leaving.objects.exists()


def test_another_last_day_starts_from_what_was_before(cast: Cast, secretariat: Client) -> None:
    before = rows(cast)
    post(secretariat, page_of(cast.employee, "forlad/"), **LAST)
    post(secretariat, page_of(cast.employee, "forlad/"), **{"leaving-last_on": "2026-12-31"})
    assert str(rows(cast)[0]) == "2027-01-01"
    post(secretariat, page_of(cast.employee, "forlad/fortryd/"))
    assert rows(cast) == before


def test_leaving_is_not_undone_when_the_day_is_over(cast: Cast, secretariat: Client) -> None:
    post(secretariat, page_of(cast.employee, "forlad/"), **LAST)
    answer = post(secretariat, page_of(cast.employee, "forlad/fortryd/"), at=NEXT_DAY)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Holdt op 24-11-2026" in get(secretariat, page_of(cast.employee), at=NEXT_DAY)
    assert post(secretariat, page_of(cast.employee, "forlad/"), at=NEXT_DAY, **LAST).status_code == HTTPStatus.CONFLICT


@pytest.mark.parametrize(
    ("day", "text"),
    [("", "Vælg en dato."), ("2026-11-23", "Dagen er gået."), ("aldrig", "Vælg en dato.")],
)
def test_day_that_will_not_do_is_explained(cast: Cast, secretariat: Client, day: str, text: str) -> None:
    answer = post(secretariat, page_of(cast.employee, "forlad/"), **{"leaving-last_on": day})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert text in said(answer)


def test_access_ends_with_the_day_though_the_session_lives(cast: Cast, secretariat: Client) -> None:
    working = signed_in(cast.employee)
    cast.ready(cast.employee)
    post(secretariat, page_of(cast.employee, "forlad/"), **LAST)
    assert "Bordet" in get(working, "/konsol/")
    with as_web(), clock.turned(later(NEXT_DAY)):
        answer = working.get("/konsol/")
    assert answer["Location"].startswith("/konto/login/")
    assert Presence.objects.get(employee=cast.employee).state == "signed_out"
    with as_web(), clock.turned(later(NEXT_DAY)):
        answer = Client().post("/konto/login/", {"login": "karen@example.org", "password": PASSWORD})
    assert answer["Location"] == "/konto/inactive/"


def test_sign_in_works_to_the_end_of_the_day(cast: Cast, secretariat: Client) -> None:
    in_use(cast.employee)
    post(secretariat, page_of(cast.employee, "forlad/"), **LAST)
    with as_web(), clock.turned(later(9 * 3600)):
        answer = Client().post("/konto/login/", {"login": "karen@example.org", "password": PASSWORD})
    assert answer["Location"] == "/konsol/"


@pytest.mark.parametrize("state", ["talking", "wrap_up"])
def test_who_has_a_citizen_at_midnight_is_not_cut_off(cast: Cast, secretariat: Client, state: str) -> None:
    post(secretariat, page_of(cast.employee, "forlad/"), **LAST)
    cast.ready(cast.employee)
    Presence.objects.filter(employee=cast.employee).update(state=state)
    with as_web(), clock.turned(later(NEXT_DAY)):
        standing = who(user_of(cast.employee).pk)
    assert standing.roles == {Role.EMPLOYEE}
    assert cast.colleague_authority.pk in standing.authorities()
    Presence.objects.filter(employee=cast.employee).update(state="ready")
    with as_web(), clock.turned(later(NEXT_DAY)):
        standing = who(user_of(cast.employee).pk)
    assert (standing.roles, standing.authorities()) == (frozenset(), [])


def test_role_given_elsewhere_ends_with_the_employment_too(cast: Cast, secretariat: Client) -> None:
    RoleAssignment.objects.create(
        user=user_of(cast.employee), authority=cast.outside, role=Role.AUDITOR.value, from_on=TODAY
    )
    post(secretariat, page_of(cast.employee, "forlad/"), **LAST)
    with as_web(), clock.turned(later(60)):
        assert Role.AUDITOR in who(user_of(cast.employee).pk).roles
    with as_web(), clock.turned(later(NEXT_DAY)):
        assert who(user_of(cast.employee).pk).roles == frozenset()


def test_who_comes_back_is_employed_again_without_the_old_roles(cast: Cast, secretariat: Client) -> None:
    in_use(cast.employee)
    assert post(secretariat, page_of(cast.employee, "ansaet-igen/")).status_code == HTTPStatus.CONFLICT
    post(secretariat, page_of(cast.employee, "forlad/"), **LAST)
    assert post(secretariat, page_of(cast.employee, "ansaet-igen/"), at=NEXT_DAY).status_code == HTTPStatus.FOUND
    page = get(secretariat, page_of(cast.employee), at=NEXT_DAY)
    for text in ("I brug", "Ingen roller hos dine myndigheder.", "Arbejder ikke for noget center"):
        assert text in page
