"""Run without root: drop to an account of our own, or start a child that drops by itself.

PostgreSQL refuses to run as root, and nothing here needs root. On some machines the account we
drop to cannot reach the interpreter or the package (both under a folder that is root's alone);
then, and only then, the one capability CAP_DAC_READ_SEARCH stays, which reads and searches but
never writes. No folder's rights are changed. Standard library only: the file also runs by its
path, as the launcher of `command`.
"""

import ctypes
import os
import pwd
import signal
import stat
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ACCOUNTS = ("borgerlinje", "nobody")
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT = 1, 4, 8, 47
_PR_CAP_AMBIENT_RAISE = 2


@dataclass(frozen=True)
class Account:
    """The account that works where root started us."""

    name: str
    uid: int
    gid: int


def account() -> Account | None:
    """Return the account to drop to, or None when we are not root (nothing to drop)."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return None


def give(path: Path) -> None:
    """Hand a file or folder that this process just made to the account, when we are root."""
    to = account()
    if to:
        os.chown(path, to.uid, to.gid, follow_symlinks=False)


def parts() -> list[Path]:
    """Return what the account must be able to reach: interpreter, libraries, package."""
    return [
        Path(sys.executable).resolve(),
        Path(sys.prefix),
        Path(sysconfig.get_paths()["stdlib"]),
        Path(__file__).resolve(),
    ]


def unreachable(needed: Iterable[Path], to: Account) -> Path | None:
    """Return the first folder on the way to a needed path that the account may not search."""
    for path in needed:
        for folder in [*reversed(path.absolute().parents), path.absolute()]:
            try:
                entry = folder.stat()
            except OSError:
                continue
            if not _may_enter(entry, to):
                return folder
    return None


def _may_enter(entry: os.stat_result, to: Account) -> bool:
    wanted = 0o1 if stat.S_ISDIR(entry.st_mode) else 0o4
    if entry.st_uid == to.uid:
        wanted <<= 6
    elif entry.st_gid == to.gid:
        wanted <<= 3
    return bool(entry.st_mode & wanted)


def drop(needed: Iterable[Path] = ()) -> str | None:
    """Become the unprivileged account for good; return the line to tell the user, if any.

    Call before threads start: capabilities belong to the thread that sets them.
    """
    to = account()
    if to is None:
        return None
    blocked = unreachable([*parts(), *needed], to)
    _become(to, keep_reading=blocked is not None)
    if blocked is None:
        return f"started by root: running as '{to.name}'"
    return f"started by root: running as '{to.name}', which may only read beyond {blocked} (closed to it)"


def _become(to: Account, *, keep_reading: bool) -> None:
    os.setgroups([])
    os.setgid(to.gid)
    if keep_reading:
        _prctl(_PR_SET_KEEPCAPS, 1)
    os.setuid(to.uid)
    if keep_reading:
        _keep_only(_CAP_DAC_READ_SEARCH)
    # Otherwise /proc/<pid> stays root's and `status` could not read our own figures.
    _prctl(_PR_SET_DUMPABLE, 1)


def _keep_only(capability: int) -> None:
    """Keep one capability, for this process and (ambient) for what it executes."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    low = 1 << capability
    data = (ctypes.c_uint32 * 6)(low, low, low, 0, 0, 0)  # effective, permitted, inheritable
    if _libc().capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)


def _prctl(option: int, second: int = 0, third: int = 0) -> None:
    if _libc().prctl(option, second, third, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def command(argv: Sequence[str], *, die_with_parent: bool = False) -> list[str]:
    """Return the command line that runs `argv` without root, even when we are root ourselves.

    `die_with_parent` is for test fixtures only: in production calls outlive our processes.
    """
    if os.geteuid() != 0 and not die_with_parent:
        return list(argv)
    flags = ["--die-with-parent"] if die_with_parent else []
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), *flags, "--", *argv]


def main(arguments: list[str]) -> None:
    """Drop, then become the command after `--`."""
    cut = arguments.index("--")
    flags, argv = arguments[:cut], arguments[cut + 1 :]
    drop([Path(argv[0])])
    if "--die-with-parent" in flags:
        # After the change of account, which clears it.
        _prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
    os.execv(argv[0], argv)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])
