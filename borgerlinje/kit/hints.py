"""Wake-ups between processes: "look at your rows now", sent after the commit.

The rows are the truth; a lost hint costs one turn of the listener's timer, and so does a lost bus. Hints travel through the
database, or through the bus that `BORGERLINJE_BUS` names.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Self

import structlog

from borgerlinje.kit import bus
from borgerlinje.kit.bus.address import CHANNEL
from borgerlinje.kit.bus.postgres import NOTIFY_SQL

CLOSE_SECONDS = 1.0
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

log = structlog.get_logger(__name__)


class Hints:
    """One process's hints: `send` never blocks and never fails, `listen` reconnects by itself."""

    def __init__(self, dsn: str) -> None:
        """Remember where hints travel. Raises BusAddressError."""
        self._bus = bus.address.read()
        self._new_link = bus.maker(dsn, self._bus)
        # One more than a moment ago: the listener's way was made anew, and hints may have been missed.
        self.times_connected = 0
        self._pending: set[str] = set()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, dsn: str) -> Self:
        """Return hints that can be sent.

        Raises psycopg.OperationalError when they travel through the database and it does not answer. A bus may come later.
        """
        hints = cls(dsn)
        link = hints._new_link()
        if hints._bus is None:
            await link.open()
        hints.start(link, is_open=hints._bus is None)
        return hints

    def start(self, link: bus.Link | None = None, *, is_open: bool = False) -> None:
        """Start to send in the running loop, at first over `link` if it is given."""
        if not self._pending:
            self._idle.set()
        sending = self._send_pending(link or self._new_link(), is_open=is_open)
        self._sender = asyncio.create_task(sending, name="hints-sender")

    async def close(self) -> None:
        """Send what is pending, then close."""
        if self._sender is None:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), CLOSE_SECONDS)
        await _end(self._sender)

    def send(self, *topics: str) -> None:
        """Send hints soon; the same topic asked for twice before that goes out once."""
        if topics:
            self._pending.update(topics)
            self._idle.clear()
            self._wake.set()

    async def listen(self, *topics: str, timeout_seconds: float = 1.0) -> AsyncGenerator[frozenset[str]]:
        """Yield the topics of these (none given: of all) that were hinted at, together.

        Yields an empty set after `timeout_seconds` without one, connected or not, and after a lost connection is back:
        "look yourself" (`times_connected` tells the two apart).
        """
        heard = _Heard(frozenset(topics))
        ear = asyncio.create_task(self._hear(heard), name="hints-listener")
        ear.add_done_callback(lambda _: heard.wake.set())
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(timeout_seconds):
                        await heard.wake.wait()
                if ear.done():
                    ear.result()
                yield heard.take()
        finally:
            await _end(ear)

    async def _hear(self, heard: "_Heard") -> None:
        outage = _Outage("listener", self._bus)
        while True:
            link = self._new_link()
            try:
                async with contextlib.aclosing(link):
                    await link.open()
                    async with contextlib.aclosing(link.hear()) as batches:
                        async for topics in batches:
                            outage.is_over()
                            self.times_connected += not topics
                            heard.add(topics)
            except link.lost as error:
                await outage.wait(error)

    async def _send_pending(self, link: bus.Link, *, is_open: bool) -> None:
        outage = _Outage("sender", self._bus)
        while True:
            try:
                async with contextlib.aclosing(link):
                    if not is_open:
                        await link.open()
                    await self._send_over(link, outage)
            except link.lost as error:
                await outage.wait(error)
            link, is_open = self._new_link(), False

    async def _send_over(self, link: bus.Link, outage: "_Outage") -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            # Taken first: a hint sent meanwhile is a new one.
            topics, self._pending = self._pending, set()
            try:
                await link.send(sorted(topics))
            except link.lost:
                self.send(*topics)
                raise
            outage.is_over()
            if not self._pending:
                self._idle.set()


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel a task until it has ended: before Python 3.12 `asyncio.wait_for`, which libraries use, may swallow it once."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.1)


class _Heard:
    """What one listener has heard and not been told yet."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._topics: set[str] = set()
        self.wake = asyncio.Event()

    def add(self, topics: frozenset[str]) -> None:
        """Note what was heard; an empty set means that anything may have been missed."""
        mine = topics & self._wanted if self._wanted else topics
        if mine or not topics:
            self._topics |= mine
            self.wake.set()

    def take(self) -> frozenset[str]:
        """Return what was heard, and forget it."""
        topics, self._topics = frozenset(self._topics), set()
        self.wake.clear()
        return topics


class _Outage:
    """A way that is lost: told once, tried again ever more seldom, and told once more when it is back."""

    def __init__(self, who: str, at: bus.Address | None) -> None:
        self._who = who
        self._at = at
        self._attempts = 0

    async def wait(self, error: Exception) -> None:
        """Wait until it is time to try again."""
        if self._attempts == 0:
            why = self._at.describe(error) if self._at else type(error).__name__
            log.warning("hints_lost", by=self._who, bus=str(self._at or "database"), why=why)
        pause = RETRY_SECONDS[min(self._attempts, len(RETRY_SECONDS) - 1)]
        self._attempts += 1
        await asyncio.sleep(pause)

    def is_over(self) -> None:
        """Note that it works."""
        if self._attempts:
            log.info("hints_back", by=self._who, bus=str(self._at or "database"))
            self._attempts = 0


def send_on_commit(*topics: str) -> None:
    """Send hints once Django's current transaction has committed (at once when there is none)."""
    # Imported here: the engine's processes use this module without Django.
    from django.db import connection, transaction

    from borgerlinje.kit import outbox

    def send() -> None:
        try:
            if bus.address.read():
                outbox.send(*topics)
            else:
                with connection.cursor() as cursor:
                    cursor.execute(NOTIFY_SQL, [CHANNEL, list(topics)])
        except Exception:
            # The commit has happened: a reply of 500 would be untrue, and the listener's timer catches up.
            log.warning("hint_not_sent", topics=topics, exc_info=True)

    transaction.on_commit(send)


__all__ = ["CHANNEL", "Hints", "send_on_commit"]
