"""A real Asterisk with our telephone and dispatch processes, on the test's own database.

Everything dies with the test process. Audio is proved by tones: the citizen sends one, the employee another.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import DictRow

from borgerlinje.channels.phone.accounts.actions import do_keep_robot_endpoint
from borgerlinje.channels.phone.pbx import asterisk
from borgerlinje.channels.phone.pbx.asterisk import Instance
from borgerlinje.dispatch.actions import Change
from borgerlinje.dispatch.attendance import do_ready, do_sign_out
from borgerlinje.kit import clock, running, unprivileged
from borgerlinje.kit.database import Steps, run
from borgerlinje.kit.home import Home, cache
from tests.support.database import TestDatabase


@dataclass
class Telephone:
    """The running parts; `environment` is what a process of ours needs to join them."""

    home: Home
    instance: Instance
    server: subprocess.Popen[bytes]
    environment: dict[str, str] = field(default_factory=dict)
    database: TestDatabase | None = None
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    last_words: str = ""
    starts: Counter[str] = field(default_factory=Counter)

    def start(self, name: str) -> None:
        """Start one of our processes ("phone", "dispatch")."""
        self.starts[name] += 1
        roles = {"BORGERLINJE_DATABASE_ROLE": "bl_engine"}
        with (self.home.log / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                unprivileged.command([sys.executable, "-m", "borgerlinje", name], die_with_parent=True),
                env={**os.environ, **self.environment, **roles},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """End a process without a word (SIGKILL)."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End our processes."""
        for name in list(self.processes):
            self.kill(name)

    @property
    def owner(self) -> tuple[int, int]:
        """Whose the home is."""
        entry = self.home.path.stat()
        return entry.st_uid, entry.st_gid

    def log_of(self, name: str) -> str:
        """Return what a process has logged."""
        path = self.home.log / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def ask(self, text: str) -> str:
        """Run a command on Asterisk's console."""
        return asterisk.ask(self.home.asterisk, asterisk.read_installation(cache()), text)

    def connection(self) -> psycopg.Connection[DictRow]:
        """Connect to the test's database as its owner."""
        assert self.database is not None
        return self.database.as_owner()

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Read from the test's database."""
        with self.connection() as connection:
            return connection.execute(sql, values).fetchall()

    def contact(self) -> dict[str, Any]:
        """Return the one contact of the test, an empty dictionary before there is one."""
        rows = self.rows("SELECT * FROM contacts_contact ORDER BY arrived_at DESC LIMIT 1")
        return rows[0] if rows else {}

    def presence(self, employee_id: int) -> str:
        """Return an employee's state."""
        rows = self.rows("SELECT state FROM dispatch_presence WHERE employee_id = %(id)s", id=employee_id)
        return str(rows[0]["state"]) if rows else ""

    def write(self, sql: str, **values: Any) -> None:
        """Change the test's database as its owner."""
        with self.connection() as connection:
            connection.execute(sql, values)

    def story(self) -> list[str]:
        """Return what happened to the contacts, in order."""
        return [row["name"] for row in self.rows("SELECT name FROM contacts_contactevent ORDER BY id")]

    def offers(self) -> list[str]:
        """Return how each offer ended, an empty text while it is open."""
        return [row["ended_as"] for row in self.rows("SELECT ended_as FROM dispatch_offer ORDER BY made_at")]

    @property
    def address(self) -> dict[str, Any]:
        """Where a robot calls."""
        return {"host": self.instance.sip_host, "port": self.instance.ports.sip}

    def employ(self, employee_id: int, contact_uri: str) -> None:
        """Give an employee a robot's phone and make them ready once Asterisk knows it."""
        now = clock.now()
        with self.connection() as connection:
            name = run(do_keep_robot_endpoint(employee_id, contact_uri, now=now), connection.cursor())
            connection.execute("SELECT pg_notify('bl_hint', 'phone')")
        # Not asked of Asterisk's console: while accounts come and go, its list of them can end it (asterisk/asterisk 2172).
        is_pushed = "SELECT 1 FROM phone_phoneendpoint WHERE name = %(name)s AND pushed_at IS NOT NULL"
        wait_until(lambda: self.rows(is_pushed, name=name), within=5)
        self.ready(employee_id)

    def ready(self, employee_id: int) -> None:
        """Make an employee ready."""
        with self.connection() as connection:
            run(do_ready(employee_id, now=clock.now()), connection.cursor())
            connection.execute("SELECT pg_notify('bl_hint', 'dispatch')")

    def sign_out(self, employee_id: int) -> None:
        """Sign an employee out, as the web does."""
        with self.connection() as connection, connection.transaction():
            run(do_sign_out(employee_id, now=clock.now()), connection.cursor())
            connection.execute("SELECT pg_notify('bl_hint', 'phone')")

    def act(self, steps: Steps[Any]) -> Any:
        """Do what the desk does: one transaction, and its hints."""
        with self.connection() as connection:
            with connection.transaction():
                result = run(steps, connection.cursor())
            for topic in result.topics if isinstance(result, Change) else ("phone",):
                connection.execute("SELECT pg_notify('bl_hint', %s)", (topic,))
        return result

    def channel_count(self) -> int:
        """Return how many channels Asterisk has."""
        return int(self.ask("core show channels count").split()[0])

    def rest(self, method: str, path: str) -> Any:
        """Send a command to Asterisk's REST interface and return the answer's body."""
        address = f"{self.instance.ari_url}{path}"
        word = base64.b64encode(f"{self.instance.ari_user}:{self.instance.ari_password}".encode()).decode()
        request = urllib.request.Request(address, method=method, headers={"Authorization": f"Basic {word}"})
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.loads(response.read() or b"null")

    def is_empty(self) -> bool:
        """Tell whether no channel and no bridge is left."""
        return self.channel_count() == 0 and self.rest("GET", "/bridges") == []


@contextmanager
def running_asterisk(folder: Path, **options: Any) -> Iterator[Telephone]:
    """Run an Asterisk in a folder for the block."""
    home = Home(folder)
    for part in (home.path, home.log, home.run):
        part.mkdir(parents=True, exist_ok=True)
    installation = asterisk.read_installation(cache())
    instance = asterisk.configure(home.asterisk, installation, ports=asterisk.free_ports(preferred_sip=0), **options)
    for path in [home.path, *home.path.rglob("*")]:
        unprivileged.give(path)
    with (home.log / "asterisk.log").open("ab") as log:
        server = subprocess.Popen(
            unprivileged.command(asterisk.command(home.asterisk, installation), die_with_parent=True),
            env=asterisk.environment(home.asterisk),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        asterisk.wait_until_booted(home.asterisk, installation, is_alive=lambda: server.poll() is None)
        yield Telephone(home, instance, server)
    finally:
        server.kill()
        server.wait()


@contextmanager
def joined(
    telephone: Telephone,
    database: TestDatabase,
    *,
    server: str = "",
    names: tuple[str, ...] = ("phone", "dispatch"),
    variables: Mapping[str, str] | None = None,
) -> Iterator[Telephone]:
    """Run our processes on the test's database for the block, and leave no call behind.

    `server` is what this telephone server is called where there are several; `names` are the processes, for one dispatcher is enough.
    `variables` are more of the environment.
    """
    telephone.database = database
    telephone.starts.clear()
    telephone.environment = running.environment(telephone.home, database.url(), telephone.instance.as_running()) | {
        **{name: os.environ[name] for name in ("BORGERLINJE_SECRET_FILE", "BORGERLINJE_SEAL_KEY_FILE")},
        **({"BORGERLINJE_PHONE_SERVER": server} if server else {}),
        **(variables or {}),
    }
    for name in names:
        telephone.start(name)
    signs = {"phone": '"connected"', "dispatch": '"leading"'}
    try:
        wait_until(
            lambda: all(signs[name] in telephone.log_of(name) for name in names),
            within=60,
            says=lambda: telephone.log_of("phone") + telephone.log_of("dispatch"),
        )
        yield telephone
    finally:
        telephone.stop()
        if telephone.server.poll() is None:
            telephone.ask("channel request hangup all")
        telephone.last_words = "\n".join(telephone.log_of(name) for name in ("phone", "dispatch", "asterisk"))
        for log in telephone.home.log.glob("*.log"):
            if log.stem != "asterisk":
                log.unlink()


def wait_for_phone(telephone: Telephone) -> None:
    """Wait until the telephone process last started has connected."""

    def is_connected() -> bool:
        log = telephone.log_of("phone")
        return log.count('"event": "connected"') >= telephone.starts["phone"]

    wait_until(is_connected, within=15, says=lambda: telephone.log_of("phone"))


def wait_for_speech(telephone: "Telephone") -> None:
    """Wait until everything the lines say has been spoken once: until then it takes the processor from the calls."""
    wait_until(lambda: '"sounds_made"' in telephone.log_of("phone"), within=60, says=lambda: telephone.log_of("phone"))


# How much longer than on a quiet machine is waited before a test fails: other tests run beside it.
PATIENCE = 4


def wait_until(condition: Callable[[], object], *, within: float, says: Callable[[], str] = str) -> None:
    """Look again and again until something holds. Raises AssertionError after `within` seconds of a quiet machine."""
    deadline = time.monotonic() + within * PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in time: {says()}"
        time.sleep(0.02)


async def until(condition: Callable[[], object | Awaitable[object]], *, within: float = 5) -> None:
    """Look again and again until something holds, without blocking the robots. Raises TimeoutError as `wait_until` does."""
    async with asyncio.timeout(within * PATIENCE):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - other processes write what is looked at
            await asyncio.sleep(0.02)


def is_available() -> bool:
    """Tell whether this machine has an Asterisk."""
    try:
        asterisk.read_installation(cache())
    except asterisk.AsteriskError:
        return False
    return True
