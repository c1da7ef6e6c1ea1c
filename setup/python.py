"""The virtual environment, its locked packages, and the command `borgerlinje` in it.

No build step is involved: the checkout is put on the path by a ``.pth`` file and the command is
a script of three lines, so that set-up needs no build tools and works without a network.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from setup import debian, stamps
from setup.commands import run
from setup.progress import SetupError, Step

COMMAND = """#!{interpreter}
import sys

from borgerlinje.cli import main

sys.exit(main())
"""
PIP_OF_DISTRIBUTION = "python3-pip-whl"
LONGEST_SHEBANG = 120
NEVER_IMPORTED = "/(tests?|geodata|carrierdata|tzdata|f2py|gis|oracle|mysql)/"
"""Half of all files: packages' own tests, maps of telephone areas, drivers of other databases."""


def make(root: Path, cache: Path, step: Step, *, for_tests: bool) -> None:
    """See to ``.venv`` with the packages of ``requirements/base.txt``, or dev.txt for tests."""
    environment = root / ".venv"
    keys = {name: _key(root, name) for name in ("base", "dev")}
    if _is_current(environment, keys, for_tests=for_tests):
        step.say("unchanged")
        return
    name = "dev" if for_tests else "base"
    half_done = environment / ".half-done"
    if half_done.exists():
        # pip takes a package that was cut off half-way for a whole one.
        shutil.rmtree(environment)
    _create(environment, root)
    half_done.touch()
    _install(environment, root / "requirements" / f"{name}.txt", find_pip(cache))
    half_done.unlink()
    _write_command(environment, root)
    stamps.write(environment / f".stamp-{name}", keys[name])
    count = (root / "requirements" / f"{name}.txt").read_text().count("==")
    step.say(f"{count} for Python {sys.version_info[0]}.{sys.version_info[1]}")


def install_more(root: Path, cache: Path, name: str) -> None:
    """Install ``requirements/<name>.txt`` beside what the environment has."""
    _install(root / ".venv", root / "requirements" / f"{name}.txt", find_pip(cache))


def _key(root: Path, name: str) -> str:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return stamps.digest(str(root), version, COMMAND, root / "requirements" / f"{name}.txt")


def _is_current(environment: Path, keys: dict[str, str], *, for_tests: bool) -> bool:
    made = [environment / "bin/python", environment / "bin/borgerlinje"]
    names = ("dev",) if for_tests else ("dev", "base")
    return any(stamps.is_current(environment / f".stamp-{name}", keys[name], made=made) for name in names)


def _create(environment: Path, root: Path) -> None:
    """Create the environment, or keep the one that this Python made for this very folder."""
    origin = environment / ".made-for"
    key = stamps.digest(str(root), sys.version, sys.base_prefix)
    if stamps.is_current(origin, key, made=[environment / "bin/python"]):
        return
    if origin.exists() or not _is_usable(environment):
        shutil.rmtree(environment, ignore_errors=True)
        try:
            # pip is run out of its wheel: ensurepip may be missing, and would take seconds.
            venv.create(environment, symlinks=True, with_pip=False)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SetupError(f"python3 cannot make a virtual environment: {error}") from error
    stamps.write(origin, key)


def _is_usable(environment: Path) -> bool:
    """Tell whether an environment that somebody made by hand has this version of Python."""
    settings = environment / "pyvenv.cfg"
    version = f"version = {sys.version_info[0]}.{sys.version_info[1]}."
    return settings.is_file() and version in settings.read_text()


def find_pip(cache: Path) -> Path:
    """Find a wheel of pip: Python's own, the distribution's, or one fetched by apt."""
    for wheel in _wheels_here():
        return wheel
    kept = cache / "pip"
    if not _wheels_in(kept):
        _fetch_pip(kept)
    wheels = _wheels_in(kept)
    if not wheels:
        raise SetupError(f"python3 has no pip: install {PIP_OF_DISTRIBUTION} or python3-venv")
    return wheels[-1]


def _wheels_here() -> list[Path]:
    spec = importlib.util.find_spec("ensurepip")
    bundled = Path(spec.origin).parent / "_bundled" if spec and spec.origin else None
    places = [bundled, Path("/usr/share/python-wheels")]
    return [wheel for place in places if place for wheel in _wheels_in(place)]


def _wheels_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("pip-*.whl"))


def _fetch_pip(kept: Path) -> None:
    half, apt_folder = (kept.with_name(f".pip-{part}-{os.getpid()}") for part in ("half", "apt"))
    try:
        system = debian.distribution()
        apt = debian.PrivateApt(apt_folder, suite=system.codename)
        debian.unpack(apt.fetch([PIP_OF_DISTRIBUTION], alone=True), half)
        kept.mkdir(parents=True, exist_ok=True)
        for wheel in _wheels_in(half / "usr/share/python-wheels"):
            shutil.copyfile(wheel, kept / wheel.name)
    except SetupError as error:
        raise SetupError(f"python3 has no pip ({error}): install python3-venv") from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
        shutil.rmtree(apt_folder, ignore_errors=True)


def _install(environment: Path, lock: Path, pip: Path) -> None:
    python = environment / "bin/python"
    run(
        [
            *(python, pip / "pip", "install", "--quiet", "--no-input", "--no-compile"),
            *("--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"),
            *("-r", lock),
        ],
        why="pip cannot install the locked packages",
    )
    # Compiled by all cores, and now: the account that runs the product cannot write here. A file
    # for another Python fails to compile, which does not matter.
    libraries = next(environment.glob("lib/python*/site-packages"))
    compiling: list[str | Path] = [python, "-m", "compileall", "-qq", "-j", "0", "-x", NEVER_IMPORTED, libraries]
    subprocess.run(compiling, check=False)


def _write_command(environment: Path, root: Path) -> None:
    libraries = next(environment.glob("lib/python*/site-packages"))
    stamps.write_atomically(libraries / "borgerlinje.pth", f"{root}\n")
    command = environment / "bin/borgerlinje"
    python = str(environment / "bin/python")
    if len(python) > LONGEST_SHEBANG or " " in python:
        # The kernel cuts long first lines and splits at blanks: let the shell find Python.
        python = f"/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''"
    stamps.write_atomically(command, COMMAND.format(interpreter=python))
    command.chmod(0o755)
