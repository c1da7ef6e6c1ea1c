"""The whole product as a child of a test: `borgerlinje up` on a home of its own, with free ports."""

import contextlib
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from borgerlinje.kit import embedded, home, running, unprivileged
from borgerlinje.up import memory
from borgerlinje.up.children import FOLDER

START_SECONDS = 90.0
STOP_SECONDS = 60.0
RUNS = "everything runs"


class NotStartedError(AssertionError):
    """The product did not come up; the text holds all it said."""


class Product:
    """One copy. Ends, in order, when the test process ends, however that happens."""

    def __init__(
        self, *, demo: bool = False, port: int | None = None, folder: Path | None = None, **environment: str
    ) -> None:
        self.demo = demo
        self.port = port or free_port()
        self._own_folder = folder is None
        self.home = home.Home((folder or Path(tempfile.mkdtemp(prefix="bl-up-"))).absolute())
        embedded.prepare(self.home)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("BORGERLINJE_", "DATABASE_URL"))}
        self.env = kept | {
            "BORGERLINJE_HOME": str(self.home.path),
            "BORGERLINJE_CACHE": str(home.cache()),
            **environment,
        }
        self.lines: list[str] = []
        self._new_lines: queue.Queue[str | None] = queue.Queue()
        self.process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The web address, without a slash at the end."""
        return f"http://localhost:{self.port}"

    @property
    def said(self) -> str:
        """Everything `up` has printed so far, both streams."""
        return "\n".join(self.lines)

    def running(self) -> running.Running:
        """Return what runs: ports, addresses, passwords."""
        found = running.read(self.home)
        assert found is not None, self.said
        return found

    def start(self, seconds: float = START_SECONDS) -> Self:
        """Start it and wait until everything runs. Raises NotStartedError."""
        self.begin()
        if not self.wait_for(RUNS, seconds):
            self.stop()
            raise NotStartedError(self.said)
        return self

    def begin(self) -> None:
        """Start it without waiting."""
        argv = [sys.executable, "-m", "borgerlinje", "up", "--port", str(self.port), *(["--demo"] if self.demo else [])]
        self._new_lines = queue.Queue()
        self.process = subprocess.Popen(
            unprivileged.command(argv, die_with_parent=True),
            cwd=FOLDER,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self.process, self._new_lines), daemon=True)
        self._reader.start()

    def wait_for(self, text: str, seconds: float = START_SECONDS) -> bool:
        """Wait until `up` prints a line with this text, from now on; False when it ends or that takes longer."""
        until = time.monotonic() + seconds
        while True:
            try:
                line = self._new_lines.get(timeout=max(until - time.monotonic(), 0.0))
            except queue.Empty:
                return False
            if line is None:
                return False
            if text in line:
                return True

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Wait until it has ended; return the exit code."""
        assert self.process is not None
        code = self.process.wait(seconds)
        if self._reader:
            self._reader.join(5)
        return code

    def stop(self, order: signal.Signals = signal.SIGINT) -> int:
        """Stop it in order and return the exit code; nothing when it has ended."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(order)
        return self.wait()

    def crash(self) -> None:
        """Kill the supervisor alone, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.wait()

    def pid(self, name: str) -> int:
        """Return the pid of one of its processes: web, dispatch, phone, worker, robots, asterisk, postgres."""
        if name == "postgres":
            found = embedded.Server(self.home).process()
        else:
            found = running.Process.load(self.home.run / f"{name}.pid")
        assert found is not None, f"{name} does not run\n{self.said}"
        return found.pid

    def processes(self) -> list[memory.Use]:
        """Return every process that works on this home."""
        return memory.of_home(self.home)

    def command(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run another command of the product on the same home."""
        return subprocess.run(
            [sys.executable, "-m", "borgerlinje", *arguments],
            cwd=FOLDER,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def log(self, name: str) -> str:
        """Return what a process has logged."""
        try:
            return (self.home.log / f"{name}.log").read_text(errors="replace")
        except OSError:
            return ""

    def discard(self) -> None:
        """Stop it, end whatever is left of it, and remove its home."""
        self.stop()
        for left in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(left.pid, signal.SIGKILL)
        if self._own_folder:
            shutil.rmtree(self.home.path, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def _read(self, process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.lines.append(line.rstrip("\n"))
                lines.put(line)
        lines.put(None)


def free_port() -> int:
    """Return a port on localhost that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
