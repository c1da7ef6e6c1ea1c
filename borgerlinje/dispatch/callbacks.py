"""Write paths of citizens who are called: an employee takes a callback, or calls somebody of their own accord."""

from datetime import datetime
from uuid import UUID

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import Change, do_event, do_offer, told
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.dispatch.matching import Match
from borgerlinje.kit.clock import COPENHAGEN
from borgerlinje.kit.database import Query, Steps


def do_take(contact_id: UUID, *, employee_id: int, now: datetime) -> Steps[Change | None]:
    """Let an employee take a callback themselves; None when somebody else has it or the employee has no room for it.

    A citizen who is on the line is never taken past those who wait before them: only callbacks can be.
    """
    rows = yield Query(
        """
        SELECT c.id FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
         WHERE c.id = %(id)s AND c.state = 'callback' AND EXISTS (
               SELECT 1 FROM staff_employeecentre w
                WHERE w.employee_id = %(employee)s::bigint AND w.centre_id = l.centre_id AND w.from_on <= %(today)s
                  AND (w.to_on IS NULL OR w.to_on > %(today)s)
                  AND (w.clearance = 'light_casework' OR l.scope = 'guidance_only'))
           FOR NO KEY UPDATE OF c
        """,
        {"id": contact_id, "employee": employee_id, "today": now.astimezone(COPENHAGEN).date()},
    )
    if not rows or not (yield from do_ready(employee_id, now=now)):
        return None
    offers = yield from do_offer([Match(contact_id, employee_id, {"v": 2, "rule": "taken"})], now=now)
    if not offers:
        return None
    return (yield from do_event(contact_id, Event.ANSWERED, now=now, offer_id=offers[0]["id"]))


_OPEN_CALLBACKS = """
SELECT c.id FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id AND l.centre_id = %(centre)s::bigint
 WHERE c.is_callback AND c.state IN ('callback', 'offered', 'calling_back') AND c.id <> %(contact)s
   AND %(caller)s::text IN (c.callback_number, c.caller_number)
 ORDER BY c.id
"""

# Who calls again brings along the place they had; what they call about may be new.
_INHERIT = """
WITH contact AS (
    UPDATE contacts_contact c SET waiting_since = least(c.waiting_since, old.waiting_since), origin_id = old.id,
           head_start_seconds = greatest(c.head_start_seconds, old.head_start_seconds)
      FROM contacts_contact old WHERE c.id = %(contact)s AND old.id = %(old)s
    RETURNING c.id, c.authority_id, c.state, c.waiting_since
)
INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, data)
SELECT id, authority_id, %(now)s::timestamptz, 'place_kept', state, state,
       jsonb_build_object('callback', %(old)s::uuid, 'since', waiting_since)
  FROM contact
"""


def do_meet_callback(contact_id: UUID, *, caller: str, centre_id: int, now: datetime) -> Steps[list[Change]]:
    """Let a citizen who calls have the place of the callback they wait for, and take the callback back; return what changed.

    `caller` is the number as `lines.numbers.caller` writes it (empty: withheld, and nobody is met). Also an employee who is ringing them
    at this very moment is freed: the citizen is on the line. A conversation the callback has led to goes on. Part of the transaction that
    stores the contact, once it is open to it to wait; nobody is called twice for one matter, and nobody loses their place by calling.
    """
    if not caller:
        return []
    callbacks = yield Query(_OPEN_CALLBACKS, {"contact": contact_id, "caller": caller, "centre": centre_id})
    changes: list[Change] = []
    for callback in callbacks:
        why = {"because": "called_again", "contact": str(contact_id)}
        change = yield from do_event(callback["id"], Event.CALLBACK_CANCELLED, now=now, data=why)
        if change is None or not change.expected:
            continue
        yield Query(_INHERIT, {"contact": contact_id, "old": callback["id"], "now": now})
        changes.append(change)
    return changes


def do_dial(contact_id: UUID, *, employee_id: int, now: datetime) -> Steps[Change | None]:
    """Let the telephone ring an employee and then the citizen they have taken; None when it does already, or the citizen is not theirs.

    The telephone acts after the commit (hints of the change).
    """
    rows = yield Query(
        """
        UPDATE contacts_contact SET dial_asked_at = %(now)s::timestamptz
         WHERE id = %(id)s AND employee_id = %(employee)s::bigint AND state = 'calling_back' AND dial_asked_at IS NULL
        RETURNING id
        """,
        {"id": contact_id, "employee": employee_id, "now": now},
    )
    return told(contact_id, employee_id) if rows else None


def do_stop_dialling(contact_id: UUID, *, employee_id: int) -> Steps[Change | None]:
    """Let nobody be rung for a citizen whom the employee has taken, and still has; None when nobody is, or they talk by now."""
    rows = yield Query(
        """
        UPDATE contacts_contact SET dial_asked_at = NULL
         WHERE id = %(id)s AND employee_id = %(employee)s::bigint AND state = 'calling_back' AND dial_asked_at IS NOT NULL
        RETURNING id
        """,
        {"id": contact_id, "employee": employee_id},
    )
    return told(contact_id, employee_id) if rows else None


_CALL_OUT = """
WITH contact AS (
    INSERT INTO contacts_contact (
        id, line_id, channel, authority_id, home_authority_id, home_source, state, arrived_at, waiting_since, caller_number, dialled,
        channel_ref, is_test, is_callback, closed_as, subject, outcome, note)
    SELECT %(id)s, l.id, 'phone',
           CASE WHEN n.home_authority_id = l.owner_id OR EXISTS (
                SELECT 1 FROM cooperation_membership m
                 WHERE m.centre_id = l.centre_id AND m.authority_id = n.home_authority_id AND m.from_on <= %(today)s
                   AND (m.to_on IS NULL OR m.to_on > %(today)s)) THEN n.home_authority_id ELSE l.owner_id END,
           n.home_authority_id, CASE WHEN n.home_authority_id IS NULL THEN 'unknown' ELSE 'stated' END,
           'callback', %(now)s::timestamptz, %(now)s::timestamptz, %(digits)s::text, n.digits, '', l.is_hidden, true, '',
           %(subject)s::text, '', ''
      FROM lines_linenumber n JOIN lines_line l ON l.id = n.line_id
     WHERE n.id = %(shown)s::bigint
    RETURNING id, authority_id
)
INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, employee_id, data)
SELECT id, authority_id, %(now)s::timestamptz, 'called_out', '', 'callback', %(employee)s::bigint, '{}'::jsonb FROM contact
"""


def do_call_out(
    contact_id: UUID, digits: str, *, shown_id: int, employee_id: int, now: datetime, subject: str = ""
) -> Steps[Change | None]:
    """Store a contact that an employee begins by calling a citizen, taken by them, and let the telephone ring.

    `digits` is the citizen's number as contacts have it, `shown_id` the line's number the citizen sees. None when the employee has a contact
    already or does not work for the line: roll back then.
    """
    today = now.astimezone(COPENHAGEN).date()
    yield Query(
        _CALL_OUT,
        {
            "id": contact_id,
            "digits": digits,
            "shown": shown_id,
            "employee": employee_id,
            "subject": subject,
            "today": today,
            "now": now,
        },
    )
    change = yield from do_take(contact_id, employee_id=employee_id, now=now)
    if change is None or not change.expected:
        return None
    yield from do_dial(contact_id, employee_id=employee_id, now=now)
    return change
