"""Hints through the database: NOTIFY and LISTEN.

NOTIFY inside a writing transaction takes a database-wide lock at commit, so hints travel on connections of their own.
Those that listen must reach the server directly, never through a transaction pooler.
"""

import contextlib
from collections.abc import AsyncGenerator, Sequence

import psycopg

from borgerlinje.kit.bus.address import CHANNEL

# A hint need not survive: its own little commit does not wait for the disk.
NOTIFY_SQL = """
SELECT set_config('synchronous_commit', 'off', true), pg_notify(%s, topic) FROM unnest(%s::text[]) AS topic
"""


class PostgresLink:
    """One connection to the database."""

    lost: tuple[type[Exception], ...] = (psycopg.OperationalError,)

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.AsyncConnection
        self._opened = contextlib.AsyncExitStack()

    async def open(self) -> None:
        """Connect."""
        self._connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, application_name="hints")
        self._opened.push_async_callback(self._connection.close)

    async def send(self, topics: Sequence[str]) -> None:
        """Notify, once for each topic."""
        await self._connection.execute(NOTIFY_SQL, (CHANNEL, list(topics)))

    async def hear(self) -> AsyncGenerator[frozenset[str]]:
        """Yield an empty set once the server listens for us, then what it notifies us of."""
        await self._connection.execute(f"LISTEN {CHANNEL}")
        yield frozenset()
        async with contextlib.aclosing(self._connection.notifies()) as notices:
            async for notice in notices:
                yield frozenset({notice.payload})

    async def aclose(self) -> None:
        """Close the connection."""
        await self._opened.aclose()
