"""Write paths of an employee's own telephone: which one rings, whose number it is, and the calls that try it out.

A number is rung only when its owner has typed the code that was said to whoever answered it. The telephone process makes the code when it
dials (`do_dial`) and keeps nothing but a keyed hash; it finds what it is to dial in the rows.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.conf import settings

from borgerlinje.channels.phone.outgoing.ledger import as_shown, can_dial, do_lock_number, forms, policy_of
from borgerlinje.channels.phone.outgoing.policy import Reason, Refusal, range_allows, read
from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.ids import uuid7

CODE_LIFETIME: Final = timedelta(minutes=10)
TRIES: Final = 3
# Each costs a call: nobody makes a stranger's telephone ring all day.
CHECKS_PER_DAY: Final = 10
CHECKS_PER_NUMBER_PER_DAY: Final = 5
_DAY = timedelta(hours=24)
_CODE_DIGITS = 4
_DIAL_WITHIN = timedelta(seconds=30)

_LINE = """
SELECT l.id, l.owner_id, l.centre_id,
       (SELECT n.digits FROM lines_linenumber n WHERE n.line_id = l.id ORDER BY n.is_main DESC, length(n.digits) >= 8 DESC, n.digits LIMIT 1) AS shown
  FROM lines_line l JOIN staff_employeecentre w ON w.centre_id = l.centre_id AND w.employee_id = %(employee)s
 WHERE NOT l.is_hidden AND w.from_on <= %(today)s AND (w.to_on IS NULL OR w.to_on > %(today)s)
 ORDER BY l.owner_id = (SELECT employer_id FROM staff_employee WHERE id = %(employee)s) DESC, l.id LIMIT 1
"""


class Typed(StrEnum):
    """What came of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_MANY = "too_many"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Check:
    """A call to an employee's own telephone that is to be made."""

    id: UUID
    number: str = ""


def do_choose(employee_id: int, kind: str, *, now: datetime) -> Steps[bool]:
    """Let an employee's calls ring at another telephone; False when they have no such telephone. A call in progress stays where it is."""
    rows = yield Query(
        """
        INSERT INTO phone_employeephone (employee_id, kind, digits)
        SELECT %(employee)s::bigint, %(kind)s::text, ''
         WHERE %(kind)s::text = 'browser' OR %(kind)s::text = 'number' AND EXISTS (
               SELECT 1 FROM phone_employeephone WHERE employee_id = %(employee)s::bigint AND confirmed_at IS NOT NULL)
            OR %(kind)s::text = 'sip' AND EXISTS (
               SELECT 1 FROM phone_phoneendpoint WHERE employee_id = %(employee)s::bigint AND kind = 'sip' AND revoked_at IS NULL
                  AND (expires_at IS NULL OR expires_at > %(now)s::timestamptz))
        ON CONFLICT (employee_id) DO UPDATE SET kind = excluded.kind
        RETURNING kind
        """,
        {"employee": employee_id, "kind": kind, "now": now},
    )
    return bool(rows)


def do_leave(employee_id: int, kind: str, *, now: datetime) -> Steps[None]:
    """Let an employee's calls ring in the browser again where they rang at a telephone that goes away."""
    chosen = yield Query(
        "SELECT 1 FROM phone_employeephone WHERE employee_id = %(employee)s AND kind = %(kind)s",
        {"employee": employee_id, "kind": kind},
    )
    if chosen:
        yield from do_choose(employee_id, "browser", now=now)


def do_forget_number(employee_id: int, *, now: datetime) -> Steps[None]:
    """Forget an employee's number; calls that rang there ring in the browser."""
    yield from do_leave(employee_id, "number", now=now)
    yield from _end_open(employee_id, now=now)
    yield Query(
        "UPDATE phone_employeephone SET digits = '', confirmed_at = NULL WHERE employee_id = %(employee)s",
        {"employee": employee_id},
    )


def do_ask_number(employee_id: int, text: str, *, now: datetime) -> Steps[Check | Refusal]:
    """Ask for a call to a number that is to be proved an employee's own. Send the hint "phone" afterwards.

    The refusal says why it is not called: the centre's rules hold for it as for every call that goes out.
    """
    number = read(text)
    if isinstance(number, Refusal):
        return number
    if not number.is_personal or not number.digits.startswith("+"):
        return Refusal(Reason.COSTLY, number.digits)
    lines = yield Query(_LINE, {"employee": employee_id, "today": now.astimezone(clock.COPENHAGEN).date()})
    if not lines:
        return Refusal(Reason.UNKNOWN_CONTACT, number.digits)
    policy = yield from policy_of(lines[0]["centre_id"])
    if (refusal := range_allows(number, policy)) is not None:
        return refusal
    own = yield Query("SELECT 1 FROM lines_linenumber WHERE digits = ANY(%(forms)s)", {"forms": forms(number)})
    if own:
        return Refusal(Reason.OWN, number.digits)
    return (yield from _ask(employee_id, "confirm", "number", number.digits, now=now))


def do_ask_test(employee_id: int, kind: str, *, now: datetime) -> Steps[Check | Refusal]:
    """Ask for a call to an employee's own telephone (`kind`: "sip" or "number"), to try it out. Send the hint "phone" afterwards."""
    digits = ""
    if kind == "number":
        rows = yield Query(
            "SELECT digits FROM phone_employeephone WHERE employee_id = %(employee)s AND confirmed_at IS NOT NULL",
            {"employee": employee_id},
        )
        if not rows:
            return Refusal(Reason.NOT_A_NUMBER)
        digits = rows[0]["digits"]
    return (yield from _ask(employee_id, "test", kind, digits, now=now))


def _ask(employee_id: int, purpose: str, kind: str, digits: str, *, now: datetime) -> Steps[Check | Refusal]:
    """Store a check in the place of the one before, unless there were too many of late."""
    # Who asks twice at once is counted twice.
    yield Query("SELECT pg_advisory_xact_lock(hashtextextended('phone check', %(e)s::bigint))", {"e": employee_id})
    if kind == "number":
        if not (yield from can_dial()):
            return Refusal(Reason.NO_TRUNK, digits)
        counted = yield Query(
            "SELECT count(*) AS asked FROM phone_phonecheck"
            " WHERE employee_id = %(employee)s AND kind = 'number' AND asked_at > %(since)s",
            {"employee": employee_id, "since": now - _DAY},
        )
        if counted[0]["asked"] >= CHECKS_PER_DAY:
            return Refusal(Reason.OFTEN_TO_NUMBER, digits)
    yield from _end_open(employee_id, now=now)
    check = Check(uuid7(now), digits)
    yield Query(
        """
        INSERT INTO phone_phonecheck (id, employee_id, purpose, kind, digits, asked_at, expires_at, code_hash, tries, ended_as)
        VALUES (%(id)s, %(employee)s, %(purpose)s, %(kind)s, %(digits)s, %(now)s, %(expires)s, '', 0, '')
        """,
        {
            "id": check.id,
            "employee": employee_id,
            "purpose": purpose,
            "kind": kind,
            "digits": digits,
            "now": now,
            "expires": now + CODE_LIFETIME,
        },
    )
    return check


def _end_open(employee_id: int, *, now: datetime) -> Steps[None]:
    yield Query(
        "UPDATE phone_phonecheck SET ended_at = %(now)s, ended_as = 'replaced' WHERE employee_id = %(employee)s AND ended_at IS NULL",
        {"employee": employee_id, "now": now},
    )


def do_type_code(employee_id: int, text: str, *, now: datetime) -> Steps[Typed]:
    """Take a code an employee has typed; the right one makes the number theirs, and their calls ring there."""
    rows = yield Query(
        "SELECT * FROM phone_phonecheck WHERE employee_id = %(employee)s AND purpose = 'confirm' AND ended_at IS NULL FOR UPDATE",
        {"employee": employee_id},
    )
    if not rows or not rows[0]["code_hash"]:
        return Typed.OVER
    check = rows[0]
    if check["expires_at"] <= now:
        yield from do_end(check["id"], "expired", now=now)
        return Typed.OVER
    if not hmac.compare_digest(check["code_hash"], code_hash(check["id"], text)):
        yield Query("UPDATE phone_phonecheck SET tries = tries + 1 WHERE id = %(id)s", {"id": check["id"]})
        if check["tries"] + 1 < TRIES:
            return Typed.WRONG
        yield from do_end(check["id"], "wrong_code", now=now)
        return Typed.TOO_MANY
    yield from do_end(check["id"], "confirmed", now=now)
    yield Query(
        """
        INSERT INTO phone_employeephone (employee_id, kind, digits, confirmed_at)
        VALUES (%(employee)s, 'number', %(digits)s, %(now)s)
        ON CONFLICT (employee_id) DO UPDATE SET kind = 'number', digits = excluded.digits, confirmed_at = excluded.confirmed_at
        """,
        {"employee": employee_id, "digits": check["digits"], "now": now},
    )
    return Typed.RIGHT


def do_note_tested(employee_id: int, *, now: datetime) -> Steps[None]:
    """Note that an employee's telephone was tried out and works."""
    yield Query(
        """
        INSERT INTO phone_employeephone (employee_id, kind, digits, tested_at) VALUES (%(employee)s, 'browser', '', %(now)s)
        ON CONFLICT (employee_id) DO UPDATE SET tested_at = excluded.tested_at
        """,
        {"employee": employee_id, "now": now},
    )


# --- what the telephone process does with them


def to_dial(server: str, *, now: datetime) -> Steps[list[Row]]:
    """Return the checks that nobody has dialled yet and that a telephone server may: a SIP phone is rung where it is signed in.

    `endpoint` is its account (None for a number).
    """
    return (
        yield Query(
            """
            SELECT k.id, k.employee_id, k.purpose, k.kind, k.digits, e.name AS endpoint
              FROM phone_phonecheck k
              LEFT JOIN phone_phoneendpoint e ON k.kind = 'sip' AND e.employee_id = k.employee_id AND e.kind = 'sip'
                    AND e.revoked_at IS NULL
             WHERE k.ended_at IS NULL AND k.dialled_at IS NULL AND k.asked_at > %(since)s::timestamptz
               AND (k.kind = 'number' OR e.server IN ('', %(server)s::text))
             ORDER BY k.asked_at LIMIT 20
            """,
            {"server": server, "since": now - _DIAL_WITHIN},
        )
    )


def do_dial(check: Row, server: str, *, now: datetime) -> Steps[str | None]:
    """Take a check to dial it; return the code to say (empty for a trial), None when it is not to be dialled (any more).

    A number's call stands among those that go out. One that several employees have called theirs today is not called again.
    """
    if check["kind"] == "number" and (yield from _is_rung_often(check["digits"], now=now)):
        yield from do_end(check["id"], "technical", now=now)
        return None
    code = f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}" if check["purpose"] == "confirm" else ""
    rows = yield Query(
        "UPDATE phone_phonecheck SET dialled_at = %(now)s, code_hash = %(hash)s"
        " WHERE id = %(id)s AND dialled_at IS NULL AND ended_at IS NULL RETURNING id",
        {"id": check["id"], "hash": code_hash(check["id"], code) if code else "", "now": now},
    )
    if not rows:
        return None
    if check["kind"] == "number":
        yield from _write_down(check, server, now=now)
    return code


def _is_rung_often(digits: str, *, now: datetime) -> Steps[bool]:
    yield from do_lock_number(digits)
    rows = yield Query(
        "SELECT count(*) AS rung FROM phone_phonecheck WHERE digits = %(digits)s AND dialled_at > %(since)s",
        {"digits": digits, "since": now - _DAY},
    )
    return bool(rows[0]["rung"] >= CHECKS_PER_NUMBER_PER_DAY)


def _write_down(check: Row, server: str, *, now: datetime) -> Steps[None]:
    params = {"employee": check["employee_id"], "today": now.astimezone(clock.COPENHAGEN).date()}
    lines = yield Query(_LINE, params)
    if lines:
        yield Query(
            """
            INSERT INTO phone_outgoingcall (id, authority_id, line_id, employee_id, purpose, digits, shown_number, server, made_at, cause, refused)
            VALUES (%(id)s, %(owner)s, %(line)s, %(employee)s, 'employee', %(digits)s, %(shown)s, %(server)s, %(now)s, 0, '')
            """,
            {
                "id": check["id"],
                "owner": lines[0]["owner_id"],
                "line": lines[0]["id"],
                "employee": check["employee_id"],
                "digits": check["digits"],
                "shown": as_shown(lines[0]["shown"] or ""),
                "server": server,
                "now": now,
            },
        )


def do_note_answered(check_id: UUID, *, now: datetime) -> Steps[None]:
    """Note that somebody answered."""
    for table in ("phone_phonecheck", "phone_outgoingcall"):
        yield Query(
            f"UPDATE {table} SET answered_at = %(now)s WHERE id = %(id)s AND answered_at IS NULL",  # noqa: S608 - constants only
            {"id": check_id, "now": now},
        )


def do_hung_up(check_id: UUID, ended_as: str, cause: int, *, now: datetime) -> Steps[None]:
    """Note that a check's call is over. A code that was heard can still be typed; anything else is over with the call."""
    yield Query(
        "UPDATE phone_outgoingcall SET ended_at = %(now)s, cause = %(cause)s WHERE id = %(id)s AND ended_at IS NULL",
        {"id": check_id, "cause": max(0, min(cause, 999)), "now": now},
    )
    rows = yield Query(
        "SELECT employee_id, purpose, answered_at FROM phone_phonecheck WHERE id = %(id)s AND ended_at IS NULL FOR UPDATE",
        {"id": check_id},
    )
    if not rows or (rows[0]["purpose"] == "confirm" and rows[0]["answered_at"] is not None):
        return
    yield from do_end(check_id, ended_as, now=now)
    if ended_as == "pressed":
        yield from do_note_tested(rows[0]["employee_id"], now=now)


def do_end(check_id: UUID, ended_as: str, *, now: datetime) -> Steps[None]:
    """End a check, as one of `PhoneCheck.End`."""
    yield Query(
        "UPDATE phone_phonecheck SET ended_at = %(now)s, ended_as = %(as)s, code_hash = '' WHERE id = %(id)s AND ended_at IS NULL",
        {"id": check_id, "as": ended_as, "now": now},
    )


def code_hash(check_id: UUID, code: str) -> str:
    """Return what is stored of a code: of no use without the installation's own secret."""
    text = f"{check_id}/{code.strip()}"
    return hmac.new(
        settings.SECRET_KEY.encode(), b"borgerlinje/phone-code/" + text.encode(), hashlib.sha256
    ).hexdigest()
