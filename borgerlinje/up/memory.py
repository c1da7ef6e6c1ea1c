"""How much memory the whole product takes, process by process."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from borgerlinje.kit.home import Home


@dataclass(frozen=True)
class Use:
    """Memory of one process in kB. `pss` shares what several processes have in common among them: it adds up."""

    pid: int
    command: str
    rss: int
    pss: int


def of_home(home: Home) -> list[Use]:
    """Return every other process that works on this home, largest first."""
    mark = f"BORGERLINJE_HOME={home.path}".encode()
    found = [use for folder in _ours(mark) if folder.name != str(os.getpid()) and (use := _use(folder))]
    return sorted(found, key=lambda use: -use.pss)


def total_megabytes(home: Home) -> int:
    """Return what all processes on this home take, this one included."""
    mine = _use(Path("/proc/self"))
    return sum(use.pss for use in [*of_home(home), *([mine] if mine else [])]) // 1024


def _ours(mark: bytes) -> Iterator[Path]:
    """Yield the /proc folders of the processes that carry the mark, and of what they started.

    PostgreSQL's own processes overwrite their environment with a title: they are found as children.
    """
    parents: dict[int, int] = {}
    found: set[int] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
        except OSError:
            continue
    yield from (Path(f"/proc/{pid}") for pid in parents if _descends(pid, found, parents))


def _descends(pid: int, found: set[int], parents: dict[int, int]) -> bool:
    while pid and pid not in found:
        pid = parents.get(pid, 0)
    return bool(pid)


def _use(folder: Path) -> Use | None:
    try:
        words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        figures = dict(
            line.split(":", 1) for line in (folder / "smaps_rollup").read_text().splitlines()[1:] if ":" in line
        )
    except OSError:
        return None
    return Use(int(folder.resolve().name), _name(words), _kilobytes(figures["Rss"]), _kilobytes(figures["Pss"]))


def _kilobytes(text: str) -> int:
    return int(text.split(maxsplit=1)[0])


def _name(words: list[str]) -> str:
    """Shorten a command line to what tells processes apart."""
    for place, word in enumerate(words):
        if Path(word).name == "borgerlinje":
            return " ".join(["borgerlinje", *filter(None, words[place + 1 :])])
        if word.endswith(("/asterisk", "/postgres")):
            return Path(word).name
    return Path(words[0]).name if len(words) > 1 else words[0].strip()


def table(uses: list[Use]) -> str:
    """Return the figures as lines of text with a total."""
    rows = [f"{use.pid:>8}  {use.rss / 1024:7.1f}  {use.pss / 1024:7.1f}  {use.command[:60]}" for use in uses]
    total = f"{'total':>8}  {'':7}  {sum(use.pss for use in uses) / 1024:7.1f}  {len(uses)} processes"
    return "\n".join([f"{'pid':>8}  {'RSS MB':>7}  {'PSS MB':>7}  process", *rows, total])
