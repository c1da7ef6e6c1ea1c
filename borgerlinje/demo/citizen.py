"""One robot citizen's call: the menu, the waiting, the talk with an employee, and what they do instead."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from psycopg.rows import DictRow

from borgerlinje.channels.phone.callbacks.callback_texts import YES_KEY
from borgerlinje.channels.phone.robot.call import Cause, Outgoing
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.waiting_texts import CALLBACK_KEY
from borgerlinje.demo.calls import ended_within
from borgerlinje.lines.menus.tree import PERSON_KEY

_NO_ANSWER_SECONDS: Final = 15.0
# The keys of the demo's menus (`demo.facts`); an empty text is a citizen who presses none.
SUBJECT_MENU_KEY, CALLBACK_MENU_KEY, MESSAGE_MENU_KEY = "1", "2", "3"
_KEYS: Final = {"": 30, PERSON_KEY: 40, SUBJECT_MENU_KEY: 20, CALLBACK_MENU_KEY: 6, MESSAGE_MENU_KEY: 4}


@dataclass(frozen=True, slots=True)
class Habits:
    """How citizens behave: in seconds the mean patience, the longest talk and message from and to, and how long they listen before a key.

    `keys` are what they press in a menu and how often relative to each other, `asks_back` the share of those who are offered to be called
    back that take it.
    """

    patience: float = 180.0
    talk: tuple[float, float] = (30.0, 120.0)
    listens: tuple[float, float] = (2.0, 6.0)
    message: tuple[float, float] = (25.0, 45.0)
    keys: Mapping[str, float] = field(default_factory=lambda: _KEYS)
    asks_back: float = 0.4


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rows say of a call: Asterisk answers before an employee does, only they know."""

    connected: asyncio.Event = field(default_factory=asyncio.Event)
    recording: asyncio.Event = field(default_factory=asyncio.Event)
    may_ask: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, row: DictRow) -> None:
        """Take in a row with `state` and `may_ask`."""
        if row["state"] == "connected":
            self.connected.set()
        if row["state"] == "voicemail":
            self.recording.set()
        if row["may_ask"]:
            self.may_ask.set()


@dataclass
class Citizen:
    """Somebody who calls; `says` and `message` are A-law, `tell` prints what happens, `waited_seconds` is None until answered."""

    call: Outgoing
    seen: Seen
    habits: Habits
    dice: random.Random
    says: bytes
    message: bytes
    tell: Callable[[str], None]
    waited_seconds: float | None = None

    async def live(self) -> str:
        """Live through the call; return how it ended."""
        call = self.call
        if not await call.reached("answered", within=_NO_ANSWER_SECONDS):
            await call.hang_up()
            return f"refused ({call.status})" if call.cause is Cause.REJECTED else "not put through"
        await self._choose()
        patience = self.dice.expovariate(1 / self.habits.patience)
        if not await self._happened((self.seen.connected, self.seen.recording, self.seen.may_ask), patience):
            return await self._gone()
        if self.seen.may_ask.is_set() and not self._is_served and self.dice.random() < self.habits.asks_back:
            await self._ask_back(CALLBACK_KEY)
        if not await self._happened((self.seen.connected, self.seen.recording), patience):
            return await self._gone()
        return await (self._talk() if self.seen.connected.is_set() else self._leave_message())

    @property
    def _is_served(self) -> bool:
        return self.seen.connected.is_set() or self.seen.recording.is_set()

    async def _choose(self) -> None:
        """Listen to the menu for a moment, as people do, and press a key, or none."""
        key = self.dice.choices(list(self.habits.keys), list(self.habits.keys.values()))[0]
        if key == CALLBACK_MENU_KEY:
            await self._ask_back(key)
        elif key:
            await self._press(key)

    async def _ask_back(self, key: str) -> None:
        """Ask to be called back, at the number one calls from and as soon as possible; the call ends by it."""
        for each in (key, YES_KEY, YES_KEY):
            await self._press(each)
        await ended_within(self.call, self.habits.listens[1] * 2)

    async def _press(self, key: str) -> None:
        if self._is_served or await ended_within(self.call, self.dice.uniform(*self.habits.listens)):
            return
        with suppress(RobotError):
            await self.call.press(key)

    async def _happened(self, events: Sequence[asyncio.Event], seconds: float) -> bool:
        """Wait for one of these; False when the patience is over or the call ended first."""
        waits = [asyncio.create_task(event.wait()) for event in (*events, self.call.ended)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return any(event.is_set() for event in events)

    async def _gone(self) -> str:
        is_left = self.call.ended.is_set()
        await self.call.hang_up()
        return "sent away" if is_left else "gave up"

    async def _talk(self) -> str:
        self.waited_seconds = asyncio.get_running_loop().time() - self.call.at["answered"]
        self.tell(f"is answered after {self.waited_seconds:.1f} s")
        self.call.play(self.says, again=True)
        if not await ended_within(self.call, self.dice.uniform(*self.habits.talk)):
            await self.call.hang_up()
        return "helped"

    async def _leave_message(self) -> str:
        self.tell("speaks on the line's voicemail")
        self.call.play(self.message, again=True)
        if not await ended_within(self.call, self.dice.uniform(*self.habits.message)):
            await self.call.hang_up()
        return "left a message"
