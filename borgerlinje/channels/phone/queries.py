"""What the telephone process reads, in as few statements as there are questions. Run with `database.arun`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from borgerlinje.channels.phone.network.servers import ALIVE
from borgerlinje.channels.phone.rules import DIALLING_PREFIX, EMPLOYEE_PREFIX, PARTY_PREFIX
from borgerlinje.contacts.by_hand import REACHED_BY_HAND
from borgerlinje.contacts.lifecycle import PRESENT
from borgerlinje.kit.database import Query, Row, Steps

# Where an employee's calls ring: the phone they chose, a robot's whatever it chose.
_PHONE = """
  LEFT JOIN phone_employeephone p ON p.employee_id = {employee}
  LEFT JOIN LATERAL (
       SELECT e.name, e.server FROM phone_phoneendpoint e
        WHERE e.employee_id = {employee} AND e.revoked_at IS NULL AND (e.expires_at IS NULL OR e.expires_at > %(now)s)
          AND (e.kind = 'robot' OR e.kind = CASE p.kind WHEN 'sip' THEN 'sip' ELSE 'employee' END)
        ORDER BY e.kind = 'robot' DESC LIMIT 1) e ON p.kind IS DISTINCT FROM 'number'
"""
_PHONE_FIELDS = (
    "e.name AS endpoint, e.server AS endpoint_server, CASE WHEN p.kind = 'number' THEN p.digits END AS digits"
)

# Whoever is to be called has no channel yet, so any living server may do it: the one that had them first, if it lives.
_TO_CALL = """(c.server IN ('', %(server)s) OR NOT EXISTS (
       SELECT 1 FROM phone_server s WHERE s.name = c.server AND s.seen_at > %(now)s::timestamptz - make_interval(secs => %(alive)s)))"""

# The offers that ring already are many more than those that are new: of them only the id of each that is over comes back. A callback is
# offered on the desk; its citizen is called once the employee has taken it.
_OFFERS_BESIDES = f"""
SELECT 'ring' AS kind, o.id, o.contact_id, o.employee_id, o.expires_at, c.dialled, l.name AS line_name, {_PHONE_FIELDS}
  FROM dispatch_offer o
  JOIN contacts_contact c ON c.id = o.contact_id AND c.channel = 'phone' AND c.state = 'offered' AND NOT c.is_callback
       AND c.server IN ('', %(server)s)
  JOIN lines_line l ON l.id = c.line_id
  {_PHONE.format(employee="o.employee_id")}
 WHERE o.ended_at IS NULL AND NOT o.id = ANY(%(ringing)s::uuid[])
UNION ALL
SELECT 'over', o.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM dispatch_offer o WHERE o.id = ANY(%(ringing)s::uuid[]) AND o.ended_at IS NOT NULL
UNION ALL
SELECT 'dial', c.id, c.id, c.employee_id, NULL, NULL, NULL, NULL, NULL, NULL
  FROM contacts_contact c WHERE c.state = 'calling_back' AND c.dial_asked_at IS NOT NULL AND {_TO_CALL}
 ORDER BY id
"""  # noqa: S608 - constants only

# The employee's channel is named by what brought them last: the offer they answered, the attempt by which they took over, or their own
# call. Which was last is told by the transactions that wrote it, for a clock may have been turned meanwhile.
_WHOLE = f"""
SELECT c.id, c.state, c.channel_ref, c.line_id, c.language, c.caller_number, c.callback_number, c.dialled, c.is_callback, c.employee_id,
       c.dial_asked_at, c.arrived_at, c.authority_id, o.id AS offer_id, o.expires_at, leg.name AS employee_leg,
       t.id AS transfer_id, t.mode, t.target_id, t.digits AS transfer_digits, t.answered_at AS party_answered_at, t.expires_at AS party_expires_at,
       g.id AS outgoing_id, o.employee_id AS offered_to,
       (SELECT v.name FROM contacts_contactevent v WHERE v.contact_id = c.id ORDER BY v.id DESC LIMIT 1) AS last_event
  FROM contacts_contact c
  LEFT JOIN LATERAL (
       SELECT id, expires_at, employee_id FROM dispatch_offer o WHERE c.state = 'offered' AND o.contact_id = c.id AND o.ended_at IS NULL) o ON true
  LEFT JOIN dispatch_transfer t ON t.contact_id = c.id AND t.ended_at IS NULL
  LEFT JOIN LATERAL (
       SELECT name FROM (
           SELECT '{EMPLOYEE_PREFIX}' || o.id AS name, age(o.xmin) AS ago FROM dispatch_offer o
            WHERE o.contact_id = c.id AND o.ended_as = 'answered'
           UNION ALL
           SELECT '{PARTY_PREFIX}' || h.id, age(h.xmin) FROM dispatch_transfer h
            WHERE h.contact_id = c.id AND h.ended_as = 'handed_over' AND (h.target_id = c.employee_id OR h.mode = 'move')
           UNION ALL
           SELECT '{DIALLING_PREFIX}' || c.id, age(w.xmin) FROM phone_outgoingcall w
            WHERE w.contact_id = c.id AND w.purpose = 'callback' AND w.answered_at IS NOT NULL) brought
        ORDER BY ago LIMIT 1) leg ON c.state IN ('connected', 'held', 'consulting', 'three_way')
  LEFT JOIN LATERAL (
       SELECT id FROM phone_outgoingcall w WHERE c.state = 'calling_back' AND w.contact_id = c.id AND w.purpose = 'callback'
          AND w.ended_at IS NULL AND w.refused = '' ORDER BY w.made_at DESC LIMIT 1) g ON true
"""  # noqa: S608 - constants only


def offers_besides(ringing: Sequence[UUID], *, server: str, now: datetime) -> Steps[list[Row]]:
    """Return what is to be done for this server's contacts.

    By `kind`: "ring" is every open offer that does not ring yet (`endpoint` or `digits` say which phone, both None: there is none), "over"
    what rings and is over, "dial" every citizen whom an employee has asked to be called.
    """
    params = {"ringing": list(ringing), "server": server, "now": now, "alive": ALIVE.total_seconds()}
    return (yield Query(_OFFERS_BESIDES, params))


def do_claim(contact_id: UUID, *, server: str, now: datetime) -> Steps[bool]:
    """Let this server be the one that calls a citizen; False when another does, or nobody is to be called any more."""
    rows = yield Query(
        f"UPDATE contacts_contact c SET server = %(server)s WHERE id = %(id)s AND state = 'calling_back' AND {_TO_CALL} RETURNING id",  # noqa: S608
        {"id": contact_id, "server": server, "now": now, "alive": ALIVE.total_seconds()},
    )
    return bool(rows)


def phone_of(employee_id: int, *, now: datetime, kind: str = "") -> Steps[Row | None]:
    """Return where an employee's calls ring, as `offers_besides` says it; None for an employee who is not there.

    With a `kind` ("browser", "sip") that phone of theirs, and with a number ("+45...") that one.
    """
    if kind.startswith("+"):
        return {"id": employee_id, "endpoint": None, "endpoint_server": None, "digits": kind}
    if kind:
        rows = yield Query(
            """
            SELECT employee_id AS id, name AS endpoint, server AS endpoint_server, NULL AS digits FROM phone_phoneendpoint
             WHERE employee_id = %(id)s::bigint AND kind = %(kind)s::text AND revoked_at IS NULL
               AND (expires_at IS NULL OR expires_at > %(now)s)
            """,
            {"id": employee_id, "kind": "sip" if kind == "sip" else "employee", "now": now},
        )
    else:
        rows = yield Query(
            f"SELECT s.id, {_PHONE_FIELDS} FROM staff_employee s {_PHONE.format(employee='s.id')} WHERE s.id = %(id)s::bigint",  # noqa: S608
            {"id": employee_id, "now": now},
        )
    return rows[0] if rows else None


def authority_name(contact_id: UUID) -> Steps[str]:
    """Return whose citizen a contact is, as one says it; the line's owner when that is not known."""
    rows = yield Query(
        """
        SELECT CASE WHEN a.kind = 'municipality' THEN a.name || ' Kommune' ELSE a.name END AS name
          FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
          JOIN cooperation_authority a ON a.id = coalesce(c.home_authority_id, l.owner_id) WHERE c.id = %(id)s
        """,
        {"id": contact_id},
    )
    return str(rows[0]["name"]) if rows else ""


def states(contact_ids: Sequence[UUID]) -> Steps[list[Row]]:
    """Return the states these contacts are in, and which attempt to bring somebody to them is under way (`transfer_id`)."""
    return (
        yield Query(
            "SELECT c.id, c.state, t.id AS transfer_id FROM contacts_contact c"
            " LEFT JOIN dispatch_transfer t ON t.contact_id = c.id AND t.ended_at IS NULL WHERE c.id = ANY(%(ids)s::uuid[])",
            {"ids": list(contact_ids)},
        )
    )


def whole(contact_id: UUID) -> Steps[Row | None]:
    """Return all that the rows say of a contact and its channels; None when there is no such contact."""
    rows = yield Query(f"{_WHOLE} WHERE c.id = %(id)s", {"id": contact_id})
    return rows[0] if rows else None


def unfinished_calls(server: str = "") -> Steps[list[Row]]:
    """Return what the rows say of every telephone contact that has channels at this server, or should have.

    Who was called from a telephone of the employee's own is not among them: that conversation has no channel here to end with.
    """
    condition = f"""c.channel = 'phone' AND c.server IN ('', %(server)s) AND NOT ({REACHED_BY_HAND})
       AND (c.state = ANY(%(states)s) AND NOT c.is_callback OR c.state = 'calling_back' AND c.dial_asked_at IS NOT NULL)"""
    params = {"states": [state.value for state in PRESENT], "server": server}
    return (yield Query(f"{_WHOLE} WHERE {condition}", params))


def do_take_channel(contact_id: UUID, channel_ref: str) -> Steps[None]:
    """Note that a contact's citizen is on this channel from now on."""
    yield Query(
        "UPDATE contacts_contact SET channel_ref = %(ref)s WHERE id = %(id)s", {"id": contact_id, "ref": channel_ref}
    )


def do_undial(contact_id: UUID) -> Steps[int | None]:
    """Note that the employee's own phone was not answered: nobody is called until they ask again; return the employee."""
    rows = yield Query(
        "UPDATE contacts_contact SET dial_asked_at = NULL WHERE id = %(id)s AND state = 'calling_back' RETURNING employee_id",
        {"id": contact_id},
    )
    return rows[0]["employee_id"] if rows else None


def do_set_language(contact_id: UUID, language: str) -> Steps[None]:
    """Note the language a citizen has chosen."""
    yield Query(
        "UPDATE contacts_contact SET language = %(language)s WHERE id = %(id)s",
        {"id": contact_id, "language": language},
    )


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
