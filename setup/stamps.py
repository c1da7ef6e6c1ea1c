"""Stamps: what was fetched or built last, so that a second set-up has nothing to do."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def digest(*inputs: str | Path) -> str:
    """Return a short hash of texts and of files' contents; a missing file counts as empty."""
    total = hashlib.sha256()
    for item in inputs:
        total.update(hashlib.sha256(_content(item)).digest())
    return total.hexdigest()[:16]


def _content(item: str | Path) -> bytes:
    if isinstance(item, str):
        return item.encode()
    return item.read_bytes() if item.is_file() else b""


def is_current(stamp: Path, key: str, *, made: Iterable[Path] = ()) -> bool:
    """Tell whether `stamp` carries `key` and everything that was made is still there."""
    try:
        written = stamp.read_text()
    except OSError:
        return False
    return written.strip() == key and all(path.exists() for path in made)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other set-ups that share `folder` waiting, so that none takes away what another makes."""
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write(stamp: Path, key: str) -> None:
    """Write `key` to `stamp`, as the last act of a step."""
    write_atomically(stamp, key + "\n")


def write_json(path: Path, value: object) -> None:
    """Replace `path` by `value` as JSON; a reader sees the old or the new, never a half."""
    write_atomically(path, json.dumps(value, indent=2) + "\n")


def write_atomically(path: Path, text: str) -> None:
    """Replace `path` by `text`, readable to everybody."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_text(text)
    half.chmod(0o644)
    half.replace(path)
