"""Write paths of contacts: each is a generator of queries, carried out inside the caller's transaction.

Locks are taken in one order everywhere: contact, then offer, then presence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import UNREACHED, ClosedAs, Context, Decision, Event, State, decide
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.call_times import next_call_at, next_open_at
from borgerlinje.lines.schedules import schedule_of

# Events that promise the citizen a call.
_PROMISES = frozenset({Event.CALLBACK_ASKED, Event.MESSAGE_LEFT})

_ARRIVE = """
WITH contact AS (
    INSERT INTO contacts_contact (
        id, line_id, channel, authority_id, home_authority_id, home_source, state, arrived_at, caller_number, dialled,
        channel_ref, server, is_test, closed_as, subject, outcome, note, crisis_id)
    SELECT %(id)s, l.id, %(channel)s::text,
           -- A number may outlive a membership: then the line's owner answers for the data, so that its people see it.
           CASE WHEN n.home_authority_id = l.owner_id OR EXISTS (
                SELECT 1 FROM cooperation_membership m
                 WHERE m.centre_id = l.centre_id AND m.authority_id = n.home_authority_id AND m.from_on <= today.day
                   AND (m.to_on IS NULL OR m.to_on > today.day)) THEN n.home_authority_id ELSE l.owner_id END,
           n.home_authority_id,
           CASE WHEN n.home_authority_id IS NULL THEN 'unknown' ELSE 'number' END,
           'arrived', %(now)s::timestamptz, %(caller)s::text, n.digits, %(channel_ref)s::text, %(server)s::text, l.is_hidden,
           '', '', '', '',
           -- Who calls in a crisis is counted in it, also when it is over by the time they are answered.
           (SELECT k.id FROM lines_crisisline p JOIN lines_crisis k ON k.id = p.crisis_id
             WHERE p.line_id = l.id AND k.ended_at IS NULL AND k.started_at <= %(now)s::timestamptz ORDER BY k.id LIMIT 1)
      FROM lines_linenumber n JOIN lines_line l ON l.id = n.line_id,
           (SELECT (%(now)s::timestamptz AT TIME ZONE 'Europe/Copenhagen')::date AS day) AS today
     WHERE n.digits = %(dialled)s::text
    RETURNING *
), event AS (
    INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, data)
    SELECT id, authority_id, %(now)s::timestamptz, 'arrived', '', 'arrived', jsonb_build_object('dialled', dialled) || %(how)s::jsonb
      FROM contact
)
SELECT contact.*, caller_number <> '' AND EXISTS (
       SELECT 1 FROM contacts_contact o WHERE contact.caller_number IN (o.caller_number, o.callback_number) AND o.is_callback AND o.channel = 'phone'
          AND o.state IN ('callback', 'offered', 'calling_back')) AS is_promised
  FROM contact
"""

_LOCK = """
SELECT c.id, c.state, c.employee_id, c.authority_id, c.channel, c.channel_ref, c.line_id, c.answered_at, c.is_callback, c.attempts,
       c.documented_at, c.transferred_at, c.caller_number, c.is_test, l.wrap_up_seconds, l.centre_id, l.callback_attempts,
       l.callback_retry_seconds
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
 WHERE c.id = %(id)s FOR NO KEY UPDATE OF c
"""

_WRITE = """
WITH contact AS (
    UPDATE contacts_contact SET
        state = %(to)s::text,
        -- Who is to be called is called by telephone, and takes the whole of whoever calls, however they came.
        channel = CASE WHEN %(to)s::text IN ('callback', 'voicemail') THEN 'phone' ELSE channel END,
        waiting_since = CASE WHEN %(to)s::text IN ('waiting', 'callback') THEN coalesce(waiting_since, %(now)s::timestamptz)
                             ELSE waiting_since END,
        -- Who hands a contact on is not asked again; who lost it is, first.
        employee_id = CASE WHEN %(to)s::text IN ('connected', 'calling_back') THEN %(employee)s::bigint
                           WHEN %(name)s::text = 'requeued' THEN NULL ELSE employee_id END,
        dial_asked_at = CASE WHEN %(to)s::text = 'calling_back' THEN dial_asked_at END,
        -- Who comes back to the pool and is answered again waited until the first answer.
        answered_at = CASE WHEN %(to)s::text = 'connected' THEN coalesce(answered_at, %(now)s::timestamptz) ELSE answered_at END,
        ended_at = CASE WHEN %(to)s::text IN ('wrap_up', 'closed') THEN coalesce(ended_at, %(now)s::timestamptz)
                        WHEN %(to)s::text = 'calling_back' THEN NULL ELSE ended_at END,
        closed_at = CASE WHEN %(to)s::text = 'closed' THEN %(now)s::timestamptz END,
        closed_as = %(closed_as)s::text,
        is_callback = CASE %(to)s::text WHEN 'callback' THEN true WHEN 'calling_back' THEN true WHEN 'connected' THEN false
                      ELSE is_callback END,
        -- A transfer that failed was none, and who answers next has their own to say of it.
        transferred_at = CASE WHEN %(to)s::text = 'transferred' THEN coalesce(transferred_at, %(now)s::timestamptz)
                              WHEN %(name)s::text IN ('transfer_failed', 'handed_over') THEN NULL ELSE transferred_at END,
        documented_at = CASE WHEN %(documents)s::boolean THEN %(now)s::timestamptz
                             WHEN %(to)s::text = 'connected' THEN NULL ELSE documented_at END,
        attempts = attempts + %(attempt)s::smallint,
        due_at = CASE WHEN %(to)s::text = 'connected' THEN NULL ELSE coalesce(%(due)s::timestamptz, due_at) END
     WHERE id = %(id)s
    RETURNING id, authority_id
)
INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, employee_id, data)
SELECT id, authority_id, %(now)s::timestamptz, %(name)s::text, %(from)s::text, %(to)s::text, %(employee)s::bigint, %(data)s::jsonb FROM contact
"""

# What a contact that Asterisk's death has ended leaves behind: the promise to call, at the old place in the queue.
_SUCCEED = """
WITH contact AS (
    INSERT INTO contacts_contact (
        id, line_id, channel, authority_id, home_authority_id, home_source, state, arrived_at, waiting_since, caller_number, dialled,
        channel_ref, is_test, closed_as, subject, outcome, note, language, head_start_seconds, is_callback, subject_item_id, origin_id, crisis_id)
    SELECT %(new)s, line_id, 'phone', authority_id, home_authority_id, home_source, 'callback', %(now)s::timestamptz,
           coalesce(waiting_since, arrived_at), caller_number, dialled, '', is_test, '', subject, '', '', language,
           head_start_seconds, true, subject_item_id, id, crisis_id
      FROM contacts_contact c WHERE id = %(id)s AND NOT is_test
       -- One promise to a citizen is enough.
       AND NOT EXISTS (SELECT 1 FROM contacts_contact other WHERE other.caller_number = c.caller_number
                          AND other.caller_number <> '' AND other.line_id = c.line_id AND other.is_callback AND other.state <> 'closed')
    RETURNING id, authority_id
)
INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, data)
SELECT id, authority_id, %(now)s::timestamptz, 'callback_offered', '', 'callback', jsonb_build_object('origin', %(id)s::uuid)
  FROM contact
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """A contact's row, locked, and what the lifecycle answers to the event."""

    row: Row
    decision: Decision

    def documents(self, event: Event) -> bool:
        """Tell whether the employee has nothing left to say after `event`, or, handing over on a line without after-call work, never had."""
        is_handed_over = self.row["state"] != State.TRANSFERRED and self.decision.state is State.TRANSFERRED
        return event is Event.COMPLETED or (is_handed_over and self.row["wrap_up_seconds"] == 0)


def do_arrive(
    contact_id: UUID,
    *,
    dialled: str,
    caller: str,
    channel_ref: str,
    now: datetime,
    channel: str = "phone",
    server: str = "",
    how: Mapping[str, Any] | None = None,
) -> Steps[Row | None]:
    """Store a contact that reached one of our numbers, and return its row; None when nobody has the number.

    `dialled` is digits only, `channel_ref` the media server's own name of the channel, `server` that server's, `how` is noted with the
    arrival. The row says too whether a
    call was promised to this caller (`is_promised`).
    """
    rows = yield Query(
        _ARRIVE,
        {
            "id": contact_id,
            "channel": channel,
            "dialled": dialled,
            "caller": caller[:32],
            "channel_ref": channel_ref,
            "server": server,
            "how": json.dumps(how or {}),
            "now": now,
        },
    )
    return rows[0] if rows else None


def do_lock(contact_id: UUID, event: Event) -> Steps[Locked | None]:
    """Lock a contact and return it with the lifecycle's answer to `event`; None when there is no such contact."""
    rows = yield Query(_LOCK, {"id": contact_id})
    if not rows:
        return None
    row = rows[0]
    return Locked(row, decide(State(row["state"]), event, context=_context(row)))


def _context(row: Row) -> Context:
    return Context(
        wrap_up_seconds=row["wrap_up_seconds"],
        is_callback=row["is_callback"],
        is_documented=row["documented_at"] is not None,
        is_transferred=row["transferred_at"] is not None,
        attempts_left=row["attempts"] + 1 < row["callback_attempts"],
    )


def do_write(
    locked: Locked, event: Event, *, now: datetime, employee_id: int | None, data: Mapping[str, Any] | None = None
) -> Steps[None]:
    """Write a locked contact's new state and the event that led there."""
    row, decision = locked.row, locked.decision
    is_attempt = row["state"] == State.CALLING_BACK and event in UNREACHED
    due = yield from _due(locked, event, now=now)
    yield Query(
        _WRITE,
        {
            "id": row["id"],
            "from": row["state"],
            "to": decision.state.value,
            "closed_as": decision.closed_as.value if decision.closed_as else "",
            "employee": employee_id,
            "name": event.value,
            "data": json.dumps(data or {}),
            "attempt": int(is_attempt),
            "documents": locked.documents(event),
            "due": due,
            "now": now,
        },
    )
    if decision.closed_as is ClosedAs.TECHNICAL and row["caller_number"]:
        yield Query(_SUCCEED, {"id": row["id"], "new": uuid7(now), "now": now})


def _due(locked: Locked, event: Event, *, now: datetime) -> Steps[datetime | None]:
    """Return when to call a citizen who was just promised it, or was not reached; None: at once, or as it was.

    Nobody is called while the line is closed. Who asks to be called as soon as possible is awake; anybody else is called by day.
    """
    row = locked.row
    is_attempt = row["state"] == State.CALLING_BACK and event in UNREACHED
    if locked.decision.state is not State.CALLBACK or not (is_attempt or event in _PROMISES):
        return None
    schedule = yield from schedule_of(row["line_id"], at=now)
    if is_attempt:
        retry_at = now + timedelta(seconds=row["callback_retry_seconds"])
        return next_call_at(schedule, retry_at) or retry_at
    due = next_open_at(schedule, now) if event is Event.CALLBACK_ASKED else next_call_at(schedule, now)
    return due if due is not None and due > now else None


_MOVE = """
UPDATE contacts_contact c SET line_id = l.id,
       authority_id = CASE WHEN c.home_authority_id = l.owner_id OR EXISTS (
            SELECT 1 FROM cooperation_membership m
             WHERE m.centre_id = l.centre_id AND m.authority_id = c.home_authority_id AND m.from_on <= today.day
               AND (m.to_on IS NULL OR m.to_on > today.day)) THEN c.home_authority_id ELSE l.owner_id END
  FROM lines_line l, (SELECT (%(now)s::timestamptz AT TIME ZONE 'Europe/Copenhagen')::date AS day) AS today
 WHERE c.id = %(id)s AND l.id = %(line)s::bigint
"""


def do_move(contact_id: UUID, to_line_id: int, *, now: datetime) -> Steps[None]:
    """Move a locked contact to another line. Whose citizen it is does not change; who answers for the data may."""
    yield Query(_MOVE, {"id": contact_id, "line": to_line_id, "now": now})


_DOCUMENT = """
WITH before AS (
    SELECT id, home_authority_id FROM contacts_contact
     WHERE id = %(id)s AND employee_id = %(employee)s::bigint
       AND (state = 'wrap_up' OR state = 'transferred' AND documented_at IS NULL)
       FOR NO KEY UPDATE
), contact AS (
    UPDATE contacts_contact c SET
        subject = %(subject)s::text,
        subject_item_id = coalesce(%(subject_item)s::bigint, c.subject_item_id),
        outcome = %(outcome)s::text,
        nature = %(nature)s::text,
        help_reason = %(help_reason)s::text,
        note = coalesce(%(note)s::text, c.note),
        home_check = %(home_check)s::text,
        home_authority_id = CASE WHEN %(home_check)s::text IN ('corrected', 'outside') THEN %(home)s::bigint
                                 WHEN %(home_check)s::text = 'unknown' THEN NULL ELSE c.home_authority_id END,
        home_source = CASE WHEN %(home_check)s::text IN ('corrected', 'outside') THEN 'stated'
                           WHEN %(home_check)s::text = 'unknown' THEN 'unknown' ELSE c.home_source END,
        -- Who answers for the data follows the citizen, as long as that authority is a member; else it is the line's owner.
        authority_id = CASE WHEN %(home_check)s::text = 'corrected' AND EXISTS (
             SELECT 1 FROM cooperation_membership m JOIN lines_line l ON l.id = c.line_id AND l.centre_id = m.centre_id
              WHERE m.authority_id = %(home)s::bigint AND m.from_on <= today.day AND (m.to_on IS NULL OR m.to_on > today.day))
             THEN %(home)s::bigint
             WHEN %(home_check)s::text IN ('corrected', 'outside', 'unknown')
             THEN (SELECT l.owner_id FROM lines_line l WHERE l.id = c.line_id) ELSE c.authority_id END
      FROM before, (SELECT (%(now)s::timestamptz AT TIME ZONE 'Europe/Copenhagen')::date AS day) AS today
     WHERE c.id = before.id
    RETURNING c.id, c.line_id, c.caller_number, c.authority_id, c.state, before.home_authority_id AS home_before,
              c.home_authority_id AS home_after
), event AS (
    INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, employee_id, data)
    SELECT id, authority_id, %(now)s::timestamptz, 'home_corrected', state, state, %(employee)s::bigint,
           jsonb_build_object('from', home_before, 'to', home_after)
      FROM contact WHERE home_before IS DISTINCT FROM home_after
)
SELECT id, line_id, caller_number FROM contact
"""


def do_document(contact_id: UUID, closing: Closing, *, employee_id: int, now: datetime) -> Steps[Row | None]:
    """Store what the employee says of a contact in after-call work; None when it is not theirs or not there (any more).

    A home authority that changes by it leaves an event of its own: settlement reads it.
    """
    rows = yield Query(
        _DOCUMENT,
        {
            "id": contact_id,
            "employee": employee_id,
            "subject": closing.subject,
            "subject_item": closing.subject_item_id,
            "outcome": closing.outcome,
            "nature": closing.nature,
            "help_reason": closing.help_reason,
            "note": closing.note,
            "home_check": closing.home_check,
            "home": closing.home_authority_id,
            "now": now,
        },
    )
    return rows[0] if rows else None
