"""A process of our own: heartbeats watched, killed when it falls silent."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from borgerlinje.kit import embedded, metrics
from borgerlinje.kit.home import Home
from borgerlinje.kit.running import CannotRunError
from borgerlinje.up import starving
from borgerlinje.up.handle import Handle
from borgerlinje.up.part import Part

SILENCE_SECONDS = 2.0
START_SILENCE_SECONDS = 30.0
# A process that has been ready to run for most of its silence, and got no turn, is given this long instead.
STARVED_SILENCE_SECONDS = 10.0
# Two heartbeats missed: from here a silence is looked into.
NOTICED_SECONDS = 0.8
LOOK_SECONDS = 0.2
EARLY_ENDS_ALLOWED = 3


@dataclass(frozen=True)
class Spec:
    """What to start."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: str = "/"
    keep_open: Sequence[int] = field(default_factory=tuple)


class Child(Part):
    """One of our processes, with its notify socket and its pid file."""

    def __init__(self, spec: Spec, home: Home, say: Callable[[str], None]) -> None:
        super().__init__(spec.name, home, say)
        self.spec = spec
        self.status = ""
        self.pid_file = home.run / f"{spec.name}.pid"
        self._heard_at = 0.0
        self._socket_file = home.sockets / f"{spec.name}.notify"
        self._socket = self._open_socket()

    async def launch(self) -> Handle:
        """Start the process. Raises CannotRunError when it ended several times before it was ever ready."""
        if not self.was_ready and self.early_ends >= EARLY_ENDS_ALLOWED:
            raise CannotRunError(f"{self.name} does not start ({self.last_end}): see {self.home.log / self.name}.log")
        self._drain()
        self._heard_at = asyncio.get_running_loop().time()
        name = f"{self.name}.log"
        with embedded.log_file(self.home, name) as log:
            child = subprocess.Popen(  # noqa: ASYNC220 - asyncio's own would reap it before its group is killed
                list(self.spec.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.spec.folder,
                env={**self.spec.environment, "NOTIFY_SOCKET": str(self._socket_file)},
                pass_fds=tuple(self.spec.keep_open),
                start_new_session=True,
            )
        return Handle.of_child(child)

    async def serve(self, handle: Handle) -> None:
        """Watch the heartbeats; kill the process when they stop."""
        loop = asyncio.get_running_loop()
        waited_before: float | None = None
        while True:
            looked_at = loop.time()
            await asyncio.sleep(LOOK_SECONDS)
            if loop.time() - looked_at > SILENCE_SECONDS / 2:
                # We were held up ourselves (a laptop asleep, a debugger): what we missed proves nothing.
                self._heard_at = loop.time()
                continue
            silent = loop.time() - self._heard_at
            if silent < NOTICED_SECONDS:
                waited_before = None
                continue
            if waited_before is None:
                waited_before = starving.waited_seconds(handle.process.pid)
            allowed = SILENCE_SECONDS if self.ready.is_set() else START_SILENCE_SECONDS
            if silent <= allowed:
                continue
            waited = starving.waited_seconds(handle.process.pid) - waited_before
            if waited > (silent - NOTICED_SECONDS) / 2 and silent < STARVED_SILENCE_SECONDS:
                continue
            self.say(f"{self.name} has been silent for {silent:.0f} s: killing it")
            self._heard_at = loop.time()
            handle.send(signal.SIGKILL)

    def close(self) -> None:
        """Give back the socket and the pid file."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._socket_file.unlink(missing_ok=True)
        (self.home.run / f"{self.name}.pid").unlink(missing_ok=True)

    def _note_end(self, handle: Handle) -> None:
        metrics.forget_process(self.home.metrics, handle.process.pid)
        super()._note_end(handle)

    def _open_socket(self) -> socket.socket:
        self._socket_file.unlink(missing_ok=True)
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        channel.bind(str(self._socket_file))
        self._socket_file.chmod(0o600)
        asyncio.get_running_loop().add_reader(channel, self._hear)
        return channel

    def _drain(self) -> None:
        """Forget what the process before this one said last."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(4096)

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self._understand(self._socket.recv(4096).decode(errors="replace"))

    def _understand(self, message: str) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        for line in message.splitlines():
            key, _, value = line.partition("=")
            if key == "READY" and not self.ready.is_set():
                self.ready.set()
                if self.was_ready:
                    self.say(f"{self.name} ready again")
            elif key == "STATUS":
                self.status = value


def inherited_environment() -> dict[str, str]:
    """Return our own environment without what systemd meant for us alone."""
    mine = ("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID")
    return {key: value for key, value in os.environ.items() if key not in mine}
