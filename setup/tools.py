"""Programs that the product and its tests run, as packages of Debian and Ubuntu.

Root gets them installed. Another account gets them unpacked into the cache, each with a starter
in ``bin`` that points the dynamic linker and the program at its folder; so does root where an
installation would start a server.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from borgerlinje.kit import parts
from borgerlinje.kit.parts import Program
from setup import debian, stamps
from setup.commands import run
from setup.progress import SetupError, Step

STARTER = """#!/bin/sh
# Starts a program that set-up unpacked into {prefix}.
export LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
{more}exec "{program}" {arguments}"$@"
"""


def wanted(*, for_tests: bool) -> list[Program]:
    """List the programs that this set-up has to see to."""
    return [one for one in parts.PROGRAMS if for_tests or one.needed_for != "test"]


def make(cache: Path, step: Step, *, for_tests: bool) -> None:
    """See to the programs that are missing; warn with their names where they cannot be had."""
    missing = [one for one in wanted(for_tests=for_tests) if not parts.find(one.name)]
    if missing:
        try:
            _fetch(missing, cache)
        except SetupError as error:
            names = ", ".join(one.name for one in missing)
            step.warn(f"{names} ({error}); {how_to_install(missing)}")
            return
    still = [one for one in missing if not parts.find(one.name)]
    if still:
        step.warn(f"{', '.join(one.name for one in still)}; {how_to_install(still)}")
        return
    step.say(", ".join(one.name for one in wanted(for_tests=for_tests)))


def how_to_install(programs: Sequence[Program]) -> str:
    """Return the advice for a machine where set-up cannot fetch `programs`."""
    return f"install with your system's packages: {' '.join(one.package for one in programs)}"


def _fetch(missing: Sequence[Program], cache: Path) -> None:
    system = debian.distribution()
    if not system.has_apt:
        raise SetupError("no apt of Debian or Ubuntu here")
    # Ubuntu's package of Chromium only points to another package system.
    programs = [one for one in missing if (system.name, one.name) != ("ubuntu", "chromium")]
    installed = [one for one in programs if os.geteuid() == 0 and not one.is_service]
    unpacked = [one for one in programs if one not in installed]
    if installed:
        _install([one.package for one in installed])
    if unpacked:
        _unpack(unpacked, cache, suite=system.codename)


def _install(packages: Sequence[str]) -> None:
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    locked = ("-o", "DPkg::Lock::Timeout=120")
    command = ["apt-get", "-qq", *locked, "install", "--yes", "--no-install-recommends", *packages]
    try:
        run(command, why="apt", env=env)
    except SetupError:
        # A fresh machine or image has no index yet, or an old one.
        run(["apt-get", "-qq", *locked, "update"], why="apt cannot read its indexes", env=env)
        run(command, why=f"apt cannot install {' '.join(packages)}", env=env)


def _unpack(programs: Sequence[Program], cache: Path, *, suite: str) -> None:
    key = stamps.digest(suite, *(one.package for one in programs))
    prefix = cache / "parts" / key
    half = prefix.with_name(f".half-{os.getpid()}")
    apt_folder = prefix.with_name(f".apt-{os.getpid()}")
    try:
        apt = debian.PrivateApt(apt_folder, suite=None)
        debian.unpack(apt.fetch([one.package for one in programs]), half)
        shutil.rmtree(prefix, ignore_errors=True)
        half.replace(prefix)
    finally:
        shutil.rmtree(apt_folder, ignore_errors=True)
        shutil.rmtree(half, ignore_errors=True)
    for one in programs:
        write_starter(cache / "bin" / one.name, one.name, prefix)


def write_starter(starter: Path, name: str, prefix: Path) -> None:
    """Write the script that starts program `name` out of the unpacked packages in `prefix`."""
    libraries = [*prefix.glob("usr/lib/*-linux-gnu*"), *prefix.glob("lib/*-linux-gnu*")]
    # Some packages keep a library group in a folder of its own.
    libraries += [top / group for top in libraries for group in ("pulseaudio", "kamailio") if (top / group).is_dir()]
    more = ""
    voices = next(prefix.glob("usr/lib/*/espeak-ng-data"), None)
    if name == "espeak-ng" and voices:
        more += f'export ESPEAK_DATA_PATH="{voices.parent}"\n'
    if name == "chromium" and (prefix / "etc/fonts").is_dir():
        more += f'export FONTCONFIG_SYSROOT="{prefix}"\n'
    arguments = ""
    modules = next(prefix.glob(f"usr/lib/*/{name}/modules"), None)
    if name == "kamailio" and modules:
        arguments = f'-L "{modules}" '
    # Debian's own starter of Chromium reads folders below /etc and knows one place only.
    places = (prefix / f"usr/lib/{name}/{name}", prefix / f"usr/bin/{name}", prefix / f"usr/sbin/{name}")
    program = next((place for place in places if place.is_file()), None)
    if program is None:
        raise SetupError(f"the package of {name} has another layout than expected")
    stamps.write_atomically(
        starter,
        STARTER.format(
            prefix=prefix, libraries=":".join(map(str, libraries)), more=more, program=program, arguments=arguments
        ),
    )
    starter.chmod(0o755)
