"""HTTP/1.1 to one server over connections that are kept: as much of it as Asterisk's REST interface needs, and no more.

A call makes eight requests, and a general client spends half a millisecond of processor time on each (measured); this one a
third of that. Bodies have a stated length, as Asterisk's do; anything else is an error.
"""

import asyncio
import ssl
from typing import Final, cast
from urllib.parse import urlsplit

_IDLE_SECONDS: Final = 10.0
_LONGEST_HEAD_BYTES: Final = 65_536
_WITHOUT_BODY: Final = frozenset({204, 304})


class HttpError(Exception):
    """The server cannot be reached, takes too long, or does not speak as it should."""


class Http:
    """A pool of connections to one server. `headers` are whole lines sent with every request."""

    def __init__(
        self, url: str, *, headers: tuple[str, ...] = (), limit: int = 48, timeout_seconds: float = 10
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._headers = "".join(f"{line}\r\n" for line in (f"Host: {parts.netloc.rpartition('@')[2]}", *headers))
        self._timeout_seconds = timeout_seconds
        self._free = asyncio.Semaphore(limit)
        self._idle: list[_Connection] = []

    async def request(self, method: str, target: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send a request and return the answer's status and body; `target` is the path with its query, quoted.

        Raises HttpError. Nothing is sent twice: whoever asks must decide whether a request may be repeated.
        """
        about = (
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else "Content-Length: 0\r\n"
        )
        data = f"{method} {target} HTTP/1.1\r\n{self._headers}{about}\r\n".encode() + body
        async with self._free:
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    connection = self._take() or await self._connect()
                    try:
                        answer = await connection.ask(data)
                    except BaseException:
                        connection.close()
                        raise
            except TimeoutError as error:
                raise HttpError("no answer in time") from error
            except OSError as error:
                raise HttpError(type(error).__name__) from error
            if connection.is_open:
                self._idle.append(connection)
            return answer

    def close(self) -> None:
        """Close every connection that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> "_Connection | None":
        """Return a kept connection, the one used last; those that were idle for long may be closed by the server any moment."""
        oldest = asyncio.get_running_loop().time() - _IDLE_SECONDS
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and connection.used_at > oldest:
                return connection
            connection.close()
        return None

    async def _connect(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, self._host, self._port, ssl=self._tls)
        return connection


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.is_open = False
        self.used_at = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._buffer = b""

    async def ask(self, data: bytes) -> tuple[int, bytes]:
        """Send a request and return the answer's status and body. Raises HttpError."""
        if self._transport is None or not self.is_open:
            raise HttpError("the connection has ended")
        self._answer = self._loop.create_future()
        self._transport.write(data)
        try:
            return await self._answer
        finally:
            self._answer = None
            self.used_at = self._loop.time()

    def close(self) -> None:
        """End the connection."""
        self.is_open = False
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin (asyncio's call)."""
        self._transport, self.is_open = cast("asyncio.Transport", transport), True

    def data_received(self, data: bytes) -> None:
        """Take what arrived, and let whoever waits have the answer once it is whole (asyncio's call)."""
        self._buffer = self._buffer + data if self._buffer else data
        try:
            answer = self._read()
        except (HttpError, ValueError) as error:
            self._fail(error if isinstance(error, HttpError) else HttpError("not HTTP"))
            return
        if answer is None:
            return
        if self._answer is None or self._answer.done():
            self.close()
        else:
            self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Note the end (asyncio's call)."""
        self._fail(HttpError(type(error).__name__ if error else "the server has closed the connection"))

    def _fail(self, error: HttpError) -> None:
        self.close()
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)

    def _read(self) -> tuple[int, bytes] | None:
        """Return the answer in the buffer, None while it is not whole. Raises HttpError or ValueError for anything else."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _LONGEST_HEAD_BYTES:
                raise HttpError("not HTTP")
            return None
        first, *lines = self._buffer[:end].split(b"\r\n")
        version, status_text, *_ = first.split(b" ", 2)
        headers = {name.lower(): value.strip().lower() for name, _, value in (line.partition(b":") for line in lines)}
        status = int(status_text)
        if not version.startswith(b"HTTP/1.") or b"transfer-encoding" in headers:
            raise HttpError("not HTTP/1.1 with a stated length")
        length = 0 if status in _WITHOUT_BODY else int(headers.get(b"content-length", b"0"))
        start = end + 4
        if len(self._buffer) < start + length:
            return None
        body, self._buffer = self._buffer[start : start + length], self._buffer[start + length :]
        if self._buffer or headers.get(b"connection") == b"close" or version == b"HTTP/1.0":
            self.close()
        return status, body
