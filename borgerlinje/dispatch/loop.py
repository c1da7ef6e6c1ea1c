"""The loop that matches waiting contacts with free employees.

One leader writes; it holds an advisory lock on the very connection it writes with, so a leader that lost its connection cannot
write. A standby waits for the lock. A hint wakes the loop; the timer is the net under lost hints.
"""

import asyncio
import contextlib
import os
import time
from datetime import datetime, timedelta

import psycopg
import structlog
from prometheus_client import Counter, Histogram
from psycopg.rows import DictRow

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import Change, do_event, do_offer
from borgerlinje.dispatch.matching import Free, Waiting, match
from borgerlinje.kit import clock, database, heartbeat
from borgerlinje.kit.hints import Hints

LOCK = 4_631_302  # any number will do, as long as every dispatcher uses the same
TIMER_SECONDS = 0.5
# The telephone ends an offer in time itself; this is how long after that the loop does it, were the telephone process away.
OVERDUE = timedelta(seconds=2)

OFFERS = Counter("borgerlinje_offers", "Contacts offered to employees")
TICK_SECONDS = Histogram(
    "borgerlinje_dispatch_tick_seconds",
    "From the wake-up of the loop to its last commit",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)

log = structlog.get_logger("dispatch")
Connection = psycopg.AsyncConnection[DictRow]

_WAITING = """
SELECT c.id, l.centre_id, c.waiting_since, c.authority_id, l.skill_id, l.skill_level
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
 WHERE c.state = 'waiting' ORDER BY c.waiting_since, c.id LIMIT 2000
"""

_FREE = """
SELECT p.employee_id, e.employer_id, p.idle_since,
       (SELECT array_agg(w.centre_id) FROM staff_employeecentre w
         WHERE w.employee_id = e.id AND w.from_on <= %(today)s AND (w.to_on IS NULL OR w.to_on > %(today)s)) AS centres,
       (SELECT jsonb_object_agg(s.skill_id, s.level) FROM staff_employeeskill s
         WHERE s.employee_id = e.id AND (s.expires_on IS NULL OR s.expires_on > %(today)s)) AS skills
  FROM dispatch_presence p JOIN staff_employee e ON e.id = p.employee_id
 WHERE p.state = 'ready' AND e.from_on <= %(today)s AND (e.to_on IS NULL OR e.to_on > %(today)s)
   AND NOT EXISTS (SELECT 1 FROM dispatch_offer o WHERE o.employee_id = p.employee_id AND o.ended_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM contacts_contact c WHERE c.employee_id = p.employee_id
                      AND c.state IN ('connected', 'wrap_up') AND c.channel = 'phone')
"""


async def read_waiting(connection: Connection) -> list[Waiting]:
    """Return the contacts in the pool, oldest place first."""
    cursor = await connection.execute(_WAITING)
    return [
        Waiting(
            row["id"], row["centre_id"], row["waiting_since"], row["authority_id"], row["skill_id"], row["skill_level"]
        )
        for row in await cursor.fetchall()
    ]


async def read_free(connection: Connection) -> list[Free]:
    """Return the employees who are ready, with the centres and skills they have today."""
    cursor = await connection.execute(_FREE, {"today": clock.today()})
    return [
        Free(
            row["employee_id"],
            row["employer_id"],
            row["idle_since"],
            frozenset(row["centres"] or ()),
            {int(skill): level for skill, level in (row["skills"] or {}).items()},
        )
        for row in await cursor.fetchall()
    ]


async def tick(connection: Connection, *, now: datetime) -> list[str]:
    """Make every offer that can be made now; return the hints to send."""
    waiting = await read_waiting(connection)
    if not waiting:
        return []
    matches = match(waiting, await read_free(connection), now=now)
    if not matches:
        return []
    async with connection.transaction():
        made = await database.arun(do_offer(matches, now=now), connection)
    for offer in made:
        log.info("offered", contact=str(offer["contact_id"]), employee=offer["employee_id"], offer=str(offer["id"]))
    OFFERS.inc(len(made))
    return ["phone", "queue", *(f"desk:{offer['employee_id']}" for offer in made)] if made else []


async def sweep(connection: Connection, *, now: datetime) -> list[str]:
    """End offers that nobody ended in time, and after-call work whose employee has gone home; return the hints to send."""
    cursor = await connection.execute(
        """
        SELECT contact_id, id AS offer_id, 'offer_expired' AS event FROM dispatch_offer
         WHERE ended_at IS NULL AND expires_at < %(overdue)s
        UNION ALL
        SELECT c.id, NULL, 'completed' FROM contacts_contact c
          JOIN dispatch_presence p ON p.employee_id = c.employee_id AND p.state = 'signed_out'
         WHERE c.state = 'wrap_up'
        """,
        {"overdue": now - OVERDUE},
    )
    topics: list[str] = []
    for row in await cursor.fetchall():
        async with connection.transaction():
            change: Change | None = await database.arun(
                do_event(row["contact_id"], Event(row["event"]), now=now, offer_id=row["offer_id"]), connection
            )
        if change and change.expected:
            log.warning("swept", contact=str(row["contact_id"]), event_name=row["event"])
            topics += change.topics
    return topics


async def lead(connection: Connection, hints: Hints) -> None:
    """Match for as long as this connection lives."""
    swept_at = 0.0
    async for _ in hints.listen("dispatch", timeout_seconds=TIMER_SECONDS):
        started = time.perf_counter()
        topics: list[str] = []
        # First what nobody ended in time, so that a row left behind can never stand in the way of all others.
        if started - swept_at > 1:
            swept_at = started
            topics += await sweep(connection, now=clock.now())
        topics += await tick(connection, now=clock.now())
        hints.send(*topics)
        TICK_SECONDS.observe(time.perf_counter() - started)


async def become_leader(connection: Connection) -> None:
    """Return once this connection holds the lock; until then another dispatcher leads and this one stands by."""
    said = False
    while True:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s) AS leads", (LOCK,))
        row = await cursor.fetchone()
        if row and row["leads"]:
            return
        if not said:
            log.info("standing_by")
            said = True
        await asyncio.sleep(0.25)


async def dispatch() -> None:
    """Lead or stand by for ever; start again with a new connection when the database was away."""
    while True:
        try:
            async with await database.connect("bl_engine", name="dispatch") as connection:
                await become_leader(connection)
                log.info("leading", process=os.getpid())
                hints = await Hints.connect(database.dsn("bl_engine"))
                async with contextlib.AsyncExitStack() as stack:
                    stack.push_async_callback(hints.close)
                    await lead(connection, hints)
        except psycopg.OperationalError as error:
            log.warning("database_away", error=type(error).__name__)
            await asyncio.sleep(0.5)


async def main() -> None:
    """Run the dispatch process."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heartbeat.beating(), name="heartbeat")
        heartbeat.ready()
        tasks.create_task(dispatch(), name="dispatch")
