"""Lets groups of processes run for a share of the time only: `python -m bench.parts.share 0.3 100,101 200,201`.

In each period every group has a window of its own, in which it may run, and is stopped (SIGSTOP) for the rest; the windows do not overlap as
long as the shares of all groups fit into one period. So a group gets the same machine whether the other one works or not. Where the system
has control groups that may be written this is what `cpu.max` does; signals work everywhere.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen
from types import FrameType

PERIOD_SECONDS = 0.1
_PRIORITY = -10


@contextmanager
def limited(groups: Sequence[Sequence[int]], share: float) -> Iterator[None]:
    """Limit these groups of process ids for the block."""
    texts = [",".join(map(str, group)) for group in groups]
    process = Popen([sys.executable, "-m", "bench.parts.share", str(share), *texts])
    try:
        yield
    finally:
        process.kill()
        process.wait()
        for group in groups:
            _tell(group, signal.SIGCONT)


def pin(pid: int, core: int) -> None:
    """Let all threads of a process, and those they will make, run on one core."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), {core})


def _tell(group: Sequence[int], what: signal.Signals) -> None:
    for pid in group:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def _sleep_until(at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))


def main() -> None:
    """Stop and continue until ended; whoever ends this process lets the groups go on."""
    share, groups = float(sys.argv[1]), [[int(pid) for pid in text.split(",")] for text in sys.argv[2:]]
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, leave)
    starter = os.getppid()
    try:
        for group in groups:
            _tell(group, signal.SIGSTOP)
        begun = time.monotonic()
        while os.getppid() == starter:
            for number, group in enumerate(groups):
                _sleep_until(begun + number * PERIOD_SECONDS / len(groups))
                _tell(group, signal.SIGCONT)
                # From when it really runs: whoever is woken late has its whole window all the same.
                time.sleep(PERIOD_SECONDS * share)
                _tell(group, signal.SIGSTOP)
            begun = max(begun + PERIOD_SECONDS, time.monotonic())
    finally:
        for group in groups:
            _tell(group, signal.SIGCONT)


if __name__ == "__main__":
    main()
