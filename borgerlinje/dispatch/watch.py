"""Whether employees' browsers are still there.

A desk says so every ten seconds. One that has crashed, or whose network is gone, says nothing any more: it loses its place among those
who are ready before a citizen has rung there in vain. Told by the database's clock, so that no process has to be right about the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from borgerlinje.contacts.by_hand import REACHED_BY_HAND
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import Change, do_event
from borgerlinje.dispatch.attendance import do_lose
from borgerlinje.kit.database import Query, Steps

UNSEEN_SECONDS = 30
# The sweep's own connection must be older than this: after an outage of the database every desk gets the time to be seen again.
SETTLED_SECONDS = 45
# So long a callback waits for an employee who has taken it and is gone since.
FORGOTTEN_AFTER = timedelta(minutes=2)
# So long somebody may be gone, or silent in after-call work, before they count as gone home.
HOME_AFTER = timedelta(minutes=30)

# Who is being changed right now is passed over: nobody waits for this, and it comes again.
_SEE = """
UPDATE dispatch_presence SET seen_at = clock_timestamp()
 WHERE employee_id IN (SELECT employee_id FROM dispatch_presence WHERE employee_id = ANY(%(employees)s::bigint[])
                          FOR NO KEY UPDATE SKIP LOCKED)
"""

# The leader notes it when it connects; what the server itself knows of a connection is hidden from a role that was switched to.
CONNECTED_AT = "coalesce(nullif(current_setting('app.connected_at', true), '')::timestamptz, '-infinity')"

_LOSE_READY = f"""
UPDATE dispatch_presence SET state = 'connection_lost', since = %(now)s::timestamptz
 WHERE state = 'ready' AND seen_at < clock_timestamp() - make_interval(secs => %(unseen)s)
   AND {CONNECTED_AT} < clock_timestamp() - make_interval(secs => %(settled)s)
RETURNING employee_id
"""  # noqa: S608 - constants only

_UNSEEN_OFFERS = f"""
SELECT o.id, o.contact_id FROM dispatch_offer o JOIN dispatch_presence p ON p.employee_id = o.employee_id
 WHERE o.ended_at IS NULL AND p.state = 'offered' AND p.seen_at < clock_timestamp() - make_interval(secs => %(unseen)s)
   AND {CONNECTED_AT} < clock_timestamp() - make_interval(secs => %(settled)s)
"""  # noqa: S608 - constants only

# The citizen is called from a telephone of the employee's own: no browser holds that call.
_BY_HAND = f"""
SELECT c.id FROM contacts_contact c
 WHERE c.employee_id = %(employee)s::bigint AND c.channel = 'phone' AND (c.state = 'calling_back' OR {REACHED_BY_HAND})
"""  # noqa: S608 - constants only

_FORGOTTEN_CALLBACKS = """
SELECT c.id FROM contacts_contact c JOIN dispatch_presence p ON p.employee_id = c.employee_id
 WHERE c.state = 'calling_back' AND p.state IN ('connection_lost', 'signed_out') AND p.since < %(before)s::timestamptz
"""

# Who went home without signing out is at work no more: whoever opens the desk next morning begins in a pause.
_GONE_HOME = f"""
UPDATE dispatch_presence SET state = 'signed_out', since = %(now)s::timestamptz, pause_after = false
 WHERE state = 'connection_lost' AND since < %(home)s::timestamptz
    OR state = 'wrap_up' AND seen_at < clock_timestamp() - make_interval(secs => %(silent)s)
       AND {CONNECTED_AT} < clock_timestamp() - make_interval(secs => %(settled)s)
RETURNING employee_id
"""  # noqa: S608 - constants only

# A conversation on the employee's own telephone has no end that a telephone of ours could report.
_FORGOTTEN_CONVERSATIONS = f"""
SELECT c.id FROM contacts_contact c JOIN dispatch_presence p ON p.employee_id = c.employee_id
 WHERE p.state = 'signed_out' AND p.since < %(before)s::timestamptz AND {REACHED_BY_HAND}
"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Lost:
    """Who lost their connection, and what became of the contacts offered to them."""

    employee_ids: Sequence[int] = ()
    changes: list[Change] = field(default_factory=list)

    @property
    def topics(self) -> tuple[str, ...]:
        """The wake-up hints to send once it is committed; none when nobody was lost."""
        if not self.employee_ids and not self.changes:
            return ()
        of_changes = [topic for change in self.changes for topic in change.topics]
        return ("dispatch", "phone", "queue", *(f"desk:{each}" for each in self.employee_ids), *of_changes)


def do_seen(employee_ids: Sequence[int]) -> Steps[None]:
    """Note that these employees' desks are there."""
    yield Query(_SEE, {"employees": sorted(employee_ids)})


def do_lose_unseen(
    *, now: datetime, unseen_seconds: float = UNSEEN_SECONDS, settled_seconds: float = SETTLED_SECONDS
) -> Steps[Lost]:
    """Take those who are ready, or have an offer, and have not been seen for so long out of the pool.

    A callback that one of those took who are gone goes back to its place, and who is gone for `HOME_AFTER` is signed out. Who was
    never seen (robots) is left alone, and so is everybody while this connection is younger than `settled_seconds`.
    """
    limits = {"unseen": unseen_seconds, "settled": settled_seconds}
    ready = yield Query(_LOSE_READY, limits | {"now": now})
    offers = yield Query(_UNSEEN_OFFERS, limits)
    changes: list[Change] = []
    for offer in offers:
        change = yield from do_event(
            offer["contact_id"], Event.EMPLOYEE_LOST, now=now, offer_id=offer["id"], data={"because": "unseen"}
        )
        changes += [change] if change and change.expected else []
    forgotten = yield Query(_FORGOTTEN_CALLBACKS, {"before": now - FORGOTTEN_AFTER})
    for callback in forgotten:
        change = yield from do_event(callback["id"], Event.EMPLOYEE_LOST, now=now, data={"because": "gone"})
        changes += [change] if change and change.expected else []
    ended = yield Query(_FORGOTTEN_CONVERSATIONS, {"before": now - FORGOTTEN_AFTER})
    for conversation in ended:
        change = yield from do_event(conversation["id"], Event.EMPLOYEE_LEFT, now=now, data={"because": "gone"})
        changes += [change] if change and change.expected else []
    home = yield Query(
        _GONE_HOME, limits | {"now": now, "home": now - HOME_AFTER, "silent": HOME_AFTER.total_seconds()}
    )
    return Lost([row["employee_id"] for row in (*ready, *home)], changes)


def do_leave(employee_id: int, *, now: datetime) -> Steps[Lost]:
    """Note that an employee's desk is gone, and with it the telephone: whom they talk with goes back to the pool."""
    by_hand = yield Query(_BY_HAND, {"employee": employee_id})
    changes = yield from do_lose(employee_id, now=now, with_calls=not by_hand)
    return Lost([employee_id], changes)
