"""What a citizen hears of us: a text spoken, or music."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

from borgerlinje.channels.phone.calls.orders import Orders
from borgerlinje.channels.phone.rules import PLAYBACK_PREFIX, Command
from borgerlinje.channels.phone.sound import speech

T = TypeVar("T")
_LONGEST_SILENCE_SECONDS: Final = 0.3
# Few, so that a process that takes a call over can name what is played; at most two are under way at once.
_NAMES: Final = 4
_NOT_THERE: Final = frozenset({404, 409})  # No such channel, or it has left us.


class Voice:
    """Speaks and plays to one citizen's channel; `playing` is the playback under way, empty when there is none.

    `sounds` is None when Asterisk's sounds are out of reach: then nothing is said. `is_heard` is False once the channel was found
    gone: the report of that is on its way.
    """

    def __init__(self, contact_id: UUID, citizen: str, sounds: Path | None, orders: Orders) -> None:
        self.playing = ""
        self.is_heard = True
        self._contact_id = contact_id
        self.channel = citizen
        self._count = 0
        self._sounds = sounds
        self._orders = orders

    def can_say(self, text: str) -> bool:
        """Tell whether there is anything to say, and something to say it with."""
        return self._sounds is not None and bool(text.strip())

    async def say(self, text: str, language: str) -> bool:
        """Begin to speak; False when nothing can be heard."""
        if self._sounds is None or not text.strip():
            return False
        await speech.make_all([(text, language)], self._sounds)
        name = speech.name_of(text, language)
        if not speech.has_sound(self._sounds, name):
            return False
        return await self.play(f"sound:{name}")

    async def play(self, media: str, channel: str = "") -> bool:
        """Begin to play what Asterisk calls a medium ("sound:...", "tone:ring"), to the citizen unless another channel is named."""
        playback_id = self._new_playback()
        query: dict[str, str | int] = {"media": media, "playbackId": playback_id}
        answer = await self._orders.give(Command("POST", f"/channels/{channel or self.channel}/play", query))
        self.playing = playback_id if answer.is_done else ""
        self.is_heard = answer.status not in _NOT_THERE
        return answer.is_done

    async def take_over(self) -> None:
        """Stop what another process was saying: it would be heard to its end first, with its keys meaning what is said next.

        Asterisk does not list what is played, so all the names there can be are tried. The next name is one that was not in use: the end
        of what is stopped here is not taken for the end of what is said then.
        """
        ends = await asyncio.gather(*(self._end(self._name(number)) for number in range(_NAMES)))
        self._count = (ends.index(False) - 1) % _NAMES if False in ends else 0

    async def _end(self, playback_id: str) -> bool:
        """Stop a playback; tell whether there was one."""
        return (await self._orders.give(Command("DELETE", f"/playbacks/{playback_id}"))).is_done

    def _new_playback(self) -> str:
        """Return a name that says whose it is, and that only a playback long over has had."""
        self._count = (self._count + 1) % _NAMES
        return self._name(self._count)

    def _name(self, number: int) -> str:
        return f"{PLAYBACK_PREFIX}{self._contact_id}-{number}"

    async def announce(self, text: str, language: str) -> None:
        """Speak to one who waits: the music stops for it, and goes on at once when nothing can be heard."""
        await self.stop_music()
        if not await self.say(text, language):
            await self.music()

    async def be_quiet(self) -> None:
        """Stop speaking."""
        if self.playing:
            await self._end(self.playing)
            self.playing = ""

    async def music(self) -> None:
        """Play the music of those who wait."""
        await self._orders.give(Command("POST", f"/channels/{self.channel}/moh", {"mohClass": "default"}))

    async def stop_music(self) -> None:
        """Stop the music."""
        await self._orders.give(Command("DELETE", f"/channels/{self.channel}/moh"))

    async def patiently(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work to be done; the citizen, who has been answered, hears music as soon as that takes long."""
        task = asyncio.create_task(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=_LONGEST_SILENCE_SECONDS)
            if done:
                return task.result()
            await self.music()
            result = await task
            await self.stop_music()
            return result
        finally:
            task.cancel()
