"""What must hold before anything starts; each failure is one line that says what to do."""

import errno
import fcntl
import shutil
import socket
from pathlib import Path
from typing import IO

from borgerlinje.kit.home import Home
from borgerlinje.kit.running import CannotRunError

NEEDED_MEGABYTES = 300
# PostgreSQL's log grows by 16 MB at a time: with less it cannot go on.
SPARE_MEGABYTES = 16
LOCK_FILE = "up.lock"
LISTEN_QUEUE = 512


class DiskFullError(CannotRunError):
    """There is too little room for the data."""


class PortTakenError(CannotRunError):
    """Another program listens on the port asked for."""


class AlreadyUpError(CannotRunError):
    """Another `up` runs on this home."""


def check_room(folder: Path, needed_megabytes: int = NEEDED_MEGABYTES) -> None:
    """Check that the disk has room to start. Raises DiskFullError."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < needed_megabytes:
        raise DiskFullError(
            f"The disk is full: {free} MB free in {folder}, {needed_megabytes} MB needed. "
            "Make room, or put BORGERLINJE_HOME on another disk."
        )


def has_room(folder: Path) -> bool:
    """Tell whether what runs can still write."""
    return shutil.disk_usage(folder).free // 1_000_000 >= SPARE_MEGABYTES


def lock_home(home: Home) -> IO[bytes]:
    """Return the lock on a home, to be held open for as long as `up` runs. Raises AlreadyUpError."""
    file = (home.run / LOCK_FILE).open("a+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyUpError(
            f"Another `borgerlinje up` already runs on {home.path}: stop it, or choose another BORGERLINJE_HOME."
        ) from None
    return file


def listen(port: int) -> list[socket.socket]:
    """Return listening sockets on localhost, IPv4 and where there is one IPv6. Raises PortTakenError.

    The supervisor keeps them open, so that a browser waits while the web process starts again instead of failing.
    """
    sockets = [_listen(socket.AF_INET, "127.0.0.1", port)]
    port = sockets[0].getsockname()[1]
    try:
        sockets.append(_listen(socket.AF_INET6, "::1", port))
    except PortTakenError:
        sockets[0].close()
        raise
    except OSError:
        pass  # A machine without IPv6.
    return sockets


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(LISTEN_QUEUE)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                f"Port {port} is in use by another program: choose one with --port, e.g. {_other(port)}."
            ) from None
        if error.errno == errno.EACCES:
            raise PortTakenError(f"Port {port} needs root: choose one above 1023 with --port.") from None
        raise
    return listener


def _other(port: int) -> str:
    with socket.socket() as probe:
        for candidate in range(port + 1, port + 50):
            try:
                probe.bind(("127.0.0.1", candidate))
            except (OSError, OverflowError):
                continue
            return f"--port {candidate}"
    return "--port 8100"
