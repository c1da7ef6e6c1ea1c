"""Keys pressed during a call (RFC 4733, telephone-events): the packets of one's own, the digits of the other side; pure.

A key is a handful of packets that carry the time it was first pressed and how long it has been; the last is sent three times,
since a receiver that misses it takes the key for one that is still held down.
"""

import struct
from collections import deque

from borgerlinje.channels.phone.robot import sound
from borgerlinje.channels.phone.robot.errors import RobotError

KEYS = "0123456789*#ABCD"
_KEY_FRAMES = 5
_LAST_COPIES = 3
# 10 dB below the loudest: what telephones send.
_VOLUME = 10
_END = 0x80
_MARKER = 0x80
_EVENT_BYTES = 4


class Typing:
    """Keys on their way out, 20 ms by 20 ms: packets while a key is down, nothing in the pause after it.

    Raises RobotError for a sign that no telephone has.
    """

    def __init__(self, digits: str, *, payload_type: int, pause_seconds: float) -> None:
        unknown = [digit for digit in digits.upper() if digit not in KEYS]
        if unknown:
            raise RobotError(f"No telephone has the key {unknown[0]!r}")
        pause = round(pause_seconds * sound.FRAMES_PER_SECOND)
        self._payload_type = payload_type
        self._began_at = 0
        self._frames: deque[bytes | None] = deque()
        for digit in digits.upper():
            self._frames += [*_events(KEYS.index(digit)), *[None] * pause]

    @property
    def is_over(self) -> bool:
        return not self._frames

    def packet(self, *, sequence: int, timestamp: int, source: int) -> bytes | None:
        """Take the next 20 ms as an RTP packet; None where the sound goes on instead. `timestamp` is that of now."""
        event = self._frames.popleft()
        if event is None:
            return None
        is_first = _duration(event) == sound.FRAME_SAMPLES
        if is_first:
            self._began_at = timestamp
        kind = self._payload_type | (_MARKER if is_first else 0)
        return struct.pack("!BBHII", 0x80, kind, sequence, self._began_at, source) + event


class Pressed:
    """The keys the other side pressed, in `digits`; its packets are to be taken in order."""

    def __init__(self) -> None:
        self.digits = ""
        self._last: tuple[int, int] | None = None

    def take(self, event: bytes, *, timestamp: int, source: int) -> None:
        """Take the payload of a packet; a key counts once, when it is first heard of."""
        if len(event) < _EVENT_BYTES or event[0] >= len(KEYS) or self._last == (source, timestamp):
            return
        self._last = source, timestamp
        self.digits += KEYS[event[0]]


def _events(code: int) -> list[bytes]:
    held = [struct.pack("!BBH", code, _VOLUME, frame * sound.FRAME_SAMPLES) for frame in range(1, _KEY_FRAMES)]
    last = struct.pack("!BBH", code, _VOLUME | _END, _KEY_FRAMES * sound.FRAME_SAMPLES)
    return held + [last] * _LAST_COPIES


def _duration(event: bytes) -> int:
    return int.from_bytes(event[2:4], "big")
