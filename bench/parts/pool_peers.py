"""Three usual ways to hand out work from PostgreSQL, writing the same rows as ours: contact, offer, event, presence.

All on thirty-two connections or as many jobs at a time, under uvloop. Only `Sql` looks at the rules, and at fewer than ours.
"""

import asyncio
import uuid
from typing import Any, Protocol

import asyncpg
import procrastinate

_AT_ONCE = 32

# Both rows are locked and passed over when somebody else has them: the queue in a table as everybody writes it.
_CLAIM = """
WITH contact AS (
    SELECT id, authority_id, line_id FROM contacts_contact WHERE state = 'waiting'
     ORDER BY waiting_since LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
), employee AS (
    SELECT employee_id FROM dispatch_presence WHERE state = 'ready' ORDER BY idle_since LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
), pair AS (SELECT * FROM contact, employee),
"""
# One decision per statement, with the centre, the skill and its level, the own authority first, then the longest idle.
_MATCH = """
WITH contact AS (
    SELECT id, authority_id, line_id, home_authority_id FROM contacts_contact WHERE state = 'waiting'
     ORDER BY waiting_since LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
), employee AS (
    SELECT p.employee_id FROM contact c
      JOIN lines_line l ON l.id = c.line_id
      JOIN staff_employeecentre w ON w.centre_id = l.centre_id
      JOIN staff_employee e ON e.id = w.employee_id
      JOIN staff_employeeskill s ON s.employee_id = e.id AND s.skill_id = l.skill_id AND s.level >= l.skill_level - 1
      JOIN dispatch_presence p ON p.employee_id = e.id AND p.state = 'ready'
     ORDER BY (e.employer_id = c.home_authority_id) DESC, p.idle_since LIMIT 1 FOR NO KEY UPDATE OF p SKIP LOCKED
), pair AS (SELECT * FROM contact, employee),
"""
_WRITE = """
changed AS (UPDATE contacts_contact c SET state = 'offered' FROM pair WHERE c.id = pair.id),
busy AS (UPDATE dispatch_presence p SET state = 'offered', since = now() FROM pair WHERE p.employee_id = pair.employee_id),
event AS (
    INSERT INTO contacts_contactevent (contact_id, authority_id, at, name, from_state, to_state, employee_id, data)
    SELECT id, authority_id, now(), 'offered', 'waiting', 'offered', employee_id, jsonb_build_object('offer', $1::uuid) FROM pair
)
INSERT INTO dispatch_offer (id, contact_id, authority_id, employee_id, made_at, expires_at, ended_as, why)
SELECT $1::uuid, id, authority_id, employee_id, now(), now() + interval '60 seconds', '', '{"rule": "bench"}'::jsonb FROM pair
RETURNING id
"""


class Peer(Protocol):
    """One way: hand out `count` contacts that are in the rows, and return when all offers are committed."""

    name: str

    async def run(self, url: str, count: int) -> float:
        """Return the seconds it took, connections not counted."""


class Statement:
    """One claiming statement per offer, on thirty-two asyncpg connections."""

    def __init__(self, name: str, claim: str) -> None:
        self.name, self._sql = name, claim + _WRITE

    async def run(self, url: str, count: int) -> float:
        """Hand out."""
        connections = [await asyncpg.connect(url) for _ in range(_AT_ONCE)]
        statements = [await connection.prepare(self._sql) for connection in connections]
        loop = asyncio.get_running_loop()
        left = [count]

        async def work(statement: Any) -> None:
            while left[0] > 0:
                left[0] -= 1
                # Nothing comes back when somebody else has the row, or there is nobody left for it.
                while not await statement.fetch(uuid.uuid4()):
                    pass

        started = loop.time()
        await asyncio.gather(*(work(statement) for statement in statements))
        seconds = loop.time() - started
        for connection in connections:
            await connection.close()
        return seconds


class Jobs:
    """A procrastinate job per arrival, thirty-two at a time; the job makes the claim. The jobs are deferred beforehand."""

    name = "procrastinate"

    async def run(self, url: str, count: int) -> float:
        """Hand out."""
        app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=url, min_size=4, max_size=_AT_ONCE + 4)
        )
        pool = await asyncpg.create_pool(url, min_size=_AT_ONCE, max_size=_AT_ONCE)
        loop = asyncio.get_running_loop()
        done = [0]
        all_done = asyncio.Event()

        @app.task(name="offer")
        async def offer() -> None:
            while not await pool.fetch(_CLAIM + _WRITE, uuid.uuid4()):
                pass
            done[0] += 1
            if done[0] == count:
                all_done.set()

        async with app.open_async():
            for _ in range(0, count, 500):
                await offer.batch_defer_async(*({} for _ in range(min(500, count))))
            worker = asyncio.create_task(app.run_worker_async(concurrency=_AT_ONCE, install_signal_handlers=False))
            started = loop.time()
            await all_done.wait()
            seconds = loop.time() - started
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
        await pool.close()
        return seconds


CLAIM = Statement("SKIP LOCKED", _CLAIM)
SQL = Statement("matching in SQL", _MATCH)
JOBS = Jobs()
