"""Hints through Redis: publish and subscribe.

A connection of the library, without its pool and its client: those connect anew by themselves, and a listener has to know
that it was deaf for a while.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from redis.asyncio import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from borgerlinje.kit.bus.address import Address

ANSWER_SECONDS = 1.0
# A server that fell off the network is noticed within eleven seconds.
KEEPALIVE = {socket.TCP_KEEPIDLE: 5, socket.TCP_KEEPINTVL: 2, socket.TCP_KEEPCNT: 3}


class RedisLink:
    """One connection to Redis."""

    # Whatever the library says: the bus is no part of what must work.
    lost: tuple[type[Exception], ...] = (Exception,)

    def __init__(self, address: Address) -> None:
        self._channel = address.channel
        make: Any = SSLConnection if address.uses_tls else Connection
        self._connection = make(
            host=address.host,
            port=address.port,
            username=address.user,
            password=address.password,
            client_name="borgerlinje-hints",
            protocol=2,
            socket_timeout=None,
            socket_keepalive=True,
            socket_keepalive_options=KEEPALIVE,
            retry=Retry(NoBackoff(), 0),
        )

    async def open(self) -> None:
        """Connect and sign in."""
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._connection.connect()

    async def send(self, topics: Sequence[str]) -> None:
        """Publish the topics in one message."""
        await self._ask("PUBLISH", self._channel, "\n".join(topics))

    async def hear(self) -> AsyncGenerator[frozenset[str]]:
        """Yield an empty set once subscribed, then the topics of each message."""
        await self._ask("SUBSCRIBE", self._channel)
        yield frozenset()
        while True:
            _kind, _channel, text = await self._connection.read_response()
            yield frozenset(text.decode().split("\n"))

    async def aclose(self) -> None:
        """Close the connection, without waiting for a server that may be gone."""
        await self._connection.disconnect(nowait=True)

    async def _ask(self, *command: str) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._connection.send_command(*command)
            await self._connection.read_response()
