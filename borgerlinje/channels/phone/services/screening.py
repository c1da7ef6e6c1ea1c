"""Whoever answers an ordinary number is asked to press 1 before a citizen is given to them: an answering machine cannot.

What is asked and the silence to answer in are one playback, twice over: when it ends without the key, nobody is there. So nothing here
keeps a time, and what is said and what is listened for cannot come apart.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from borgerlinje.channels.phone.pbx.ari import Answer
from borgerlinje.channels.phone.rules import Command
from borgerlinje.channels.phone.sound import speech

TAKING_KEY: Final = "1"
LISTEN_SECONDS: Final = 8
_TIMES: Final = 2


def offer_text(authority: str) -> str:
    """Return what is asked when a citizen of an authority is offered."""
    return f"Opkald fra hotlinen til {authority}. Tryk 1 for at tage det."


def callback_text(line: str) -> str:
    """Return what is asked before a citizen is called back on a line."""
    return f"Tilbagekald for {line}. Tryk 1, så ringer vi til borgeren."


class Screening:
    """Asks on one channel. `pressed` and `is_over` are told of each key and each playback that ended there.

    `playback_id` is a name that nothing else has. Make one for each channel that answered.
    """

    def __init__(
        self, channel: str, playback_id: str, *, sounds: Path | None, give: Callable[[Command], Awaitable[Answer]]
    ) -> None:
        self.channel = channel
        self.is_taken = False
        self._playback_id = playback_id
        self._sounds = sounds
        self._give = give

    async def begin(self, text: str, language: str = "da") -> None:
        """Ask. Where nothing can be spoken, a tone asks; where nothing can be heard at all, nobody is there."""
        media = ",".join([await self._asking(text, language), f"sound:{speech.silence(LISTEN_SECONDS)}"] * _TIMES)
        query: dict[str, str | int] = {"media": media, "playbackId": self._playback_id}
        if not (await self._give(Command("POST", f"/channels/{self.channel}/play", query))).is_done:
            await self.refuse()

    async def pressed(self, digit: str) -> bool:
        """Take a key; True when it takes the call. What is being said stops then."""
        if digit != TAKING_KEY or self.is_taken:
            return False
        self.is_taken = True
        await self._give(Command("DELETE", f"/playbacks/{self._playback_id}"))
        return True

    def is_over(self, playback_id: str) -> bool:
        """Tell whether a playback that ended was the asking, and nobody took the call."""
        return playback_id == self._playback_id and not self.is_taken

    async def refuse(self) -> None:
        """Hang up on whoever did not answer, as on a phone that nobody answered."""
        await self._give(Command("DELETE", f"/channels/{self.channel}", {"reason": "no_answer"}))

    async def _asking(self, text: str, language: str) -> str:
        if self._sounds is None:
            return "tone:dial;tonezone=dk"
        await speech.make_all([(text, language)], self._sounds)
        name = speech.name_of(text, language)
        return f"sound:{name if speech.has_sound(self._sounds, name) else speech.TONE}"
