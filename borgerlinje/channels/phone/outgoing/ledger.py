"""The ledger of calls that go out: each is checked, written down and only then made, the refused ones too.

Two processes that call at the same moment cannot get past a limit together: who counts holds the number's lock and then the centre's until
the commit. Locks are taken in one order everywhere: contact, then number, then centre.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from borgerlinje.channels.phone.outgoing.policy import (
    HOME,
    Allowed,
    Counts,
    Number,
    Policy,
    Reason,
    Refusal,
    read,
    weigh,
)
from borgerlinje.kit.database import Query, Row, Steps

_DAY = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_TO_EMPLOYEE = "employee"
_TO_SPECIALIST = "transfer"

_POLICY = """
SELECT countries, allowed_prefixes, barred_prefixes, per_number_per_day, per_hour, longest_minutes
  FROM phone_outgoingpolicy WHERE centre_id = %(centre)s::bigint
"""

# The number of ours that the citizen sees: the one they dialled, whatever line they are on by now, else the one their own municipality is
# given, else the line's first. A short number is shown where there is no long one: from abroad, and in a phone's list of calls, nobody can call it.
_CONTACT = """
SELECT c.authority_id, c.line_id, l.centre_id,
       (SELECT n.digits FROM lines_linenumber n
         WHERE n.line_id = coalesce((SELECT d.line_id FROM lines_linenumber d WHERE d.digits = c.dialled), c.line_id)
         ORDER BY length(n.digits) >= 8 DESC, n.digits = c.dialled DESC,
                  n.home_authority_id IS NOT DISTINCT FROM c.home_authority_id DESC, n.home_authority_id IS NULL DESC,
                  n.is_main DESC, n.digits LIMIT 1) AS shown
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
 WHERE c.id = %(contact)s
"""

# An employee's own telephone rings for every citizen: that is no call to the outside, and counts for nothing.
_FACTS = """
SELECT (SELECT count(*) FROM phone_outgoingcall o
         WHERE o.digits = %(digits)s::text AND o.made_at > %(day)s::timestamptz AND o.refused = '' AND o.purpose <> 'employee') AS to_number,
       (SELECT count(*) FROM phone_outgoingcall o JOIN lines_line l ON l.id = o.line_id AND l.centre_id = %(centre)s::bigint
         WHERE o.made_at > %(hour)s::timestamptz AND o.refused = '' AND o.purpose <> 'employee') AS this_hour,
       (SELECT count(*) FROM phone_outgoingcall o
         WHERE o.ended_at IS NULL AND o.refused = '' AND o.made_at > %(day)s::timestamptz) AS under_way,
       -- A number that was invented for a demo never leaves the house.
       (SELECT sum(max_calls) FROM phone_trunk WHERE is_active AND (is_demo OR NOT %(invented)s::boolean)) AS at_once,
       EXISTS (SELECT 1 FROM lines_specialist s WHERE s.digits = ANY(%(forms)s::text[])
                  AND (s.authority_id IS NULL OR s.authority_id = %(authority)s::bigint)) AS is_known,
       EXISTS (SELECT 1 FROM lines_linenumber n WHERE n.digits = ANY(%(forms)s::text[])) AS is_own,
       EXISTS (SELECT 1 FROM phone_donotcall d
                WHERE d.digits = %(digits)s::text AND d.authority_id = %(authority)s::bigint
                  AND (d.to_at IS NULL OR d.to_at > %(now)s::timestamptz)) AS is_not_to_be_called
"""

_INSERT = """
INSERT INTO phone_outgoingcall (id, contact_id, authority_id, line_id, employee_id, purpose, digits, shown_number, server, made_at, ended_at,
                                cause, refused)
VALUES (%(id)s, %(contact)s, %(authority)s::bigint, %(line)s::bigint, %(employee)s::bigint, %(purpose)s::text, %(digits)s::text,
        %(shown)s::text, %(server)s::text, %(now)s::timestamptz, CASE WHEN %(refused)s::text <> '' THEN %(now)s::timestamptz END, 0,
        %(refused)s::text)
"""


def policy_of(centre_id: int) -> Steps[Policy]:
    """Return what a centre lets be called; the defaults where nobody has said anything."""
    rows = yield Query(_POLICY, {"centre": centre_id})
    if not rows:
        return Policy()
    row = rows[0]
    return Policy(
        tuple(row["countries"]) or (HOME,),
        tuple(row["allowed_prefixes"]),
        tuple(row["barred_prefixes"]),
        row["per_number_per_day"],
        row["per_hour"],
        row["longest_minutes"],
    )


def can_dial() -> Steps[bool]:
    """Tell whether there is a provider that calls can go out by."""
    rows = yield Query("SELECT EXISTS (SELECT 1 FROM phone_trunk WHERE is_active) AS can")
    return bool(rows[0]["can"])


def do_begin_call(
    contact_id: UUID,
    *,
    purpose: str,
    digits: str,
    employee_id: int | None,
    call_id: UUID,
    server: str,
    now: datetime,
) -> Steps[Allowed | Refusal]:
    """Write down a call that is to be made for a contact, and tell whether it may be: make it after the commit, or not at all.

    `purpose` is one of `OutgoingCall.Purpose`; `call_id` names the channel (`bl-o-<call_id>`). The same id asked again, because the answer
    of a commit was lost, gets the same answer and is counted once.
    """
    rows = yield Query(_CONTACT, {"contact": contact_id})
    if not rows:
        return Refusal(Reason.UNKNOWN_CONTACT, digits[:32])
    contact = rows[0]
    policy = yield from policy_of(contact["centre_id"])
    written = yield Query(
        "SELECT digits, shown_number, refused FROM phone_outgoingcall WHERE id = %(id)s", {"id": call_id}
    )
    if written:
        return _as_written(written[0], policy)
    number = read(digits)
    answer: Allowed | Refusal = number if isinstance(number, Refusal) else Allowed(number.digits)
    if isinstance(number, Number):
        answer = yield from _weigh(number, contact, policy, purpose=purpose, now=now)
    yield Query(
        _INSERT,
        {
            "id": call_id,
            "contact": contact_id,
            "authority": contact["authority_id"],
            "line": contact["line_id"],
            "employee": employee_id,
            "purpose": purpose,
            "digits": answer.digits[:32],
            "shown": answer.shown if isinstance(answer, Allowed) else "",
            "server": server,
            "refused": "" if isinstance(answer, Allowed) else answer.reason.value,
            "now": now,
        },
    )
    return answer


def _as_written(row: Row, policy: Policy) -> Allowed | Refusal:
    if row["refused"]:
        return Refusal(Reason(row["refused"]), row["digits"])
    return Allowed(row["digits"], row["shown_number"], policy.longest_minutes * 60)


def _weigh(number: Number, contact: Row, policy: Policy, *, purpose: str, now: datetime) -> Steps[Allowed | Refusal]:
    """Decide on a number under the locks of the number and the centre."""
    yield from do_lock_number(number.digits)
    yield Query(
        "SELECT pg_advisory_xact_lock(hashtextextended('outgoing centre', %(c)s::bigint))", {"c": contact["centre_id"]}
    )
    rows = yield Query(
        _FACTS,
        {
            "digits": number.digits,
            "forms": forms(number),
            "invented": number.is_invented,
            "centre": contact["centre_id"],
            "authority": contact["authority_id"],
            "day": now - _DAY,
            "hour": now - _HOUR,
            "now": now,
        },
    )
    facts = rows[0]
    if facts["at_once"] is None:
        return Refusal(Reason.NO_TRUNK, number.digits)
    return weigh(
        number,
        policy,
        recent=Counts(
            facts["to_number"],
            facts["this_hour"],
            facts["under_way"],
            int(facts["at_once"]),
            is_known=facts["is_known"] and purpose == _TO_SPECIALIST,
        ),
        do_not_call={number.digits} if facts["is_not_to_be_called"] else (),
        own={number.digits} if facts["is_own"] else (),
        shown=as_shown(contact["shown"] or ""),
        is_ours=purpose == _TO_EMPLOYEE,
    )


def do_lock_number(digits: str) -> Steps[None]:
    """Let nobody else decide on this number (in the form `outgoing.Number` has it) until the transaction ends."""
    yield Query("SELECT pg_advisory_xact_lock(hashtextextended('outgoing ' || %(d)s::text, 0))", {"d": digits})


def forms(number: Number) -> list[str]:
    """Return the ways in which rows may have a number."""
    return sorted({number.digits, number.digits.removeprefix("+"), number.national} - {""})


def as_shown(digits: str) -> str:
    """Return a number of our own as the called person's telephone is to show it: E.164 where it is a whole Danish number."""
    number = read(digits)
    return number.digits if isinstance(number, Number) else digits


def do_note_answered(call_id: UUID, *, now: datetime) -> Steps[None]:
    """Note that somebody answered."""
    yield Query(
        "UPDATE phone_outgoingcall SET answered_at = %(now)s::timestamptz WHERE id = %(id)s AND answered_at IS NULL AND ended_at IS NULL",
        {"id": call_id, "now": now},
    )


def do_note_ended(call_id: UUID, cause: int, *, now: datetime) -> Steps[None]:
    """Note that the call is over; `cause` is Q.850."""
    yield Query(
        "UPDATE phone_outgoingcall SET ended_at = %(now)s::timestamptz, cause = %(cause)s::smallint WHERE id = %(id)s AND ended_at IS NULL",
        {"id": call_id, "cause": max(0, min(cause, 999)), "now": now},
    )


def do_end_lost(server: str, alive: Sequence[UUID], *, now: datetime) -> Steps[int]:
    """End the calls of a telephone server that it no longer has (`alive` are those it has); return how many.

    For a telephone process that begins: what ended while nobody listened would count as under way for a day.
    """
    rows = yield Query(
        """
        UPDATE phone_outgoingcall SET ended_at = %(now)s::timestamptz
         WHERE server = %(server)s::text AND ended_at IS NULL AND NOT id = ANY(%(alive)s::uuid[])
        RETURNING id
        """,
        {"server": server, "alive": list(alive), "now": now},
    )
    return len(rows)
