"""A part of the product: kept running until told to stop, whatever kind of process it is."""

import asyncio
import contextlib
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from borgerlinje.kit.home import Home
from borgerlinje.kit.running import CannotRunError
from borgerlinje.up import checks
from borgerlinje.up.handle import Handle

FIRST_DELAY_SECONDS = 0.05
STEADY_SECONDS = 30.0
NOTE_AGAIN_SECONDS = 1.0


class Part(ABC):
    """Starts one process, again when it ends (waiting longer each time), and stops it."""

    stop_signal = signal.SIGTERM
    stop_seconds = 8.0
    longest_delay_seconds = 5.0
    # Where the next supervisor finds the process; None for one that says so itself.
    pid_file: Path | None = None

    def __init__(self, name: str, home: Home, say: Callable[[str], None]) -> None:
        self.name = name
        self.home = home
        self.say = say
        self.ready = asyncio.Event()
        self.handle: Handle | None = None
        self.was_ready = False
        self.early_ends = 0
        self.last_end = ""
        self._stopping = asyncio.Event()
        self.keeper: asyncio.Task[None] | None = None

    @abstractmethod
    async def launch(self) -> Handle:
        """Start the process, or adopt the running one."""

    @abstractmethod
    async def serve(self, handle: Handle) -> None:
        """Set `ready` when the process serves, and go on watching it; cancelled when it has ended.

        Raises CannotRunError when it never will.
        """

    def keep(self) -> None:
        """Start the part and keep it running from now on."""
        self.keeper = asyncio.create_task(self._keep(), name=f"keep-{self.name}")

    async def wait_ready(self) -> None:
        """Wait until the part serves. Raises CannotRunError (or what the keeper raised) when it gives up."""
        if self.keeper is None:
            return
        waiting = asyncio.create_task(self.ready.wait())
        try:
            await asyncio.wait({waiting, self.keeper}, return_when=asyncio.FIRST_COMPLETED)
            if self.keeper.done():
                await self.keeper
        finally:
            waiting.cancel()

    async def stop(self, hurry: asyncio.Event) -> None:
        """Stop the part for good: ask, wait (not when `hurry` is set), kill."""
        self._stopping.set()
        if self.handle:
            await self._end(self.handle, hurry)
        if self.keeper:
            self.keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError, CannotRunError):
                await self.keeper
        # A process launched between the two lines above.
        if self.handle:
            await self._end(self.handle, hurry)
            self.handle.close()
            self.handle = None

    async def _end(self, handle: Handle, hurry: asyncio.Event) -> None:
        if hurry.is_set():
            self.kill(handle)
        else:
            handle.send(self.stop_signal)
        # A stopped (frozen) process acts on the signal only once it continues.
        handle.send(signal.SIGCONT)
        hurried = asyncio.create_task(hurry.wait())
        ended = asyncio.create_task(handle.ended())
        await asyncio.wait({hurried, ended}, timeout=self.stop_seconds, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            self.kill(handle)
            await ended
        hurried.cancel()

    def close(self) -> None:  # noqa: B027 - most parts hold nothing
        """Give back what the part held; called once, after `stop`."""

    def kill(self, handle: Handle) -> None:
        """End the process at once."""
        handle.send(signal.SIGKILL)

    async def _keep(self) -> None:
        delay = FIRST_DELAY_SECONDS
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            started = loop.time()
            self.handle = await self._launch()
            if self.handle:
                await self._until_end(self.handle)
                self._note_end(self.handle)
            if self._stopping.is_set():
                return
            if loop.time() - started > STEADY_SECONDS:
                delay = FIRST_DELAY_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
            delay = min(delay * 2, self.longest_delay_seconds)

    async def _launch(self) -> Handle | None:
        """Launch; once it has run, a failure of the machine (a full disk) is a reason to try again, not to end all."""
        try:
            return await self.launch()
        except (CannotRunError, OSError, subprocess.TimeoutExpired) as error:
            if not self.was_ready:
                raise
            self.say(f"{self.name} cannot be started ({error}): trying again")
            return None

    async def _until_end(self, handle: Handle) -> None:
        noting = asyncio.create_task(self._note_pid(handle), name=f"note-{self.name}")
        serving = asyncio.create_task(self.serve(handle), name=f"serve-{self.name}")
        ended = asyncio.create_task(handle.ended())
        try:
            await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                await self._look_at(serving)
            await ended
        finally:
            for task in (serving, ended, noting):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, CannotRunError):
                await serving

    async def _note_pid(self, handle: Handle) -> None:
        """Write the pid file, as soon as there is room: a process that runs is worth more than its file."""
        while self.pid_file:
            try:
                handle.process.save(self.pid_file)
            except OSError:
                await asyncio.sleep(NOTE_AGAIN_SECONDS)
            else:
                return

    async def _look_at(self, serving: asyncio.Task[None]) -> None:
        """Raise what a part raised that never came up; one that has run before is ended, and started again."""
        try:
            await serving
        except (CannotRunError, OSError, subprocess.TimeoutExpired) as error:
            if not self.was_ready:
                raise
            self.say(f"{self.name} does not come up again ({error}): trying once more")
            if self.handle:
                self.kill(self.handle)

    def _note_end(self, handle: Handle) -> None:
        handle.close()
        self.handle = None
        self.last_end = handle.how()
        if self._stopping.is_set():
            return
        self.was_ready = self.was_ready or self.ready.is_set()
        self.early_ends += not self.ready.is_set()
        self.ready.clear()
        why = f" (the disk of {self.home.path} is full: make room)" if not checks.has_room(self.home.path) else ""
        self.say(f"{self.name} {self.last_end}{why}: starting it again")
