"""Wake-ups between processes: "look at your rows now", sent after the commit.

The rows are the truth; a lost hint costs one turn of the listener's timer. NOTIFY inside a writing
transaction takes a database-wide lock at commit, so hints travel on their own, outside of it.
Listening connections must reach the server directly, never through a transaction pooler.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Self

import psycopg
import structlog

CHANNEL = "bl_hint"
NOTIFY_SQL = "SELECT pg_notify(%s, topic) FROM unnest(%s::text[]) AS topic"
CLOSE_SECONDS = 1.0
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

log = structlog.get_logger(__name__)


class Hints:
    """One process's hints: `send` never blocks and never fails, `listen` reconnects by itself."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pending: set[str] = set()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, dsn: str) -> Self:
        """Return hints whose sender is connected.

        Raises psycopg.OperationalError when the database does not answer.
        """
        hints = cls(dsn)
        hints._idle.set()
        connection = await hints._open()
        hints._sender = asyncio.create_task(hints._send_pending(connection), name="hints-sender")
        return hints

    async def close(self) -> None:
        """Send what is pending, then close."""
        if self._sender is None:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), CLOSE_SECONDS)
        self._sender.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._sender

    def send(self, *topics: str) -> None:
        """Send hints soon; the same topic asked for twice before that goes out once."""
        self._pending.update(topics)
        self._idle.clear()
        self._wake.set()

    async def listen(self, *topics: str, timeout_seconds: float = 1.0) -> AsyncGenerator[frozenset[str]]:
        """Yield the topics of these (none given: of all) that were hinted at, together.

        Yields an empty set after `timeout_seconds` without one, and after a lost connection is back: "look yourself".
        """
        wanted = frozenset(topics)
        async with contextlib.AsyncExitStack() as stack:
            while True:
                connection = await self._reopen()
                stack.push_async_callback(connection.close)
                try:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    # Only now: what happened before the LISTEN is found by looking, what happens after it is heard.
                    yield frozenset()
                    async for heard in _batches(connection, wanted, timeout_seconds):
                        yield heard
                except psycopg.OperationalError:
                    log.warning("hints_listener_lost")
                await stack.aclose()

    async def _send_pending(self, connection: psycopg.AsyncConnection) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                # Taken first: a hint sent during the statement is a new one.
                topics, self._pending = self._pending, set()
                try:
                    await connection.execute(NOTIFY_SQL, (CHANNEL, sorted(topics)))
                    if not self._pending:
                        self._idle.set()
                except psycopg.OperationalError:
                    log.warning("hints_sender_lost")
                    self._pending |= topics
                    await connection.close()
                    connection = await self._reopen()
                    self._wake.set()
        finally:
            await connection.close()

    async def _reopen(self) -> psycopg.AsyncConnection:
        attempt = 0
        while True:
            try:
                return await self._open()
            except psycopg.OperationalError:
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1

    async def _open(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, application_name="hints")


async def _batches(
    connection: psycopg.AsyncConnection, wanted: frozenset[str], timeout_seconds: float
) -> AsyncGenerator[frozenset[str]]:
    """Yield what one read of the socket brings, or an empty set when time is up."""
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout_seconds
    while True:
        # stop_after=1 returns with the first packet, and with everything that came in it.
        arrived = connection.notifies(timeout=max(until - loop.time(), 0.0), stop_after=1)
        topics = {notice.payload async for notice in arrived}
        heard = frozenset(topics & wanted) if wanted else frozenset(topics)
        if heard or loop.time() >= until:
            yield heard
            until = loop.time() + timeout_seconds


def send_on_commit(*topics: str) -> None:
    """Send hints once Django's current transaction has committed (at once when there is none)."""
    # Imported here: the engine's processes use this module without Django.
    from django.db import connection, transaction

    def notify() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(NOTIFY_SQL, [CHANNEL, list(topics)])
        except Exception:
            # The commit has happened: a reply of 500 would be untrue, and the listener's timer catches up.
            log.warning("hint_not_sent", topics=topics, exc_info=True)

    transaction.on_commit(notify)
