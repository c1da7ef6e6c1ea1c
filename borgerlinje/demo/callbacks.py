"""Robot employees call citizens back where no person is at work who would. Write paths and reads; `robots` carries them out.

Only invented numbers are called: what a visitor has typed as a number of their own is for a person to call.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import Change, do_event
from borgerlinje.dispatch.callbacks import do_dial, do_take
from borgerlinje.kit.database import Query, Row, Steps

_WAITING = """
SELECT c.id, l.centre_id
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id AND l.is_demo AND NOT l.is_hidden
 WHERE c.state = 'callback' AND coalesce(nullif(c.callback_number, ''), c.caller_number) LIKE '000%%'
   AND coalesce(c.due_at, c.waiting_since) <= %(by)s::timestamptz
   AND NOT EXISTS (
       SELECT 1 FROM dispatch_presence p
         JOIN staff_employee e ON e.id = p.employee_id AND NOT e.is_robot
         JOIN staff_employeecentre w ON w.employee_id = e.id AND w.centre_id = l.centre_id
        WHERE p.state <> 'signed_out')
 ORDER BY coalesce(c.due_at, c.waiting_since) LIMIT 20
"""

_OFFERED = """
SELECT o.id, o.contact_id, o.employee_id
  FROM dispatch_offer o
  JOIN contacts_contact c ON c.id = o.contact_id AND c.is_callback AND c.state = 'offered'
  JOIN staff_employee e ON e.id = o.employee_id AND e.is_robot AND e.is_demo
 WHERE o.ended_at IS NULL
"""

_CALLING = """
SELECT c.id, c.employee_id, c.dial_asked_at
  FROM contacts_contact c JOIN staff_employee e ON e.id = c.employee_id AND e.is_robot AND e.is_demo
 WHERE c.state = 'calling_back'
"""


def waiting(*, by: datetime) -> Steps[list[Row]]:
    """Return the callbacks that were due by an instant and that no person will make, with `id` and `centre_id`."""
    return (yield Query(_WAITING, {"by": by}))


def offered() -> Steps[list[Row]]:
    """Return the callbacks that robots are offered like a call, where a line does that."""
    return (yield Query(_OFFERED, {}))


def calling() -> Steps[list[Row]]:
    """Return the citizens whom robots are calling; without `dial_asked_at` the telephone has given up."""
    return (yield Query(_CALLING, {}))


def assign(callbacks: Sequence[Row], ready: Mapping[int, Sequence[int]]) -> list[tuple[UUID, int]]:
    """Give each callback one of its centre's robots that are ready, as far as they reach. Pure."""
    left = {centre_id: list(employee_ids) for centre_id, employee_ids in ready.items()}
    return [(row["id"], left[row["centre_id"]].pop(0)) for row in callbacks if left.get(row["centre_id"])]


def do_call_back(contact_id: UUID, *, employee_id: int, now: datetime) -> Steps[Change | None]:
    """Let a robot take a citizen and ring them; None when somebody else has it by now."""
    change = yield from do_take(contact_id, employee_id=employee_id, now=now)
    if change is not None and change.expected:
        yield from do_dial(contact_id, employee_id=employee_id, now=now)
    return change


def do_accept(offer: Row, *, now: datetime) -> Steps[Change | None]:
    """Let a robot take a citizen it is offered, and ring them."""
    change = yield from do_event(offer["contact_id"], Event.ANSWERED, now=now, offer_id=offer["id"])
    if change is not None and change.expected:
        yield from do_dial(offer["contact_id"], employee_id=offer["employee_id"], now=now)
    return change


def do_give_up(contact_id: UUID, *, now: datetime) -> Steps[Change | None]:
    """Give back a citizen whom the telephone could not be brought to ring."""
    return (yield from do_event(contact_id, Event.CITIZEN_UNREACHED, now=now, data={"outcome": "technical"}))
