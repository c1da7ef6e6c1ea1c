"""The telephone's way to the database: one transaction per event, hints after the commit."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
import structlog
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from borgerlinje.dispatch.actions import CALL_TOPIC, Change
from borgerlinje.kit import database, statements
from borgerlinje.kit.database import Steps
from borgerlinje.kit.hints import Hints
from borgerlinje.kit.statements import Connection

log = structlog.get_logger("phone")
T = TypeVar("T")
Pool = AsyncConnectionPool[psycopg.AsyncConnection[DictRow]]
_RETRY_SECONDS = 0.25


def make_pool() -> Pool:
    """Return a closed pool of connections as bl_engine; open it with `async with`."""
    return AsyncConnectionPool(
        database.dsn("bl_engine"),
        min_size=2,
        max_size=8,
        open=False,
        name="phone",
        kwargs={"autocommit": True, "row_factory": dict_row, "application_name": "phone", "prepare_threshold": 2},
    )


class Store:
    """Runs reads and write paths, and tells the other processes of what changed."""

    def __init__(self, pool: Pool, hints: Hints) -> None:
        self._pool = pool
        self._hints = hints

    async def read(self, steps: Steps[T]) -> T:
        """Run one question. Raises psycopg.OperationalError while the database is away."""
        async with self._pool.connection() as connection:
            return await statements.carry_out(steps, connection)

    async def write(self, make_steps: Callable[[], Steps[T]]) -> T:
        """Run a write path in one transaction; while the database is away, wait and try again.

        A call cannot be put off until the database is back, but what happened to it can be written then. A commit whose answer
        was lost is repeated: the lifecycle calls the repetition unexpected and nothing is written twice.
        """
        return await self._insist(make_steps, statements.in_transaction)

    async def write_at_once(self, make_steps: Callable[[], Steps[T]]) -> T:
        """Run a write path of one statement, which is a transaction of its own; otherwise as `write`.

        BEGIN and COMMIT would be two more trips to the server and back.
        """
        return await self._insist(make_steps, statements.carry_out)

    async def _insist(
        self, make_steps: Callable[[], Steps[T]], carry_out: Callable[[Steps[T], Connection], Awaitable[T]]
    ) -> T:
        while True:
            try:
                async with self._pool.connection() as connection:
                    return await carry_out(make_steps(), connection)
            except (psycopg.OperationalError, PoolTimeout) as error:
                log.warning("database_away", error_type=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)

    def tell(self, *topics: str) -> None:
        """Send wake-up hints."""
        self._hints.send(*topics)

    def tell_change(self, change: Change) -> None:
        """Send the hints that belong to a committed change; this process knows already."""
        self._hints.send(*(topic for topic in change.topics if topic != "phone" and not topic.startswith(CALL_TOPIC)))
