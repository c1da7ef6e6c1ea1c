"""What must hold of a running product at any quiet moment, whatever has happened to it: read from the rows and from Asterisk.

Nobody is lost: a contact is closed, or in a state whose party really is there. Nobody is stuck: an employee's state has its reason
in a row. Nothing is left: no channel and no bridge without a contact. Each violation is one line that says what is wrong.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from borgerlinje.channels.phone import rules

Rows = list[dict[str, Any]]

# States in which the citizen is on the line; in the others nobody is, or it is said elsewhere who is.
ON_THE_LINE = ("arrived", "in_menu", "waiting", "offered", "connected", "held", "consulting", "three_way", "voicemail")
IN_CONVERSATION = ("connected", "held", "consulting", "three_way")
IN_HAND = (*IN_CONVERSATION, "calling_back", "wrap_up")

_STATES_WITHOUT_A_REASON = """
SELECT p.employee_id, p.state FROM dispatch_presence p
 WHERE p.state = 'offered' AND NOT EXISTS (
           SELECT 1 FROM dispatch_offer o JOIN contacts_contact c ON c.id = o.contact_id AND c.state = 'offered'
            WHERE o.employee_id = p.employee_id AND o.ended_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM dispatch_transfer t WHERE t.target_id = p.employee_id AND t.ended_at IS NULL)
    OR p.state = 'talking' AND NOT EXISTS (
           SELECT 1 FROM contacts_contact c
            WHERE c.employee_id = p.employee_id AND c.state = ANY(%(talking)s))
           AND NOT EXISTS (
           SELECT 1 FROM dispatch_transfer t
            WHERE t.target_id = p.employee_id AND t.ended_at IS NULL AND t.answered_at IS NOT NULL)
    OR p.state = 'wrap_up' AND NOT EXISTS (
           SELECT 1 FROM contacts_contact c
            WHERE c.employee_id = p.employee_id AND c.state IN ('wrap_up', 'transferred'))
"""

_EMPLOYEES_FREE_WITH_A_CONTACT = """
SELECT p.employee_id, p.state, c.id, c.state AS contact_state
  FROM dispatch_presence p
  JOIN contacts_contact c ON c.employee_id = p.employee_id AND c.channel = 'phone' AND c.state = ANY(%(in_hand)s)
 WHERE p.state IN ('ready', 'offered')
"""

_OPEN_OFFERS = """
SELECT o.id, o.contact_id, o.employee_id, c.state, p.state AS presence,
       count(*) OVER (PARTITION BY o.contact_id) AS of_contact, count(*) OVER (PARTITION BY o.employee_id) AS of_employee
  FROM dispatch_offer o
  JOIN contacts_contact c ON c.id = o.contact_id
  LEFT JOIN dispatch_presence p ON p.employee_id = o.employee_id
 WHERE o.ended_at IS NULL AND c.channel = 'phone'
"""

_OFFERED_WITHOUT_AN_OFFER = """
SELECT c.id FROM contacts_contact c WHERE c.state = 'offered'
   AND NOT EXISTS (SELECT 1 FROM dispatch_offer o WHERE o.contact_id = c.id AND o.ended_at IS NULL)
"""

# Every event begins where the one before ended, and the last one ends where the contact is.
_BROKEN_STORIES = """
SELECT c.id, c.state, s.name, s.from_state, s.before, s.to_state, s.is_last
  FROM contacts_contact c JOIN (
       SELECT e.*, coalesce(lag(e.to_state) OVER story, '') AS before, lead(e.id) OVER story IS NULL AS is_last
         FROM contacts_contactevent e WINDOW story AS (PARTITION BY e.contact_id ORDER BY e.id)) s ON s.contact_id = c.id
 WHERE s.from_state <> s.before OR s.is_last AND s.to_state <> c.state
"""

_WITHOUT_A_STORY = """
SELECT c.id FROM contacts_contact c
 WHERE NOT EXISTS (SELECT 1 FROM contacts_contactevent e WHERE e.contact_id = c.id)
"""

_UNFINISHED = """
SELECT c.id, c.state, c.channel_ref, o.id AS offer_id
  FROM contacts_contact c
  LEFT JOIN LATERAL (
       SELECT id FROM dispatch_offer o
        WHERE o.contact_id = c.id AND (o.ended_at IS NULL OR o.ended_as = 'answered') ORDER BY o.made_at DESC LIMIT 1) o ON true
 WHERE c.channel = 'phone' AND c.state <> 'closed'
"""
_A_CONVERSATION = 2


class Inspected(Protocol):
    """What is inspected: rows by SQL, and Asterisk's REST interface."""

    def rows(self, sql: str, **values: Any) -> Rows: ...
    def rest(self, method: str, path: str) -> Any: ...


def violations(of: Inspected) -> list[str]:
    """Return everything that is not as it must be; an empty list at a quiet moment of a sound product."""
    return [*_of_employees(of.rows), *_of_offers(of.rows), *_of_stories(of.rows), *_of_channels(of)]


def _of_employees(rows: Callable[..., Rows]) -> Iterator[str]:
    talking = list(IN_HAND)
    talking.remove("wrap_up")
    for row in rows(_STATES_WITHOUT_A_REASON, talking=talking):
        yield f"employee {row['employee_id']} is {row['state']} without a contact that says so"
    for row in rows(_EMPLOYEES_FREE_WITH_A_CONTACT, in_hand=list(IN_HAND)):
        yield f"employee {row['employee_id']} is {row['state']} with contact {row['id']} {row['contact_state']}"


def _of_offers(rows: Callable[..., Rows]) -> Iterator[str]:
    for row in rows(_OPEN_OFFERS):
        if row["state"] != "offered":
            yield f"offer {row['id']} is open on a contact that is {row['state']}"
        if row["presence"] != "offered":
            yield f"offer {row['id']} is open to employee {row['employee_id']}, who is {row['presence']}"
        if row["of_contact"] > 1 or row["of_employee"] > 1:
            yield f"offer {row['id']} is one of several open ones"
    for row in rows(_OFFERED_WITHOUT_AN_OFFER):
        yield f"contact {row['id']} is offered without an open offer"


def _of_stories(rows: Callable[..., Rows]) -> Iterator[str]:
    for row in rows(_BROKEN_STORIES):
        yield (
            f"contact {row['id']} ({row['state']}): {row['name']} leads from {row['from_state']!r} to {row['to_state']!r}"
            f" after {row['before']!r}"
        )
    for row in rows(_WITHOUT_A_STORY):
        yield f"contact {row['id']} has no event"


def _of_channels(of: Inspected) -> Iterator[str]:
    channels = {channel["id"]: channel for channel in of.rest("GET", "/channels")}
    bridges = {bridge["id"]: set(bridge["channels"]) for bridge in of.rest("GET", "/bridges")}
    unfinished = of.rows(_UNFINISHED)
    for row in unfinished:
        if row["state"] in ON_THE_LINE and row["channel_ref"] not in channels:
            yield f"contact {row['id']} is {row['state']} and its citizen is gone"
        if row["state"] == "connected" and row["offer_id"]:
            inside = bridges.get(rules.bridge_of(row["id"]), set())
            if row["channel_ref"] not in inside or len(inside) < _A_CONVERSATION:
                yield f"contact {row['id']} is connected and the two are not in one bridge"
    yield from _left_behind(unfinished, channels, bridges)


def _left_behind(unfinished: Rows, channels: dict[str, Any], bridges: dict[str, set[str]]) -> Iterator[str]:
    citizens = {row["channel_ref"] for row in unfinished}
    busy = {str(row["id"]) for row in unfinished if row["state"] in {"offered", "transferred", *IN_HAND}}
    for name, channel in channels.items():
        if name in citizens:
            continue
        contact = channel.get("channelvars", {}).get("BL_CONTACT", "")
        if not contact:
            yield f"channel {name} has no contact"
        elif contact not in busy:
            yield f"channel {name} rings or talks for a contact that needs nobody"
    for bridge in bridges:
        contact_id = rules.contact_of(bridge)
        if contact_id is not None and str(contact_id) not in busy:
            yield f"bridge {bridge} belongs to a contact that needs none"
