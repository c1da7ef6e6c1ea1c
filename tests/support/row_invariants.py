"""What must hold of the rows of contacts, offers and employees after every commit, whatever has happened: one definition, in SQL.

Each check selects what is broken, a line of text a row. `since` leaves out closed contacts that no transaction from that one on has
changed, so that a check costs what has changed and not what there is; 0 looks at all.
"""

from collections.abc import Callable, Sequence
from typing import Any

from borgerlinje.contacts.lifecycle import IN_HAND, State

TALKING = sorted(state.value for state in IN_HAND - {State.WRAP_UP})
_WITH_SOMEBODY = ", ".join(f"'{state}'" for state in TALKING)
_IN_HAND = ", ".join(f"'{state.value}'" for state in sorted(IN_HAND))
_AFTERWARDS = "(c.state = 'wrap_up' OR c.state = 'transferred' AND c.documented_at IS NULL)"

_SEEN = """
seen AS NOT MATERIALIZED (
    SELECT * FROM contacts_contact WHERE changed_xid >= %(since)s::bigint OR state <> 'closed'
), story AS MATERIALIZED (
    SELECT e.*, c.state, coalesce(lag(e.to_state) OVER told, '') AS before, lead(e.id) OVER told IS NULL AS is_last
      FROM seen c JOIN contacts_contactevent e ON e.contact_id = c.id WINDOW told AS (PARTITION BY e.contact_id ORDER BY e.id)
), told AS MATERIALIZED (
    SELECT contact_id, count(*) FILTER (WHERE to_state = 'closed' AND from_state <> 'closed') AS closings,
           (array_agg(at ORDER BY id) FILTER (WHERE to_state IN ('waiting', 'callback')))[1] AS placed_at,
           (array_agg(at ORDER BY id) FILTER (WHERE to_state = 'connected'))[1] AS first_answered_at,
           (array_agg(at ORDER BY id) FILTER (WHERE to_state = 'closed'))[1] AS closed_at,
           (array_agg(employee_id ORDER BY id DESC) FILTER (WHERE name IN ('answered', 'handed_over')))[1] AS answered_by,
           count(*) FILTER (WHERE name = 'offered') AS offers
      FROM story GROUP BY contact_id
)
"""

CHECKS = {
    # A contact says where it is, and has what it needs there.
    "closed says when and how": """
        SELECT id || ' ' || state FROM seen
         WHERE (state = 'closed') <> (closed_at IS NOT NULL) OR (state = 'closed') <> (closed_as <> '')
            OR state = 'closed' AND ended_at IS NULL""",
    "in the pool with a place": """
        SELECT id || ' ' || state FROM seen
         WHERE state IN ('waiting', 'offered', 'callback') AND waiting_since IS NULL
            OR state = 'waiting' AND is_callback OR state IN ('callback', 'calling_back') AND NOT is_callback""",
    "in hand of who answered": f"""
        SELECT c.id || ' ' || c.state || ' employee ' || coalesce(c.employee_id::text, '-') || ', answered by '
               || coalesce(t.answered_by::text, '-')
          FROM seen c JOIN told t ON t.contact_id = c.id
         WHERE c.state IN ({_IN_HAND}) AND t.answered_by IS DISTINCT FROM c.employee_id""",
    # The story is whole, and the contact's own columns say the same.
    "story without a gap": """
        SELECT contact_id || ': ' || name || ' leads from ' || from_state || ' to ' || to_state || ' after ' || before || ', it is ' || state
          FROM story WHERE from_state <> before OR is_last AND to_state <> state""",
    "has a story": "SELECT id || ' ' || state FROM seen c WHERE NOT EXISTS (SELECT 1 FROM told t WHERE t.contact_id = c.id)",
    "closed once": """
        SELECT c.id || ' closed ' || t.closings || ' times, is ' || c.state FROM seen c JOIN told t ON t.contact_id = c.id
         WHERE t.closings <> (c.state = 'closed')::int OR c.closed_at IS DISTINCT FROM t.closed_at""",
    "keeps its place": """
        SELECT c.id || ' waits since ' || coalesce(c.waiting_since::text, '-') || ', its place is of ' || coalesce(place.at::text, '-')
          FROM seen c JOIN told t ON t.contact_id = c.id LEFT JOIN contacts_contact o ON o.id = c.origin_id,
               LATERAL (SELECT CASE WHEN o.id IS NULL THEN t.placed_at ELSE coalesce(o.waiting_since, o.arrived_at) END AS at) place
         WHERE c.waiting_since IS DISTINCT FROM place.at AND NOT (%(turned)s::boolean AND c.waiting_since < place.at)""",
    "waited until the first answer": """
        SELECT c.id || ' answered ' || coalesce(c.answered_at::text, '-') || ', first ' || coalesce(t.first_answered_at::text, '-')
          FROM seen c JOIN told t ON t.contact_id = c.id WHERE c.answered_at IS DISTINCT FROM t.first_answered_at""",
    # Offers.
    "offered by one open offer": """
        SELECT c.id || ' is ' || c.state || ' with ' || open.offers || ' open offers'
          FROM seen c, LATERAL (SELECT count(*) AS offers FROM dispatch_offer o WHERE o.contact_id = c.id AND o.ended_at IS NULL) AS open
         WHERE open.offers <> (c.state = 'offered')::int""",
    "every offer told": """
        SELECT c.id || ' was offered ' || made.offers || ' times, its story says ' || t.offers
          FROM seen c JOIN told t ON t.contact_id = c.id,
               LATERAL (SELECT count(*) AS offers FROM dispatch_offer o WHERE o.contact_id = c.id) AS made
         WHERE made.offers <> t.offers""",
    "one open offer each": """
        SELECT employee_id || ' has ' || count(*) || ' open offers' FROM dispatch_offer
         WHERE ended_at IS NULL GROUP BY employee_id HAVING count(*) > 1""",
    "offered says the employee": """
        SELECT p.employee_id || ' is ' || p.state || ' with ' || open.offers || ' open offers'
          FROM dispatch_presence p, LATERAL (
               SELECT (SELECT count(*) FROM dispatch_offer o WHERE o.employee_id = p.employee_id AND o.ended_at IS NULL)
                      + (SELECT count(*) FROM dispatch_transfer t
                          WHERE t.target_id = p.employee_id AND t.ended_at IS NULL AND t.answered_at IS NULL) AS offers) AS open
         WHERE open.offers <> (p.state = 'offered')::int""",
    "somebody is brought to a citizen who is with their employee": """
        SELECT t.id || ' is open on ' || c.id || ' ' || c.state
          FROM dispatch_transfer t JOIN contacts_contact c ON c.id = t.contact_id
         WHERE t.ended_at IS NULL AND t.mode <> 'move' AND c.state NOT IN ('consulting', 'three_way', 'transferred')""",
    "offer to somebody at work": """
        SELECT o.id || ' to ' || o.employee_id FROM dispatch_offer o
         WHERE o.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM dispatch_presence p WHERE p.employee_id = o.employee_id)""",
    # What an employee's state says is in the rows, and the other way round.
    "busy with a contact": f"""
        SELECT p.employee_id || ' is ' || p.state || ' without a contact that says so' FROM dispatch_presence p
         WHERE p.state = 'talking' AND NOT EXISTS (
               SELECT 1 FROM contacts_contact c WHERE c.employee_id = p.employee_id AND c.channel IN ('phone', 'counter')
                  AND c.state IN ({_WITH_SOMEBODY}))
               AND NOT EXISTS (SELECT 1 FROM dispatch_transfer t
                                WHERE t.target_id = p.employee_id AND t.ended_at IS NULL AND t.answered_at IS NOT NULL)
            OR p.state = 'wrap_up' AND NOT EXISTS (
               SELECT 1 FROM contacts_contact c WHERE c.employee_id = p.employee_id AND c.channel IN ('phone', 'counter')
                  AND {_AFTERWARDS})""",
    "a contact says its employee is busy": f"""
        SELECT p.employee_id || ' is ' || p.state || ' with ' || c.id || ' ' || c.state
          FROM contacts_contact c JOIN dispatch_presence p ON p.employee_id = c.employee_id
         WHERE c.state <> 'closed' AND c.channel IN ('phone', 'counter') AND p.state NOT IN ('signed_out', 'connection_lost')
           AND (c.state IN ({_WITH_SOMEBODY}) AND p.state <> 'talking' OR {_AFTERWARDS} AND p.state <> 'wrap_up')""",
    "one person at a time": f"""
        SELECT c.employee_id || ' has ' || count(*) || ' at once' FROM contacts_contact c
         WHERE c.state <> 'closed' AND c.channel IN ('phone', 'counter') AND (c.state IN ({_IN_HAND}) OR {_AFTERWARDS})
         GROUP BY c.employee_id HAVING count(*) > 1""",
    "load is what is open": f"""
        SELECT p.employee_id || ' (' || p.state || ') counts ' || p.chat_load || ' chats and ' || p.mail_load || ' letters, has '
               || open.chats || ' and ' || open.letters
          FROM dispatch_presence p, LATERAL (
               SELECT count(*) FILTER (WHERE c.channel = 'chat') AS chats, count(*) FILTER (WHERE c.channel = 'mail') AS letters
                 FROM contacts_contact c
                WHERE c.employee_id = p.employee_id AND c.state <> 'closed' AND (c.state IN ({_IN_HAND}) OR {_AFTERWARDS})) AS open
         WHERE p.chat_load <> open.chats OR p.mail_load <> open.letters
            OR p.chat_load > p.chat_capacity OR p.mail_load > p.mail_capacity""",
}

_ALL = f"WITH {_SEEN} " + " UNION ALL ".join(
    f"SELECT '{name}' AS check_name, what.broken FROM ({sql}) AS what(broken)" for name, sql in CHECKS.items()
)

Rows = Sequence[dict[str, Any]]


def query(since: int = 0, *, is_clock_turned: bool = False) -> tuple[str, dict[str, Any]]:
    """Return the one statement that asks for everything broken (columns check_name, broken) and its parameters.

    Where the clock was turned back, places that lay ahead of it have been moved back.
    """
    return _ALL, {"since": since, "turned": is_clock_turned}


def texts(rows: Rows) -> list[str]:
    """Return the answer of `query` as lines."""
    return [f"{row['check_name']}: {row['broken']}" for row in rows]


def violations(rows_of: Callable[..., Rows], *, since: int = 0, is_clock_turned: bool = False) -> list[str]:
    """Return everything that is broken, for a reader of the form `rows_of(sql, **values)`."""
    sql, values = query(since, is_clock_turned=is_clock_turned)
    return texts(rows_of(sql, **values))
