"""Write paths of helping an employee in trouble: taking their citizen over, and setting right a state they are stuck in.

The lifecycle decides, as for everybody: the citizen goes back to the pool at the old place and rings at the helper, so that whatever fails on
the way leaves them first in the queue. Locks are taken in one order everywhere: contact, then offer, then presence.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from borgerlinje.contacts.lifecycle import IN_HAND, Event, State, decide
from borgerlinje.dispatch import presence
from borgerlinje.dispatch.actions import Change, do_end_offers, do_event, do_offer, do_presence
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.transfers import do_lose_target
from borgerlinje.kit.database import Query, Steps

# Who may have a citizen ring at their own desk: whoever sits there without one.
FREE = frozenset({presence.State.READY.value, presence.State.PAUSED.value})
# States that somebody else may end: in them nobody is offered anything, or a citizen is the employee's.
STUCK = frozenset(state.value for state in presence.State) - {
    presence.State.SIGNED_OUT.value,
    presence.State.READY.value,
    presence.State.PAUSED.value,
}
_AWAY = frozenset({presence.State.CONNECTION_LOST.value, presence.State.NOT_ANSWERING.value})
_TAKEN_OVER = {"rule": "taken", "from": "live"}
# A citizen with two others, and then the documentation that is left.
_MOST_ROUNDS = 2


class Refusal(StrEnum):
    """Why nobody was taken over."""

    GONE = "gone"
    NOT_THERE = "not_there"


@dataclass(frozen=True, slots=True)
class SetRight:
    """What became of an employee who was set right: whether they hold a pause (False: they are signed out), and what else changed."""

    employee_id: int
    is_paused: bool
    changes: tuple[Change, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """The wake-up hints to send once it is committed."""
        return (
            "dispatch",
            "queue",
            f"desk:{self.employee_id}",
            *(topic for change in self.changes for topic in change.topics),
        )


def may_take_over(state: State) -> bool:
    """Tell whether a citizen can be taken over: they wait, or the conversation may end in the queue."""
    return state is State.WAITING or decide(state, Event.REQUEUED).expected


def do_take_over(contact_id: UUID, *, helper_id: int, now: datetime, because: str) -> Steps[Change | Refusal]:
    """Take a citizen out of another employee's hands and let them ring at the helper's own desk.

    `because` is a `words.help_reasons` code, noted with the event. Refusal.GONE when the citizen is the helper's own or cannot be taken over
    (any more), NOT_THERE when the helper is not at a desk or has somebody already; nothing has changed then.
    """
    rows = yield Query(
        "SELECT state, employee_id FROM contacts_contact WHERE id = %(id)s FOR NO KEY UPDATE", {"id": contact_id}
    )
    if not rows or not may_take_over(State(rows[0]["state"])):
        return Refusal.GONE
    is_waiting = rows[0]["state"] == State.WAITING
    if not is_waiting and rows[0]["employee_id"] == helper_id:
        return Refusal.GONE
    helper = yield Query(
        "SELECT state FROM dispatch_presence WHERE employee_id = %(id)s::bigint FOR UPDATE", {"id": helper_id}
    )
    if not helper or helper[0]["state"] not in FREE:
        return Refusal.NOT_THERE
    before: Change | None = None
    if not is_waiting:
        before = yield from do_event(contact_id, Event.REQUEUED, now=now, data={"help": because})
    yield from do_ready(helper_id, now=now)
    # Not made where the helper takes no calls: the citizen is first in the queue then.
    yield from do_offer([Match(contact_id, helper_id, _TAKEN_OVER)], now=now)
    others = (before,) if before else ()
    return Change(contact_id, State.OFFERED, None, helper_id, expected=True, others=others)


def do_set_right(employee_id: int, *, now: datetime, because: str) -> Steps[SetRight | None]:
    """End the state that an employee is stuck in; None when they are in none.

    A citizen on the line goes back to the queue at the old place, after-call work is closed as it was documented last, an offer or a question
    from a colleague goes back. Who was away or did not answer is signed out, everybody else holds a pause: nobody is made ready by others.
    """
    rows = yield Query("SELECT state FROM dispatch_presence WHERE employee_id = %(id)s::bigint", {"id": employee_id})
    if not rows or rows[0]["state"] not in STUCK:
        return None
    was_away = rows[0]["state"] in _AWAY
    changes: list[Change] = []
    for _round in range(_MOST_ROUNDS):
        changes += yield from _do_let_go(employee_id, now=now, because=because)
    changes += yield from do_lose_target(employee_id, "technical", now=now, is_lost=False)
    changes += yield from do_end_offers(employee_id, Event.OFFER_DECLINED, now=now)
    if was_away:
        yield from do_presence(employee_id, presence.Event.SIGNED_OUT, now=now)
    else:
        # Whoever is busy with nobody any more is freed into the pause; whoever is not is paused at once.
        yield from do_presence(employee_id, presence.Event.PAUSE_ASKED, presence.Event.FREED, now=now)
    return SetRight(employee_id, not was_away, tuple(changes))


def _do_let_go(employee_id: int, *, now: datetime, because: str) -> Steps[list[Change]]:
    """Take what an employee has in hand out of their hands."""
    rows = yield Query(
        """
        SELECT id, state FROM contacts_contact
         WHERE employee_id = %(employee)s::bigint AND channel IN ('phone', 'counter')
           AND (state = ANY(%(states)s) OR state = 'transferred' AND documented_at IS NULL) ORDER BY id FOR NO KEY UPDATE
        """,
        {"employee": employee_id, "states": [state.value for state in IN_HAND]},
    )
    changes: list[Change] = []
    for row in rows:
        is_over = row["state"] in {State.WRAP_UP, State.TRANSFERRED}
        event = Event.COMPLETED if is_over else Event.EMPLOYEE_LOST
        change = yield from do_event(row["id"], event, now=now, data={"help": because})
        changes += [change] if change and change.expected else []
    return changes
