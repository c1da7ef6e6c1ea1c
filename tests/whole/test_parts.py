"""The supervisor's parts with small scripts in place of our processes."""

import asyncio
import contextlib
import os
import select
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from borgerlinje.kit import embedded, unprivileged
from borgerlinje.kit.home import Home
from borgerlinje.kit.running import CannotRunError, Process
from borgerlinje.up import checks, logfiles, ports
from borgerlinje.up.child import Child, Spec
from borgerlinje.up.handle import Handle

BEATS = """
import os, signal, socket, sys, time
def say(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "h")
    embedded.prepare(made)
    return made


@contextlib.asynccontextmanager
async def keeping(
    home: Home, script: str, kind: type[Child] = Child
) -> AsyncIterator[tuple[Child, asyncio.Queue[str]]]:
    """Keep a script running; what the supervisor says about it comes through the queue."""
    said: asyncio.Queue[str] = asyncio.Queue()
    child = kind(Spec("script", [sys.executable, "-c", BEATS + script], {}), home, said.put_nowait)
    child.keep()
    hurry = asyncio.Event()
    hurry.set()
    try:
        yield child, said
    finally:
        await child.stop(hurry)
        child.close()


async def test_process_that_falls_silent_is_killed_and_started_again(home: Home) -> None:
    async with asyncio.timeout(20):
        async with keeping(home, "say('READY=1'); time.sleep(60)") as (child, said):
            await child.wait_ready()
            since = time.monotonic()
            assert "silent" in await said.get()
            assert 1.9 < time.monotonic() - since < 4
            assert "ended by SIGKILL" in await said.get()
            assert "ready again" in await said.get()


async def test_process_that_never_becomes_ready_gives_up_with_one_line(home: Home) -> None:
    async with asyncio.timeout(20):
        async with keeping(home, "sys.exit(3)") as (child, _):
            with pytest.raises(CannotRunError, match="exit code 3"):
                await child.wait_ready()


class Stumbling(Child):
    """A part that does not come up in time the second time it is started."""

    starts = 0

    async def serve(self, handle: Handle) -> None:
        self.starts += 1
        if self.starts == 2:
            raise CannotRunError("it takes too long")
        await super().serve(handle)


async def test_part_that_ran_before_and_stumbles_is_tried_again_and_does_not_end_the_rest(home: Home) -> None:
    async with asyncio.timeout(30):
        async with keeping(home, "say('READY=1'); time.sleep(.3)", Stumbling) as (child, said):
            await child.wait_ready()
            while "does not come up again (it takes too long)" not in await said.get():
                pass
            while "ready again" not in await said.get():
                pass
            assert child.keeper is not None
            assert not child.keeper.done()


async def test_hurry_ends_process_that_ignores_being_asked(home: Home) -> None:
    script = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); say('READY=1')\nwhile True: say('WATCHDOG=1'); time.sleep(.2)"
    )
    async with asyncio.timeout(20):
        async with keeping(home, script) as (child, _):
            await child.wait_ready()
            hurry = asyncio.Event()
            stopping = asyncio.create_task(child.stop(hurry))
            done, _ = await asyncio.wait({stopping}, timeout=0.5)
            assert not done
            hurry.set()
            await asyncio.wait_for(stopping, 2)


async def test_what_a_process_started_ends_with_it(home: Home) -> None:
    script = (
        "import subprocess; p = subprocess.Popen(['sleep', '60']); say(f'STATUS={p.pid}\\nREADY=1'); time.sleep(60)"
    )
    async with asyncio.timeout(20):
        async with keeping(home, script) as (child, _):
            await child.wait_ready()
            grandchild = Process.of(int(child.status))
            assert grandchild is not None
            watch = os.pidfd_open(grandchild.pid)
    try:
        ended, _, _ = select.select([watch], [], [], 5)
    finally:
        os.close(watch)
    assert ended


def test_little_room_is_refused_with_what_to_do(tmp_path: Path) -> None:
    checks.check_room(tmp_path, 1)
    with pytest.raises(checks.DiskFullError, match="Make room"):
        checks.check_room(tmp_path, 10**12)


def test_ports_are_kept_and_never_shared(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "o")
    embedded.prepare(other)
    first, mark = ports.choose(home, web_port=8000, own=None)
    second, other_mark = ports.choose(other, web_port=8000, own=None)
    assert first.number != second.number
    assert first.rtp[1] < second.rtp[0] or second.rtp[1] < first.rtp[0]
    mark.close()
    again, mark = ports.choose(home, web_port=8000, own=None)
    assert again == first
    mark.close()
    other_mark.close()


def test_log_file_begins_anew_under_the_feet_of_its_writer(tmp_path: Path) -> None:
    file = tmp_path / "web.log"
    with file.open("ab", buffering=0) as writer:
        writer.write(b"old\n")
        logfiles.turn(file)
        writer.write(b"new\n")
    assert file.read_text() == "new\n"
    assert (tmp_path / "web.log.1").read_text() == "old\n"


def test_nobody_is_asked_to_drop_who_is_not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert unprivileged.account() is None
    assert unprivileged.command(["x"]) == ["x"]
