"""`make bench ROOM=soak`: whole lives of contacts in bulk, with faults at random, until so many are closed; nothing may be lost.

One PostgreSQL in a process of its own, our write paths as they are, and the dispatcher's own tick with its pool in memory. What
happens to several contacts at the same moment is written in one transaction; each fault happens between or within them. Commits
wait for the system's memory but not for the disk (`fsync` off): processes die here, not machines. After every few thousand
contacts everything is checked that changed, at the end everything.

    make bench ROOM=soak                                    # 20,000 contacts
    make bench ROOM=soak ARGS="--contacts 1000000"          # the long one; Ctrl-C ends it and says what was seen
"""

import argparse
import asyncio
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import psycopg
import structlog
from psycopg.rows import DictRow, dict_row

from bench.parts.lives import Lives
from bench.parts.lockstep import Lockstep
from bench.parts.rig import migrate
from borgerlinje.kit import embedded, unprivileged
from borgerlinje.kit.home import Home
from tests.support.database import Cluster, TestDatabase
from tests.support.faulty_world import FaultyWorld
from tests.support.world import BrokenError

CONTACTS, QUICK = 20_000, 3_000
EMPLOYEES = 160
# So many contacts are open at a time.
OPEN = 320
# So much is written in one transaction.
TOGETHER = 80
CHECKED_EVERY, CALM_EVERY, RESTARTED_EVERY = 5_000, 25_000, 100_000
FAULTS_PER_ROUND = 0.5
SERVER = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "work_mem": "64MB",
    "checkpoint_timeout": "15min",
    "autovacuum_naptime": "5s",
    "autovacuum_vacuum_cost_delay": "0",
}
# Each statement comes a million times and finds its rows by a key.
_PLANS = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
Engine = psycopg.Connection[DictRow]
_OPEN = """
SELECT c.id, c.state, c.caller_number, c.documented_at, coalesce(o.employee_id, c.employee_id) AS employee_id, o.id AS offer_id
  FROM contacts_contact c LEFT JOIN dispatch_offer o ON o.contact_id = c.id AND o.ended_at IS NULL
 WHERE c.state <> 'closed'
"""


class Soak:
    """One run: the world, who happens to it, and what was seen."""

    def __init__(self, world: FaultyWorld, server: embedded.Server, *, contacts: int, seed: int) -> None:
        self.world, self.server, self.contacts = world, server, contacts
        self.random = Random(seed)
        self.lives = Lives(self.random, employees=world.employees)
        self.faults: Counter[str] = Counter()
        self.events = self.checks = self.open = 0
        self.is_stopped = False
        self._checked_at = self._calm_at = self._restarted_at = self._checked_xid = 0
        self.lockstep = Lockstep(self._connect())

    @property
    def closed(self) -> int:
        """How many contacts have been closed."""
        return self.world.arrived - self.open

    async def run(self) -> None:
        """Let rounds pass until so many contacts have arrived; then let all of them end. Raises BrokenError."""
        started = said = time.monotonic()
        while self.world.arrived < self.contacts and not self.is_stopped:
            await self.round(arrivals=min(OPEN - self.open, self.contacts - self.world.arrived))
            await self.look()
            if time.monotonic() - said > 10:
                said = time.monotonic()
                self._say(said - started)
        await self.end()

    async def round(self, *, arrivals: int) -> None:
        """Let a few seconds pass for everybody."""
        self.world.passes(self.random.uniform(0.5, 4))
        self.lives.now = self.world.now
        if arrivals > 0:
            self.lockstep.carry_out(list(self.lives.arrivals(arrivals)))
            self.world.arrived += arrivals
        contacts = self.lockstep.connection.execute(_OPEN).fetchall()
        presences = self.lockstep.connection.execute("SELECT employee_id, state FROM dispatch_presence").fetchall()
        self.open = len(contacts)
        happens = list(self.lives.next(contacts, presences))
        together = [path for is_alone, path in happens if not is_alone]
        batches = [together[first : first + TOGETHER] for first in range(0, len(together), TOGETHER)]
        # What takes something back within its transaction would take back the others' too.
        for batch in (*batches, *([path] for is_alone, path in happens if is_alone)):
            self.world.passes(0.001)
            self.lockstep.carry_out(batch)
        self.events += len(happens) + arrivals
        if self.random.random() < 0.8:
            await self.world.tick(is_checked=False)
        if self.random.random() < 0.05:
            await self.world.sweep()
        if self.random.random() < FAULTS_PER_ROUND:
            await self.fault()

    async def fault(self) -> None:
        """Let one thing go wrong."""
        name, happens = self.random.choice(list(self._faults().items()))
        if await happens() is not False:
            self.faults[name] += 1

    def _faults(self) -> dict[str, Callable[[], Awaitable[object]]]:
        world, who, what = self.world, self.random.randrange(10_000), self.random.randrange(10_000)

        async def several(act: Callable[..., Awaitable[object]], **options: int) -> None:
            await act(await world.something(who, what), **options)

        async def at_once() -> None:
            one, two = await world.something(who, what), await world.something(what, who)
            await world.at_once(one, two, with_tick=who % 2 == 0)

        async def clock_jumps() -> None:
            world.passes((who % 61 - 30) * 3600)

        async def day_changes() -> None:
            world.passes(86_400)

        return {
            "leader killed": world.leader_dies,
            "leader killed within its transaction": world.leader_dies_in_its_transaction,
            "two leaders at the same moment": world.two_leaders,
            "process killed before its commit": lambda: several(world.killed_before_commit),
            "many written and killed before the commit": self._batch_killed,
            "answer of a commit lost, done again": lambda: several(world.answer_lost),
            "rows locked by others during a tick": lambda: world.tick_beside_locks(who),
            "change not committed during a tick": lambda: several(world.changed_out_of_sight, ticks=1 + who % 2),
            "offers from an old view": lambda: several(world.stale_tick, is_read_again=who % 2 == 0),
            "two things and a tick at once": at_once,
            "event that does not belong": lambda: self._misplaced(who, what),
            "rules changed": lambda: self._rules_change(what),
            "capacity changed": lambda: world.changes_a_capacity(who),
            "clock jumped by hours": clock_jumps,
            "day changed": day_changes,
        }

    async def _misplaced(self, who: int, what: int) -> None:
        await self.world.do(await self.world.anything(who, what))

    async def _rules_change(self, number: int) -> None:
        await self.world.changes_the_rules(number)
        if number % 3:
            await self.world.reads_the_rules()

    async def _batch_killed(self) -> None:
        contacts = self.lockstep.connection.execute(_OPEN).fetchall()
        happens = [path for _, path in self.lives.next(contacts, ())][:TOGETHER]
        victim = self._connect()
        with suppress(psycopg.OperationalError):
            Lockstep(victim).carry_out(happens, before_commit=lambda: self._kill(victim))
        victim.close()

    def _kill(self, victim: Engine) -> None:
        sql = "SELECT pg_terminate_backend(%s, 5000)"
        self.lockstep.connection.execute(sql, (victim.info.backend_pid,))
        victim.execute("SELECT 1")

    async def look(self) -> None:
        """Check what changed, now and then; sometimes let everything come to rest, or the database start again."""
        arrived = self.world.arrived
        if arrived - self._checked_at >= CHECKED_EVERY:
            self._checked_at = arrived
            await self.check()
        if arrived - self._calm_at >= CALM_EVERY:
            self._calm_at = arrived
            await self.world.calm_down()
            self.checks += 1
        if arrived - self._restarted_at >= RESTARTED_EVERY:
            self._restarted_at = arrived
            await self.restart(self.random.choice([signal.SIGINT, signal.SIGQUIT]))

    async def check(self) -> None:
        """Check what changed since the last time, and the leader's memory."""
        horizon = self.lockstep.connection.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid"
        ).fetchall()
        await self.world.check(since=max(self._checked_xid, 1))
        self._checked_xid = horizon[0]["xid"]
        await self.world.reads_the_rules()
        await self.world.tick()
        self.checks += 1

    async def restart(self, how: signal.Signals) -> None:
        """Stop the database, or let it crash, and start it; everybody connects anew."""
        await asyncio.to_thread(self.server.stop, how)
        await self.world.disconnect()
        await asyncio.to_thread(self.server.start)
        self.lockstep = Lockstep(self._connect())
        await self.world.connect()
        await self.world.lead_anew()
        self.faults["database crashed" if how is signal.SIGQUIT else "database restarted"] += 1

    async def end(self) -> None:
        """Let everything come to rest, everybody go on until nothing is open, and check all there is."""
        await self.world.calm_down()
        for _ in range(400):
            await self.round(arrivals=0)
            if not self.open:
                break
        await self.world.check(is_planned_anew=True)
        self.checks += 1

    def _say(self, seconds: float) -> None:
        rate = self.world.arrived / seconds
        left = (self.contacts - self.world.arrived) / rate / 60
        print(
            f"{self.world.arrived:9,} contacts, {rate:5.0f}/s, {self.open} open, {self.events:,} events,"
            f" {self.faults.total():,} faults, {self.checks} checks; {left:.0f} min left",
            flush=True,
        )

    def _connect(self) -> Engine:
        return psycopg.connect(
            self.world.database.url("bl_engine"),
            autocommit=True,
            row_factory=dict_row,
            prepare_threshold=1,
            options=_PLANS,
        )


async def soak(database: TestDatabase, server: embedded.Server, *, contacts: int, seed: int) -> int:
    """Run, print, and return the exit code."""
    world = await FaultyWorld.open(database, employees=EMPLOYEES)
    await world.begin()
    run = Soak(world, server, contacts=contacts, seed=seed)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: setattr(run, "is_stopped", True))
    started, broken = time.monotonic(), ""
    try:
        await run.run()
    except (BrokenError, psycopg.Error) as error:
        broken = f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - started
    print(f"\n{world.arrived:,} contacts in {seconds / 60:.1f} min: {world.arrived / seconds:.0f}/s; seed {seed}")
    print(
        f"{run.closed:,} closed, {run.open} open; {run.events:,} events; {run.checks} checks; stopped early: {run.is_stopped}"
    )
    for name, count in sorted(run.faults.items()):
        print(f"{count:8,}  {name}")
    for row in (
        await world.rows("SELECT closed_as, count(*) AS n FROM contacts_contact GROUP BY 1 ORDER BY 2 DESC")
        if not broken
        else []
    ):
        print(f"{row['n']:8,}  {row['closed_as'] or 'open'}")
    print(f"BROKEN\n{broken}" if broken else "defects: 0")
    await world.disconnect()
    return 1 if broken else 0


def main() -> int:
    """Set up, run, print, and leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short run")
    parser.add_argument("--contacts", type=int, help=f"how many contacts ({CONTACTS:,})")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    folder = Path(tempfile.mkdtemp(prefix="bl-bench-"))
    home = Home(folder)
    try:
        unprivileged.give(folder)
        embedded.prepare(home)
        os.environ["BORGERLINJE_SECRET_FILE"] = str(home.secret_file)
        server = embedded.Server(home, settings=SERVER, die_with_parent=True)
        server.start()
        try:
            database = TestDatabase(Cluster(home), embedded.DATABASE)
            migrate(database, home)
            contacts = options.contacts or (QUICK if options.quick else CONTACTS)
            return asyncio.run(soak(database, server, contacts=contacts, seed=options.seed))
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
