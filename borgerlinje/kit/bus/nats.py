"""Hints through NATS: publish and subscribe.

The library's own way of connecting anew is off: a listener has to know that it was deaf for a while.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from nats import errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from borgerlinje.kit.bus.address import Address

ANSWER_SECONDS = 1
# A server that fell off the network is noticed within fifteen seconds.
PING_SECONDS, PINGS_UNANSWERED = 5, 2


class NatsLink:
    """One connection to NATS."""

    # Whatever the library says: the bus is no part of what must work.
    lost: tuple[type[Exception], ...] = (Exception,)

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = Client()
        self._fault: Exception | None = None
        # None: the connection has ended.
        self._heard: asyncio.Queue[frozenset[str] | None] = asyncio.Queue()

    async def open(self) -> None:
        """Connect and sign in."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._connect()
        except errors.NoServersError:
            # It does not say why; what it reported on the way does.
            raise self._fault or ConnectionError("no connection") from None
        self._check_tls()
        self._fault = None

    async def _connect(self) -> None:
        await self._client.connect(
            str(self._address),
            name="borgerlinje-hints",
            **self._credentials(),
            # When to try again is not the library's business; once more at once is the least it can.
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            ping_interval=PING_SECONDS,
            max_outstanding_pings=PINGS_UNANSWERED,
            error_cb=self._on_error,
            closed_cb=self._on_closed,
        )

    async def send(self, topics: Sequence[str]) -> None:
        """Publish the topics in one message."""
        await self._client.publish(self._address.channel, "\n".join(topics).encode())
        await self._flush()

    async def hear(self) -> AsyncGenerator[frozenset[str]]:
        """Yield an empty set once subscribed, then the topics of each message."""
        await self._client.subscribe(self._address.channel, cb=self._on_message)
        await self._flush()
        yield frozenset()
        while True:
            topics = await self._heard.get()
            if topics is None:
                raise errors.ConnectionClosedError
            yield topics

    async def aclose(self) -> None:
        """Close the connection; the library fails at, or waits for ever on, one that was cut off while it opened."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._client.close()

    async def _flush(self) -> None:
        """Wait until the server has handled everything so far. It may refuse a subject, and says so first.

        Twice, since the library's question overtakes what it has buffered: only the second is asked after all of it.
        """
        await self._client.flush(ANSWER_SECONDS)
        await self._client.flush(ANSWER_SECONDS)
        if self._fault:
            raise self._fault

    def _credentials(self) -> dict[str, Any]:
        """Return how to sign in: a password, or a token where there is a user only, asked for when it is sent."""
        user, password = self._address.user, self._address.password
        if not user:
            return {}
        secret = {"user": user, "password": password} if password else {"token": user}
        return {key: self._in_secret(value) for key, value in secret.items()}

    def _in_secret(self, value: str) -> Any:
        def give() -> str:
            self._check_tls()
            return value

        return give

    def _check_tls(self) -> None:
        """Raise ConnectionError when TLS is wanted and the server offers none: the library would go on in clear text."""
        if self._address.uses_tls and not self._client._server_info.get("tls_required"):  # noqa: SLF001 - told nowhere else
            raise ConnectionError("the server offers no TLS")

    async def _on_message(self, message: Msg) -> None:
        self._heard.put_nowait(frozenset(message.data.decode().split("\n")))

    async def _on_error(self, error: Exception) -> None:
        self._fault = error

    async def _on_closed(self) -> None:
        self._heard.put_nowait(None)
