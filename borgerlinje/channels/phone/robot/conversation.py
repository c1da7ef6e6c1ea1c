"""The part of a call that is heard: its sound, its keys and its steps in time."""

import asyncio
import secrets
import time
from functools import lru_cache
from pathlib import Path

from borgerlinje.channels.phone.robot import rtp, sound
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.terms import Terms

Said = float | tuple[float, ...] | Path | bytes | None


class Conversation:
    """Sound both ways, and when each step was reached; `ended` is set when it is over.

    Steps: invited, trying, ringing, answered, acknowledged, first_audio, heard, hung_up, ended.
    """

    def __init__(self, host: str) -> None:
        self.ended = asyncio.Event()
        self.at: dict[str, float] = {}
        self.audio = rtp.Stream(host, source=secrets.randbits(32), on_first_packet=lambda: self._mark("first_audio"))
        self.terms = Terms(self.audio)
        self._marks: dict[str, asyncio.Event] = {}

    def milliseconds(self, step: str, *, since: str = "invited") -> float | None:
        """Tell how long after another step a step was reached; None where one of them was not."""
        if step not in self.at or since not in self.at:
            return None
        return (self.at[step] - self.at[since]) * 1000

    async def reached(self, step: str, *, within: float) -> bool:
        """Wait for a step; False where the call ended without it or `within` seconds went by."""
        if step in self.at or self.ended.is_set():
            return step in self.at
        event = self._marks.setdefault(step, asyncio.Event())
        try:
            async with asyncio.timeout(within):
                await event.wait()
        except TimeoutError:
            return False
        return step in self.at

    def play(self, what: Said, *, again: bool = False) -> rtp.Playing:
        """Say a tone or tones (Hz, endless), a wav file or A-law bytes (once, or endless with `again`), or nothing.

        The answer's `done` is set when a sound that ends has been sent.
        """
        if isinstance(what, Path):
            return self.audio.play(sound.read_wav(what), is_endless=again)
        if isinstance(what, bytes):
            return self.audio.play(what, is_endless=again)
        if what is None:
            return self.audio.play(b"", is_endless=False)
        return self.audio.play(_tone(what if isinstance(what, tuple) else (what,)), is_endless=True)

    async def hears(self, *frequencies_hz: float, within: float, seconds: float = 0.2) -> bool:
        """Wait until these tones, and little else, are heard for `seconds`; False after `within` seconds."""
        is_heard = await self.audio.hears(*frequencies_hz, within=within, seconds=seconds)
        if is_heard:
            self._mark("heard")
        return is_heard

    async def hears_only(self, *frequencies_hz: float, within: float, seconds: float = 1.0) -> bool:
        """Wait until a whole stretch of `seconds` held these tones and no other sound; False after `within` seconds."""
        return await self.audio.hears(*frequencies_hz, within=within, seconds=seconds, share=0.9)

    async def hears_nothing(self, *frequencies_hz: float, seconds: float = 1.0, within: float = 5.0) -> bool:
        """Prove that none of these tones, or with none given no sound at all, is heard in the next `seconds` of sound.

        False as soon as one is. Where less sound than that arrives, `within` seconds decide: what does not arrive is not
        heard. Prove first, with `hears`, that it could be.
        """
        return await self.audio.hears_nothing(*frequencies_hz, seconds=seconds, within=within)

    async def press(self, digits: str, *, pause_seconds: float = 0.1) -> None:
        """Press keys (0-9 * # A-D) for 0.1 s each and wait until they are sent; what is played goes on in between and after.

        Raises RobotError for another sign, where the other side takes no keys, or where the call ends meanwhile.
        """
        if self.terms.keys_type is None:
            raise RobotError("The other side of the call takes no keys")
        await self.audio.press(digits, payload_type=self.terms.keys_type, pause_seconds=pause_seconds)

    @property
    def pressed(self) -> str:
        """Get the keys the other side has pressed since the beginning."""
        return self.audio.pressed

    async def hears_keys(self, digits: str, *, within: float) -> bool:
        """Wait until the last keys the other side pressed are these; False after `within` seconds."""
        return await self.audio.hears_keys(digits, within=within)

    def _mark(self, step: str) -> None:
        if step not in self.at:
            self.at[step] = time.monotonic()
            if step in self._marks:
                self._marks[step].set()

    def _end(self) -> None:
        """Give the audio port back and let everybody go who waits for a step."""
        self.audio.close()
        self._mark("ended")
        for event in self._marks.values():
            event.set()
        self.ended.set()


@lru_cache(maxsize=64)
def _tone(frequencies_hz: tuple[float, ...]) -> bytes:
    return sound.tone(*frequencies_hz)
