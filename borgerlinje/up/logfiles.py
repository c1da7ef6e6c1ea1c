"""Log files that do not grow without end."""

import asyncio
import contextlib
import shutil
from pathlib import Path

from borgerlinje.kit.home import Home

LARGEST_BYTES = 20_000_000
LOOK_SECONDS = 60.0


async def keep_small(home: Home) -> None:
    """Look at the log files now and then, for ever."""
    while True:
        for file in home.log.glob("*.log"):
            # A full disk or a file that somebody moved away is no reason to end what carries the calls.
            with contextlib.suppress(OSError):
                if file.stat().st_size > LARGEST_BYTES:
                    await asyncio.to_thread(turn, file)
        await asyncio.sleep(LOOK_SECONDS)


def turn(file: Path) -> None:
    """Keep the lines of a log file as `<name>.1` and begin it anew.

    Copied and cut, not renamed: the processes hold it open, and append to where its end then is.
    """
    shutil.copyfile(file, file.with_name(f"{file.name}.1"))
    with file.open("r+b") as open_file:
        open_file.truncate(0)
