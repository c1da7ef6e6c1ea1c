"""A wire between a browser and the product that a test can cut: connections end, new ones are refused, until it is mended."""

import contextlib
import selectors
import socket
import threading
from types import TracebackType
from typing import Self


class Wire:
    """Forwards a port of its own to another on localhost, byte by byte."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._is_cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The web address through the wire, without a slash at the end."""
        return f"http://localhost:{self.port}"

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        with self._lock:
            self._is_cut = True
            for pair in self._pairs:
                _end(*pair)
            self._pairs.clear()

    def mend(self) -> None:
        """Let connections through again."""
        with self._lock:
            self._is_cut = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _end(self._listener)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=(near,), daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            _end(near)
            return
        with self._lock:
            if self._is_cut:
                _end(near, far)
                return
            self._pairs.append((near, far))
        with selectors.DefaultSelector() as selector, contextlib.suppress(OSError, ValueError):
            for one, other in ((near, far), (far, near)):
                selector.register(one, selectors.EVENT_READ, other)
            while all(_pass_on(key.fileobj, key.data) for key, _ in selector.select()):  # type: ignore[arg-type]
                pass
        _end(near, far)


def _pass_on(one: socket.socket, other: socket.socket) -> bool:
    data = one.recv(65536)
    other.sendall(data)
    return bool(data)


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
