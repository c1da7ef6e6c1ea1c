"""Asterisk, the media server: the machine's own, or one fetched into the cache.

The fetched one is a folder of unpacked packages, run by its own dynamic linker: no root, no
chroot, no service started by a package's installation, and nothing of the machine's own
libraries changed. `asterisk.json` beside it tells the product how to run whichever it is.
"""

import json
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from borgerlinje.kit import home
from setup import debian, stamps
from setup.progress import SetupError

OLDEST = 18
RECIPE = "1"
"""Counted up when the way of unpacking changes, so that an older prefix is made anew."""

MEMBERS = ("./lib*", "./usr/lib/*-linux-gnu*/*", "./usr/sbin/asterisk", "./usr/share/asterisk/*")
LINKERS = ("usr/lib/*-linux-gnu*/ld-linux*.so.*", "lib/*-linux-gnu*/ld-linux*.so.*")
NEEDED_MODULES = ("chan_pjsip.so", "res_ari.so", "res_ari_channels.so", "app_stasis.so")


def find_or_fetch(cache: Path) -> str:
    """See to an Asterisk described in ``cache/asterisk/asterisk.json`` and tell which it is.

    With ASTERISK_ARI_URL set a running one is used and none is fetched. Raises SetupError
    where none is to be had.
    """
    if os.environ.get("ASTERISK_ARI_URL"):
        return "a running one is used (ASTERISK_ARI_URL)"
    folder = cache / "asterisk"
    description = folder / "asterisk.json"
    installed = describe_installed()
    if installed:
        stamps.write_json(description, installed)
        return f"{installed['version']}, installed on this machine"
    suite = _suite()
    key = stamps.digest(RECIPE, suite, platform.machine())
    prefix = _shared(key) or folder / key
    if not stamps.is_current(folder / "stamp", key, made=[description, prefix]):
        if prefix.parent == folder:
            _fetch(folder, prefix, suite)
        stamps.write_json(description, describe_prefix(prefix))
        stamps.write(folder / "stamp", key)
        _remove_others(folder, prefix)
    return f"{_version_in(description)} in {prefix}"


def _shared(key: str) -> Path | None:
    """Return the prefix that root fetched for every account of this machine, if it is whole."""
    if os.environ.get("BORGERLINJE_CACHE"):
        return None
    folder = Path(home.MACHINE_CACHE) / "asterisk"
    return folder / key if stamps.is_current(folder / "stamp", key, made=[folder / key]) else None


def _suite() -> str:
    """Name the suite to fetch from: Debian carries Asterisk in sid only, Ubuntu in each release."""
    system = debian.distribution()
    return system.codename if system.name == "ubuntu" else "sid"


def _fetch(folder: Path, prefix: Path, suite: str) -> None:
    apt_folder = folder / f".apt-{os.getpid()}"
    half = folder / f".half-{os.getpid()}"
    try:
        apt = debian.PrivateApt(apt_folder, suite=suite)
        debian.unpack(apt.fetch(["asterisk"]), half, only=MEMBERS)
        describe_prefix(half)
        shutil.rmtree(prefix, ignore_errors=True)
        half.replace(prefix)
    finally:
        shutil.rmtree(apt_folder, ignore_errors=True)
        shutil.rmtree(half, ignore_errors=True)


def _remove_others(folder: Path, prefix: Path) -> None:
    """Remove prefixes that a newer one replaced, and what a killed set-up left half done."""
    for other in folder.iterdir():
        if other.is_dir() and other != prefix:
            shutil.rmtree(other, ignore_errors=True)


def describe_prefix(prefix: Path) -> dict[str, object]:
    """Describe the Asterisk unpacked in `prefix`. Raises SetupError if it does not run."""
    linker = next((found for pattern in LINKERS for found in sorted(prefix.glob(pattern))), None)
    modules = next(iter(prefix.glob("usr/lib/*/asterisk/modules")), None)
    if linker is None or modules is None:
        raise SetupError("the packages of Asterisk have another layout than expected")
    libraries = [linker.parent, modules.parents[1]]
    path = ":".join(dict.fromkeys(str(one) for one in libraries))
    argv = [str(linker), "--library-path", path, str(prefix / "usr/sbin/asterisk")]
    return _describe(argv, modules, prefix / "usr/share/asterisk")


def describe_installed() -> dict[str, object] | None:
    """Describe the machine's own Asterisk; None where there is none that serves."""
    program = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        return None
    places = [
        *Path("/usr/lib").glob("*-linux-gnu*/asterisk/modules"),
        *(Path(base) / "asterisk/modules" for base in ("/usr/lib", "/usr/lib64", "/usr/local/lib")),
    ]
    modules = next((place for place in places if (place / "app_stasis.so").exists()), None)
    shares = (Path("/usr/share/asterisk"), Path("/var/lib/asterisk"))
    data = next((share for share in shares if (share / "documentation").is_dir()), None)
    if modules is None or data is None:
        return None
    try:
        return _describe([program], modules, data)
    except SetupError:
        return None


def _describe(argv: list[str], modules: Path, data: Path) -> dict[str, object]:
    version = _version(argv)
    missing = [name for name in NEEDED_MODULES if not (modules / name).exists()]
    if missing or int(version.split(".")[0]) < OLDEST:
        raise SetupError(f"Asterisk {version} does not serve: {', '.join(missing) or 'too old'}")
    return {
        "argv": argv,
        "modules_dir": str(modules),
        "data_dir": str(data),
        "version": version,
        "has_stasis_broadcast": (modules / "app_stasis_broadcast.so").exists(),
    }


def _version(argv: list[str]) -> str:
    try:
        said = subprocess.run([*argv, "-V"], capture_output=True, text=True, check=False, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"Asterisk does not start: {error}") from error
    number = re.search(r"Asterisk (?:certified/)?(\d+(?:\.\d+)*)", said)
    if number is None:
        raise SetupError(f"Asterisk does not say its version: {said.strip()[:100]!r}")
    return number[1]


def _version_in(description: Path) -> str:
    return str(json.loads(description.read_text())["version"])
