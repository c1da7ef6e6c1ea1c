"""The loop that matches waiting contacts with free employees.

One leader writes; it holds an advisory lock on the very connection it writes with, so a leader that lost its connection cannot
write. A standby waits for the lock, and reads the pool when it gets it. A hint wakes the loop; the timer is the net under lost hints.
"""

import asyncio
import contextlib
import math
import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import structlog
from prometheus_client import Counter, Gauge, Histogram
from psycopg.rows import DictRow

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch import presence
from borgerlinje.dispatch.actions import Change, do_event, do_offer, do_presence
from borgerlinje.dispatch.feed import THEIRS, Feed
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.recording import Tick, dumps
from borgerlinje.dispatch.transfers import do_fail
from borgerlinje.dispatch.turned_clock import do_move_back
from borgerlinje.dispatch.watch import do_lose_unseen
from borgerlinje.kit import clock, database, heartbeat
from borgerlinje.kit.database import Row, Steps, T
from borgerlinje.kit.hints import Hints

LOCK = 4_631_302  # any number will do, as long as every dispatcher uses the same
TIMER_SECONDS = 0.5
SWEEP_SECONDS = 1.0
# Skills, opening of tasks, reservations: so long a change of the rules may take to count.
RULES_SECONDS = 10.0
SEND_SECONDS = 0.001
# So long a full tick may go on with what was known before it looks for news.
LOOK_SECONDS = 0.025
DOUBT_SECONDS, DOUBTS = 0.02, 10
# So many offers a tick makes at most: beyond that a batch saves nothing more, and a tick would take longer.
BATCH = 64
STUCK_AFTER = timedelta(seconds=5)
# The telephone ends an offer in time itself; this is how long after that the loop does it, were the telephone process away.
OVERDUE = timedelta(seconds=2)

OFFERS = Counter("borgerlinje_offers", "Contacts offered to employees")
WAITING = Gauge("borgerlinje_waiting", "Contacts in the pool", multiprocess_mode="livemax")
TICK_SECONDS = Histogram(
    "borgerlinje_dispatch_tick_seconds",
    "A tick that made offers, from looking at the rows to the commit",
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
   AND NOT EXISTS (SELECT 1 FROM dispatch_transfer t WHERE t.target_id = p.employee_id AND t.ended_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM contacts_contact c WHERE c.employee_id = p.employee_id
                      AND {THEIRS})
"""  # noqa: S608 - constants only
# Nobody rings for these any more: the telephone process that did is gone, and no other has the call.
_UNENDED_TRANSFERS = "SELECT id, contact_id FROM dispatch_transfer WHERE ended_at IS NULL AND answered_at IS NULL AND expires_at < %(overdue)s"


async def tick(feed: Feed, *, now: datetime) -> list[str]:
    """Make the offers that can be made now, at most `BATCH`; return the hints to send. Its cost does not grow with the pool."""
    await feed.refresh()
    return await _offer(feed, _choose(feed, now=now))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The matches of one tick, taken out of the pool and not written yet. `seconds` is how long the choice took."""

    matches: list[Match]
    now: datetime
    seconds: float


def _choose(feed: Feed, *, now: datetime) -> Chosen:
    started = time.perf_counter()
    matches = feed.pool.match(now=now, limit=BATCH)
    if matches and feed.recording:
        _record(feed.recording, Tick.of(feed.pool, matches, now=now, limit=BATCH))
    feed.take(matches)
    return Chosen(matches, now, time.perf_counter() - started)


async def _offer(feed: Feed, chosen: Chosen) -> list[str]:
    """Write a tick's offers; return the hints to send."""
    if not chosen.matches:
        return []
    started = time.perf_counter()
    made = await _write(feed, chosen)
    feed.note_made(chosen.matches, made)
    seconds = chosen.seconds + time.perf_counter() - started
    OFFERS.inc(len(made))
    TICK_SECONDS.observe(seconds)
    log.info(
        "offered",
        count=len(made),
        not_held=len(chosen.matches) - len(made),
        waiting=len(feed.pool.contacts),
        first=str(chosen.matches[0].contact_id),
        milliseconds=round(seconds * 1000, 1),
    )
    return ["phone", "queue", *(f"desk:{offer['employee_id']}" for offer in made)] if made else []


async def _write(feed: Feed, chosen: Chosen) -> list[Row]:
    """Store the offers; should one of them break a constraint or meet a lock, each by itself, and that one not at all."""
    try:
        # One statement on a connection in autocommit is one transaction, in one round trip.
        return await database.arun(do_offer(chosen.matches, now=chosen.now), feed.connection)
    except (psycopg.errors.LockNotAvailable, psycopg.IntegrityError):
        log.exception("batch_refused")
    made: list[Row] = []
    for match in chosen.matches:
        made += await _mend(feed.connection, do_offer([match], now=chosen.now), contact=str(match.contact_id)) or []
    return made


def _record(path: Path, tick: Tick) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            print(dumps(tick), file=file)
    except OSError as error:
        log.warning("not_recorded", file=str(path), error=str(error))


async def sweep(connection: Connection, *, now: datetime) -> list[str]:
    """Mend what nobody else did: a clock turned back, late offers, after-call work of who has gone home, states without a contact, who is gone; return the hints."""
    topics: list[str] = []
    async with connection.transaction():
        moved = await database.arun(do_move_back(now=now), connection)
    if moved:
        log.warning("clock_was_turned_back", rows=moved)
        topics += ["dispatch", "queue"]
    for row in await (await connection.execute(_UNENDED, {"overdue": now - OVERDUE})).fetchall():
        steps = do_event(row["contact_id"], Event(row["event"]), now=now, offer_id=row["offer_id"])
        change: Change | None = await _mend(connection, steps, contact=str(row["contact_id"]))
        if change and change.expected:
            log.warning("swept", contact=str(row["contact_id"]), event_name=row["event"])
            topics += change.topics
    for row in await (await connection.execute(_UNENDED_TRANSFERS, {"overdue": now - OVERDUE})).fetchall():
        change = await _mend(connection, do_fail(row["id"], "no_answer", now=now), contact=str(row["contact_id"]))
        topics += change.topics if change else ()
    for row in await (await connection.execute(_STUCK, {"before": now - STUCK_AFTER})).fetchall():
        freed = do_presence(row["employee_id"], presence.Event.WITHDRAWN, now=now)
        if await _mend(connection, freed, employee=row["employee_id"]):
            log.error("freed_without_a_contact", employee=row["employee_id"], state=row["state"])
            topics += ["queue", f"desk:{row['employee_id']}"]
    async with connection.transaction():
        lost = await database.arun(do_lose_unseen(now=now), connection)
    for employee_id in lost.employee_ids:
        log.warning("unseen", employee=employee_id)
    return [*topics, *lost.topics]


async def _mend(connection: Connection, steps: Steps[T], **what: object) -> T | None:
    """Carry out one mend; None when its row is held by somebody else or will not be mended: that may not stop the others."""
    try:
        async with connection.transaction():
            return await database.arun(steps, connection)
    except (psycopg.errors.LockNotAvailable, psycopg.IntegrityError) as error:
        log.warning("not_mended", error_type=type(error).__name__, **what)
        return None


async def lead(connection: Connection, hints: Hints) -> None:
    """Match for as long as this connection lives."""
    recording = os.environ.get("BORGERLINJE_DISPATCH_RECORDING")
    feed = Feed(connection, recording=Path(recording) if recording else None)
    await feed.read_all(today=clock.today())
    log.info("pool_read", waiting=len(feed.pool.contacts), free=len(feed.pool.employees))
    turns = Turns(feed, hints)
    async for _ in hints.listen("dispatch", timeout_seconds=TIMER_SECONDS):
        while await turns.turn():
            pass


class Turns:
    """What a leader does when it wakes: mend, look at the rules, and match; the first two only so often."""

    def __init__(self, feed: Feed, hints: Hints) -> None:
        self._feed, self._hints = feed, hints
        # The first turn sweeps: what stands in the way of offers may be what ended the leader before.
        self._swept_at, self._ruled_at = -math.inf, time.perf_counter()

    async def turn(self) -> bool:
        """Take one turn; True when there is more to offer already."""
        now = time.perf_counter()
        # First what nobody ended in time, so that a row left behind can never stand in the way of all others.
        if now - self._swept_at > SWEEP_SECONDS:
            self._swept_at = now
            self._hints.send(*await sweep(self._feed.connection, now=clock.now()))
        if now - self._ruled_at > RULES_SECONDS or self._feed.today != clock.today():
            self._ruled_at = now
            await self._feed.read_rules(today=clock.today())
        return await drain(self._feed, self._hints)


async def drain(feed: Feed, hints: Hints) -> bool:
    """Tick until there is nothing more to offer; True when that takes so long that another turn is due first.

    While the database writes one tick, the next is chosen.
    """
    doubts, started_at = 0, time.perf_counter()
    looked_at = started_at
    await feed.refresh()
    WAITING.set(len(feed.pool.contacts))
    chosen = _choose(feed, now=clock.now())
    while chosen.matches or (feed.is_doubtful and doubts < DOUBTS):
        writing = asyncio.create_task(_offer(feed, chosen), name="offer")
        # Then the whole statement is on its way, and the database works while we choose.
        await asyncio.sleep(SEND_SECONDS if len(chosen.matches) == BATCH else 0)
        is_full = len(chosen.matches) == BATCH
        is_time = time.perf_counter() - started_at < SWEEP_SECONDS
        chosen = _choose(feed, now=clock.now()) if is_full and is_time else Chosen([], clock.now(), 0.0)
        hints.send(*await writing)
        WAITING.set(len(feed.pool.contacts))
        if feed.is_doubtful:
            # Somebody else holds the row: it is free again when they are done, and if not, the timer comes by.
            doubts += 1
            await asyncio.sleep(DOUBT_SECONDS)
        else:
            doubts = 0
        if not chosen.matches or time.perf_counter() - looked_at > LOOK_SECONDS:
            looked_at = time.perf_counter()
            await feed.refresh()
        # In a storm that lasts, the sweep has its turn too.
        is_time = time.perf_counter() - started_at < SWEEP_SECONDS
        if not chosen.matches and doubts < DOUBTS and is_time:
            chosen = _choose(feed, now=clock.now())
    return time.perf_counter() - started_at >= SWEEP_SECONDS


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
                # No lock of somebody else's may stop all dispatching; and the sweep must know since when it could have seen anybody.
                await connection.execute(
                    "SELECT set_config('lock_timeout', '200ms', false),"
                    " set_config('app.connected_at', clock_timestamp()::text, false)"
                )
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
