"""The loop that matches waiting contacts with free employees.

One leader writes; it holds an advisory lock on the very connection it writes with, so a leader that lost its connection cannot
write. A standby waits for the lock, and reads the pool when it gets it. A hint wakes the loop; the timer is the net under lost hints.
"""

import asyncio
import contextlib
import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import structlog
from prometheus_client import Counter, Gauge, Histogram
from psycopg.rows import DictRow

from borgerlinje.contacts.lifecycle import IN_HAND, Event, State
from borgerlinje.dispatch import presence
from borgerlinje.dispatch.actions import Change, do_event, do_offer, do_presence
from borgerlinje.dispatch.feed import Feed
from borgerlinje.dispatch.recording import Tick, dumps
from borgerlinje.kit import clock, database, heartbeat
from borgerlinje.kit.hints import Hints

LOCK = 4_631_302  # any number will do, as long as every dispatcher uses the same
TIMER_SECONDS = 0.5
SWEEP_SECONDS = 1.0
# Skills, opening of tasks, reservations: so long a change of the rules may take to count.
RULES_SECONDS = 10.0
DOUBT_SECONDS, DOUBTS = 0.02, 10
# So many offers a tick makes at most: beyond that a batch saves nothing more, and a tick would take longer.
BATCH = 256
STUCK_AFTER = timedelta(seconds=5)
# The telephone ends an offer in time itself; this is how long after that the loop does it, were the telephone process away.
OVERDUE = timedelta(seconds=2)

OFFERS = Counter("borgerlinje_offers", "Contacts offered to employees")
WAITING = Gauge("borgerlinje_waiting", "Contacts in the pool", multiprocess_mode="livemax")
TICK_SECONDS = Histogram(
    "borgerlinje_dispatch_tick_seconds",
    "From the wake-up of the loop to its last commit",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)

log = structlog.get_logger("dispatch")
Connection = psycopg.AsyncConnection[DictRow]

_UNENDED = """
SELECT contact_id, id AS offer_id, 'offer_expired' AS event FROM dispatch_offer
 WHERE ended_at IS NULL AND expires_at < %(overdue)s
UNION ALL
SELECT c.id, NULL, 'completed' FROM contacts_contact c
  JOIN dispatch_presence p ON p.employee_id = c.employee_id AND p.state = 'signed_out'
 WHERE c.state = 'wrap_up' OR c.state = 'transferred' AND c.documented_at IS NULL
"""
# No transaction of ours leaves such a row behind; a hand in the database, or an error of ours, must not bind a person for ever.
_STUCK = f"""
SELECT p.employee_id, p.state FROM dispatch_presence p
 WHERE p.state IN ('offered', 'talking', 'wrap_up') AND p.since < %(before)s
   AND NOT EXISTS (SELECT 1 FROM dispatch_offer o WHERE o.employee_id = p.employee_id AND o.ended_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM contacts_contact c WHERE c.employee_id = p.employee_id
                      AND c.state IN ({", ".join(f"'{state.value}'" for state in sorted(IN_HAND | {State.TRANSFERRED}))}))
"""  # noqa: S608 - constants only


async def tick(feed: Feed, *, now: datetime) -> list[str]:
    """Make the offers that can be made now, at most `BATCH`; return the hints to send. Its cost does not grow with the pool."""
    await feed.refresh()
    matches = feed.pool.match(now=now, limit=BATCH)
    if not matches:
        return []
    if feed.recording:
        await asyncio.to_thread(_record, feed.recording, Tick.of(feed.pool, matches, now=now, limit=BATCH))
    async with feed.connection.transaction():
        made = await database.arun(do_offer(matches, now=now), feed.connection)
    feed.apply(matches, made)
    OFFERS.inc(len(made))
    log.info("offered", count=len(made), not_held=len(matches) - len(made), first=str(matches[0].contact_id))
    return ["phone", "queue", *(f"desk:{offer['employee_id']}" for offer in made)] if made else []


def _record(path: Path, tick: Tick) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            print(dumps(tick), file=file)
    except OSError as error:
        log.warning("not_recorded", file=str(path), error=str(error))


async def sweep(connection: Connection, *, now: datetime) -> list[str]:
    """Mend what nobody else ended: late offers, after-call work of who has gone home, states without a contact; return the hints."""
    topics: list[str] = []
    for row in await (await connection.execute(_UNENDED, {"overdue": now - OVERDUE})).fetchall():
        async with connection.transaction():
            change: Change | None = await database.arun(
                do_event(row["contact_id"], Event(row["event"]), now=now, offer_id=row["offer_id"]), connection
            )
        if change and change.expected:
            log.warning("swept", contact=str(row["contact_id"]), event_name=row["event"])
            topics += change.topics
    for row in await (await connection.execute(_STUCK, {"before": now - STUCK_AFTER})).fetchall():
        async with connection.transaction():
            await database.arun(do_presence(row["employee_id"], presence.Event.WITHDRAWN, now=now), connection)
        log.error("freed_without_a_contact", employee=row["employee_id"], state=row["state"])
        topics += ["queue", f"desk:{row['employee_id']}"]
    return topics


async def lead(connection: Connection, hints: Hints) -> None:
    """Match for as long as this connection lives."""
    recording = os.environ.get("BORGERLINJE_DISPATCH_RECORDING")
    feed = Feed(connection, recording=Path(recording) if recording else None)
    await feed.read_all(today=clock.today())
    loop = asyncio.get_running_loop()
    swept_at = ruled_at = loop.time()
    log.info("pool_read", waiting=len(feed.pool.contacts), free=len(feed.pool.employees))
    async for _ in hints.listen("dispatch", timeout_seconds=TIMER_SECONDS):
        # First what nobody ended in time, so that a row left behind can never stand in the way of all others.
        if loop.time() - swept_at > SWEEP_SECONDS:
            swept_at = loop.time()
            hints.send(*await sweep(connection, now=clock.now()))
        if loop.time() - ruled_at > RULES_SECONDS or feed.today != clock.today():
            ruled_at = loop.time()
            await feed.read_rules(today=clock.today())
        await drain(feed, hints)


async def drain(feed: Feed, hints: Hints) -> None:
    """Tick until there is nothing more to offer."""
    is_more, doubts = True, 0
    while is_more and doubts < DOUBTS:
        started = time.perf_counter()
        topics = await tick(feed, now=clock.now())
        hints.send(*topics)
        TICK_SECONDS.observe(time.perf_counter() - started)
        WAITING.set(len(feed.pool.contacts))
        is_more = bool(topics) or feed.is_doubtful
        if feed.is_doubtful:
            # Somebody else holds the row: it is free again when they are done.
            doubts += 1
            await asyncio.sleep(DOUBT_SECONDS)


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
