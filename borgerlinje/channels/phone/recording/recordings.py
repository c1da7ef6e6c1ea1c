"""Write paths of recordings: messages citizens leave, and conversations they have allowed to be recorded.

The database holds the sound sealed, who has listened and what for, and when it must be gone; deleting takes the sound and leaves the row.
"""

import json
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.ids import uuid7

SEALED_FOR: Final = "recording"
ANSWERING: Final = "besvare henvendelsen"
"""What an employee who has the contact in hand listens for."""
KEPT_AFTER_CLOSING: Final = timedelta(days=7)
"""A message has done its work when its contact is closed; so long a wrong closing can be put right."""

BY_RULE: Final = "frist"
BY_CLOSING: Final = "henvendelsen er lukket"
BY_EMPLOYEE: Final = "medarbejderen slettede den i samtalen"
LOST: Final = "gik tabt, da telefonserveren stoppede"

# Which purpose it was for stands in the event: another line's purpose is not what was said yes to.
_ALLOW = """
WITH contact AS (
    UPDATE contacts_contact SET recording_consent_at = CASE WHEN %(allows)s::boolean THEN %(now)s::timestamptz END
     WHERE id = %(id)s AND (%(allows)s::boolean OR recording_consent_at IS NOT NULL) AND state IN ('in_menu', 'waiting', 'offered')
    RETURNING id, authority_id, state
)
INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, data)
SELECT id, authority_id, %(now)s::timestamptz, %(name)s::text, state, state, %(data)s::jsonb FROM contact
RETURNING id
"""

# The condition on a contact that its citizen has said yes to a recording for what its line, `l`, records for.
ALLOWS: Final = """(c.recording_consent_at IS NOT NULL AND l.recording_purpose <> '' AND l.recording_purpose = (
        SELECT e.data ->> 'purpose' FROM contacts_contactevent e
         WHERE e.contact_id = c.id AND e.name = 'recording_allowed' ORDER BY e.id DESC LIMIT 1))"""

_MESSAGE = """
INSERT INTO phone_recording (id, contact_id, authority_id, kind, purpose, begun_at, ended_at, seconds, sealed, delete_after, deleted_because)
SELECT %(id)s, c.id, c.authority_id, 'message', '', %(begun)s::timestamptz, %(now)s::timestamptz, %(seconds)s::double precision,
       %(sealed)s::bytea, %(now)s::timestamptz + make_interval(days => l.voicemail_days), ''
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id WHERE c.id = %(contact)s
"""

# One is made at a time: a second process that adopts the call, or a second look, finds the first one's row.
_BEGIN = f"""
INSERT INTO phone_recording (id, contact_id, authority_id, kind, purpose, begun_at, seconds, delete_after, deleted_because)
SELECT %(id)s, c.id, c.authority_id, 'conversation', l.recording_purpose, %(now)s::timestamptz, 0,
       %(now)s::timestamptz + make_interval(days => l.recording_days), ''
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
 WHERE c.id = %(contact)s AND c.state = 'connected' AND {ALLOWS}
   AND NOT EXISTS (SELECT 1 FROM phone_recording r WHERE r.contact_id = c.id AND r.kind = 'conversation')
RETURNING id, ended_at, stopped_by_id
"""  # noqa: S608 - the condition is our own

_DELETE_DUE = """
UPDATE phone_recording r SET sealed = NULL, deleted_at = %(now)s::timestamptz, ended_at = coalesce(r.ended_at, %(now)s::timestamptz),
       deleted_because = CASE WHEN r.delete_after <= %(now)s::timestamptz THEN %(rule)s::text ELSE %(closed)s::text END
  FROM contacts_contact c
 WHERE c.id = r.contact_id AND r.deleted_at IS NULL
   AND (r.delete_after <= %(now)s::timestamptz
        OR r.kind = 'message' AND c.state = 'closed' AND c.closed_at <= %(closed_before)s::timestamptz)
RETURNING r.id, r.contact_id, r.kind, r.deleted_because
"""


def do_allow(contact_id: UUID, *, allows: bool, purpose: str, now: datetime) -> Steps[bool]:
    """Note that the citizen has allowed a recording by a key press of their own, or has taken it back; False when nobody waits (any more)."""
    name = "recording_allowed" if allows else "recording_refused"
    params = {"id": contact_id, "allows": allows, "now": now, "name": name, "data": json.dumps({"purpose": purpose})}
    return bool((yield Query(_ALLOW, params)))


def do_leave_message(
    contact_id: UUID, sealed: bytes, *, seconds: float, begun_at: datetime, now: datetime
) -> Steps[None]:
    """Store a message a citizen has left. Part of the transaction that says so of the contact."""
    params = {
        "id": uuid7(now),
        "contact": contact_id,
        "sealed": sealed,
        "seconds": seconds,
        "begun": begun_at,
        "now": now,
    }
    yield Query(_MESSAGE, params)


def do_begin(contact_id: UUID, *, now: datetime) -> Steps[Row | None]:
    """Return the contact's recording (`id`, `ended_at`, `stopped_by_id`), made now when there is none and the citizen allows it.

    None when nothing is to be recorded.
    """
    made = yield Query(_BEGIN, {"id": uuid7(now), "contact": contact_id, "now": now})
    return made[0] if made else (yield from of_conversation(contact_id))


def of_conversation(contact_id: UUID) -> Steps[Row | None]:
    """Return the recording of a contact's conversation; None when there is none."""
    rows = yield Query(
        "SELECT id, ended_at, stopped_by_id FROM phone_recording"
        " WHERE contact_id = %(contact)s AND kind = 'conversation' ORDER BY begun_at DESC LIMIT 1",
        {"contact": contact_id},
    )
    return rows[0] if rows else None


def do_stop(contact_id: UUID, *, employee_id: int, keeps: bool, now: datetime) -> Steps[bool]:
    """Stop the recording of the conversation an employee has in hand; without `keeps` what was recorded is deleted too.

    False when nothing is recorded (any more). Send the hint "phone" after the commit: the telephone carries it out.
    """
    rows = yield Query(
        """
        UPDATE phone_recording r SET ended_at = coalesce(r.ended_at, %(now)s::timestamptz), stopped_by_id = %(employee)s::bigint,
               deleted_at = CASE WHEN NOT %(keeps)s::boolean THEN %(now)s::timestamptz END,
               deleted_because = CASE WHEN %(keeps)s::boolean THEN '' ELSE %(because)s::text END,
               sealed = CASE WHEN %(keeps)s::boolean THEN r.sealed END
          FROM contacts_contact c
         WHERE c.id = r.contact_id AND c.id = %(contact)s AND c.employee_id = %(employee)s::bigint AND r.kind = 'conversation'
           AND r.deleted_at IS NULL AND r.stopped_by_id IS NULL
        RETURNING r.id
        """,
        {"contact": contact_id, "employee": employee_id, "keeps": keeps, "because": BY_EMPLOYEE, "now": now},
    )
    return bool(rows)


def do_keep(recording_id: UUID, sealed: bytes, *, seconds: float, now: datetime) -> Steps[bool]:
    """Store the sound of a conversation that has ended; False when it is not wanted (any more)."""
    rows = yield Query(
        "UPDATE phone_recording SET sealed = %(sealed)s::bytea, seconds = %(seconds)s::double precision,"
        " ended_at = coalesce(ended_at, %(now)s::timestamptz) WHERE id = %(id)s AND deleted_at IS NULL AND sealed IS NULL RETURNING id",
        {"id": recording_id, "sealed": sealed, "seconds": seconds, "now": now},
    )
    return bool(rows)


def do_delete(recording_id: UUID, *, because: str, now: datetime) -> Steps[bool]:
    """Delete the sound of a recording for a reason; False when it was gone already."""
    rows = yield Query(
        "UPDATE phone_recording SET sealed = NULL, deleted_at = %(now)s::timestamptz, deleted_because = %(because)s::text,"
        " ended_at = coalesce(ended_at, %(now)s::timestamptz) WHERE id = %(id)s AND deleted_at IS NULL RETURNING id",
        {"id": recording_id, "because": because[:80], "now": now},
    )
    return bool(rows)


def do_delete_due(*, now: datetime) -> Steps[list[Row]]:
    """Delete the sound of every recording whose time is up; return what was (`id`, `contact_id`, `kind`, `deleted_because`)."""
    params = {"now": now, "closed_before": now - KEPT_AFTER_CLOSING, "rule": BY_RULE, "closed": BY_CLOSING}
    return (yield Query(_DELETE_DUE, params))


def do_note_access(recording_id: UUID, *, user_id: int, purpose: str, now: datetime) -> Steps[int]:
    """Note that somebody listens to a recording, or takes it out, and what for; return the note's id."""
    rows = yield Query(
        "INSERT INTO phone_recordingaccess (recording_id, user_id, at, purpose)"
        " VALUES (%(id)s, %(user)s::bigint, %(now)s::timestamptz, %(purpose)s::text) RETURNING id",
        {"id": recording_id, "user": user_id, "purpose": purpose[:200], "now": now},
    )
    return int(rows[0]["id"])


def unkept(server: str) -> Steps[list[Row]]:
    """Return the conversations of this telephone server whose sound has not been stored (`id`, `contact_id`, `is_over`)."""
    return (
        yield Query(
            """
            SELECT r.id, r.contact_id, r.begun_at,
                   r.ended_at IS NOT NULL OR c.state IN ('wrap_up', 'closed', 'callback') AS is_over
              FROM phone_recording r JOIN contacts_contact c ON c.id = r.contact_id
             WHERE r.deleted_at IS NULL AND r.kind = 'conversation' AND r.sealed IS NULL AND c.server = %(server)s::text
            """,
            {"server": server},
        )
    )


def messages_awaited(contact_ids: list[UUID]) -> Steps[set[UUID]]:
    """Return which of these contacts are still leaving a message: their sound at Asterisk is not to be touched."""
    rows = yield Query(
        "SELECT id FROM contacts_contact WHERE id = ANY(%(ids)s::uuid[]) AND state = 'voicemail'", {"ids": contact_ids}
    )
    return {row["id"] for row in rows}
