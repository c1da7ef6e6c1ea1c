"""Text messages to citizens: what is asked for is a row and a job in one transaction, and a job sends it.

A text goes to a mobile number that may be called, and to no number more often than a person wants. What it says is ours: links in it are
the real addresses, nobody counts who follows them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from borgerlinje.channels.phone.outgoing.ledger import do_lock_number, policy_of
from borgerlinje.channels.phone.outgoing.policy import Number, range_allows, read
from borgerlinje.channels.phone.text_messages import text_address
from borgerlinje.channels.phone.text_messages.text_gateway import Failure
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.jobs import later

TASK: Final = "phone.send_text"
PER_NUMBER_PER_DAY: Final = 3
PER_CENTRE_PER_HOUR: Final = 300
LONGEST: Final = 400
# After so many seconds a gateway that failed is asked again; then the text is given up.
BACK_OFF: Final = (5, 30, 120, 600, 1800)
# A text that was given up helps nobody when it comes a day after the call.
CAN_BE_TRIED_AGAIN: Final = timedelta(hours=24)
_DAY, _HOUR = timedelta(hours=24), timedelta(hours=1)


class Unsent(StrEnum):
    """Why a text is not asked for."""

    NO_GATEWAY = "no_gateway"
    NOT_A_MOBILE = "not_a_mobile"
    NOT_ALLOWED = "not_allowed"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    UNKNOWN_CONTACT = "unknown_contact"


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that will be sent; `digits` is E.164."""

    text_id: int
    digits: str


@dataclass(frozen=True, slots=True)
class ToSend:
    """A text that is to be sent now. `key` is the same however often it is tried, and no other text's."""

    text_id: int
    key: str
    digits: str
    body: str
    attempts: int


_CONTACT = """
SELECT c.authority_id, l.centre_id FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id WHERE c.id = %(contact)s
"""

_COUNTS = """
SELECT (SELECT count(*) FROM phone_text t WHERE t.digits = %(digits)s::text AND t.asked_at > %(day)s::timestamptz) AS to_number,
       (SELECT count(*) FROM phone_text t JOIN contacts_contact c ON c.id = t.contact_id
                                         JOIN lines_line l ON l.id = c.line_id AND l.centre_id = %(centre_id)s::bigint
         WHERE t.asked_at > %(hour)s::timestamptz) AS this_hour,
       EXISTS (SELECT 1 FROM phone_donotcall d
                WHERE d.digits = %(digits)s::text AND d.authority_id = %(authority_id)s::bigint
                  AND (d.to_at IS NULL OR d.to_at > %(now)s::timestamptz)) AS is_not_to_be_called
"""


def can_text() -> bool:
    """Tell whether texts can be sent: nothing offers one where they cannot."""
    return text_address.configured() is not None


def do_send_text(contact_id: UUID, digits: str, body: str, *, now: datetime) -> Steps[Asked | Unsent]:
    """Have a text sent to a citizen's mobile number after the commit; return why not when it is not."""
    body = body.strip()[:LONGEST]
    number = read(digits)
    if not can_text() or not body:
        return Unsent.EMPTY if can_text() else Unsent.NO_GATEWAY
    if not isinstance(number, Number) or not number.is_mobile:
        return Unsent.NOT_A_MOBILE
    contacts = yield Query(_CONTACT, {"contact": contact_id})
    if not contacts:
        return Unsent.UNKNOWN_CONTACT
    hindrance = yield from _hindrance(number, contacts[0], now=now)
    if hindrance is not None:
        return hindrance
    values = {"contact": contact_id, "digits": number.digits, "body": body, "now": now}
    rows = yield Query(
        """
        INSERT INTO phone_text (contact_id, authority_id, digits, body, asked_at, attempts, failed)
        VALUES (%(contact)s, %(authority_id)s::bigint, %(digits)s::text, %(body)s::text, %(now)s::timestamptz, 0, '') RETURNING id
        """,
        contacts[0] | values,
    )
    yield later(TASK, {"text_id": rows[0]["id"]})
    return Asked(rows[0]["id"], number.digits)


def _hindrance(number: Number, contact: Row, *, now: datetime) -> Steps[Unsent | None]:
    """Return what keeps a text from a number, under its lock; None when nothing does."""
    policy = yield from policy_of(contact["centre_id"])
    if range_allows(number, policy) is not None or number.is_invented:
        return Unsent.NOT_ALLOWED
    yield from do_lock_number(number.digits)
    facts = {"digits": number.digits, "day": now - _DAY, "hour": now - _HOUR, "now": now}
    counts = (yield Query(_COUNTS, contact | facts))[0]
    if counts["is_not_to_be_called"]:
        return Unsent.NOT_ALLOWED
    is_much = counts["to_number"] >= PER_NUMBER_PER_DAY or counts["this_hour"] >= PER_CENTRE_PER_HOUR
    return Unsent.TOO_MANY if is_much else None


def to_send(text_id: int) -> Steps[ToSend | None]:
    """Return a text that has neither been sent nor given up; None otherwise."""
    rows = yield Query(
        "SELECT digits, body, asked_at, attempts FROM phone_text WHERE id = %(id)s AND sent_at IS NULL AND failed = ''",
        {"id": text_id},
    )
    if not rows:
        return None
    row = rows[0]
    key = f"{text_id}-{int(row['asked_at'].timestamp() * 1000)}"
    return ToSend(text_id, key, row["digits"], row["body"], row["attempts"])


def do_note_sent(text_id: int, *, now: datetime) -> Steps[None]:
    """Note that the gateway took a text. What it said is not needed any more."""
    yield Query(
        "UPDATE phone_text SET sent_at = %(now)s::timestamptz, attempts = attempts + 1 WHERE id = %(id)s AND sent_at IS NULL",
        {"id": text_id, "now": now},
    )


def do_note_failed(text: ToSend, failure: Failure, *, now: datetime) -> Steps[bool]:
    """Note that a text was not taken; try again later where that may help, and tell whether it will be."""
    is_over = failure.is_final or text.attempts >= len(BACK_OFF)
    yield Query(
        "UPDATE phone_text SET attempts = attempts + 1, failed = %(failed)s::text WHERE id = %(id)s AND sent_at IS NULL",
        {"id": text.text_id, "failed": failure.value if is_over else ""},
    )
    if not is_over:
        yield later(TASK, {"text_id": text.text_id}, at=now + timedelta(seconds=BACK_OFF[text.attempts]))
    return not is_over


def do_try_text_again(text_id: int, *, now: datetime) -> Steps[bool]:
    """Have a text that was given up tried from the beginning; False when it was not (any more), or is too old to be of use."""
    rows = yield Query(
        """
        UPDATE phone_text SET failed = '', attempts = 0
         WHERE id = %(id)s AND sent_at IS NULL AND failed <> '' AND asked_at > %(after)s::timestamptz RETURNING id
        """,
        {"id": text_id, "after": now - CAN_BE_TRIED_AGAIN},
    )
    if rows:
        yield later(TASK, {"text_id": text_id})
    return bool(rows)
