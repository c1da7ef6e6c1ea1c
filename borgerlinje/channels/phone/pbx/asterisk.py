"""Asterisk as a part of the product: where it is installed, its run folder, how it is started and asked.

One folder holds everything one Asterisk reads and writes, so that several run side by side. The folder outlives the process:
`read_instance` finds the ports and the password of an Asterisk that an earlier supervisor left running.
"""

import hashlib
import json
import os
import secrets
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from borgerlinje.channels.phone.pbx import certificate, configuration
from borgerlinje.channels.phone.pbx.configuration import ARI_USER, Plan, Ports, Reach, Tls
from borgerlinje.channels.phone.sound import speech
from borgerlinje.kit import running
from borgerlinje.kit.errors import BorgerlinjeError

OLDEST_VERSION = (18, 0)
_FOLDERS = ("etc", "log", "spool/recording", "spool/outgoing", "spool/tmp", "lib/db", "cache", "keys", "data/moh")
_LONGEST_SOCKET_FOLDER = 88  # sun_path holds 108 bytes and the name of the control socket is part of it.
_CAP_SYS_NICE = 23


class AsteriskError(BorgerlinjeError):
    """Asterisk is missing, too old, or did not start."""

    code = "asterisk"
    status = 503
    message = "The telephone is out of order: Asterisk cannot be started."


@dataclass(frozen=True, slots=True)
class Installation:
    """An Asterisk on this machine as set-up found or fetched it; `argv` starts the program without arguments."""

    argv: tuple[str, ...]
    modules_dir: Path
    data_dir: Path
    version: str
    has_broadcast: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """One configured Asterisk: its folder, ports and password."""

    folder: Path
    ports: Ports
    ari_password: str
    version: str
    bind_address: str = "127.0.0.1"

    @property
    def ari_url(self) -> str:
        """The address of the REST interface, without user and password."""
        return f"http://127.0.0.1:{self.ports.http}/ari"

    @property
    def ari_user(self) -> str:
        """The name of the REST interface's one user."""
        return ARI_USER

    @property
    def ws_url(self) -> str:
        """The address browsers sign in to on this machine."""
        return f"ws://127.0.0.1:{self.ports.http}/ws"

    @property
    def sip_host(self) -> str:
        """The address a SIP phone on this machine calls."""
        return "127.0.0.1" if self.bind_address in {"0.0.0.0", "::"} else self.bind_address  # noqa: S104 - compared

    @property
    def sounds_dir(self) -> Path:
        """The folder Asterisk reads sounds from."""
        return self.folder / "data" / "sounds"

    def as_running(self) -> running.Asterisk:
        """Return what up.json says about Asterisk."""
        return running.Asterisk(
            ari_url=self.ari_url,
            ari_user=self.ari_user,
            ari_password=self.ari_password,
            ws_url=self.ws_url,
            sip_host=self.sip_host,
            sip_port=self.ports.sip,
            rtp=(self.ports.rtp_first, self.ports.rtp_last),
            sounds=str(self.sounds_dir),
        )


def read_installation(cache: Path) -> Installation:
    """Return the Asterisk that set-up left in the cache folder.

    Raises AsteriskError with what to do when there is none or it is too old.
    """
    path = cache / "asterisk" / "asterisk.json"
    try:
        found = json.loads(path.read_text())
    except OSError as error:
        msg = "Asterisk is missing: run `make setup`, which fetches it. Everything but the telephone works without."
        raise AsteriskError(msg, path=str(path)) from error
    numbers = tuple(int(part) for part in found["version"].split("~")[0].split(".")[:2] if part.isdigit())
    if numbers < OLDEST_VERSION:
        msg = f"Asterisk {found['version']} is too old: {OLDEST_VERSION[0]} or later is needed."
        raise AsteriskError(msg)
    return Installation(
        argv=tuple(found["argv"]),
        modules_dir=Path(found["modules_dir"]),
        data_dir=Path(found["data_dir"]),
        version=found["version"],
        has_broadcast=bool(found["has_stasis_broadcast"]),
    )


def configure(
    folder: Path,
    installation: Installation,
    *,
    ports: Ports | None = None,
    reach: Reach | None = None,
    extra_modules: tuple[str, ...] = (),
    extra_files: tuple[tuple[str, str], ...] = (),
) -> Instance:
    """Write the run folder of one Asterisk with a new password and return what is needed to talk to it.

    `ports` None takes free ones, 5060 for SIP when nobody has it. Must not be called while an Asterisk runs in the folder.
    Blocks for some tenths of a second the first time, when hold music and announcements are made.
    """
    folder = folder.absolute()
    reach = reach or reach_from_environment()
    ports = ports or free_ports(reach.bind_address)
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _link_data(folder, installation.data_dir)
    run_folder = _make_run_folder(folder)
    if not reach.tls_port:
        reach = replace(reach, tls_port=_any_port(socket.SOCK_STREAM, reach.bind_address))
    instance = Instance(folder, ports, secrets.token_urlsafe(24), installation.version, reach.bind_address)
    plan = Plan(
        folder=folder,
        modules_dir=installation.modules_dir,
        ports=ports,
        ari_password=instance.ari_password,
        has_broadcast=installation.has_broadcast,
        reach=reach,
        tls=tls_from_environment(folder),
        system_name=hashlib.sha256(f"{socket.gethostname()}{folder}".encode()).hexdigest()[:6],
        run_folder=run_folder,
        extra_modules=extra_modules,
        extra_files=extra_files,
    )
    for name, text in configuration.files(plan).items():
        _write_private(folder / "etc" / name, text)
    speech.prepare(instance.sounds_dir, folder / "data" / "moh", folder / "data" / "technical")
    _write_private(folder / "instance.json", json.dumps(asdict(instance), default=str))
    return instance


def reach_from_environment() -> Reach:
    """Return who may call in and how this machine is reached.

    From BORGERLINJE_SIP_BIND, BORGERLINJE_TRUNK_MATCH (comma-separated), BORGERLINJE_SIP_EXTERNAL and BORGERLINJE_SIP_TLS_PORT.
    """
    default = Reach()
    matches = os.environ.get("BORGERLINJE_TRUNK_MATCH", "")
    return Reach(
        os.environ.get("BORGERLINJE_SIP_BIND") or default.bind_address,
        tuple(part.strip() for part in matches.split(",") if part.strip()) or default.trunk_matches,
        external_address=os.environ.get("BORGERLINJE_SIP_EXTERNAL", ""),
        tls_port=int(os.environ.get("BORGERLINJE_SIP_TLS_PORT") or 0),
    )


def tls_from_environment(folder: Path) -> Tls:
    """Return the files for TLS: BORGERLINJE_SIP_TLS_CERT, _KEY and _CA, else a certificate of our own making and the system's authorities.

    Our own is enough for a provider that is called and registered with; one that calls us over TLS wants a certificate it can check.
    """
    value = os.environ.get
    named = value("BORGERLINJE_SIP_TLS_CERT")
    own = certificate.ensure(folder / "keys" / "sip.pem") if not named else Path(named)
    authorities = value("BORGERLINJE_SIP_TLS_CA") or ssl.get_default_verify_paths().cafile
    return Tls(own, Path(value("BORGERLINJE_SIP_TLS_KEY") or own), Path(authorities) if authorities else None)


def read_instance(folder: Path) -> Instance | None:
    """Return the instance configured in the folder, None when there is none."""
    try:
        stored = json.loads((folder / "instance.json").read_text())
    except (OSError, ValueError):
        return None
    return Instance(
        Path(stored["folder"]),
        Ports(**stored["ports"]),
        stored["ari_password"],
        stored["version"],
        stored["bind_address"],
    )


def command(folder: Path, installation: Installation) -> list[str]:
    """Return the command line that runs Asterisk in the foreground, at real-time priority where that is permitted."""
    priority = ["-p"] if _may_have_priority() else []
    return [*installation.argv, "-C", str(folder.absolute() / "etc/asterisk.conf"), "-f", "-n", *priority]


def environment(folder: Path) -> dict[str, str]:
    """Return the environment Asterisk is started with."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)}


def ask(folder: Path, installation: Installation, text: str, *, timeout_seconds: float = 30) -> str:
    """Run one command on the console of the Asterisk of this folder and return what it prints. Blocks."""
    argv = [*installation.argv, "-C", str(folder.absolute() / "etc/asterisk.conf"), "-rx", text]
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=timeout_seconds, check=False, env=environment(folder)
    )
    return done.stdout


def wait_until_booted(
    folder: Path, installation: Installation, *, is_alive: Callable[[], bool], timeout_seconds: float = 30
) -> None:
    """Block until the Asterisk of this folder is fully booted with every module.

    HTTP answers before boot is finished, and another Asterisk may sit on the port: only the folder's control socket tells.
    Raises AsteriskError when it dies, takes too long, cannot have its SIP port, or a module declines to load.
    """
    deadline = time.monotonic() + timeout_seconds
    while "fully booted" not in ask(folder, installation, "core waitfullybooted", timeout_seconds=timeout_seconds):
        if not is_alive() or time.monotonic() > deadline:
            msg = f"Asterisk did not start: see {_log_file(folder)}."
            raise AsteriskError(msg, log=_last_lines(folder))
        time.sleep(0.02)
    if "udp" not in ask(folder, installation, "pjsip show transports"):
        instance = read_instance(folder)
        port = instance.ports.sip if instance else "?"
        msg = f"Asterisk cannot take calls: another program has its SIP port {port}."
        raise AsteriskError(msg)
    if declined := declined_modules(ask(folder, installation, "module show")):
        msg = f"Asterisk could not load {', '.join(declined)}: see {_log_file(folder)}."
        raise AsteriskError(msg)


def declined_modules(listing: str) -> list[str]:
    """Return the wanted modules that `module show` does not list as running."""
    running = {line.split()[0] for line in listing.splitlines() if ".so" in line and " Running " in line}
    return [name for name in configuration.MODULES if f"{name}.so" not in running]


def is_running(folder: Path) -> bool:
    """Tell whether an Asterisk listens on the control socket of this folder."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(control_socket(folder)))
        except OSError:
            return False
    return True


def control_socket(folder: Path) -> Path:
    """Return where the Asterisk of this folder takes console commands from its own account."""
    return _run_folder(folder.absolute()) / "asterisk.ctl"


def free_ports(bind_address: str = "127.0.0.1", *, preferred_sip: int = 5060, media_ports: int = 4000) -> Ports:
    """Return ports nobody listens on now: the preferred one for SIP if it is free, and a media range.

    A conversation has two channels and each takes two ports: 4000 are enough for 1000 conversations at once.
    """
    sip = (
        preferred_sip
        if preferred_sip and _is_free(bind_address, preferred_sip)
        else _any_port(socket.SOCK_DGRAM, bind_address)
    )
    first = next(
        first
        for first in (10000 + 2 * secrets.randbelow(9000) for _ in range(200))
        if all(_is_free("", first + step) for step in range(0, media_ports, 100))
    )
    # Another number for HTTP: the dialplan tells by the port what came over the websocket.
    http = next(port for port in iter(lambda: _any_port(socket.SOCK_STREAM, "127.0.0.1"), None) if port != sip)
    return Ports(sip, http, first, first + media_ports - 1)


def _is_free(address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def _any_port(kind: socket.SocketKind, address: str) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _link_data(folder: Path, data_dir: Path) -> None:
    # Without the documentation Asterisk does not boot, without rest-api there is no ARI.
    for name in ("rest-api", "documentation", "static-http"):
        link, target = folder / "data" / name, data_dir / name
        if link.is_symlink() and link.readlink() != target:
            link.unlink()
        if not link.is_symlink() and target.exists():
            link.symlink_to(target)


def _make_run_folder(folder: Path) -> Path:
    """Make and return the folder of the control socket. Raises AsteriskError when it is another user's."""
    short = _run_folder(folder)
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.geteuid():
        msg = f"{short} is another user's: choose a shorter BORGERLINJE_HOME."
        raise AsteriskError(msg)
    return short


def _run_folder(folder: Path) -> Path:
    """Return where the control socket is: in `run`, or in a short folder elsewhere when the path is too long for a socket."""
    if len(str(folder)) <= _LONGEST_SOCKET_FOLDER:
        return folder / "run"
    return Path(tempfile.gettempdir()) / f"bl-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _may_have_priority() -> bool:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return False
    effective = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff")), "0")
    return bool(int(effective, 16) >> _CAP_SYS_NICE & 1)


def _log_file(folder: Path) -> Path:
    """Return where the supervisor lets Asterisk's standard output go: in the home that the folder is part of."""
    return folder.absolute().parent / "log" / "asterisk.log"


def _last_lines(folder: Path) -> str:
    try:
        return "\n".join(_log_file(folder).read_text(errors="replace").splitlines()[-5:])
    except OSError:
        return ""
