"""A bare UDP socket on the running event loop.

asyncio's own datagram transport reserves 256 KiB for every packet it reads; with a thousand small
audio packets a second that is most of the work, hence this one with a buffer that is used again.
"""

import asyncio
import socket
from collections.abc import Callable

from borgerlinje.kit.errors import BorgerlinjeError

Address = tuple[str, int]
_BUFFER_BYTES = 65_536
_AT_ONCE = 32


class PortTakenError(BorgerlinjeError):
    """The wanted UDP port cannot be opened."""


class Datagrams:
    """An open UDP port; `on_packet(view, source)` gets a view that is only valid during the call."""

    def __init__(self, host: str, port: int, on_packet: Callable[[memoryview, Address], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_packet = on_packet
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.lost_on_sending = 0
        try:
            self._socket.setblocking(False)
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise PortTakenError(f"UDP {host}:{port}: {error.strerror}") from error
        name = self._socket.getsockname()
        self.address: Address = (name[0], name[1])
        self._loop.add_reader(self._socket.fileno(), self._read)

    def send(self, data: bytes | bytearray, to: Address) -> None:
        """Send one packet; one that the machine cannot take is counted and lost, as on any network."""
        try:
            self._socket.sendto(data, to)
        except OSError:
            self.lost_on_sending += 1

    def close(self) -> None:
        """Give the port back; closing twice does nothing."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                size, source = self._socket.recvfrom_into(self._buffer)
            except OSError:
                return
            self._on_packet(self._view[:size], (source[0], source[1]))
            if self._socket.fileno() < 0:
                return
