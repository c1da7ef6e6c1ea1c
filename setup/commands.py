"""Run another program and keep its words for the one line that says why it failed."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from setup.progress import SetupError


def run(
    argv: Sequence[str | Path],
    *,
    why: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run `argv` and return what it printed.

    `env` is added to the environment. Raises SetupError, beginning with `why` and ending
    with the last words of the program, when it cannot be run or does not return 0.
    """
    try:
        done = subprocess.run(
            [str(part) for part in argv],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise SetupError(f"{why}: {error}") from error
    if done.returncode:
        raise SetupError(f"{why}: {last_words(done.stderr or done.stdout)}")
    return done.stdout


def last_words(text: str, *, lines: int = 2) -> str:
    """Return the last lines of `text` that say something, joined to one."""
    said = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(said[-lines:])[-400:] or "it said nothing"
