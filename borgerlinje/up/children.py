"""Our own processes: what each is started with."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from borgerlinje.up.child import Spec

# `-m borgerlinje` finds the package from here, installed or not.
FOLDER = str(Path(__file__).resolve().parents[2])
WEB_SOCKETS_VARIABLE = "BORGERLINJE_WEB_SOCKETS"


def command(*arguments: str) -> list[str]:
    """Return the command line of one of our own commands, with this very interpreter."""
    return [sys.executable, "-m", "borgerlinje", *arguments]


def specs(environment: Mapping[str, str], *, web_sockets: Sequence[int], telephone: bool, demo: bool) -> list[Spec]:
    """Return what to start, in starting order: without a telephone neither its process nor the demo's callers."""
    engine = {**environment, "BORGERLINJE_DATABASE_ROLE": "bl_engine"}
    web = {
        **environment,
        "BORGERLINJE_DATABASE_ROLE": "bl_web",
        WEB_SOCKETS_VARIABLE: ",".join(map(str, web_sockets)),
    }
    wanted = [
        Spec("web", command("web"), web, FOLDER, web_sockets),
        # Two: one leads, the other stands by with everything loaded and takes over within a second.
        Spec("dispatch", command("dispatch"), engine, FOLDER),
        Spec("dispatch-2", command("dispatch"), engine, FOLDER),
        Spec("worker", command("worker"), engine, FOLDER),
    ]
    if telephone:
        wanted.insert(1, Spec("phone", command("phone"), engine, FOLDER))
        if demo:
            wanted.append(Spec("robots", command("demo", "robots"), engine, FOLDER))
    return wanted
