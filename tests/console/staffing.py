"""What the tests of the pages on people share: who is signed in, and the pages' addresses."""

from http import HTTPStatus
from typing import Any

from django.test import Client

from borgerlinje.kit import clock
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role
from tests.support.cast import Cast, later, make_employee, user_of
from tests.support.database import as_web

PEOPLE = "/konsol/medarbejdere/"
PASSWORD = "en lang og hemmelig sætning"


def in_use(employee: Employee) -> Employee:
    """Give an account a password, as one in use has."""
    user = user_of(employee)
    user.set_password(PASSWORD)
    user.save()
    return employee


def signed_in(employee: Employee) -> Client:
    """Sign an employee in."""
    client = Client()
    client.force_login(user_of(in_use(employee)), backend="django.contrib.auth.backends.ModelBackend")
    return client


def keeper(cast: Cast, role: Role = Role.SECRETARIAT, name: str = "Sara") -> Client:
    """Sign somebody in who keeps the own authority's people."""
    return signed_in(make_employee(name, cast.own, cast.centre, role=role))


def get(client: Client, path: str = PEOPLE, *, at: float = 60) -> str:
    """Open a page as the web does."""
    with as_web(), clock.turned(later(at)):
        answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK, answer.content.decode()
    return str(answer.content.decode())


def post(client: Client, path: str, *, at: Any = 60, **values: Any):
    """Post a form as the web does."""
    with as_web(), clock.turned(later(at)):
        return client.post(path, values)


def said(answer: Any) -> str:
    """Return the text of an answer."""
    return str(answer.content.decode())


def page_of(employee: Employee, rest: str = "") -> str:
    """Return the address of an employee's page, or of one of its forms."""
    return f"{PEOPLE}{employee.pk}/{rest}"
