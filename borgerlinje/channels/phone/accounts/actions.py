"""Write paths of the phone's accounts: generators of `Query`, run by the web and by the engine alike."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from borgerlinje.kit.database import Query, Steps

EMPLOYEE_LIFETIME = timedelta(hours=12)
CITIZEN_LIFETIME = timedelta(minutes=10)
TEST_LIFETIME = timedelta(minutes=10)
# What a SIP phone is asked its password for. Part of the stored digest: were it changed, every phone would need a new code.
SIP_REALM = "borgerlinje"
# It is typed on a telephone's keys: no capitals, and nothing that looks like something else. Twenty of them hold 98 bits.
_TYPED = "abcdefghjkmnpqrstvwxyz23456789"
_TYPED_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a browser or a SIP phone signs in to Asterisk with; a SIP phone's has no end (None)."""

    name: str
    secret: str
    expires_at: datetime | None


def do_issue_employee_endpoint(employee_id: int, *, now: datetime, server: str = "") -> Steps[Credentials]:
    """Store a new one-time account for an employee's browser and revoke the one before; `server` is the telephone server it is for.

    Send the hint "phone" after the commit; `is_pushed` tells when Asterisk knows it.
    """
    yield from do_revoke_employee_endpoints(employee_id, now=now)
    return (
        yield from _insert("e", "employee", now + EMPLOYEE_LIFETIME, now=now, server=server, employee_id=employee_id)
    )


def do_issue_citizen_endpoint(line_number_id: int, *, now: datetime, server: str = "") -> Steps[Credentials]:
    """Store a new one-time account for a citizen's browser that may call one number. Send the hint "phone" afterwards."""
    return (
        yield from _insert(
            "c", "citizen", now + CITIZEN_LIFETIME, now=now, server=server, line_number_id=line_number_id
        )
    )


def do_issue_test_endpoint(employee_id: int, *, now: datetime, server: str = "") -> Steps[Credentials]:
    """Store an account by which an employee's browser hears its own echo, and nothing else. Send the hint "phone" afterwards."""
    yield from _revoke(employee_id, "test", now=now)
    return (yield from _insert("t", "test", now + TEST_LIFETIME, now=now, server=server, employee_id=employee_id))


def do_issue_sip_endpoint(employee_id: int, *, now: datetime, server: str = "") -> Steps[Credentials]:
    """Store an account for an employee's SIP phone and revoke the one before: its phone is signed out. Send the hint "phone" afterwards.

    The password is returned this once; stored is what SIP makes of it.
    """
    yield from _revoke(employee_id, "sip", now=now)
    secret = "".join(secrets.choice(_TYPED) for _ in range(_TYPED_LENGTH))
    return (yield from _insert("s", "sip", None, now=now, server=server, employee_id=employee_id, secret=secret))


def do_revoke_sip_endpoint(employee_id: int, *, now: datetime) -> Steps[None]:
    """End an employee's SIP phone's account. A call in progress goes on. Send the hint "phone" afterwards."""
    yield from _revoke(employee_id, "sip", now=now)


def sip_digest(name: str, secret: str) -> str:
    """Return what SIP makes of a name and a password (HA1, RFC 2617 3.2.2.2): enough for Asterisk to check one, and no password."""
    # The protocol prescribes the algorithm; the password behind it has 98 random bits.
    return hashlib.md5(f"{name}:{SIP_REALM}:{secret}".encode(), usedforsecurity=False).hexdigest()


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
    """End the account of an employee's browser (sign-out). A call in progress goes on. Send the hint "phone" afterwards."""
    yield from _revoke(employee_id, "employee", now=now)


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


def _revoke(employee_id: int, kind: str, *, now: datetime) -> Steps[None]:
    yield Query(
        "UPDATE phone_phoneendpoint SET revoked_at = %(now)s, secret = '', registered_at = NULL"
        " WHERE employee_id = %(employee)s AND kind = %(kind)s AND revoked_at IS NULL",
        {"employee": employee_id, "kind": kind, "now": now},
    )


def _insert(
    prefix: str,
    kind: str,
    expires_at: datetime | None,
    *,
    now: datetime,
    employee_id: int | None = None,
    line_number_id: int | None = None,
    secret: str = "",
    server: str = "",
) -> Steps[Credentials]:
    """Store an account. `secret` is a password that is stored as its digest only; one is made, and stored as it is, where there is none."""
    name = f"bl-{prefix}-{secrets.token_hex(8)}"
    credentials = Credentials(name, secret or secrets.token_urlsafe(24), expires_at)
    stored = sip_digest(name, secret) if secret else credentials.secret
    params: dict[str, Any] = {
        "name": credentials.name,
        "kind": kind,
        "employee": employee_id,
        "number": line_number_id,
        "server": server,
    }
    yield Query(
        "INSERT INTO phone_phoneendpoint (name, kind, employee_id, line_number_id, server, secret, contact_uri, created_at,"
        " expires_at)"
        " VALUES (%(name)s, %(kind)s, %(employee)s, %(number)s, %(server)s, %(secret)s, '', %(now)s, %(expires)s)",
        params | {"secret": stored, "now": now, "expires": expires_at},
    )
    return credentials
