"""Where a copy of Borgerlinje keeps its data, and where fetched parts lie."""

import base64
import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

# `sockaddr_un` holds 108 bytes; PostgreSQL adds "/.s.PGSQL.5432" to the folder.
LONGEST_SOCKET_FOLDER = 90
MACHINE_CACHE = "/var/cache/borgerlinje"


@dataclass(frozen=True)
class Home:
    """One data folder. Everything a copy keeps lies under `path`."""

    path: Path

    @property
    def run(self) -> Path:
        """Pid files, sockets and `up.json`: worthless once nothing runs."""
        return self.path / "run"

    @property
    def log(self) -> Path:
        """One log file per process."""
        return self.path / "log"

    @property
    def asterisk(self) -> Path:
        """Configuration, sounds and spool of this copy's Asterisk."""
        return self.path / "asterisk"

    @property
    def postgres(self) -> Path:
        """The data folder of the embedded PostgreSQL."""
        return self.path / "postgres"

    @property
    def metrics(self) -> Path:
        """Memory-mapped metric files that `/metrics` adds up."""
        return self.run / "metrics"

    @property
    def secret_file(self) -> Path:
        """The key that signs sessions; readable to the owner only."""
        return self.path / "secret"

    @property
    def seal_key_file(self) -> Path:
        """The keys of `kit/sealed.py`; readable to the owner only, and to be kept elsewhere too."""
        return self.path / "seal-keys"

    @property
    def instance(self) -> str:
        """A short name of this copy, for cookie names."""
        return hashlib.sha256(str(self.path).encode()).hexdigest()[:6]

    @property
    def sockets(self) -> Path:
        """The folder for unix sockets: `run`, or one in /tmp where the path would be too long."""
        if len(str(self.run)) <= LONGEST_SOCKET_FOLDER:
            return self.run
        return Path("/tmp") / f"bl-{self.instance}"  # noqa: S108 - `prepare` checks whose it is


def home() -> Home:
    """Return the home that `BORGERLINJE_HOME` names, else this account's default."""
    return Home(_folder("BORGERLINJE_HOME", "/var/lib/borgerlinje", "~/.local/share/borgerlinje"))


def cache() -> Path:
    """Return the folder of fetched parts that `BORGERLINJE_CACHE` names, else the default.

    An account without a cache of its own (the one that root drops to) reads the machine's.
    """
    folder = _folder("BORGERLINJE_CACHE", MACHINE_CACHE, "~/.cache/borgerlinje")
    machines = Path(MACHINE_CACHE)
    if os.environ.get("BORGERLINJE_CACHE") or os.access(folder, os.R_OK) or not machines.is_dir():
        return folder
    return machines


def _folder(variable: str, for_root: str, for_user: str) -> Path:
    named = os.environ.get(variable) or (for_root if os.geteuid() == 0 else for_user)
    return Path(named).expanduser().absolute()


def ensure_secret(home: Home) -> None:
    """Write the signing key of a home that has none yet; never replace one."""
    _write_once(home.secret_file, secrets.token_urlsafe(48))


def ensure_seal_key(home: Home) -> None:
    """Write the sealing key of a home that has none yet; never replace one."""
    _write_once(home.seal_key_file, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() + "\n")


def _write_once(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    # Linked when it is whole: nobody reads half a key, and the first one stays.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
