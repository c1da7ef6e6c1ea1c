"""One live process, our own child or one that an earlier supervisor left, watched alike by its pidfd."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path

from borgerlinje.kit.running import Process


class Handle:
    """Signals a process and waits for its end; never a later process that got the same pid."""

    def __init__(self, process: Process, child: subprocess.Popen[bytes] | None = None) -> None:
        self.process = process
        self._child = child
        self._pidfd = os.pidfd_open(process.pid)
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(self._pidfd, self._on_end)

    @classmethod
    def of_child(cls, child: subprocess.Popen[bytes]) -> "Handle":
        """Watch a child that was just started."""
        # A child that already ended is a zombie until we wait for it, so its pid is still its own.
        return cls(Process.of(child.pid) or Process(child.pid, 0), child)

    @classmethod
    def adopt(cls, process: Process) -> "Handle | None":
        """Watch a process that is not our child; None when it is gone."""
        try:
            handle = cls(process)
        except ProcessLookupError:
            return None
        if process.alive():
            return handle
        handle.close()
        return None

    @property
    def adopted(self) -> bool:
        """Tell whether another supervisor started it."""
        return self._child is None

    def send(self, order: signal.Signals) -> None:
        """Send a signal to the process; nothing when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, order)

    async def ended(self) -> None:
        """Return when the process has ended."""
        await asyncio.shield(self._ended)

    async def ended_within(self, seconds: float) -> bool:
        """Return True when the process has ended, False when that takes longer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ended(), seconds)
        return self._ended.done()

    def close(self) -> None:
        """Stop watching."""
        if self._pidfd >= 0:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1

    def how(self) -> str:
        """Say how the process ended."""
        code = self._child.returncode if self._child else None
        if code is None:
            return "ended"
        if code < 0:
            return f"ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def _on_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        # What it started in its session goes with it. Before it is waited for: until then
        # its pid, which is also the group's, cannot be given to anybody else.
        kill_group(self.process.pid)
        if self._child:
            self._child.wait()
        if not self._ended.done():
            self._ended.set_result(None)


def kill_group(pid: int) -> None:
    """Kill what is left of a process group that this process led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


async def end_earlier(pid_file: Path, patience_seconds: float = 5.0) -> bool:
    """End the process of a pid file that an earlier supervisor left, with its group; True when there was one."""
    process = Process.load(pid_file)
    handle = Handle.adopt(process) if process else None
    if handle is None:
        pid_file.unlink(missing_ok=True)  # noqa: ASYNC240 - one short call
        return False
    handle.send(signal.SIGTERM)
    if not await handle.ended_within(patience_seconds):
        handle.send(signal.SIGKILL)
        await handle.ended()
    handle.close()
    pid_file.unlink(missing_ok=True)  # noqa: ASYNC240 - one short call
    return True
