"""What was heard last on a call, and the questions tests ask of it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from borgerlinje.channels.phone.robot import sound

_KEPT_SECONDS = 10
_WINDOW_FRAMES = 10


@dataclass(slots=True)
class Counters:
    """What one stream sent and received."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    late: int = 0
    other: int = 0
    keys_sent: int = 0
    keys_received: int = 0


class Hearing:
    """The last ten seconds of sound that arrived; `_arrived` is set whenever there is more of anything."""

    def __init__(self) -> None:
        self.counters = Counters()
        self._heard: deque[bytes] = deque(maxlen=_KEPT_SECONDS * sound.FRAMES_PER_SECOND)
        self._arrived = asyncio.Event()

    @property
    def frames_heard(self) -> int:
        """Get how many 20 ms of sound have arrived since the beginning, in their order."""
        return self.counters.received - self.counters.late

    def heard(self, seconds: float) -> sound.Samples:
        """Get the last so many seconds that arrived, or fewer."""
        count = max(round(seconds * sound.FRAMES_PER_SECOND), 1)
        return sound.decode(b"".join(list(self._heard)[-count:]))

    def forget(self) -> None:
        """Listen afresh: what was heard until now counts no more."""
        self._heard.clear()

    async def hears(self, *frequencies_hz: float, within: float, seconds: float = 0.2, share: float = 0.5) -> bool:
        """Wait until the last `seconds` of sound are these tones; False after `within` seconds.

        `share` is the part of the sound's energy that the tones together must hold.
        """

        def is_heard() -> bool:
            samples = self._full(seconds)
            parts = [sound.share(samples, frequency) for frequency in frequencies_hz]
            return bool(parts) and min(parts) >= share / len(parts) / 2 and sum(parts) >= share

        return await self._until(is_heard, within)

    async def hears_sound(self, *, within: float, seconds: float = 0.2, level: float = 150.0) -> bool:
        """Wait until the last `seconds` are louder than `level` (effective value of 16-bit samples)."""

        def is_heard() -> bool:
            samples = self._full(seconds)
            return len(samples) > 0 and _level(samples) >= level

        return await self._until(is_heard, within)

    async def hears_nothing(
        self, *frequencies_hz: float, seconds: float, within: float, share: float = 0.3, level: float = 150.0
    ) -> bool:
        """Listen to the next `seconds` of sound for these tones; with no tones, for anything louder than `level`.

        False as soon as one of the tones holds `share` of the sound's energy during 0.2 s. True when so much sound has
        arrived without, or when `within` seconds are over: what does not arrive is not heard. Prove first that it can be.
        """

        def is_there(samples: sound.Samples) -> bool:
            if not frequencies_hz:
                return _level(samples) >= level
            return any(sound.share(samples, frequency) >= share for frequency in frequencies_hz)

        began, covered, is_found = self.frames_heard, 0, False

        def is_settled() -> bool:
            nonlocal covered, is_found
            while not is_found:
                # Windows overlap by half, so that no sound of a window's length falls between two of them.
                start = max(covered - _WINDOW_FRAMES // 2, 0)
                arrived = self.frames_heard - began
                if arrived < start + _WINDOW_FRAMES:
                    break
                is_found = is_there(self._window(arrived - start))
                covered = start + _WINDOW_FRAMES
            return is_found or covered >= seconds * sound.FRAMES_PER_SECOND

        await self._until(is_settled, within)
        return not is_found

    def _window(self, frames_ago: int) -> sound.Samples:
        """Get a window that begins so many frames ago."""
        frames = list(self._heard)[-frames_ago:]
        return sound.decode(b"".join(frames[:_WINDOW_FRAMES]))

    async def _until(self, is_heard: Callable[[], bool], within: float) -> bool:
        try:
            async with asyncio.timeout(within):
                while not is_heard():
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return False
        return True

    def _full(self, seconds: float) -> sound.Samples:
        samples = self.heard(seconds)
        return samples if len(samples) >= seconds * sound.RATE * 0.99 else samples[:0]


def _level(samples: sound.Samples) -> float:
    values = samples.astype(np.float64)
    return float(np.sqrt(np.mean(values * values))) if len(values) else 0.0
