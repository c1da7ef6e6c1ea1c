"""What every part of a call works with: its channels, its voice and its timers."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar
from uuid import UUID

from borgerlinje.channels.phone import queries
from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.calls.messages import Message, Stop, Timer
from borgerlinje.channels.phone.calls.orders import Orders
from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.calls.voice import Voice
from borgerlinje.channels.phone.pbx.ari import Answer
from borgerlinje.channels.phone.rules import PLAYBACK_PREFIX, Command, Legs, bridge_of
from borgerlinje.contacts.lifecycle import State

T = TypeVar("T")
_STOP: Final = "stop"
_RINGING_TONE: Final = "tone:ring;tonezone=dk"


class Talking:
    """A contact's channels, and what its citizen is told. `put` tells it what happened."""

    def __init__(self, tools: Tools, contact_id: UUID, legs: Legs, entry: Entry | None = None) -> None:
        self.contact_id = contact_id
        self.legs = legs
        self.state = State.ARRIVED
        self.tools = tools
        self.caller_number = ""
        self.employee_id: int | None = None
        self.is_resumed = False
        self.has_keys = True
        self.is_farewell = False
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.orders = Orders(tools.ari, contact_id, legs.citizen)
        self.voice = Voice(contact_id, legs.citizen, tools.sounds, self.orders)
        self._entry = entry
        self._language = ""
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @property
    def channel(self) -> str:
        """The citizen's channel."""
        return self.legs.citizen

    @property
    def entry(self) -> Entry:
        """The line the contact is on. Raises LookupError before it is known."""
        if self._entry is None:
            msg = "the line of the call is not known yet"
            raise LookupError(msg)
        # A line may change while somebody waits on it: its hours, its texts, a crisis.
        return self.tools.book.current(self._entry)

    @property
    def language(self) -> str:
        """The language the citizen is spoken to in."""
        return self._language or (self._entry.language if self._entry else "da")

    @property
    def playing(self) -> str:
        """The playback under way, empty when there is none."""
        return self.voice.playing

    @property
    def is_heard(self) -> bool:
        """Whether the citizen's channel was there when something was last said to it."""
        return self.voice.is_heard

    def at_line(self, entry: Entry, language: str = "") -> None:
        """Be on a line; a language the citizen has chosen stays."""
        self._entry = entry
        self._language = language or self._language

    def has_line(self, line_id: int) -> bool:
        """Tell whether this is the line the contact is known to be on."""
        return self._entry is not None and self._entry.line_id == line_id

    def put(self, message: Message) -> None:
        """Tell the call what happened; it is dealt with in order."""
        self.inbox.put_nowait(message)

    async def give(self, command: Command) -> Answer:
        """Send Asterisk one command."""
        return await self.orders.give(command)

    async def say(self, text: str, language: str | None = None) -> bool:
        """Begin to speak a text; False when nothing can be heard."""
        return await self.voice.say(text, language or self.language)

    async def play(self, sound: str) -> bool:
        """Begin to play a sound by its name, or another medium by its kind and name ("recording:..."); False when nothing can be heard."""
        return await self.voice.play(sound if sound.startswith("recording:") else f"sound:{sound}")

    async def begin_tone(self) -> None:
        """Let whoever is alone in the contact's bridge hear that somebody is being rung."""
        query: dict[str, str | int] = {"media": _RINGING_TONE, "playbackId": self._tone}
        await self.give(Command("POST", f"/bridges/{bridge_of(self.contact_id)}/play", query))

    async def end_tone(self) -> None:
        """Stop that tone, also one that another process has begun."""
        await self.give(Command("DELETE", f"/playbacks/{self._tone}"))

    @property
    def _tone(self) -> str:
        return f"{PLAYBACK_PREFIX}{self.contact_id}-tone"

    def hears_at(self, channel: str) -> None:
        """Speak to the citizen on this channel from now on: one who was called has only now got one."""
        self.voice.channel = channel

    async def be_quiet(self) -> None:
        """Stop speaking."""
        await self.voice.be_quiet()

    async def announce(self, text: str, language: str | None = None) -> None:
        """Speak to one who hears music: it stops meanwhile, and goes on afterwards."""
        await self.voice.announce(text, language or self.language)

    async def music(self) -> None:
        """Play the hold music."""
        await self.voice.music()

    async def stop_music(self) -> None:
        """Stop the hold music."""
        await self.voice.stop_music()

    async def patiently(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work to be done, with music for the citizen as soon as that takes long."""
        return await self.voice.patiently(work)

    async def set_language(self, language: str) -> None:
        """Go on in another language, in the rows too."""
        self._language = language
        await self.tools.store.write_at_once(lambda: queries.do_set_language(self.contact_id, language))

    def start_timer(self, name: str, seconds: float) -> None:
        """Let `Timer(name)` come after so long; one of the same name before it is stopped."""
        self._start(name, seconds, Timer(name))

    def start_stop(self, seconds: float) -> None:
        """Let the call end after so long, whatever is being said."""
        self._start(_STOP, seconds, Stop())

    def stop_timer(self, name: str) -> None:
        """Stop a timer, if it runs."""
        if handle := self._timers.pop(name, None):
            handle.cancel()

    def stop_timers(self) -> None:
        """Stop all timers."""
        for name in list(self._timers):
            self.stop_timer(name)

    def _start(self, name: str, seconds: float, message: Message) -> None:
        self.stop_timer(name)
        self._timers[name] = asyncio.get_running_loop().call_later(seconds, self.put, message)
