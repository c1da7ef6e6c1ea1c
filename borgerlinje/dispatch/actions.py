"""Write paths of offers and presence: what happens to a contact, its offer and its employee in one transaction.

Locks are taken in one order everywhere: contact, then offer, then presence.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from borgerlinje.contacts.actions import do_lock, do_write
from borgerlinje.contacts.lifecycle import ClosedAs, Effect, Event, Presence, State
from borgerlinje.dispatch.matching import Match
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.ids import uuid7

# How an open offer ends when its contact meets the event.
_OFFER_ENDS = {
    Event.OFFER_EXPIRED: "expired",
    Event.OFFER_DECLINED: "declined",
    Event.OFFER_FAILED: "failed",
    Event.ANSWERED: "answered",
    Event.CITIZEN_LEFT: "withdrawn",
    Event.TECHNICAL_FAULT: "technical",
}

_PRESENCE_STATES = {
    Presence.OFFERED: "offered",
    Presence.TALKING: "talking",
    Presence.WRAP_UP: "wrap_up",
    Presence.FREE: "ready",
    Presence.PAUSED: "paused",
    Presence.NOT_ANSWERING: "not_answering",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What an event did: the contact's new state, how it closed, whose presence moved, and what the channel must do now."""

    contact_id: UUID
    state: State
    closed_as: ClosedAs | None
    employee_id: int | None
    effects: tuple[Effect, ...]
    expected: bool
    channel_ref: str = ""
    offer_id: UUID | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """The wake-up hints to send once the change is committed."""
        personal = (f"desk:{self.employee_id}",) if self.employee_id else ()
        return ("dispatch", "phone", "queue", *personal)


def do_event(
    contact_id: UUID,
    event: Event,
    *,
    now: datetime,
    offer_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> Steps[Change | None]:
    """Carry out what `event` means for the contact, its open offer and its employee; None when there is no such contact.

    With `offer_id` the event speaks of that offer alone: when another is open by now, nothing changes. An event that does not
    belong in the contact's state changes nothing and comes back with `expected` False.
    """
    locked = yield from do_lock(contact_id, event)
    if locked is None:
        return None
    row, decision = locked.row, locked.decision
    offers: list[Row] = []
    if decision.expected and row["state"] == State.OFFERED:
        offers = yield Query(
            "SELECT id, employee_id FROM dispatch_offer WHERE contact_id = %(id)s AND ended_at IS NULL FOR UPDATE",
            {"id": contact_id},
        )
    stale = offer_id is not None and [offer["id"] for offer in offers] != [offer_id]
    if not decision.expected or stale:
        return Change(contact_id, State(row["state"]), None, None, (), expected=False, channel_ref=row["channel_ref"])
    employee_id: int | None = offers[0]["employee_id"] if offers else row["employee_id"]
    if offers:
        yield Query(
            "UPDATE dispatch_offer SET ended_at = %(now)s::timestamptz, ended_as = %(ended_as)s::text WHERE id = %(id)s",
            {"id": offers[0]["id"], "now": now, "ended_as": _OFFER_ENDS[event]},
        )
    yield from do_write(locked, event, now=now, employee_id=employee_id, data=data)
    if decision.presence is not None and employee_id is not None:
        yield from do_presence(employee_id, decision.presence, now=now, keeps_place=bool(offers))
    return Change(
        contact_id,
        decision.state,
        decision.closed_as,
        employee_id,
        decision.effects,
        expected=True,
        channel_ref=row["channel_ref"],
        offer_id=offers[0]["id"] if offers else None,
    )


def do_presence(employee_id: int, presence: Presence, *, now: datetime, keeps_place: bool = False) -> Steps[None]:
    """Move an employee who is signed in; a pause asked for earlier takes the place of becoming ready.

    With `keeps_place` the employee keeps the place among the longest idle (the citizen left before the answer).
    """
    yield Query(
        """
        UPDATE dispatch_presence SET
            state = CASE WHEN %(state)s::text = 'ready' AND pause_after THEN 'paused' ELSE %(state)s::text END,
            pause_after = pause_after AND %(state)s::text <> 'ready',
            idle_since = CASE WHEN %(state)s::text = 'ready' AND NOT %(keeps)s::boolean THEN %(now)s::timestamptz ELSE idle_since END,
            since = %(now)s::timestamptz
         WHERE employee_id = %(employee)s::bigint AND state <> 'signed_out'
        """,
        {"employee": employee_id, "state": _PRESENCE_STATES[presence], "now": now, "keeps": keeps_place},
    )


_OFFER = """
WITH picked AS (
    SELECT * FROM unnest(%(offers)s::uuid[], %(contacts)s::uuid[], %(employees)s::bigint[], %(whys)s::jsonb[])
        AS p(offer_id, contact_id, employee_id, why)
), locked AS (
    SELECT picked.*, c.authority_id, l.ring_seconds
      FROM picked
      JOIN contacts_contact c ON c.id = picked.contact_id AND c.state = 'waiting'
      JOIN lines_line l ON l.id = c.line_id
      JOIN dispatch_presence p ON p.employee_id = picked.employee_id AND p.state = 'ready'
       FOR NO KEY UPDATE OF c, p SKIP LOCKED
), contact AS (
    UPDATE contacts_contact c SET state = 'offered' FROM locked WHERE c.id = locked.contact_id
), presence AS (
    UPDATE dispatch_presence p SET state = 'offered', since = %(now)s::timestamptz FROM locked WHERE p.employee_id = locked.employee_id
), event AS (
    INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, employee_id, data)
    SELECT contact_id, authority_id, %(now)s::timestamptz, 'offered', 'waiting', 'offered', employee_id,
           jsonb_build_object('offer', offer_id)
      FROM locked
)
INSERT INTO dispatch_offer (id, contact_id, authority_id, employee_id, made_at, expires_at, ended_as, why)
SELECT offer_id, contact_id, authority_id, employee_id, %(now)s::timestamptz, %(now)s::timestamptz + make_interval(secs => ring_seconds), '', why
  FROM locked
RETURNING id, contact_id, employee_id
"""


def do_offer(matches: Sequence[Match], *, now: datetime) -> Steps[list[Row]]:
    """Write all offers of one tick in one statement; return those that held (id, contact_id, employee_id).

    A contact or an employee that changed meanwhile, or is being changed now, is left for the next tick.
    """
    return (
        yield Query(
            _OFFER,
            {
                "offers": [uuid7(now) for _ in matches],
                "contacts": [match.contact_id for match in matches],
                "employees": [match.employee_id for match in matches],
                "whys": [json.dumps(match.why) for match in matches],
                "now": now,
            },
        )
    )


def do_ready(employee_id: int, *, now: datetime) -> Steps[bool]:
    """Make an employee ready for contacts, signing them in if need be; False while a contact is theirs.

    An employee in after-call work becomes ready by closing the contact, not by this.
    """
    yield from _do_take_up(employee_id, now=now)
    rows = yield Query(
        """
        INSERT INTO dispatch_presence (employee_id, state, since, idle_since, pause_after)
        VALUES (%(employee)s::bigint, 'ready', %(now)s::timestamptz, %(now)s::timestamptz, false)
        ON CONFLICT (employee_id) DO UPDATE SET
            state = CASE WHEN dispatch_presence.state IN ('offered', 'talking', 'wrap_up')
                    THEN dispatch_presence.state ELSE 'ready' END,
            since = CASE WHEN dispatch_presence.state IN ('offered', 'talking', 'wrap_up', 'ready')
                    THEN dispatch_presence.since ELSE %(now)s::timestamptz END,
            idle_since = CASE WHEN dispatch_presence.state IN ('offered', 'talking', 'wrap_up', 'ready')
                    THEN dispatch_presence.idle_since ELSE %(now)s::timestamptz END,
            pause_after = false
        RETURNING state
        """,
        {"employee": employee_id, "now": now},
    )
    return bool(rows[0]["state"] == "ready")


def do_pause(employee_id: int, *, now: datetime) -> Steps[bool]:
    """Pause an employee; True at once, False when the pause begins after the present contact."""
    rows = yield Query(
        """
        UPDATE dispatch_presence SET
            pause_after = state IN ('offered', 'talking', 'wrap_up'),
            since = CASE WHEN state IN ('offered', 'talking', 'wrap_up', 'paused') THEN since ELSE %(now)s::timestamptz END,
            state = CASE WHEN state IN ('offered', 'talking', 'wrap_up') THEN state ELSE 'paused' END
         WHERE employee_id = %(employee)s::bigint AND state <> 'signed_out'
        RETURNING state
        """,
        {"employee": employee_id, "now": now},
    )
    return bool(rows and rows[0]["state"] == "paused")


def do_sign_in(employee_id: int, *, now: datetime) -> Steps[None]:
    """Bring an employee to work, in a pause until they say they are ready."""
    yield Query(
        """
        INSERT INTO dispatch_presence (employee_id, state, since, idle_since, pause_after)
        VALUES (%(employee)s::bigint, 'paused', %(now)s::timestamptz, %(now)s::timestamptz, false)
        ON CONFLICT (employee_id) DO UPDATE SET state = 'paused', since = %(now)s::timestamptz, pause_after = false
         WHERE dispatch_presence.state = 'signed_out'
        """,
        {"employee": employee_id, "now": now},
    )
    yield from _do_take_up(employee_id, now=now)


def _do_take_up(employee_id: int, *, now: datetime) -> Steps[None]:
    """Give an employee who comes back the state of the contact that is still theirs."""
    yield Query(
        """
        UPDATE dispatch_presence p SET
            state = CASE c.state WHEN 'connected' THEN 'talking' ELSE 'wrap_up' END, since = %(now)s::timestamptz
          FROM contacts_contact c
         WHERE p.employee_id = %(employee)s::bigint AND c.employee_id = p.employee_id
           AND c.state IN ('connected', 'wrap_up') AND p.state NOT IN ('talking', 'wrap_up')
        """,
        {"employee": employee_id, "now": now},
    )


def do_sign_out(employee_id: int, *, now: datetime) -> Steps[Change | None]:
    """Sign an employee out; a contact offered to them goes back to its place first."""
    # Not ready any more first, so that no offer can be made between the look at the offers and the end of the transaction.
    yield Query(
        """
        UPDATE dispatch_presence SET state = 'paused', since = %(now)s::timestamptz
         WHERE employee_id = %(employee)s::bigint AND state = 'ready'
        """,
        {"employee": employee_id, "now": now},
    )
    open_offers = yield Query(
        "SELECT id, contact_id FROM dispatch_offer WHERE employee_id = %(employee)s::bigint AND ended_at IS NULL",
        {"employee": employee_id},
    )
    change: Change | None = None
    for offer in open_offers:
        change = yield from do_event(offer["contact_id"], Event.OFFER_DECLINED, now=now, offer_id=offer["id"])
    yield Query(
        """
        UPDATE dispatch_presence SET state = 'signed_out', since = %(now)s::timestamptz, pause_after = false
         WHERE employee_id = %(employee)s::bigint AND state <> 'signed_out'
        """,
        {"employee": employee_id, "now": now},
    )
    return change


def do_complete(
    contact_id: UUID,
    *,
    employee_id: int,
    subject: str,
    outcome: str,
    note: str | None,
    now: datetime,
    pause: bool = False,
) -> Steps[Change | None]:
    """Close a contact in after-call work with what the employee says of it, and free the employee (or pause them).

    `note` None leaves the note as it was saved last. None when the contact is not this employee's or not in after-call work.
    """
    rows = yield Query(
        """
        UPDATE contacts_contact SET subject = %(subject)s::text, outcome = %(outcome)s::text, note = coalesce(%(note)s::text, note)
         WHERE id = %(id)s AND employee_id = %(employee)s::bigint AND state = 'wrap_up'
        RETURNING id
        """,
        {"id": contact_id, "employee": employee_id, "subject": subject, "outcome": outcome, "note": note},
    )
    if not rows:
        return None
    if pause:
        yield Query(
            "UPDATE dispatch_presence SET pause_after = true WHERE employee_id = %(e)s::bigint", {"e": employee_id}
        )
    return (yield from do_event(contact_id, Event.COMPLETED, now=now, data={"outcome": outcome}))
