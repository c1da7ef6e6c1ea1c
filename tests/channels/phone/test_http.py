"""The connections to Asterisk's REST interface, against servers that answer as servers do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from borgerlinje.channels.phone.pbx.http import Http, HttpError

OK = b"HTTP/1.1 200 OK\r\nContent-type: application/json\r\nContent-Length: 2\r\n\r\n{}"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served_by(serve: Serve, *, timeout_seconds: float = 10, limit: int = 48) -> AsyncIterator[Http]:
    """Run a server for the block and yield a client of it."""
    writers: list[asyncio.StreamWriter] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await serve(reader, writer)

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    http = Http(f"http://{host}:{port}/ari", headers=("X-Who: me",), timeout_seconds=timeout_seconds, limit=limit)
    try:
        yield http
    finally:
        http.close()
        for writer in writers:
            writer.close()
        server.close()
        await server.wait_closed()


async def read_head(reader: asyncio.StreamReader) -> list[str]:
    return (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")


async def test_requests_one_after_another_share_a_connection():
    connections: list[object] = []
    heads: list[list[str]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while not reader.at_eof():
            try:
                heads.append(await read_head(reader))
            except asyncio.IncompleteReadError:
                return
            writer.write(OK)

    async with served_by(serve) as http:
        for number in range(3):
            assert await http.request("GET", f"/ari/{number}") == (200, b"{}")
    assert len(connections) == 1
    assert [head[0] for head in heads] == [f"GET /ari/{number} HTTP/1.1" for number in range(3)]
    assert "X-Who: me" in heads[0]


async def test_requests_at_once_have_a_connection_each_up_to_the_limit():
    connections: list[object] = []
    together = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while True:
            try:
                await read_head(reader)
            except asyncio.IncompleteReadError:
                return
            if len(connections) == 2:
                together.set()
            await together.wait()
            writer.write(OK)

    async with served_by(serve, limit=2) as http:
        answers = await asyncio.gather(*(http.request("GET", "/ari") for _ in range(6)))
    assert answers == [(200, b"{}")] * 6
    assert len(connections) == 2


async def test_answer_in_pieces_is_put_together_and_the_body_is_sent_whole():
    bodies: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        length = next(int(line.split()[1]) for line in head if line.startswith("Content-Length"))
        bodies.append(await reader.readexactly(length))
        for start in range(0, len(OK), 7):
            writer.write(OK[start : start + 7])
            await writer.drain()
            await asyncio.sleep(0)

    async with served_by(serve) as http:
        assert await http.request("POST", "/ari/x", b'{"a": "\xc3\xb8"}') == (200, b"{}")
    assert bodies == [b'{"a": "\xc3\xb8"}']


async def test_connection_the_server_has_closed_is_not_used_again():
    connections: list[object] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await read_head(reader)
        writer.write(OK.replace(b"Content-type: application/json", b"Connection: close"))
        writer.close()

    async with served_by(serve) as http:
        for _ in range(2):
            assert await http.request("GET", "/ari") == (200, b"{}")
    assert len(connections) == 2


async def test_answer_without_a_body_ends_with_its_head():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n")

    async with served_by(serve) as http:
        assert await http.request("DELETE", "/ari/x") == (204, b"")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"x" * 100_000,
    ],
)
async def test_anything_else_is_an_error_and_never_an_answer(answer: bytes):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(answer)
        writer.close()

    async with served_by(serve) as http:
        with pytest.raises(HttpError):
            await http.request("GET", "/ari")


async def test_server_that_says_nothing_is_given_up_and_its_connection_not_used_again():
    connections: list[object] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await read_head(reader)
        if len(connections) > 1:
            writer.write(OK)

    async with served_by(serve, timeout_seconds=0.05) as http:
        with pytest.raises(HttpError, match="no answer in time"):
            await http.request("GET", "/ari")
        http._timeout_seconds = 10
        assert await http.request("GET", "/ari") == (200, b"{}")
    assert len(connections) == 2


async def test_nobody_listens():
    http = Http("http://127.0.0.1:9/ari")
    with pytest.raises(HttpError):
        await http.request("GET", "/ari")
