"""The steps of set-up, in order."""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from borgerlinje.kit import home
from setup import asterisk, frontend, python, stamps, texts, tools
from setup.progress import Progress, SetupError

ROOT = Path(__file__).resolve().parent.parent
WITHOUT_ASTERISK = "everything but the telephone works. Install Asterisk 18 or newer, or set ASTERISK_ARI_URL"


def main(arguments: Sequence[str]) -> int:
    """Fetch and build what is missing; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m setup", description="Set up Borgerlinje.")
    parser.add_argument(
        "--for", dest="purpose", choices=("run", "test"), default="run",
        help="also fetch what the tests need (default: run)",
    )  # fmt: skip
    purpose = parser.parse_args(arguments).purpose
    # The parts serve every account of this machine, however narrow root's own umask is.
    os.umask(0o022)
    progress = Progress(require_all=os.environ.get("BORGERLINJE_REQUIRE_ALL") == "1")
    try:
        _steps(progress, own_cache(), for_tests=purpose == "test")
    except SetupError as error:
        sys.stderr.write(f"Set-up stopped: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nSet-up interrupted; the next one goes on from here.\n")
        return 130
    sys.stdout.write(f"Set-up done in {progress.total():.1f} s.\n")
    return 0


def own_cache() -> Path:
    """Return a cache that this account may write: the named one, or the default."""
    folder = home.cache()
    if os.access(folder, os.W_OK) or not folder.exists():
        return folder
    if os.environ.get("BORGERLINJE_CACHE"):
        raise SetupError(f"BORGERLINJE_CACHE={folder} cannot be written by this account")
    return Path("~/.cache/borgerlinje").expanduser()


def _steps(progress: Progress, cache: Path, *, for_tests: bool) -> None:
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"the cache {cache} cannot be made: {error.strerror}") from error
    with stamps.locked(cache), ThreadPoolExecutor(1) as beside:
        # The two long downloads share the time; neither needs the other.
        fetching = beside.submit(asterisk.find_or_fetch, cache)
        with progress.step("Python packages") as step:
            python.make(ROOT, cache, step, for_tests=for_tests)
        with progress.step("Programs") as step:
            tools.make(cache, step, for_tests=for_tests)
        with progress.step("Asterisk") as step:
            try:
                step.say(fetching.result())
            except SetupError as error:
                step.warn(f"{error}; {WITHOUT_ASTERISK}")
    with progress.step("Front-end") as step:
        frontend.make(ROOT, cache, step)
    with progress.step("Texts") as step:
        texts.make(ROOT, step)
