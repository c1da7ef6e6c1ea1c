"""Write paths of contacts: each is a generator of queries, carried out inside the caller's transaction.

Locks are taken in one order everywhere: contact, then offer, then presence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from borgerlinje.contacts.lifecycle import Decision, Event, State, decide
from borgerlinje.kit.database import Query, Row, Steps

_ARRIVE = """
WITH contact AS (
    INSERT INTO contacts_contact (
        id, line_id, channel, authority_id, home_authority_id, home_source, state, arrived_at, caller_number, dialled,
        channel_ref, is_test, closed_as, subject, outcome, note)
    SELECT %(id)s, l.id, %(channel)s::text,
           -- A number may outlive a membership: then the line's owner answers for the data, so that its people see it.
           CASE WHEN n.home_authority_id = l.owner_id OR EXISTS (
                SELECT 1 FROM cooperation_membership m
                 WHERE m.centre_id = l.centre_id AND m.authority_id = n.home_authority_id AND m.from_on <= today.day
                   AND (m.to_on IS NULL OR m.to_on > today.day)) THEN n.home_authority_id ELSE l.owner_id END,
           n.home_authority_id,
           CASE WHEN n.home_authority_id IS NULL THEN 'unknown' ELSE 'number' END,
           'arrived', %(now)s::timestamptz, %(caller)s::text, n.digits, %(channel_ref)s::text, l.is_hidden, '', '', '', ''
      FROM lines_linenumber n JOIN lines_line l ON l.id = n.line_id,
           (SELECT (%(now)s::timestamptz AT TIME ZONE 'Europe/Copenhagen')::date AS day) AS today
     WHERE n.digits = %(dialled)s::text
    RETURNING *
), event AS (
    INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, data)
    SELECT id, authority_id, %(now)s::timestamptz, 'arrived', '', 'arrived', jsonb_build_object('dialled', dialled) FROM contact
)
SELECT * FROM contact
"""

_LOCK = """
SELECT c.id, c.state, c.employee_id, c.authority_id, c.channel_ref, c.line_id, c.answered_at, l.wrap_up_seconds,
       l.centre_id
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
 WHERE c.id = %(id)s FOR NO KEY UPDATE OF c
"""

_WRITE = """
WITH contact AS (
    UPDATE contacts_contact SET
        state = %(to)s::text,
        waiting_since = CASE WHEN %(to)s::text = 'waiting' THEN coalesce(waiting_since, %(now)s::timestamptz) ELSE waiting_since END,
        employee_id = CASE WHEN %(to)s::text = 'connected' THEN %(employee)s::bigint ELSE employee_id END,
        answered_at = CASE WHEN %(to)s::text = 'connected' THEN %(now)s::timestamptz ELSE answered_at END,
        ended_at = CASE WHEN %(to)s::text IN ('wrap_up', 'closed') THEN coalesce(ended_at, %(now)s::timestamptz) ELSE ended_at END,
        closed_at = CASE WHEN %(to)s::text = 'closed' THEN %(now)s::timestamptz END,
        closed_as = %(closed_as)s::text
     WHERE id = %(id)s
    RETURNING id, authority_id
)
INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, employee_id, data)
SELECT id, authority_id, %(now)s::timestamptz, %(name)s::text, %(from)s::text, %(to)s::text, %(employee)s::bigint, %(data)s::jsonb FROM contact
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """A contact's row, locked, and what the lifecycle answers to the event."""

    row: Row
    decision: Decision


def do_arrive(
    contact_id: UUID, *, dialled: str, caller: str, channel_ref: str, now: datetime, channel: str = "phone"
) -> Steps[Row | None]:
    """Store a contact that reached one of our numbers, and return its row; None when nobody has the number.

    `dialled` is digits only, `channel_ref` the media server's own name of the channel.
    """
    rows = yield Query(
        _ARRIVE,
        {
            "id": contact_id,
            "channel": channel,
            "dialled": dialled,
            "caller": caller[:32],
            "channel_ref": channel_ref,
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
    return Locked(row, decide(State(row["state"]), event, wrap_up_seconds=row["wrap_up_seconds"]))


def do_write(
    locked: Locked, event: Event, *, now: datetime, employee_id: int | None, data: Mapping[str, Any] | None = None
) -> Steps[None]:
    """Write a locked contact's new state and the event that led there."""
    yield Query(
        _WRITE,
        {
            "id": locked.row["id"],
            "from": locked.row["state"],
            "to": locked.decision.state.value,
            "closed_as": locked.decision.closed_as.value if locked.decision.closed_as else "",
            "employee": employee_id,
            "name": event.value,
            "data": json.dumps(data or {}),
            "now": now,
        },
    )
