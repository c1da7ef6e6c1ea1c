"""What counts as a sign of life of Asterisk: the supervisor kills it, and every call with it, when there is none."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from borgerlinje.channels.phone.pbx.asterisk import Instance
from borgerlinje.channels.phone.pbx.configuration import Ports
from borgerlinje.up.pulse import LONGEST_SILENCE_SECONDS, STARVED_SILENCE_SECONDS, is_felt, is_too_long

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def instance_at(port: int) -> Instance:
    return Instance(Path("/nowhere"), Ports(sip=0, http=port, rtp_first=0, rtp_last=0), "secret", "0")


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[Instance]:
    """Run a server that treats every connection so."""
    served: asyncio.Queue[None] = asyncio.Queue()

    async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        served.put_nowait(None)

    async with await asyncio.start_server(serve_and_close, "127.0.0.1", 0) as server:
        yield instance_at(server.sockets[0].getsockname()[1])
        await served.get()


async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with no."""
    await reader.readline()
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")


async def hang_up(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Close at once, as Asterisk does at its limit of HTTP sessions."""


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close with a reset."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Take the connection and do nothing with it."""
    await reader.read()


@pytest.mark.parametrize("serve", [refuse, hang_up, reset])
async def test_whoever_answers_or_closes_lives(serve: Serve) -> None:
    async with serving(serve) as instance:
        assert await is_felt(instance, within_seconds=30)


async def test_whoever_is_silent_does_not(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(say_nothing) as instance:
        assert not await is_felt(instance, within_seconds=0.1)
    assert caplog.records == []


async def test_connection_waits_with_a_frozen_process_that_never_takes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert not await is_felt(instance_at(listening.getsockname()[1]), within_seconds=0.1)


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert not await is_felt(instance_at(port), within_seconds=30)


@pytest.mark.parametrize(
    ("silent", "waited", "expected"),
    [
        (LONGEST_SILENCE_SECONDS - 0.1, 0.0, False),
        (LONGEST_SILENCE_SECONDS, 0.0, True),
        (LONGEST_SILENCE_SECONDS, LONGEST_SILENCE_SECONDS / 2 + 0.1, False),
        (STARVED_SILENCE_SECONDS - 0.1, STARVED_SILENCE_SECONDS, False),
        (STARVED_SILENCE_SECONDS - 0.1, 3.0, True),
        (STARVED_SILENCE_SECONDS, STARVED_SILENCE_SECONDS, True),
    ],
)
def test_silence_that_was_mostly_a_wait_for_a_processor_is_borne_longer(
    silent: float, waited: float, *, expected: bool
) -> None:
    assert is_too_long(silent, waited_seconds=waited) is expected
