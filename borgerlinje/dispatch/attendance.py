"""Write paths of employees who come, pause, are lost, come back and go home.

Locks are taken in one order everywhere: contact, then offer, then presence.
"""

from datetime import datetime

from borgerlinje.contacts.lifecycle import IN_HAND, Event, State
from borgerlinje.dispatch import presence
from borgerlinje.dispatch.actions import Change, do_end_offers, do_event, do_presence
from borgerlinje.dispatch.transfers import do_lose_target
from borgerlinje.kit.database import Query, Steps

# Whom an employee still has who comes back to work: the state they take up again.
_TAKEN_UP = {State.WRAP_UP: presence.State.WRAP_UP, State.TRANSFERRED: presence.State.WRAP_UP}


def do_ready(employee_id: int, *, now: datetime) -> Steps[bool]:
    """Make an employee ready for contacts, signing them in if need be; False while a contact is theirs.

    An employee in after-call work becomes ready by closing the contact, not by this.
    """
    yield from _do_appear(employee_id, now=now)
    answer = yield from do_presence(employee_id, presence.Event.READY_ASKED, now=now)
    return answer is not None and answer.standing.state is presence.State.READY


def do_pause(employee_id: int, *, now: datetime, reason: str = "") -> Steps[bool]:
    """Pause an employee; True at once, False when the pause begins after the present contact.

    `reason` is a `models.PauseReason`, empty for a pause like any other; a new one begins a pause of its own.
    """
    yield from _do_find(employee_id, now=now)
    yield Query(
        """
        UPDATE dispatch_presence SET pause_reason = %(reason)s::text, since = CASE WHEN state = 'paused' THEN %(now)s::timestamptz ELSE since END
         WHERE employee_id = %(employee)s::bigint AND pause_reason <> %(reason)s::text
        """,
        {"employee": employee_id, "reason": reason, "now": now},
    )
    answer = yield from do_presence(employee_id, presence.Event.PAUSE_ASKED, now=now)
    return answer is not None and answer.standing.state is presence.State.PAUSED


def do_sign_in(employee_id: int, *, now: datetime) -> Steps[None]:
    """Bring an employee to work, in a pause until they say they are ready."""
    yield from _do_appear(employee_id, now=now)
    yield from do_presence(employee_id, presence.Event.SIGNED_IN, now=now)


def _do_appear(employee_id: int, *, now: datetime) -> Steps[None]:
    """Make the row of an employee who was never at work; give one who comes back the contact that is still theirs."""
    yield Query(
        """
        INSERT INTO dispatch_presence (employee_id, state, since, idle_since, pause_after)
        VALUES (%(employee)s::bigint, 'signed_out', %(now)s::timestamptz, %(now)s::timestamptz, false)
        ON CONFLICT (employee_id) DO NOTHING
        """,
        {"employee": employee_id, "now": now},
    )
    yield from _do_take_up(employee_id, now=now)


def _do_find(employee_id: int, *, now: datetime) -> Steps[bool]:
    """Give an employee who was lost, and shows to be there, the contact that is still theirs; False for one who was not lost."""
    lost = yield Query(
        "SELECT 1 AS one FROM dispatch_presence WHERE employee_id = %(employee)s::bigint AND state = 'connection_lost'",
        {"employee": employee_id},
    )
    if lost:
        # A conversation on a telephone of its own has gone on meanwhile, or ended: they are not free before it is closed.
        yield from _do_take_up(employee_id, now=now)
    return bool(lost)


def _do_take_up(employee_id: int, *, now: datetime) -> Steps[None]:
    """Give an employee who comes back the contact that is still theirs."""
    # It may be ending at this very moment: with the employee's row in hand, its end is either seen here or comes after this.
    yield Query(
        "SELECT 1 AS one FROM dispatch_presence WHERE employee_id = %(id)s::bigint FOR UPDATE", {"id": employee_id}
    )
    rows = yield Query(
        """
        SELECT state FROM contacts_contact
         WHERE employee_id = %(employee)s::bigint AND channel IN ('phone', 'counter')
           AND (state = ANY(%(states)s) OR state = 'transferred' AND documented_at IS NULL)
        """,
        {"employee": employee_id, "states": [state.value for state in IN_HAND]},
    )
    if rows:
        state = _TAKEN_UP.get(State(rows[0]["state"]), presence.State.TALKING)
        yield Query(
            """
            UPDATE dispatch_presence SET state = %(state)s::text, since = %(now)s::timestamptz
             WHERE employee_id = %(employee)s::bigint AND state NOT IN ('talking', 'wrap_up')
            """,
            {"employee": employee_id, "state": state.value, "now": now},
        )


def do_sign_out(employee_id: int, *, now: datetime) -> Steps[Change | None]:
    """Sign an employee out; a contact offered to them goes back to its place first."""
    # Not ready any more first, so that no offer can be made between the look at the offers and the end of the transaction.
    yield from _do_stop_offers(employee_id, presence.State.PAUSED, now=now)
    changes = yield from do_lose_target(employee_id, "declined", now=now, is_lost=False)
    changes += yield from do_end_offers(employee_id, Event.OFFER_DECLINED, now=now)
    yield from do_presence(employee_id, presence.Event.SIGNED_OUT, now=now)
    return changes[-1] if changes else None


def do_lose(employee_id: int, *, now: datetime, with_calls: bool = False) -> Steps[list[Change]]:
    """Note that an employee's browser is gone: what is offered to them goes back to its place.

    With `with_calls` the telephone was in that browser, so their conversation has ended too: the citizen goes back to the pool.
    """
    yield from _do_stop_offers(employee_id, presence.State.CONNECTION_LOST, now=now)
    changes = yield from do_lose_target(employee_id, "technical", now=now, is_lost=True)
    changes += yield from do_end_offers(employee_id, Event.EMPLOYEE_LOST, now=now)
    if with_calls:
        rows = yield Query(
            "SELECT id FROM contacts_contact WHERE employee_id = %(employee)s::bigint AND channel = 'phone' AND state = ANY(%(states)s)",
            {"employee": employee_id, "states": [state.value for state in IN_HAND - {State.WRAP_UP}]},
        )
        for row in rows:
            change = yield from do_event(row["id"], Event.EMPLOYEE_LOST, now=now, data={"because": "browser"})
            changes += [change] if change and change.expected else []
    yield from do_presence(employee_id, presence.Event.CONNECTION_LOST, now=now)
    return changes


def do_return(employee_id: int, *, now: datetime) -> Steps[bool]:
    """Note that a lost employee's browser and telephone are back; True when that changed their state."""
    was_lost = yield from _do_find(employee_id, now=now)
    answer = yield from do_presence(employee_id, presence.Event.CONNECTION_BACK, now=now)
    return was_lost and answer is not None and answer.standing.state is not presence.State.CONNECTION_LOST


def _do_stop_offers(employee_id: int, state: presence.State, *, now: datetime) -> Steps[None]:
    """Take an employee who is ready out of the pool: before the contacts' locks, but one who is ready has none.

    The row of who turns out not to be ready, after a wait for it, is let go again: the order of the locks would be turned round.
    """
    yield Query("SAVEPOINT stop_offers")
    rows = yield Query(
        """
        UPDATE dispatch_presence SET state = %(state)s::text, since = %(now)s::timestamptz
         WHERE employee_id = %(employee)s::bigint AND state = 'ready' RETURNING employee_id
        """,
        {"employee": employee_id, "state": state.value, "now": now},
    )
    yield Query("RELEASE SAVEPOINT stop_offers" if rows else "ROLLBACK TO SAVEPOINT stop_offers")
