"""The second step of signing in: asked for each time of whoever has one, and set up by whoever cannot do without before they see anything.

How it is set up, and that one then goes on to where one was going: tests/browser/test_sign_in.py.
"""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from borgerlinje.staff.models import Employee, RoleAssignment
from borgerlinje.staff.roles import SECOND_FACTOR, Role
from tests.support.authenticator import code
from tests.support.cast import LONG_AGO, Cast, make_employee, user_of
from tests.support.database import as_web
from tests.test_routes import address, staff_routes

PASSWORD = "en lang og hemmelig sætning"
SIGN_IN, SET_UP, ASK = "/konto/login/", "/velkommen/to-trin/", "/konto/2fa/authenticate/"
ACTIVATE, CODES, ACCOUNT = "/konto/2fa/totp/activate/", "/konto/2fa/recovery-codes/", "/konsol/konto/"
MEANWHILE = {"staff:second_factor", "console:sign_out"}


def somebody(cast: Cast, role: Role = Role.SECRETARIAT, **account: Any) -> Employee:
    employee = make_employee("Sara", cast.own, cast.centre, role=role)
    user = user_of(employee)
    user.set_password(PASSWORD)
    for name, value in account.items():
        setattr(user, name, value)
    user.save()
    return employee


def get(client: Client, path: str, **headers: str) -> Any:
    with as_web():
        return client.get(path, headers=headers)


def post(client: Client, path: str, **values: str) -> Any:
    with as_web():
        return client.post(path, values)


def with_password(employee: Employee, to: str = ACCOUNT) -> tuple[Client, str]:
    """Sign in by the password; return the browser, and where it was sent."""
    client = Client()
    answer = post(client, SIGN_IN, login=user_of(employee).email, password=PASSWORD, next=to)
    assert answer.status_code == HTTPStatus.FOUND
    return client, answer["Location"]


def set_up(client: Client) -> list[str]:
    """Set an app up, which asks for the password again; return the recovery codes."""
    post(client, "/konto/reauthenticate/", password=PASSWORD)
    secret = get(client, ACTIVATE).context["form"].secret
    answer = post(client, ACTIVATE, code=code(secret))
    assert answer["Location"] == CODES
    return list(get(client, CODES).context["unused_codes"])


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
def test_role_that_needs_a_second_factor_is_led_to_setting_it_up(cast: Cast, role: Role) -> None:
    client, to = with_password(somebody(cast, role))
    assert to == ACCOUNT, "the premise: the password is right"
    assert get(client, to)["Location"] == SET_UP
    assert "Log på i to trin" in get(client, SET_UP).content.decode()


def test_nothing_is_seen_or_done_before_it_is_set_up(cast: Cast) -> None:
    client, _ = with_password(somebody(cast))
    for name, route in staff_routes():
        if name in MEANWHILE:
            continue
        for ask in (client.get, client.post):
            answer = ask(address(name, route))
            assert (answer.status_code, answer.headers.get("Location")) == (HTTPStatus.FOUND, SET_UP), name


def test_part_of_a_page_leads_the_whole_page_there(cast: Cast) -> None:
    client, _ = with_password(somebody(cast))
    answer = get(client, "/konsol/lige-nu/nu/", HX_Request="true", HX_Current_URL="http://testserver/konsol/lige-nu/")
    assert (answer.status_code, answer["HX-Redirect"]) == (HTTPStatus.UNAUTHORIZED, SET_UP)
    assert client.session["second_factor_next"] == "/konsol/lige-nu/"


def test_whoever_is_stopped_can_sign_out(cast: Cast) -> None:
    client, _ = with_password(somebody(cast))
    post(client, reverse("console:sign_out"))
    assert get(client, ACCOUNT)["Location"].startswith(SIGN_IN)


def test_factor_is_asked_for_at_each_sign_in_and_a_password_alone_opens_nothing(cast: Cast) -> None:
    sara = somebody(cast)
    first, _ = with_password(sara)
    codes = set_up(first)
    for recovery in codes[:2]:
        client, to = with_password(sara)
        assert to.startswith(ASK)
        assert get(client, ACCOUNT)["Location"].startswith(SIGN_IN)
        assert post(client, ASK, code="000000").status_code == HTTPStatus.OK
        assert get(client, ACCOUNT)["Location"].startswith(SIGN_IN)
        assert post(client, ASK, code=recovery).status_code == HTTPStatus.FOUND
        assert get(client, ACCOUNT).status_code == HTTPStatus.OK
    # The same browser is not remembered either, and a recovery code is used up.
    post(client, reverse("console:sign_out"))
    post(client, SIGN_IN, login=user_of(sara).email, password=PASSWORD)
    assert post(client, ASK, code=codes[0]).status_code == HTTPStatus.OK
    assert get(client, ACCOUNT)["Location"].startswith(SIGN_IN)


def test_factor_of_somebody_who_need_not_have_one_is_asked_for_too(cast: Cast) -> None:
    anna = somebody(cast, Role.EMPLOYEE)
    client, _ = with_password(anna)
    assert get(client, ACCOUNT).status_code == HTTPStatus.OK
    set_up(client)
    assert with_password(anna)[1].startswith(ASK)


def test_role_given_meanwhile_needs_it_at_once(cast: Cast) -> None:
    anna = somebody(cast, Role.EMPLOYEE)
    client, _ = with_password(anna)
    assert get(client, ACCOUNT).status_code == HTTPStatus.OK
    RoleAssignment.objects.create(user=user_of(anna), authority=cast.own, role=Role.AUDITOR, from_on=LONG_AGO)
    assert get(client, ACCOUNT)["Location"] == SET_UP


def test_factor_set_up_in_another_browser_is_asked_for_in_this_one(cast: Cast) -> None:
    sara = somebody(cast)
    here, _ = with_password(sara)
    there, _ = with_password(sara)
    set_up(there)
    assert get(here, ACCOUNT)["Location"] == SET_UP
    assert "Log af, og log på igen" in get(here, SET_UP).content.decode()


def test_factor_taken_away_has_to_be_set_up_at_the_next_sign_in(cast: Cast) -> None:
    sara = somebody(cast)
    client, _ = with_password(sara)
    set_up(client)
    post(client, "/konto/2fa/totp/deactivate/")
    client, to = with_password(sara)
    assert get(client, to)["Location"] == SET_UP


def test_demos_account_goes_on_with_the_password_that_is_printed(cast: Cast) -> None:
    client, to = with_password(somebody(cast, is_demo=True))
    assert get(client, to).status_code == HTTPStatus.OK
