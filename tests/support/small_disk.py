"""A disk that can be made full and roomy again at once: a file system in memory, mounted for the block."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class SmallDisk:
    """A mounted file system."""

    path: Path

    def fill(self) -> None:
        """Take away all room there is; what is stored stays."""
        self._resize(self._used_kilobytes())

    def empty(self, megabytes: int) -> None:
        """Give that much room beside what is stored."""
        self._resize(self._used_kilobytes() + megabytes * 1024)

    @property
    def free_bytes(self) -> int:
        """What can still be written."""
        return shutil.disk_usage(self.path).free

    def _used_kilobytes(self) -> int:
        return -(-shutil.disk_usage(self.path).used // 1024)

    def _resize(self, kilobytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(self.path)], check=True)


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """Mount a disk for the block. Skips the test for who may not mount one."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk of its own")
    folder = Path(tempfile.mkdtemp(prefix="bl-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        # Lazily: a process that has just been killed may still hold it for a moment.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()
