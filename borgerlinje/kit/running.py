"""What runs on a home right now: `run/up.json`, written by the supervisor, read by all others."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from borgerlinje.kit.home import Home

UP_FILE = "up.json"


class CannotRunError(Exception):
    """A command cannot do its work here; the text is one line that says why and what to do."""


@dataclass(frozen=True)
class Process:
    """A process that cannot be mistaken for a later one with the same pid."""

    pid: int
    started_ticks: int

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Return the process that has this pid now, or None when there is none."""
        ticks = _started_ticks(pid)
        return None if ticks is None else cls(pid, ticks)

    @classmethod
    def load(cls, file: Path) -> Self | None:
        """Read a pid file; None when there is none or its process is gone."""
        try:
            pid, ticks = (int(word) for word in file.read_text().split())
        except (OSError, ValueError):
            return None
        process = cls(pid, ticks)
        return process if process.alive() else None

    def save(self, file: Path) -> None:
        """Write the pid file, in one step."""
        replace_text(file, f"{self.pid} {self.started_ticks}\n")

    def alive(self) -> bool:
        """Tell whether this very process still runs (a zombie does not)."""
        return _started_ticks(self.pid) == self.started_ticks


def _started_ticks(pid: int) -> int | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The command name, in parentheses, may hold anything: count from its end.
    words = text.rpartition(")")[2].split()
    return None if words[0] in "ZX" else int(words[19])


@dataclass(frozen=True)
class Database:
    """Where the database of a running copy listens."""

    socket_dir: str
    port: int

    @property
    def url(self) -> str:
        """The address for the owner; the role is chosen by `BORGERLINJE_DATABASE_ROLE`."""
        return f"postgresql://bl_owner@/borgerlinje?host={quote(self.socket_dir)}&port={self.port}"


@dataclass(frozen=True)
class Asterisk:
    """How to talk to the Asterisk of a running copy."""

    ari_url: str
    ari_user: str
    ari_password: str = field(repr=False)
    ws_url: str
    sip_host: str
    sip_port: int
    rtp: tuple[int, int]
    prefix: str = ""
    sounds: str = ""


@dataclass(frozen=True)
class Running:
    """A running copy."""

    process: Process
    web_port: int
    web_url: str
    database_url: str
    database: Database | None
    asterisk: Asterisk | None
    started_at: str
    ready: bool = False
    bus: str = field(default="", repr=False)

    @property
    def pid(self) -> int:
        """The supervisor's pid."""
        return self.process.pid

    def environment(self, home: Home) -> dict[str, str]:
        """Return the variables that a process joining this copy needs."""
        return environment(home, self.database_url, self.asterisk) | {
            "BORGERLINJE_WEB_URL": self.web_url,
            "BORGERLINJE_WEB_PORT": str(self.web_port),
            # Named where there is none, too: whoever joins hints the way this copy does.
            "BORGERLINJE_BUS": self.bus,
        }


def environment(home: Home, database_url: str, asterisk: Asterisk | None = None) -> dict[str, str]:
    """Return the variables that tell a process of ours where everything is."""
    values = {
        "BORGERLINJE_HOME": str(home.path),
        "BORGERLINJE_INSTANCE": home.instance,
        # Machines that share a database share the keys: the operator's own files win over the home's.
        "BORGERLINJE_SECRET_FILE": os.environ.get("BORGERLINJE_SECRET_FILE") or str(home.secret_file),
        "BORGERLINJE_SEAL_KEY_FILE": os.environ.get("BORGERLINJE_SEAL_KEY_FILE") or str(home.seal_key_file),
        "DATABASE_URL": database_url,
    }
    if asterisk:
        values |= {
            "BORGERLINJE_ARI_URL": asterisk.ari_url,
            "BORGERLINJE_ARI_USER": asterisk.ari_user,
            "BORGERLINJE_ARI_PASSWORD": asterisk.ari_password,
            "BORGERLINJE_SIP_WS_URL": asterisk.ws_url,
            "BORGERLINJE_SIP_HOST": asterisk.sip_host,
            "BORGERLINJE_SIP_PORT": str(asterisk.sip_port),
            "BORGERLINJE_SOUNDS": asterisk.sounds,
        }
    return values


def read(home: Home) -> Running | None:
    """Return what runs on this home, or None when its supervisor is gone."""
    try:
        stored: dict[str, Any] = json.loads((home.run / UP_FILE).read_text())
        asterisk, database = stored["asterisk"], stored["database"]
        if asterisk:
            asterisk = Asterisk(**asterisk | {"rtp": tuple(asterisk["rtp"])})
        running = Running(
            process=Process(stored["pid"], stored["started_ticks"]),
            web_port=stored["web_port"],
            web_url=stored["web_url"],
            database_url=stored["database_url"],
            database=Database(**database) if database else None,
            asterisk=asterisk,
            started_at=stored["started_at"],
            ready=stored["ready"],
            bus=stored.get("bus", ""),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return running if running.process.alive() else None


def write(home: Home, running: Running) -> None:
    """Publish what runs, in one step; readable to the owner only, for it holds a password."""
    stored = asdict(running)
    process = stored.pop("process")
    replace_text(home.run / UP_FILE, json.dumps({**process, **stored}, indent=1) + "\n")


def remove(home: Home) -> None:
    """Say that nothing runs any more."""
    (home.run / UP_FILE).unlink(missing_ok=True)


def replace_text(file: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new, never half of it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as open_file:
        open_file.write(text)
    draft.replace(file)
