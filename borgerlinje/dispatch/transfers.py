"""Write paths of bringing somebody else to a citizen: a colleague, a specialist, another line, or one's own other phone.

An attempt is a row of `dispatch_transfer` from the moment it is made, so that whoever dies on the way leaves something to go on from, and
each ends in a typed outcome. Locks are taken in one order everywhere: contact, then transfer, then presence.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from borgerlinje.contacts.lifecycle import Event, State, decide
from borgerlinje.dispatch import presence
from borgerlinje.dispatch.actions import Change, do_event, do_presence, party_gone, told
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.ids import uuid7

RING_SECONDS = 30


class Mode(StrEnum):
    """How somebody is brought to the citizen: `dispatch.models.Transfer.Mode`."""

    ASK = "ask"
    THREE = "three"
    BLIND = "blind"
    MOVE = "move"


class Refusal(StrEnum):
    """Why an attempt was not made."""

    GONE = "gone"
    BUSY = "busy"
    UNDER_WAY = "under_way"


@dataclass(frozen=True, slots=True)
class Target:
    """Who is to be brought: a colleague (`employee_id`) or a number (`digits`, E.164 or as dialled); `label` names them."""

    label: str
    employee_id: int | None = None
    digits: str = ""


_FIRST = {Mode.ASK: Event.CONSULT_STARTED, Mode.THREE: Event.CONSULT_STARTED, Mode.BLIND: Event.TRANSFERRED}
# What an unanswered attempt says of the colleague who was asked.
_OF_TARGET = {
    "declined": presence.Event.DECLINED,
    "no_answer": presence.Event.NOT_ANSWERED,
    "technical": presence.Event.NOT_ANSWERED,
    "busy": presence.Event.NOT_ANSWERED,
}

_INSERT = """
INSERT INTO dispatch_transfer (id, contact_id, authority_id, employee_id, mode, target_id, digits, label, note, made_at, expires_at,
                               ended_at, ended_as)
SELECT %(id)s, c.id, c.authority_id, %(employee)s::bigint, %(mode)s::text, %(target)s::bigint, %(digits)s::text, %(label)s::text,
       %(note)s::text, %(now)s::timestamptz, %(expires)s::timestamptz, CASE WHEN %(ended_as)s::text <> '' THEN %(now)s::timestamptz END,
       %(ended_as)s::text
  FROM contacts_contact c WHERE c.id = %(contact)s
"""


def do_start(
    contact_id: UUID,
    target: Target,
    *,
    employee_id: int,
    mode: Mode,
    now: datetime,
    note: str = "",
    ring_seconds: int = RING_SECONDS,
) -> Steps[Change | Refusal]:
    """Begin to bring somebody to an employee's citizen; the telephone rings them after the commit (hints of the change).

    A colleague who is not ready is not rung: that attempt is stored as busy. Refusal.GONE when the conversation is not this employee's
    any more, UNDER_WAY while somebody else is being brought.
    """
    rows = yield Query(
        "SELECT employee_id, state FROM contacts_contact WHERE id = %(id)s FOR NO KEY UPDATE", {"id": contact_id}
    )
    if not rows or rows[0]["employee_id"] != employee_id or not _may_begin(State(rows[0]["state"]), mode):
        return Refusal.GONE
    if (yield from open_transfer(contact_id)):
        return Refusal.UNDER_WAY
    transfer_id = uuid7(now)
    params = {
        "id": transfer_id,
        "contact": contact_id,
        "employee": employee_id,
        "mode": mode.value,
        "target": target.employee_id,
        "digits": "" if target.employee_id else target.digits,
        "label": target.label,
        "note": note,
        "now": now,
        "expires": now + timedelta(seconds=ring_seconds),
    }
    if target.employee_id is not None and mode is not Mode.MOVE:
        answer = yield from do_presence(target.employee_id, presence.Event.OFFERED, now=now)
        if answer is None or not answer.expected:
            yield Query(_INSERT, params | {"ended_as": "busy"})
            return Refusal.BUSY
    yield Query(_INSERT, params | {"ended_as": ""})
    if mode is Mode.MOVE:
        return told(contact_id, employee_id)
    change = yield from do_event(contact_id, _FIRST[mode], now=now, data={"transfer": str(transfer_id)})
    return change or Refusal.GONE


def _may_begin(state: State, mode: Mode) -> bool:
    if mode is Mode.MOVE:
        return state is State.CONNECTED
    return decide(state, _FIRST[mode]).expected


def open_transfer(contact_id: UUID) -> Steps[Row | None]:
    """Return the attempt of a contact that is under way; None when there is none."""
    rows = yield Query(
        "SELECT * FROM dispatch_transfer WHERE contact_id = %(id)s AND ended_at IS NULL", {"id": contact_id}
    )
    return rows[0] if rows else None


def do_note_rung(transfer_id: UUID, *, now: datetime) -> Steps[None]:
    """Note that the other side's phone rings."""
    yield Query(
        "UPDATE dispatch_transfer SET rung_at = %(now)s WHERE id = %(id)s AND rung_at IS NULL AND ended_at IS NULL",
        {"id": transfer_id, "now": now},
    )


def do_answer(transfer_id: UUID, *, now: datetime) -> Steps[Change | None]:
    """Note that the other side has answered, and go on as the attempt's mode says; None when the attempt is over."""
    transfer = yield from _lock(transfer_id)
    if transfer is None:
        return None
    contact_id = transfer["contact_id"]
    yield Query(
        "UPDATE dispatch_transfer SET answered_at = coalesce(answered_at, %(now)s) WHERE id = %(id)s",
        {"id": transfer_id, "now": now},
    )
    if transfer["mode"] == Mode.MOVE:
        return (yield from _do_end(transfer, "handed_over", now=now))
    if transfer["target_id"] is not None:
        yield from do_presence(transfer["target_id"], presence.Event.TAKEN, now=now)
    data = {"transfer": str(transfer_id)}
    if transfer["mode"] == Mode.THREE:
        return (yield from do_event(contact_id, Event.JOINED, now=now, data=data))
    if transfer["mode"] == Mode.BLIND and transfer["target_id"] is not None:
        return (
            yield from do_event(contact_id, Event.HANDED_OVER, now=now, data=data, to_employee_id=transfer["target_id"])
        )
    return _told_both(told(contact_id, transfer["employee_id"]), transfer)


def do_fail(transfer_id: UUID, ended_as: str, *, now: datetime, is_lost: bool = False) -> Steps[Change | None]:
    """End an attempt that came to nothing, or whose other side has hung up: the citizen comes back to the employee.

    `ended_as` is a `TransferEnd`; `is_lost`: the colleague's own browser is gone. None when it is over already.
    """
    transfer = yield from _lock(transfer_id)
    if transfer is None:
        return None
    # A machine that answers was nobody, whatever the telephone took it for.
    was_spoken_with = transfer["answered_at"] is not None and ended_as != "voicemail"
    ended = "answered" if was_spoken_with else ended_as
    change = yield from _do_end(transfer, ended, now=now, is_lost=is_lost)
    if transfer["mode"] == Mode.MOVE:
        return change
    data = {"transfer": str(transfer_id), "outcome": ended_as}
    moved = yield from do_event(transfer["contact_id"], party_gone(transfer), now=now, data=data)
    return _told_both(moved, transfer) if moved is not None else change


def do_hand_over(contact_id: UUID, *, now: datetime) -> Steps[Change | None]:
    """Leave the citizen to whoever was brought: a colleague takes the contact over, with others the citizen stays until they are done."""
    transfer = yield from open_transfer(contact_id)
    if transfer is None:
        return None
    data = {"transfer": str(transfer["id"])}
    if transfer["target_id"] is not None and transfer["answered_at"] is not None:
        return (
            yield from do_event(contact_id, Event.HANDED_OVER, now=now, data=data, to_employee_id=transfer["target_id"])
        )
    return (yield from do_event(contact_id, Event.TRANSFERRED, now=now, data=data))


def do_send_to_line(contact_id: UUID, line_id: int, *, now: datetime) -> Steps[Change | None]:
    """Put the citizen into another line's queue, at the old place."""
    return (yield from do_event(contact_id, Event.REQUEUED, now=now, to_line_id=line_id))


def _lock(transfer_id: UUID) -> Steps[Row | None]:
    """Lock an open attempt's contact and then the attempt; None when it is over. Adds the contact's `state`."""
    rows = yield Query("SELECT contact_id FROM dispatch_transfer WHERE id = %(id)s", {"id": transfer_id})
    if not rows:
        return None
    states = yield Query(
        "SELECT state FROM contacts_contact WHERE id = %(id)s FOR NO KEY UPDATE", {"id": rows[0]["contact_id"]}
    )
    locked = yield Query(
        "SELECT * FROM dispatch_transfer WHERE id = %(id)s AND ended_at IS NULL FOR UPDATE", {"id": transfer_id}
    )
    return {**locked[0], "state": states[0]["state"]} if locked else None


def do_lose_target(employee_id: int, ended_as: str, *, now: datetime, is_lost: bool) -> Steps[list[Change]]:
    """End what a colleague has been asked to, who is gone or goes home; return what changed."""
    rows = yield Query(
        "SELECT id FROM dispatch_transfer WHERE target_id = %(employee)s::bigint AND ended_at IS NULL",
        {"employee": employee_id},
    )
    changes: list[Change] = []
    for row in rows:
        change = yield from do_fail(row["id"], ended_as, now=now, is_lost=is_lost)
        changes += [change] if change is not None else []
    return changes


def _do_end(transfer: Row, ended_as: str, *, now: datetime, is_lost: bool = False) -> Steps[Change]:
    """End a locked attempt, and free the colleague who was asked, unless it was one's own phone."""
    yield Query(
        "UPDATE dispatch_transfer SET ended_at = %(now)s, ended_as = %(as)s WHERE id = %(id)s",
        {"id": transfer["id"], "as": ended_as, "now": now},
    )
    if transfer["target_id"] is not None and transfer["mode"] != Mode.MOVE:
        move = (
            presence.Event.CONNECTION_LOST
            if is_lost
            else _OF_TARGET.get(ended_as, presence.Event.FREED if transfer["answered_at"] else presence.Event.WITHDRAWN)
        )
        yield from do_presence(transfer["target_id"], move, now=now)
    return _told_both(told(transfer["contact_id"], transfer["employee_id"]), transfer)


def _told_both(change: Change, transfer: Row) -> Change:
    """Return a change that the desk of the colleague who was asked is told of too."""
    if transfer["target_id"] is None:
        return change
    return replace(change, others=(*change.others, told(transfer["contact_id"], transfer["target_id"])))
