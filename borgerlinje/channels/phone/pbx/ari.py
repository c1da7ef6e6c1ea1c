"""A thin client of the Asterisk REST Interface: events from a websocket, commands over pooled HTTP.

Commands over the websocket would be executed one after another in its thread, and an event filter would swallow their
answers; over HTTP they run side by side. Ids of channels, bridges and playbacks are chosen by the caller, so that no answer
has to be awaited to know what an event is about.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import quote, urlencode, urlsplit

import aiohttp

from borgerlinje.channels.phone.pbx.events import WANTED, AriEvent, parse
from borgerlinje.channels.phone.pbx.http import Http, HttpError

_GONE: Final = frozenset({404, 409, 412, 422})
_JSON_BEGINS: Final = b'{["'
_COMMAND_SECONDS: Final = 10
# An Asterisk that is not ours to watch has frozen when it leaves a ping unanswered for half as long.
_HEARTBEAT_SECONDS: Final = 4
_FIRST_WAIT_SECONDS: Final = 0.1
_LONGEST_WAIT_SECONDS: Final = 2.0


class AriError(Exception):
    """Asterisk refused a command for a reason that is a fault of ours, or did not answer."""


class AriRefusedError(AriError):
    """Asterisk answered, and refused the command as wrong."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an Asterisk listens, and the application this process is to it."""

    url: str
    user: str
    password: str = field(repr=False)
    application: str = "bl-phone"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command. `is_gone`: the channel, bridge or playback is no more (404, 409, 412, 422), which is normal."""

    status: int
    text: bytes = b""

    @property
    def body(self) -> Any:
        """What Asterisk said; read only when it is asked for, for nobody wants most of it."""
        return json.loads(self.text) if self.text else None

    @property
    def is_done(self) -> bool:
        """The command was carried out."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the meaning of HTTP's numbers

    @property
    def is_gone(self) -> bool:
        """What the command was about has ended meanwhile."""
        return self.status in _GONE


class Ari:
    """A connection to one Asterisk."""

    def __init__(self, address: Address, session: aiohttp.ClientSession) -> None:
        self.address = address
        self._session = session
        authorization = aiohttp.encode_basic_auth(address.user, address.password)
        headers = (f"Authorization: {authorization}",)
        self._http = Http(address.url, headers=headers, timeout_seconds=_COMMAND_SECONDS)
        self._path = urlsplit(address.url).path

    @classmethod
    @asynccontextmanager
    async def opened(cls, address: Address) -> AsyncIterator[Self]:
        """Open the pool of connections and close it afterwards."""
        authorization = aiohttp.encode_basic_auth(address.user, address.password)
        async with aiohttp.ClientSession(headers={"Authorization": authorization}) as session:
            ari = cls(address, session)
            try:
                yield ari
            finally:
                ari._http.close()

    async def command(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Send one command. A channel that hung up meanwhile is a value, not an error.

        Raises AriRefusedError when Asterisk refuses the command as wrong, AriError when it cannot be reached or does not
        speak JSON (it starts, or something else answers in its place).
        """
        target = f"{self._path}{quote(path)}"
        if query:
            target += f"?{urlencode(query, quote_via=quote)}"
        try:
            status, text = await self._http.request(method, target, json.dumps(body).encode() if body else b"")
        except HttpError as error:
            msg = f"{method} {path}: {error}"
            raise AriError(msg) from error
        if text and text[0] not in _JSON_BEGINS:
            msg = f"{method} {path}: {status}, not JSON: {text[:200]!r}"
            raise AriError(msg)
        answer = Answer(status, text)
        if answer.is_done or answer.is_gone or status >= 500:  # noqa: PLR2004
            return answer
        msg = f"{method} {path}: {status} {text[:200]!r}"
        raise AriRefusedError(msg)

    async def read(self, path: str) -> Any:
        """Read a resource. Raises AriError when it is not to be had."""
        answer = await self.command("GET", path)
        if not answer.is_done:
            msg = f"GET {path}: {answer.status}"
            raise AriError(msg)
        try:
            return answer.body
        except ValueError as error:
            msg = f"GET {path}: not JSON: {answer.text[:200]!r}"
            raise AriError(msg) from error

    async def download(self, path: str) -> bytes | None:
        """Read a file; None when it is not there. Raises AriError."""
        try:
            status, body = await self._http.request("GET", f"{self._path}{quote(path)}")
        except HttpError as error:
            msg = f"GET {path}: {error}"
            raise AriError(msg) from error
        if status in _GONE:
            return None
        if not Answer(status).is_done:
            msg = f"GET {path}: {status}"
            raise AriError(msg)
        return body

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[AsyncIterator[AriEvent]]:
        """Connect the application and yield its events; they end when the connection does.

        Raises AriError when the connection cannot be made.
        """
        url = f"{self.address.url}/events"
        try:
            socket = await self._session.ws_connect(
                url, params={"app": self.address.application}, heartbeat=_HEARTBEAT_SECONDS, max_msg_size=0
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            msg = f"{url}: {type(error).__name__}"
            raise AriError(msg) from error
        async with socket:
            await self._filter_events()
            yield self._events(socket)

    async def _filter_events(self) -> None:
        allowed = [{"type": name} for name in WANTED]
        answer = await self.command(
            "PUT", f"/applications/{self.address.application}/eventFilter", body={"allowed": allowed}
        )
        if not answer.is_done:
            msg = f"the event filter was refused: {answer.status}"
            raise AriError(msg)

    @staticmethod
    async def _events(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[AriEvent]:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT and (event := parse(json.loads(message.data))):
                yield event


async def waits() -> AsyncIterator[float]:
    """Sleep between attempts to connect, longer each time up to two seconds; yield how long it was."""
    seconds = _FIRST_WAIT_SECONDS
    while True:
        await asyncio.sleep(seconds)
        yield seconds
        seconds = min(seconds * 2, _LONGEST_WAIT_SECONDS)
