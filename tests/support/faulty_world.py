"""The small world, where processes die, rows are locked, commits get lost and two things happen at the same moment."""

import asyncio
from contextlib import AsyncExitStack, suppress

import psycopg

from borgerlinje.dispatch import loop
from borgerlinje.dispatch.actions import do_offer
from borgerlinje.dispatch.feed import Feed
from borgerlinje.kit.database import arun
from tests.support import scene
from tests.support.world import Action, Connection, World

_WAITS_FOR_A_LOCK = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
# So many of the longest idle as there are contacts, each with one of those.
_OFFER_THE_SAME = """
INSERT INTO dispatch_offer (id, contact_id, authority_id, employee_id, made_at, expires_at, ended_as, why)
SELECT gen_random_uuid(), c.id, c.authority_id, p.employee_id, now(), now(), '', '{}'
  FROM (SELECT *, row_number() OVER (ORDER BY id) AS number FROM contacts_contact WHERE state IN ('waiting', 'callback')) AS c
  JOIN (SELECT employee_id, row_number() OVER (ORDER BY idle_since) AS number FROM dispatch_presence WHERE state = 'ready') AS p
 USING (number)
"""


class FaultyWorld(World):
    """A world in which things go wrong. Each fault leaves it as a centre finds it afterwards."""

    async def leader_dies(self) -> None:
        """End the leader's connection; another begins."""
        await self._terminate(self.feed.connection)
        await self.lead_anew()

    async def leader_dies_in_its_transaction(self) -> bool:
        """End the leader's connection while its offers are written but not committed; another begins. False when it made none."""
        self.passes(0.001)
        # When all else is written, the leader's offers wait for these: a contact has one open offer.
        await self.owner.execute("BEGIN")
        await self.owner.execute(_OFFER_THE_SAME)
        tick = asyncio.create_task(loop.tick(self.feed, now=self.now), name="tick")
        while not (tick.done() or await self._waits(self.feed.connection)):  # noqa: ASYNC110 - the database is waited for, by asking it
            await asyncio.sleep(0)
        if not tick.done():
            await self._terminate(self.feed.connection)
        await asyncio.wait([tick])
        await self.owner.execute("ROLLBACK")
        error = tick.exception()
        if error is not None and not isinstance(error, psycopg.OperationalError):
            raise error
        await self.lead_anew()
        return error is not None

    async def something_to_offer(self, number: int) -> None:
        """See to it that the next tick has an offer to make, or more."""
        for each in (number, number + 5, number + 7):
            await self.do(self.somebody_does(each, 0))
            await self.arrives_and_waits(each * 5, line=2 + each % 3, home=each % (scene.MEMBERS + 1))

    async def two_leaders(self) -> None:
        """Let two leaders tick at the same moment, as when one does not know yet that it leads no more."""
        self.passes(0.001)
        async with AsyncExitStack() as stack:
            second = Feed(await stack.enter_async_context(await self.connection()))
            await second.read_all(today=self.today)
            await asyncio.gather(loop.tick(self.feed, now=self.now), loop.tick(second, now=self.now))
        await self.check_offers()

    async def stale_tick(self, action: Action, *, is_read_again: bool = False) -> None:
        """Let something happen between the leader's look at the rows and its offers; it may look again meanwhile."""
        await self.feed.refresh()
        matches = self.feed.pool.match(now=self.now, limit=loop.BATCH)
        self.feed.take(matches)
        await self.do(action)
        if is_read_again:
            await self.feed.refresh()
        async with self.feed.connection.transaction():
            made = await arun(do_offer(matches, now=self.now), self.feed.connection)
        self.feed.note_made(matches, made)
        await self.check_offers()
        await self.check_pool()

    async def at_once(self, one: Action, two: Action, *, with_tick: bool) -> None:
        """Let two things happen at the same moment, and a tick."""
        ticks = [self.tick(is_checked=False)] if with_tick else []
        await asyncio.gather(self.do(one, on=self.engine), self.do(two, on=self.other), *ticks)

    async def killed_before_commit(self, action: Action) -> None:
        """Let a process die that has done everything but commit."""
        with suppress(psycopg.OperationalError):
            async with self.other.transaction():
                await arun(action(), self.other)
                await self._terminate(self.other)
                await self.other.execute("SELECT 1")
        self.other = await self.connection()

    async def answer_lost(self, action: Action) -> None:
        """Let something happen whose commit is not learnt of, so that it is done again."""
        await self.do(action)
        await self.do(action)

    async def tick_beside_locks(self, who: int) -> None:
        """Let the leader tick while somebody else holds the row of a contact, and of an employee, and then lets go."""
        held = await self.rows(
            "SELECT id FROM contacts_contact WHERE state IN ('waiting', 'callback') ORDER BY id DESC LIMIT 3"
        )
        async with self.other.transaction():
            if held and who % 3:
                sql = "SELECT 1 FROM contacts_contact WHERE id = %s FOR UPDATE"
                await self.other.execute(sql, (held[who % len(held)]["id"],))
            if who % 2:
                sql = "SELECT 1 FROM dispatch_presence WHERE employee_id = %s FOR UPDATE"
                await self.other.execute(sql, (1 + who % self.employees,))
            await self.tick()
        await self.tick()

    async def changed_out_of_sight(self, action: Action, *, ticks: int) -> None:
        """Let the leader tick while a change is written and not committed yet."""
        async with self.other.transaction():
            await arun(action(), self.other)
            for _ in range(ticks):
                await self.tick()
        await self.tick()

    async def _terminate(self, connection: Connection) -> None:
        if not connection.closed:
            pid = connection.info.backend_pid
            await (self.owner).execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            with suppress(psycopg.OperationalError):
                await connection.execute("SELECT 1")
            await connection.close()

    async def _waits(self, connection: Connection) -> bool:
        # Not the owner: within a transaction the activity is looked at once only.
        cursor = await self.engine.execute(_WAITS_FOR_A_LOCK, (connection.info.backend_pid,))
        return bool(await cursor.fetchall())
