"""What the telephone process reads, in as few statements as there are questions. Run with `database.arun`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from borgerlinje.contacts.by_hand import REACHED_BY_HAND
from borgerlinje.contacts.lifecycle import PRESENT
from borgerlinje.kit.database import Query, Row, Steps

# The offers that ring already are many more than those that are new: of them only the id of each that is over comes back.
_OFFERS_BESIDES = """
SELECT o.id, o.contact_id, o.employee_id, o.expires_at, c.dialled, l.name AS line_name, e.name AS endpoint
  FROM dispatch_offer o
  JOIN contacts_contact c ON c.id = o.contact_id AND c.channel = 'phone' AND c.state = 'offered'
  JOIN lines_line l ON l.id = c.line_id
  LEFT JOIN phone_phoneendpoint e ON e.employee_id = o.employee_id AND e.revoked_at IS NULL
        AND (e.expires_at IS NULL OR e.expires_at > %(now)s)
 WHERE o.ended_at IS NULL AND NOT o.id = ANY(%(ringing)s::uuid[])
UNION ALL
SELECT o.id, NULL, NULL, NULL, NULL, NULL, NULL
  FROM dispatch_offer o WHERE o.id = ANY(%(ringing)s::uuid[]) AND o.ended_at IS NOT NULL
 ORDER BY id
"""

# The offer of a call: the open one while it rings, the one that was answered while they talk.
_STANDING = """
SELECT c.id, c.state, c.channel_ref, c.line_id, c.arrived_at, o.id AS offer_id
  FROM contacts_contact c
  LEFT JOIN LATERAL (
       SELECT id FROM dispatch_offer o WHERE o.contact_id = c.id
          AND (c.state = 'offered' AND o.ended_at IS NULL
               OR c.state IN ('connected', 'held', 'consulting', 'three_way') AND o.ended_as = 'answered')
        ORDER BY o.made_at DESC LIMIT 1) o ON true
"""


def offers_besides(ringing: Sequence[UUID], *, now: datetime) -> Steps[list[Row]]:
    """Return every open offer of a telephone contact that does not ring yet, and (`contact_id` None) what rings and is over.

    `endpoint` is the account of the employee's phone (None: there is none).
    """
    return (yield Query(_OFFERS_BESIDES, {"ringing": list(ringing), "now": now}))


def standing(contact_ids: Sequence[UUID]) -> Steps[list[Row]]:
    """Return what the rows say of these contacts."""
    return (yield Query(f"{_STANDING} WHERE c.id = ANY(%(ids)s)", {"ids": list(contact_ids)}))


def unfinished_calls() -> Steps[list[Row]]:
    """Return what the rows say of every telephone contact whose citizen should be on the line.

    Who was called from a telephone of the employee's own is not: that conversation has no channel here to end with.
    """
    condition = f"c.channel = 'phone' AND c.state = ANY(%(states)s) AND NOT c.is_callback AND NOT ({REACHED_BY_HAND})"
    return (yield Query(f"{_STANDING} WHERE {condition}", {"states": [state.value for state in PRESENT]}))


def known_channels(channel_refs: Sequence[str]) -> Steps[set[str]]:
    """Return which of these channels belong to a stored contact."""
    rows = yield Query(
        "SELECT channel_ref FROM contacts_contact WHERE channel_ref = ANY(%(refs)s)", {"refs": list(channel_refs)}
    )
    return {row["channel_ref"] for row in rows}


def position(contact_id: UUID) -> Steps[int | None]:
    """Return a waiting contact's place on its line, counted from 1; None when it does not wait."""
    rows = yield Query(
        """
        SELECT (SELECT count(*) FROM contacts_contact o
                 WHERE o.state IN ('waiting', 'offered') AND NOT o.is_callback AND o.line_id = c.line_id
                   AND (o.waiting_since, o.id) <= (c.waiting_since, c.id)) AS place
          FROM contacts_contact c WHERE c.id = %(id)s AND c.state = 'waiting'
        """,
        {"id": contact_id},
    )
    return rows[0]["place"] if rows else None


def allowed_number(endpoint: str, *, now: datetime) -> Steps[str | None]:
    """Return the number a citizen's one-time account may call, None when the account is not valid (any more)."""
    rows = yield Query(
        """
        SELECT n.digits FROM phone_phoneendpoint e JOIN lines_linenumber n ON n.id = e.line_number_id
         WHERE e.name = %(name)s AND e.kind = 'citizen' AND e.revoked_at IS NULL AND e.expires_at > %(now)s
        """,
        {"name": endpoint, "now": now},
    )
    return rows[0]["digits"] if rows else None


def do_claim_account(endpoint: str, contact_id: UUID, *, now: datetime) -> Steps[bool]:
    """Let a citizen's one-time account be this contact's; False when it has made its call already or is not valid any more.

    The row decides between two calls that come at once. Part of the transaction that stores the contact.
    """
    rows = yield Query(
        """
        UPDATE phone_phoneendpoint SET contact_id = %(contact)s
         WHERE name = %(name)s AND kind = 'citizen' AND contact_id IS NULL AND revoked_at IS NULL AND expires_at > %(now)s
        RETURNING id
        """,
        {"contact": contact_id, "name": endpoint, "now": now},
    )
    return bool(rows)


def do_release_account(endpoint: str, contact_id: UUID) -> Steps[None]:
    """Take a claim back whose contact was not stored."""
    yield Query(
        "UPDATE phone_phoneendpoint SET contact_id = NULL WHERE name = %(name)s AND contact_id = %(contact)s",
        {"contact": contact_id, "name": endpoint},
    )


def do_mark_rung(offer_id: UUID, *, now: datetime) -> Steps[int | None]:
    """Note that the employee's phone rings; return the employee, None when it was noted before or the offer is over."""
    rows = yield Query(
        "UPDATE dispatch_offer SET rung_at = %(now)s WHERE id = %(id)s AND rung_at IS NULL AND ended_at IS NULL"
        " RETURNING employee_id",
        {"id": offer_id, "now": now},
    )
    return rows[0]["employee_id"] if rows else None
