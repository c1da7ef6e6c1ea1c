"""Write paths of the phone's accounts: generators of `Query`, run by the web and by the engine alike."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from borgerlinje.kit.database import Query, Steps

EMPLOYEE_LIFETIME = timedelta(hours=12)
CITIZEN_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a browser signs in to Asterisk with."""

    name: str
    secret: str
    expires_at: datetime


def do_issue_employee_endpoint(employee_id: int, *, now: datetime) -> Steps[Credentials]:
    """Store a new one-time account for an employee's browser and revoke the one before.

    Send the hint "phone" after the commit; `is_pushed` tells when Asterisk knows it.
    """
    yield from do_revoke_employee_endpoints(employee_id, now=now)
    return (yield from _insert("e", "employee", now + EMPLOYEE_LIFETIME, now=now, employee_id=employee_id))


def do_issue_citizen_endpoint(line_number_id: int, *, now: datetime) -> Steps[Credentials]:
    """Store a new one-time account for a citizen's browser that may call one number. Send the hint "phone" afterwards."""
    return (yield from _insert("c", "citizen", now + CITIZEN_LIFETIME, now=now, line_number_id=line_number_id))


def do_keep_robot_endpoint(employee_id: int, contact_uri: str, *, now: datetime) -> Steps[str]:
    """Let a robot employee be reached at `contact_uri`; return the account's name. Send the hint "phone" afterwards."""
    name = f"bl-r-{employee_id}"
    yield Query(
        "INSERT INTO phone_phoneendpoint (name, kind, employee_id, secret, contact_uri, created_at)"
        " VALUES (%(name)s, 'robot', %(employee)s, '', %(uri)s, %(now)s) ON CONFLICT (name) DO UPDATE"
        " SET contact_uri = excluded.contact_uri, revoked_at = NULL, pushed_at = NULL",
        {"name": name, "employee": employee_id, "uri": contact_uri, "now": now},
    )
    return name


def do_revoke_employee_endpoints(employee_id: int, *, now: datetime) -> Steps[None]:
    """End an employee's accounts (sign-out). A call in progress goes on. Send the hint "phone" afterwards."""
    yield Query(
        "UPDATE phone_phoneendpoint SET revoked_at = %(now)s, secret = ''"
        " WHERE employee_id = %(employee)s AND kind = 'employee' AND revoked_at IS NULL",
        {"employee": employee_id, "now": now},
    )


def do_revoke_endpoint(name: str, *, now: datetime) -> Steps[None]:
    """End one account by its name. Send the hint "phone" afterwards."""
    yield Query(
        "UPDATE phone_phoneendpoint SET revoked_at = %(now)s, secret = '' WHERE name = %(name)s AND revoked_at IS NULL",
        {"name": name, "now": now},
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a citizen's call from the browser has come.

    `is_ready`: the telephone knows the account; then the contact's state (empty before it arrived) and its place, counted from 1.
    """

    is_ready: bool = False
    state: str = ""
    place: int | None = None


def citizen_call(name: str) -> Steps[Progress]:
    """Return how far the call of a citizen's account has come; nothing at all for an unknown name."""
    rows = yield Query("SELECT * FROM bl_citizen_call(%(n)s)", {"n": name})
    return Progress(**rows[0]) if rows else Progress()


def is_pushed(name: str) -> Steps[bool]:
    """Tell whether Asterisk knows the account already."""
    rows = yield Query(
        "SELECT pushed_at IS NOT NULL AS pushed FROM phone_phoneendpoint WHERE name = %(n)s", {"n": name}
    )
    return bool(rows and rows[0]["pushed"])


def is_current(name: str, employee_id: int) -> Steps[bool]:
    """Tell whether an account is an employee's, and the last that was given out."""
    rows = yield Query(
        "SELECT 1 FROM phone_phoneendpoint"
        " WHERE name = %(n)s AND employee_id = %(e)s AND kind = 'employee' AND revoked_at IS NULL",
        {"n": name, "e": employee_id},
    )
    return bool(rows)


def _insert(
    prefix: str,
    kind: str,
    expires_at: datetime,
    *,
    now: datetime,
    employee_id: int | None = None,
    line_number_id: int | None = None,
) -> Steps[Credentials]:
    credentials = Credentials(f"bl-{prefix}-{secrets.token_hex(8)}", secrets.token_urlsafe(24), expires_at)
    params: dict[str, Any] = {"name": credentials.name, "kind": kind, "employee": employee_id, "number": line_number_id}
    yield Query(
        "INSERT INTO phone_phoneendpoint (name, kind, employee_id, line_number_id, secret, contact_uri, created_at, expires_at)"
        " VALUES (%(name)s, %(kind)s, %(employee)s, %(number)s, %(secret)s, '', %(now)s, %(expires)s)",
        params | {"secret": credentials.secret, "now": now, "expires": expires_at},
    )
    return credentials
