"""One call's audio (RFC 3550, A-law, 20 ms): a paced sender and a listening receiver.

All streams of an event loop share one timer, so that twenty calls wake the process fifty times a
second and not a thousand times.
"""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

from borgerlinje.channels.phone.robot import keys, sdp, sound
from borgerlinje.channels.phone.robot.datagrams import Address, Datagrams
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.hearing import Hearing

_HEADER_BYTES = 12
_HALF_OF_SEQUENCES = 0x8000
_LONGEST_CATCH_UP_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Packet:
    """The parts of an RTP packet."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    payload: bytes


def parse(view: memoryview | bytes) -> Packet | None:
    """Read an RTP packet; None where it is none."""
    size = len(view)
    if size < _HEADER_BYTES or view[0] >> 6 != 2:  # noqa: PLR2004 (the protocol's version)
        return None
    start = _HEADER_BYTES + 4 * (view[0] & 15)
    if view[0] & 0x10:
        if size < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(view[start + 2 : start + 4], "big")
    end = size - (view[size - 1] if view[0] & 0x20 else 0)
    if start > end:
        return None
    sequence, timestamp, source = struct.unpack_from("!HII", view, 2)
    return Packet(view[1] & 0x7F, sequence, timestamp, source, bytes(view[start:end]))


class Playing:
    """Sound on its way out, frame by frame; `done` is set after the last one of a sound that ends."""

    def __init__(self, data: bytes, *, is_endless: bool) -> None:
        rest = -len(data) % sound.FRAME_SAMPLES
        self._data = data + sound.SILENCE[:rest]
        self._at = 0
        self._is_endless = is_endless and bool(data)
        self.done = asyncio.Event()

    def frame(self) -> bytes:
        """Take the next 20 ms; silence after the end."""
        if self._at >= len(self._data):
            if not self._is_endless:
                self.done.set()
                return sound.SILENCE
            self._at = 0
        frame = self._data[self._at : self._at + sound.FRAME_SAMPLES]
        self._at += sound.FRAME_SAMPLES
        return frame


class _Paced(Protocol):
    def send_frame(self) -> None:
        """Send 20 ms of sound."""


class Pacer:
    """The one timer of an event loop that makes every stream send its next frame."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._streams: dict[_Paced, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def add(self, stream: _Paced) -> None:
        """Begin to send a stream's frames."""
        self._streams[stream] = None
        if self._timer is None:
            self._due = self._loop.time()
            self._timer = self._loop.call_at(self._due, self._tick)

    def remove(self, stream: _Paced) -> None:
        """Send no more of a stream; the timer rests when none is left."""
        self._streams.pop(stream, None)
        if not self._streams and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        for stream in tuple(self._streams):
            stream.send_frame()
        self._due += sound.FRAME_SECONDS
        now = self._loop.time()
        if now - self._due > _LONGEST_CATCH_UP_SECONDS:
            # After a long pause of the process a burst of old sound would only fill the receiver's buffer.
            self._due = now
        if self._streams:
            self._timer = self._loop.call_at(self._due, self._tick)


_pacers: WeakKeyDictionary[asyncio.AbstractEventLoop, Pacer] = WeakKeyDictionary()


def pacer() -> Pacer:
    """Get the running event loop's pacer."""
    return _pacers.setdefault(asyncio.get_running_loop(), Pacer())


class Stream(Hearing):
    """The audio of one call: a UDP port, what is said into it, and what was heard last.

    `keys_type` is the payload type by which the other side sends its keys; None where none was agreed on.
    """

    def __init__(self, host: str, *, source: int, on_first_packet: Callable[[], None]) -> None:
        super().__init__()
        self.keys_type: int | None = sdp.KEYS
        self._on_first_packet = on_first_packet
        self._to: Address | None = None
        self._playing = Playing(b"", is_endless=False)
        self._source = source
        self._sequence = source & 0xFFFF
        self._timestamp = source
        self._packet = bytearray(_HEADER_BYTES + sound.FRAME_SAMPLES)
        struct.pack_into("!BBHII", self._packet, 0, 0x80, sdp.PCMA, 0, 0, source)
        self._peer_source: int | None = None
        self._peer_sequence = 0
        self._typing: keys.Typing | None = None
        self._typed = asyncio.Event()
        self._is_closed = False
        self._one_hand = asyncio.Lock()
        self._pressed = keys.Pressed()
        self._datagrams = Datagrams(host, 0, self._received)
        self.address = self._datagrams.address

    def send_to(self, to: Address | None) -> None:
        """Send sound there from now on; None holds it back."""
        self._to = to
        if to is None:
            pacer().remove(self)
        else:
            pacer().add(self)

    def play(self, data: bytes, *, is_endless: bool) -> Playing:
        """Say something instead of what was said until now."""
        self._playing = Playing(data, is_endless=is_endless)
        return self._playing

    def close(self) -> None:
        """Stop sending and give the port back; whoever waits for the end of the sound or of the keys is let go."""
        self._is_closed = True
        pacer().remove(self)
        self._playing.done.set()
        self._typed.set()
        self._datagrams.close()

    @property
    def pressed(self) -> str:
        """Get the keys the other side has pressed since the beginning."""
        return self._pressed.digits

    async def press(self, digits: str, *, payload_type: int, pause_seconds: float) -> None:
        """Send keys, one after the other, with the sound in the pauses between them; returns when all are sent.

        While the sound is held back the keys wait. Raises RobotError for an unknown key, or where the stream was closed.
        """
        async with self._one_hand:
            self._typing = keys.Typing(digits, payload_type=payload_type, pause_seconds=pause_seconds)
            self._typed.clear()
            if not self._is_closed:
                await self._typed.wait()
            if self._is_closed:
                raise RobotError("The call ended before every key was sent")

    async def hears_keys(self, digits: str, *, within: float) -> bool:
        """Wait until the last keys the other side pressed are these; False after `within` seconds."""
        return await self._until(lambda: self.pressed.endswith(digits), within)

    def send_frame(self) -> None:
        """Send the next 20 ms (the pacer's call)."""
        if self._to is None:
            return
        if self._typing is not None and self._send_key(self._typing):
            return
        struct.pack_into("!HI", self._packet, 2, self._sequence, self._timestamp)
        self._packet[_HEADER_BYTES:] = self._playing.frame()
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + sound.FRAME_SAMPLES) & 0xFFFFFFFF
        self.counters.sent += 1
        self._datagrams.send(self._packet, self._to)

    def _send_key(self, typing: keys.Typing) -> bool:
        """Send a key's packet instead of 20 ms of sound; False where the sound's turn has come."""
        if typing.is_over:
            self._typing = None
            self._typed.set()
            return False
        packet = typing.packet(sequence=self._sequence, timestamp=self._timestamp, source=self._source)
        if packet is None or self._to is None:
            return False
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + sound.FRAME_SAMPLES) & 0xFFFFFFFF
        self.counters.keys_sent += 1
        self._datagrams.send(packet, self._to)
        return True

    def _received(self, view: memoryview, _source: Address) -> None:
        packet = parse(view)
        if packet is None or packet.payload_type != sdp.PCMA or not packet.payload:
            self._received_other(packet)
            return
        is_first = self.counters.received == 0
        self.counters.received += 1
        if not self._is_in_order(packet):
            self.counters.late += 1
            return
        self._heard.append(packet.payload)
        self._arrived.set()
        if is_first:
            self._on_first_packet()

    def _received_other(self, packet: Packet | None) -> None:
        if packet is None or packet.payload_type != self.keys_type:
            self.counters.other += 1
            return
        self.counters.keys_received += 1
        # The keys' packets are numbered together with those of the sound.
        if self._is_in_order(packet):
            self._pressed.take(packet.payload, timestamp=packet.timestamp, source=packet.source)
            self._arrived.set()

    def _is_in_order(self, packet: Packet) -> bool:
        if packet.source != self._peer_source:
            # The other side changed who speaks (a transfer, music): its numbers begin anew.
            self._peer_source, self._peer_sequence = packet.source, packet.sequence
            return True
        step = (packet.sequence - self._peer_sequence) & 0xFFFF
        if not 0 < step < _HALF_OF_SEQUENCES:
            return False
        self.counters.lost += step - 1
        self._peer_sequence = packet.sequence
        return True
