"""The ways that hints travel: through PostgreSQL, or through Redis or NATS when `BORGERLINJE_BUS` names one.

Each way is one class of links, in a module of its own that is imported only when it is the chosen one. The standard library
is enough to import this package: the doctor runs where nothing else is there.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol

from borgerlinje.kit.bus import address
from borgerlinje.kit.bus.address import Address

PROBE_SECONDS = 3.0


class Link(Protocol):
    """One connection that carries hints, for sending or for hearing.

    Every failure is one of `lost`: then the link is of no more use. Close it, whatever happened, and open another.
    """

    lost: tuple[type[Exception], ...]

    async def open(self) -> None:
        """Connect."""

    async def send(self, topics: Sequence[str]) -> None:
        """Send topics to whoever hears now; return once the server has them."""

    def hear(self) -> AsyncGenerator[frozenset[str]]:
        """Yield an empty set as soon as nothing sent from now on is missed, then the topics that arrive, together."""
        ...

    async def aclose(self) -> None:
        """Close the connection; never fails."""


def maker(dsn: str, at: Address | None) -> Callable[[], Link]:
    """Return what makes links to the bus, or to the database of `dsn` when there is none."""
    if at is None:
        from borgerlinje.kit.bus.postgres import PostgresLink

        return lambda: PostgresLink(dsn)
    if at.is_redis:
        from borgerlinje.kit.bus.redis import RedisLink

        return lambda: RedisLink(at)
    from borgerlinje.kit.bus.nats import NatsLink

    return lambda: NatsLink(at)


async def probe(at: Address) -> None:
    """Send a hint through the bus and hear it. Raises one of the link's `lost`, or TimeoutError."""
    make = maker("", at)
    async with (
        asyncio.timeout(PROBE_SECONDS),
        contextlib.aclosing(make()) as ear,
        contextlib.aclosing(make()) as mouth,
    ):
        await ear.open()
        await mouth.open()
        async with contextlib.aclosing(ear.hear()) as heard:
            async for topics in heard:
                if "probe" in topics:
                    return
                await mouth.send(["probe"])


__all__ = ["Address", "Link", "address", "maker", "probe"]
