"""Taking a message: the prompt, the tone, the recording, and the citizen's own ear on it.

What has been recorded is a message from the moment there is something to hear in it: who hangs up during it, or after it, has left it.
Until it has been stored it lies as a file beside Asterisk, and whoever has the call next goes on from there.
"""

import asyncio
from datetime import timedelta
from enum import Enum, auto
from typing import Final

import structlog

from borgerlinje.channels.phone.calls.messages import Message, Played, Pressed, Recorded, Timer
from borgerlinje.channels.phone.recording import recorded, recordings
from borgerlinje.channels.phone.recording.recorded import Sound
from borgerlinje.channels.phone.rules import Command
from borgerlinje.channels.phone.services.base import Talk
from borgerlinje.channels.phone.services.saying import say_in_turn
from borgerlinje.channels.phone.sound.speech import TONE
from borgerlinje.channels.phone.waiting_texts import AGAIN_KEY, DONE_KEY, HEAR_KEY, SEND_KEY, texts
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps

LONGEST_SILENCE_SECONDS: Final = 6
CHOICE_SECONDS: Final = 8
_CHOICE: Final = "choice"
_TRIES: Final = 2
_FILE_SECONDS: Final = 2.0
_FILE_PAUSE_SECONDS: Final = 0.02

log = structlog.get_logger("phone")


class _Stage(Enum):
    PROMPT = auto()
    RECORDING = auto()
    CHOICE = auto()
    HEARING = auto()
    UNHEARD = auto()
    SETTLED = auto()


class VoicemailSession:
    """Lets a citizen leave a message."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        # Of a call that another process had, what was recorded may be a message.
        self._stage = _Stage.CHOICE if talk.is_resumed else _Stage.PROMPT
        self._name = recorded.message_name(talk.contact_id)
        self._tries = 0
        self._timers = 0
        self._is_repeated = False

    async def begin(self) -> None:
        """Ask for the message; of a call that another process had, go on where it stands."""
        said = texts(self._talk.language)
        if not recorded.can_seal():
            # A message that could not be stored would be a promise that nobody keeps.
            log.error("no_seal_key", contact=str(self._talk.contact_id))
            self._stage = _Stage.UNHEARD
            await self._say(said.message_impossible)
        elif self._talk.is_resumed:
            await self._resume()
        else:
            entry = self._talk.entry
            why = () if entry.is_open(clock.now()) else (entry.closed_text,)
            await self._ask(*why)

    async def handle(self, message: Message) -> None:
        """Go on when something was said, pressed or recorded."""
        match message:
            case Played():
                await self._said()
            case Pressed(_, digit):
                await self._pressed(digit)
            case Recorded(name, is_failed) if name == self._name and self._stage is _Stage.RECORDING:
                await self._recorded(is_failed=is_failed)
            case Timer(name) if name == self._timer_name and self._stage is _Stage.CHOICE:
                await self._unanswered()

    async def end(self) -> None:
        """Keep what was said by a citizen who hangs up; say no more."""
        await self._hush()
        stage, self._stage = self._stage, _Stage.SETTLED
        if stage in {_Stage.RECORDING, _Stage.CHOICE, _Stage.HEARING}:
            await self._keep(is_hung_up=True)

    # --- the prompt and the recording

    async def _ask(self, *before: str) -> None:
        self._stage = _Stage.PROMPT
        await self._say(*before, texts(self._talk.language).message_prompt, then=TONE)

    async def _say(self, *said: str, then: str = "") -> None:
        """Say these, and play the sound `then`; go on at once where nothing can be heard."""
        if not await say_in_turn(self._talk, *said, then=then) and self._talk.is_heard:
            await self._said()

    @property
    def _timer_name(self) -> str:
        # A new name for each: one that has run out already, and waits in the inbox, is not taken for the next.
        return f"{_CHOICE}-{self._timers}"

    async def _hush(self) -> None:
        self._talk.stop_timer(self._timer_name)
        self._timers += 1
        await self._talk.be_quiet()

    async def _said(self) -> None:
        """Everything has been said: what comes now depends on what it was."""
        if self._stage is _Stage.PROMPT:
            await self._record()
        elif self._stage is _Stage.CHOICE:
            self._talk.start_timer(self._timer_name, CHOICE_SECONDS)
        elif self._stage is _Stage.HEARING:
            await self._offer_choices()
        elif self._stage is _Stage.UNHEARD:
            await self._leave_empty()

    async def _record(self) -> None:
        self._stage = _Stage.RECORDING
        query: dict[str, str | int] = {
            "name": self._name,
            "format": recorded.FORMAT,
            "maxDurationSeconds": self._talk.entry.voicemail_seconds,
            "maxSilenceSeconds": LONGEST_SILENCE_SECONDS,
            "terminateOn": DONE_KEY,
            "ifExists": "overwrite",
        }
        answer = await self._talk.give(Command("POST", f"/channels/{self._talk.channel}/record", query))
        if not answer.is_done and not answer.is_gone:
            await self._recorded(is_failed=True)

    async def _recorded(self, *, is_failed: bool) -> None:
        sound = None if is_failed else await recorded.take(self._talk.tools.ari, self._name)
        if sound is not None and sound.is_message:
            await self._offer_choices()
            return
        self._tries += 1
        said = texts(self._talk.language)
        if self._tries < _TRIES:
            await self._ask(said.message_unheard)
        else:
            self._stage = _Stage.UNHEARD
            await self._say(said.message_goodbye)

    async def _leave_empty(self) -> None:
        self._stage = _Stage.SETTLED
        await recorded.discard(self._talk.tools.ari, self._name)
        await self._talk.event(Event.CITIZEN_LEFT, data={"because": "no message"})

    # --- what becomes of it

    async def _offer_choices(self) -> None:
        self._stage = _Stage.CHOICE
        await self._say(texts(self._talk.language).message_choices)

    async def _pressed(self, digit: str) -> None:
        if self._stage is _Stage.PROMPT:
            # Whoever knows the prompt need not hear it out.
            await self._hush()
            await self._say(then=TONE)
        elif self._stage in {_Stage.CHOICE, _Stage.HEARING} and digit in {SEND_KEY, HEAR_KEY, AGAIN_KEY}:
            await self._hush()
            await self._chosen(digit)

    async def _chosen(self, digit: str) -> None:
        if digit == SEND_KEY:
            await self._send()
        elif digit == HEAR_KEY:
            # The choices are said again when it has been heard.
            self._stage = _Stage.HEARING
            if not await self._talk.play(f"recording:{self._name}"):
                await self._offer_choices()
        else:
            await recorded.discard(self._talk.tools.ari, self._name)
            self._tries = 0
            await self._ask()

    async def _unanswered(self) -> None:
        """Ask once more, then send it: whoever says nothing has said what they wanted."""
        if self._is_repeated:
            await self._send()
        else:
            self._is_repeated = True
            await self._offer_choices()

    async def _send(self) -> None:
        self._stage = _Stage.SETTLED
        if await self._keep(is_hung_up=False):
            await self._talk.farewell(texts(self._talk.language).message_received)

    async def _keep(self, *, is_hung_up: bool) -> bool:
        """Store the message and let the contact wait for an answer; False when there is nothing to hear in it."""
        talk, ari = self._talk, self._talk.tools.ari
        if is_hung_up:
            await self._wait_for_the_file()
        sound = await recorded.take(ari, self._name)
        if sound is None or not sound.is_message:
            return False
        is_left = await talk.event(
            Event.MESSAGE_LEFT, data={"seconds": round(sound.seconds)}, also=lambda: self._store(sound)
        )
        await recorded.discard(ari, self._name)
        return is_left

    def _store(self, sound: Sound) -> Steps[None]:
        now = clock.now()
        begun_at = now - timedelta(seconds=sound.seconds)
        return recordings.do_leave_message(
            self._talk.contact_id, sound.sealed, seconds=sound.seconds, begun_at=begun_at, now=now
        )

    async def _wait_for_the_file(self) -> None:
        """Let Asterisk finish the file of a citizen who has hung up; it does so in a few milliseconds."""
        ari = self._talk.tools.ari
        try:
            async with asyncio.timeout(_FILE_SECONDS):
                while await recorded.is_live(ari, self._name):  # noqa: ASYNC110 - the report of it waits in the inbox behind this
                    await asyncio.sleep(_FILE_PAUSE_SECONDS)
        except TimeoutError:
            log.warning("message_not_finished", contact=str(self._talk.contact_id))

    async def _resume(self) -> None:
        ari = self._talk.tools.ari
        if await recorded.is_live(ari, self._name):
            self._stage = _Stage.RECORDING
            return
        sound = await recorded.take(ari, self._name)
        if sound is not None and sound.is_message:
            await self._offer_choices()
        else:
            await self._ask()
