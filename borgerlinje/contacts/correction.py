"""Putting right what an employee said of a contact. A contact that is closed stays closed: only the answer changes, and that is told."""

from datetime import datetime, timedelta
from uuid import UUID

from borgerlinje.kit.database import Query, Row, Steps

# So long whoever closed a contact may say that it went otherwise. After that the figures may have been read.
CORRECTABLE = timedelta(minutes=5)

_CORRECT = """
WITH before AS (
    SELECT id, outcome FROM contacts_contact
     WHERE id = %(id)s AND employee_id = %(employee)s::bigint AND outcome <> ''
       AND coalesce(closed_at, documented_at) > %(since)s::timestamptz
       FOR NO KEY UPDATE
), contact AS (
    UPDATE contacts_contact c SET
        outcome = %(outcome)s::text,
        -- Why help was needed is asked of those who were helped with what one can do alone.
        help_reason = CASE WHEN %(outcome)s::text = 'guided' THEN c.help_reason ELSE '' END
      FROM before WHERE c.id = before.id
    RETURNING c.id, c.authority_id, c.state, before.outcome AS was
), event AS (
    INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, employee_id, data)
    SELECT id, authority_id, %(now)s::timestamptz, 'outcome_corrected', state, state, %(employee)s::bigint,
           jsonb_build_object('from', was, 'to', %(outcome)s::text)
      FROM contact WHERE was <> %(outcome)s::text
)
SELECT id, was FROM contact
"""


def do_correct_outcome(contact_id: UUID, outcome: str, *, employee_id: int, now: datetime) -> Steps[Row | None]:
    """Store another outcome of a contact that the employee closed less than `CORRECTABLE` ago; None when it is not theirs or older.

    A new outcome leaves an event of its own, with the one before it.
    """
    values = {"id": contact_id, "employee": employee_id, "outcome": outcome, "since": now - CORRECTABLE, "now": now}
    rows = yield Query(_CORRECT, values)
    return rows[0] if rows else None
