"""Processor time, as the kernel counts it."""

import os
from collections.abc import Iterable
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    everybody = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid, *(other for other in everybody if (words := _words(other)) and int(words[1]) == pid)]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor time these processes and their ended children have used, user and system."""
    return sum(sum(map(int, words[11:15])) for pid in pids if (words := _words(pid))) / _TICKS_PER_SECOND


def _words(pid: int) -> list[str]:
    """Return the fields of a process from its state on, none when it is gone."""
    try:
        # The command name, in parentheses, may hold anything: count from its end.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
