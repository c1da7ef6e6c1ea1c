"""Write paths of offers and presence: what happens to a contact, its offer and its employee in one transaction.

Locks are taken in one order everywhere: contact, then offer, then presence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from borgerlinje.contacts.actions import Locked, do_document, do_lock, do_move, do_write
from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import IN_HAND, WITH_PARTY, ClosedAs, Event, Presence, State
from borgerlinje.dispatch import presence
from borgerlinje.dispatch.matching import Match
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.ids import uuid7

# How an open offer ends when its contact meets the event.
_OFFER_ENDS = {
    Event.OFFER_EXPIRED: "expired",
    Event.OFFER_DECLINED: "declined",
    Event.OFFER_FAILED: "failed",
    Event.EMPLOYEE_LOST: "lost",
    Event.ANSWERED: "answered",
    Event.CITIZEN_LEFT: "withdrawn",
    Event.CALLBACK_ASKED: "withdrawn",
    Event.CALLBACK_CANCELLED: "withdrawn",
    Event.VOICEMAIL_STARTED: "withdrawn",
    Event.TECHNICAL_FAULT: "technical",
}

# What the contact's lifecycle means for the employee's.
_PRESENCE_EVENTS = {
    Presence.OFFERED: presence.Event.OFFERED,
    Presence.TALKING: presence.Event.TAKEN,
    Presence.WRAP_UP: presence.Event.ENDED,
    Presence.FREE: presence.Event.FREED,
    Presence.PAUSED: presence.Event.DECLINED,
    Presence.NOT_ANSWERING: presence.Event.NOT_ANSWERED,
    Presence.CONNECTION_LOST: presence.Event.CONNECTION_LOST,
}
# The hint that names a contact whose channels are to be looked at.
CALL_TOPIC: Final = "call:"
_HELPED = frozenset({ClosedAs.ANSWERED, ClosedAs.TRANSFERRED})


@dataclass(frozen=True, slots=True)
class Change:
    """What an event did: the contact's new state, how it closed, and whose presence moved.

    `others` are contacts that changed along with it.
    """

    contact_id: UUID
    state: State
    closed_as: ClosedAs | None
    employee_id: int | None
    expected: bool
    channel_ref: str = ""
    offer_id: UUID | None = None
    others: tuple["Change", ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """The wake-up hints to send once the change is committed."""
        personal = (f"desk:{self.employee_id}",) if self.employee_id else ()
        told = (topic for other in self.others for topic in other.topics)
        return ("dispatch", "phone", f"{CALL_TOPIC}{self.contact_id}", "queue", *personal, *told)


def do_event(
    contact_id: UUID,
    event: Event,
    *,
    now: datetime,
    offer_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    to_line_id: int | None = None,
    to_employee_id: int | None = None,
) -> Steps[Change | None]:
    """Carry out what `event` means for the contact, its open offer and its employee; None when there is no such contact.

    With `offer_id` the event speaks of that offer alone: when another is open by now, nothing changes. With `to_line_id` the contact
    moves to that line by it, with `to_employee_id` to that employee. An event that does not belong in the contact's state changes
    nothing and comes back with `expected` False.
    """
    locked = yield from do_lock(contact_id, event)
    if locked is None:
        return None
    # A contact is handed over to somebody.
    is_to_nobody = event is Event.HANDED_OVER and to_employee_id is None
    if locked.decision.expected and not is_to_nobody and to_line_id is not None:
        data = {**(data or {}), "from_line": locked.row["line_id"], "to_line": to_line_id}
        yield from do_move(contact_id, to_line_id, now=now)
    row, decision = locked.row, locked.decision
    offers: list[Row] = []
    if decision.expected and row["state"] == State.OFFERED:
        offers = yield Query(
            "SELECT id, employee_id FROM dispatch_offer WHERE contact_id = %(id)s AND ended_at IS NULL FOR UPDATE",
            {"id": contact_id},
        )
    stale = offer_id is not None and [offer["id"] for offer in offers] != [offer_id]
    if not decision.expected or stale or is_to_nobody or event is Event.OFFERED:
        return Change(contact_id, State(row["state"]), None, None, expected=False, channel_ref=row["channel_ref"])
    employee_id: int | None = offers[0]["employee_id"] if offers else row["employee_id"]
    if offers and decision.state is not State.OFFERED:
        yield Query(
            "UPDATE dispatch_offer SET ended_at = %(now)s::timestamptz, ended_as = %(ended_as)s::text WHERE id = %(id)s",
            {"id": offers[0]["id"], "now": now, "ended_as": _OFFER_ENDS[event]},
        )
    yield from do_write(locked, event, now=now, employee_id=to_employee_id or employee_id, data=data)
    others: list[Change] = []
    if State(row["state"]) in WITH_PARTY and decision.state not in WITH_PARTY:
        others = yield from _do_end_transfer(contact_id, event, now=now)
    if decision.closed_as in _HELPED and row["caller_number"]:
        others += yield from _do_withdraw_promises(row, now=now)
    if decision.presence is Presence.CONNECTION_LOST and employee_id is not None and not offers:
        # Who chats may be offered something else just then, or be asked to a colleague's citizen: that rings where nobody is any more.
        others += yield from do_end_offers(employee_id, event, now=now)
        others += yield from _do_leave_colleagues(employee_id, now=now)
    moves = _moves(locked, event, is_offered=bool(offers))
    if moves and employee_id is not None:
        yield from do_presence(employee_id, *moves, now=now, channel=row["channel"])
    return Change(
        contact_id,
        decision.state,
        decision.closed_as,
        employee_id,
        expected=True,
        channel_ref=row["channel_ref"],
        offer_id=offers[0]["id"] if offers else None,
        others=tuple(others),
    )


_END_TRANSFER = """
UPDATE dispatch_transfer SET
    ended_at = %(now)s::timestamptz,
    ended_as = CASE WHEN %(over)s::boolean THEN 'handed_over' WHEN answered_at IS NULL THEN 'cancelled' ELSE 'answered' END
 WHERE contact_id = %(id)s AND ended_at IS NULL
RETURNING target_id, answered_at
"""


def _do_end_transfer(contact_id: UUID, event: Event, *, now: datetime) -> Steps[list[Change]]:
    """End the attempt to bring somebody to a contact that no longer needs them; a colleague who had been asked is free again."""
    is_over = event is Event.HANDED_OVER
    rows = yield Query(_END_TRANSFER, {"id": contact_id, "over": is_over, "now": now})
    for row in rows:
        if row["target_id"] is not None and not is_over:
            freed = presence.Event.FREED if row["answered_at"] else presence.Event.WITHDRAWN
            yield from do_presence(row["target_id"], freed, now=now)
    return [told(contact_id, row["target_id"]) for row in rows if row["target_id"] is not None]


def _do_leave_colleagues(employee_id: int, *, now: datetime) -> Steps[list[Change]]:
    """End what an employee who is lost has been asked to; return what became of the colleagues' contacts."""
    rows = yield Query(
        """
        SELECT t.contact_id, t.answered_at, c.state
          FROM dispatch_transfer t JOIN contacts_contact c ON c.id = t.contact_id
         WHERE t.target_id = %(employee)s::bigint AND t.ended_at IS NULL AND t.mode <> 'move'
        """,
        {"employee": employee_id},
    )
    changes: list[Change] = []
    for row in rows:
        change = yield from do_event(row["contact_id"], party_gone(row), now=now, data={"because": "lost"})
        changes += [change] if change and change.expected else []
    return changes


def party_gone(transfer: Row) -> Event:
    """Return what it means for a contact that whoever was brought is gone; `transfer` has the contact's `state` and `answered_at`."""
    if transfer["state"] == State.TRANSFERRED and transfer["answered_at"] is None:
        return Event.TRANSFER_FAILED
    return Event.PARTY_LEFT


def told(contact_id: UUID, employee_id: int) -> Change:
    """Return the change that only tells an employee's desk to look again."""
    return Change(contact_id, State.CLOSED, None, employee_id, expected=True)


def _do_withdraw_promises(helped: Row, *, now: datetime) -> Steps[list[Change]]:
    """Take back callbacks that were promised after a fault to the number that has been helped now."""
    promised = yield Query(
        """
        SELECT id FROM contacts_contact
         WHERE caller_number = %(caller)s AND line_id = %(line)s AND origin_id IS NOT NULL AND is_callback
           AND state IN ('callback', 'offered') AND id <> %(id)s ORDER BY id
        """,
        {"caller": helped["caller_number"], "line": helped["line_id"], "id": helped["id"]},
    )
    changes: list[Change] = []
    for callback in promised:
        change = yield from do_event(callback["id"], Event.CALLBACK_CANCELLED, now=now, data={"because": "answered"})
        changes += [change] if change and change.expected else []
    return changes


def _is_theirs(row: Row) -> bool:
    """Tell whether a contact takes its employee's attention: in hand, or handed over and not documented."""
    state = State(row["state"])
    return state in IN_HAND or (state is State.TRANSFERRED and row["documented_at"] is None)


def _moves(locked: Locked, event: Event, *, is_offered: bool) -> list[presence.Event]:
    """Return what a contact's change is to its employee."""
    row, decision = locked.row, locked.decision
    if decision.presence is None:
        return []
    move = _PRESENCE_EVENTS[decision.presence]
    if move is presence.Event.FREED and is_offered:
        # The offer came to nothing, by no fault of the employee's: they keep their place.
        return [presence.Event.WITHDRAWN]
    is_handed_over = decision.state is State.TRANSFERRED
    is_theirs_still = decision.state in IN_HAND or (is_handed_over and not locked.documents(event))
    if row["channel"] in presence.SHARED and _is_theirs(row) and not is_theirs_still:
        # One chat or letter less: of what else the employee does only a lost connection says anything.
        is_lost = move is presence.Event.CONNECTION_LOST
        return [presence.Event.FREED, move] if is_lost else [presence.Event.FREED]
    return [move]


def do_presence(
    employee_id: int, *events: presence.Event, now: datetime, channel: str = "phone"
) -> Steps[presence.Answer | None]:
    """Let things happen to an employee, in order; return the last answer, None for one who has never been at work.

    `channel` is that of the contact the events are about.
    """
    rows = yield Query(
        "SELECT state, pause_after, chat_load, mail_load FROM dispatch_presence WHERE employee_id = %(id)s::bigint FOR UPDATE",
        {"id": employee_id},
    )
    if not rows:
        return None
    row = rows[0]
    before = presence.Standing(
        presence.State(row["state"]), row["pause_after"], {"chat": row["chat_load"], "mail": row["mail_load"]}
    )
    answer, is_idle_anew = presence.Answer(before), False
    for event in events:
        answer = presence.decide(answer.standing, event, channel=channel)
        is_idle_anew = is_idle_anew or answer.is_idle_anew
    after = answer.standing
    if after != before or is_idle_anew:
        yield Query(
            """
            UPDATE dispatch_presence SET
                since = CASE WHEN state = %(state)s::text THEN since ELSE %(now)s::timestamptz END,
                state = %(state)s::text,
                pause_after = %(pause)s::boolean,
                pause_reason = CASE WHEN %(pause)s::boolean OR %(state)s::text = 'paused' THEN pause_reason ELSE '' END,
                idle_since = CASE WHEN %(anew)s::boolean THEN %(now)s::timestamptz ELSE idle_since END,
                chat_load = %(chat)s::smallint,
                mail_load = %(mail)s::smallint
             WHERE employee_id = %(id)s::bigint
            """,
            {
                "id": employee_id,
                "state": after.state.value,
                "pause": after.pause_after,
                "anew": is_idle_anew,
                "chat": after.load["chat"],
                "mail": after.load["mail"],
                "now": now,
            },
        )
    return answer


_OFFER = """
WITH picked AS (
    SELECT * FROM jsonb_to_recordset(%(picked)s::jsonb) AS p(offer_id uuid, contact_id uuid, employee_id bigint, why jsonb)
), locked AS (
    SELECT picked.*, c.authority_id, c.state, l.ring_seconds
      FROM picked
      JOIN contacts_contact c ON c.id = picked.contact_id AND c.state IN ('waiting', 'callback')
      JOIN lines_line l ON l.id = c.line_id
      JOIN dispatch_presence p ON p.employee_id = picked.employee_id AND p.state = 'ready'
           -- Asked again under the lock: a chat taken meanwhile fills the last place, and leaves no ear for a call.
           AND CASE c.channel WHEN 'chat' THEN p.chat_load < p.chat_capacity WHEN 'mail' THEN p.mail_load < p.mail_capacity
                              WHEN 'counter' THEN p.chat_load = 0 AND p.counter_capacity > 0
                              ELSE p.chat_load = 0 AND p.phone_capacity > 0 END
       FOR NO KEY UPDATE OF c, p SKIP LOCKED
), contact AS (
    UPDATE contacts_contact c SET state = 'offered' FROM locked WHERE c.id = locked.contact_id
), presence AS (
    UPDATE dispatch_presence p SET state = 'offered', since = %(now)s::timestamptz FROM locked WHERE p.employee_id = locked.employee_id
), event AS (
    INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, employee_id, data)
    SELECT contact_id, authority_id, %(now)s::timestamptz, 'offered', state, 'offered', employee_id,
           jsonb_build_object('offer', offer_id)
      FROM locked
)
INSERT INTO dispatch_offer (id, contact_id, authority_id, employee_id, made_at, expires_at, ended_as, why)
SELECT offer_id, contact_id, authority_id, employee_id, %(now)s::timestamptz, %(now)s::timestamptz + make_interval(secs => ring_seconds), '', why
  FROM locked
RETURNING id, contact_id, employee_id, pg_current_xact_id()::text::bigint AS xid
"""


def do_offer(matches: Sequence[Match], *, now: datetime) -> Steps[list[Row]]:
    """Write all offers of one tick in one statement; return those that held (id, contact_id, employee_id, xid).

    A contact or an employee that changed meanwhile, or is being changed now, is left for the next tick. `xid` is the transaction.
    """
    picked = [
        {"offer_id": uuid7(now), "contact_id": match.contact_id, "employee_id": match.employee_id, "why": match.why}
        for match in matches
    ]
    return (yield Query(_OFFER, {"picked": orjson.dumps(picked).decode(), "now": now}))


def do_end_offers(employee_id: int, event: Event, *, now: datetime) -> Steps[list[Change]]:
    """Let what is offered to an employee end as `event` says; return what became of the contacts."""
    open_offers = yield Query(
        "SELECT id, contact_id FROM dispatch_offer WHERE employee_id = %(employee)s::bigint AND ended_at IS NULL",
        {"employee": employee_id},
    )
    changes: list[Change] = []
    for offer in open_offers:
        change = yield from do_event(offer["contact_id"], event, now=now, offer_id=offer["id"])
        changes += [change] if change and change.expected else []
    return changes


def do_complete(
    contact_id: UUID, closing: Closing, *, employee_id: int, now: datetime, pause: bool = False
) -> Steps[Change | None]:
    """Close a contact in after-call work with what the employee says of it, and free the employee (or pause them).

    None when the contact is not this employee's or not in after-call work.
    """
    row = yield from do_document(contact_id, closing, employee_id=employee_id, now=now)
    if row is None:
        return None
    if pause:
        yield Query(
            "UPDATE dispatch_presence SET pause_after = true WHERE employee_id = %(e)s::bigint", {"e": employee_id}
        )
    return (yield from do_event(contact_id, Event.COMPLETED, now=now, data={"outcome": closing.outcome}))
