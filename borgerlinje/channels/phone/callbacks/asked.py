"""Callbacks that citizens ask for on a page: nobody is on the line, and nobody has proved whose number it is.

So a number is taken only where the policy lets it be called, once at a time, and by a person's ordinary number. How often it may be asked
for is counted by the page (`portal.callback_limits`); how often it is called stands in the ledger (`outgoing_calls`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from borgerlinje.channels.phone.callbacks.told import do_and_tell, do_tell_callback
from borgerlinje.channels.phone.outgoing.ledger import do_lock_number, forms, policy_of
from borgerlinje.channels.phone.outgoing.policy import Number, Policy, Reason, Refusal, range_allows, read
from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import Change, do_event
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.ids import uuid7

_LINE = """
SELECT l.id, l.centre_id, coalesce(n.home_authority_id, l.owner_id) AS authority_id
  FROM lines_linenumber n JOIN lines_line l ON l.id = n.line_id WHERE n.digits = %(dialled)s::text
"""

_KEPT_OUT = """
SELECT EXISTS (SELECT 1 FROM lines_linenumber n WHERE n.digits = ANY(%(forms)s::text[])) AS is_own,
       EXISTS (SELECT 1 FROM phone_donotcall d
                WHERE d.digits = %(digits)s::text AND d.authority_id = %(authority)s::bigint
                  AND (d.to_at IS NULL OR d.to_at > %(now)s::timestamptz)) AS is_not_to_be_called
"""

_PROMISED = """
SELECT c.id FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id AND l.centre_id = %(centre)s::bigint
 WHERE c.is_callback AND c.state IN ('callback', 'offered', 'calling_back')
   AND (c.callback_number = ANY(%(forms)s::text[]) OR c.caller_number = ANY(%(forms)s::text[]))
 ORDER BY c.id LIMIT 1
"""

# Among those who are waited for now: whose hour is yet to come stands in nobody's way.
_STANDING = """
SELECT c.state, c.closed_as, c.due_at, c.attempts, coalesce(nullif(c.callback_number, ''), c.caller_number) AS digits, c.dialled,
       CASE WHEN c.state IN ('callback', 'offered') AND coalesce(c.due_at, %(now)s::timestamptz) <= %(now)s::timestamptz THEN (
            SELECT count(*) FROM contacts_contact o
             WHERE o.line_id = c.line_id AND o.state IN ('waiting', 'callback', 'offered')
               AND coalesce(o.due_at, %(now)s::timestamptz) <= %(now)s::timestamptz
               AND (o.waiting_since, o.id) <= (c.waiting_since, c.id)) END AS place
  FROM contacts_contact c WHERE c.id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A callback that stands; `is_new` is False when there was one already. `change` is None then."""

    contact_id: UUID
    is_new: bool
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a callback: the contact's state, the number, when it is called (None: at once) and its place, counted from 1."""

    state: str
    closed_as: str
    digits: str
    dialled: str
    due_at: datetime | None
    place: int | None
    attempts: int


def read_citizens_number(text: str, policy: Policy) -> Number | Refusal:
    """Return the number a citizen wants to be called at; a refusal when it is not a person's, or the policy keeps it out.

    Here a short number is no number, and neither is a company's free one: nobody is at home there.
    """
    number = read(text)
    if isinstance(number, Refusal):
        return number
    if number.is_short:
        return Refusal(Reason.SHORT, number.digits)
    if (refusal := range_allows(number, policy)) is not None:
        return refusal
    return number if number.is_personal else Refusal(Reason.COSTLY, number.digits)


def check_number(text: str, *, dialled: str, now: datetime) -> Steps[Number | Refusal]:
    """Return the number a citizen of a line may be called back at, or why they may not; locks and writes nothing.

    Raises LookupError when nobody has the number `dialled`.
    """
    line = yield from _line(dialled)
    return (yield from _admitted(text, line, now=now))


def do_ask_callback(
    text: str, *, dialled: str, now: datetime, due_at: datetime | None = None, language: str = ""
) -> Steps[Asked | Refusal]:
    """Let a citizen be called back at a number, at `due_at` or (None) as soon as the line is open and it is their turn.

    `dialled` is the number of ours whose page they asked on. A number that waits for a call from the same centre already gets no second one,
    however many ask at once. Send the hints of `change` after the commit. Raises LookupError when nobody has the number `dialled`.
    """
    line = yield from _line(dialled)
    number = yield from _admitted(text, line, now=now)
    if isinstance(number, Refusal):
        return number
    yield from do_lock_number(number.digits)
    promised = yield Query(_PROMISED, {"centre": line["centre_id"], "forms": forms(number)})
    if promised:
        return Asked(promised[0]["id"], is_new=False)
    contact_id = uuid7(now)
    yield from do_arrive(contact_id, dialled=dialled, caller="", channel_ref="", now=now, how={"by": "web"})
    data = {"by": "web"} | ({"due": due_at.isoformat()} if due_at else {})
    change = yield from do_event(contact_id, Event.CALLBACK_ASKED, now=now, data=data)
    yield Query(
        "UPDATE contacts_contact SET callback_number = %(number)s::text, language = %(language)s::text,"
        " due_at = coalesce(%(due)s::timestamptz, due_at) WHERE id = %(id)s",
        {"id": contact_id, "number": number.national or number.digits, "language": language, "due": due_at},
    )
    yield from do_tell_callback(contact_id, now=now)
    return Asked(contact_id, is_new=True, change=change)


def callback_standing(contact_id: UUID, *, now: datetime) -> Steps[Standing | None]:
    """Return how it stands with a callback; None when there is no such contact."""
    rows = yield Query(_STANDING, {"id": contact_id, "now": now})
    if not rows:
        return None
    columns = ("state", "closed_as", "digits", "dialled", "due_at", "place", "attempts")
    return Standing(*(rows[0][column] for column in columns))


def do_cancel_callback(contact_id: UUID, *, now: datetime) -> Steps[Change | None]:
    """Take a callback back because the citizen wants it; None when it is none (any more)."""
    rows = yield Query(
        "SELECT is_callback FROM contacts_contact WHERE id = %(id)s FOR NO KEY UPDATE", {"id": contact_id}
    )
    if not rows or not rows[0]["is_callback"]:
        return None
    cancelling = do_event(contact_id, Event.CALLBACK_CANCELLED, now=now, data={"because": "citizen"})
    change = yield from do_and_tell(cancelling, contact_id, now=now)
    return change if change and change.expected else None


def _line(dialled: str) -> Steps[Row]:
    rows = yield Query(_LINE, {"dialled": dialled})
    if not rows:
        raise LookupError(dialled)
    return rows[0]


def _admitted(text: str, line: Row, *, now: datetime) -> Steps[Number | Refusal]:
    policy = yield from policy_of(line["centre_id"])
    number = read_citizens_number(text, policy)
    if isinstance(number, Refusal):
        return number
    rows = yield Query(
        _KEPT_OUT,
        {"forms": forms(number), "digits": number.digits, "authority": line["authority_id"], "now": now},
    )
    if rows[0]["is_own"]:
        return Refusal(Reason.OWN, number.digits)
    if rows[0]["is_not_to_be_called"]:
        return Refusal(Reason.DO_NOT_CALL, number.digits)
    return number
