"""Whether a silent process is frozen, or gets no turn on a machine that has too much to do.

The second is nobody's fault, and to kill it makes it worse: what starts anew needs more of the processor than what goes on.
"""

import contextlib
from pathlib import Path


def waited_seconds(pid: int) -> float:
    """Return how long the threads of a process, taken together, have been ready to run and had to wait for a processor.

    Zero where the system does not tell, or when the process is gone.
    """
    nanoseconds = 0
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            nanoseconds += int(file.read_text().split()[1])
    return nanoseconds / 1e9
