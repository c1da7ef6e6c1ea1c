"""What a citizen hears of us: a text spoken, or music."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

from borgerlinje.channels.phone import rules, speech
from borgerlinje.channels.phone.ari import Answer
from borgerlinje.channels.phone.rules import Command, Legs
from borgerlinje.contacts.lifecycle import Effect


class Voice:
    """Speaks and plays to one citizen's channel; `playing` is the playback under way, empty when there is none.

    `sounds` is None when Asterisk's sounds are out of reach: then nothing is said.
    """

    def __init__(self, citizen: str, sounds: Path | None, command: Callable[[Command], Awaitable[Answer]]) -> None:
        self.playing = ""
        self._citizen = citizen
        self._sounds = sounds
        self._command = command

    async def say(self, text: str, language: str) -> bool:
        """Begin to speak; False when nothing can be heard."""
        if self._sounds is None or not text.strip():
            return False
        await speech.make_all([(text, language)], self._sounds)
        name = speech.name_of(text, language)
        if not speech.has_sound(self._sounds, name):
            return False
        playback_id = f"bl-p-{uuid4()}"
        query: dict[str, str | int] = {"media": f"sound:{name}", "playbackId": playback_id}
        answer = await self._command(Command("POST", f"/channels/{self._citizen}/play", query))
        self.playing = playback_id if answer.is_done else ""
        return answer.is_done

    async def be_quiet(self) -> None:
        """Stop speaking."""
        if self.playing:
            await self._command(Command("DELETE", f"/playbacks/{self.playing}"))
            self.playing = ""

    async def music(self) -> None:
        """Play the music of those who wait."""
        for command in rules.commands(Effect.START_WAITING, Legs(self._citizen)):
            await self._command(command)

    async def stop_music(self) -> None:
        """Stop the music."""
        await self._command(Command("DELETE", f"/channels/{self._citizen}/moh"))
