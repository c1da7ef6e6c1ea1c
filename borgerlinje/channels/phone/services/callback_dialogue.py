"""The talk with a citizen who wants to be called back: which number, is it right, and when. For the menu and the waiting room alike.

Whoever calls with a number of their own confirms it with one key; whoever withheld it, or wants another, types one. It is checked before it
is promised. Nobody is kept in here: a citizen who says nothing, or cannot make it work, goes back to where they came from.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import Enum, auto
from typing import Final

from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.callbacks import callback_texts as said
from borgerlinje.channels.phone.callbacks.times import Times, hour_of, times
from borgerlinje.channels.phone.calls import menu_choices
from borgerlinje.channels.phone.calls.messages import Message, Played, Pressed, Timer
from borgerlinje.channels.phone.outgoing.policy import Number, Refusal
from borgerlinje.channels.phone.services.base import Talk
from borgerlinje.channels.phone.services.saying import say_all
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import clock
from borgerlinje.lines.menus import Spoken

PATIENCE_SECONDS: Final = 6
BETWEEN_DIGITS_SECONDS: Final = 5
_RELAY_FACTOR: Final = 3
_MOST_FAULTS: Final = 3
_DANISH_DIGITS: Final = 8
_LONGEST_NUMBER: Final = 15


class Unfinished(Enum):
    """Why no call was promised."""

    BACK = auto()
    SILENT = auto()
    FAILED = auto()


class _Asking(Enum):
    CONFIRM = auto()
    NUMBER = auto()
    TIME = auto()


class CallbackDialogue:
    """Asks, checks and promises; ends in the event `callback_asked` and a goodbye, or calls `unfinished`.

    `entry` is the line that is to call, the contact's own unless another is named: then the contact moves there with the promise.
    """

    def __init__(
        self, talk: Talk, unfinished: Callable[[Unfinished], Awaitable[None]], *, entry: Entry | None = None
    ) -> None:
        self._talk = talk
        self._unfinished = unfinished
        self._entry = entry or talk.entry
        self._texts = said.texts(talk.language)
        self._asking = _Asking.NUMBER
        self._number = ""
        self._typed = ""
        self._times = Times()
        self._silences = 0
        self._faults = 0
        self._timers = 0

    async def begin(self) -> None:
        """Ask whether the number they call from is the right one, or for a number."""
        caller = self._talk.caller_number
        if not caller:
            await self._ask(_Asking.NUMBER)
            return
        checked = await self._check(caller)
        if isinstance(checked, Number):
            self._number = checked.national or checked.digits
            await self._ask(_Asking.CONFIRM)
        elif checked is None:
            await self._ask(_Asking.NUMBER, self._texts.already)
        else:
            await self._ask(_Asking.NUMBER, self._texts.cannot_call_own)

    async def handle(self, message: Message) -> None:
        """Deal with keys, with the end of what is said, and with silence."""
        match message:
            case Pressed(channel, digit) if channel == self._talk.channel:
                await self._hush()
                self._silences = 0
                await self._pressed(digit)
            case Played():
                self._wait(PATIENCE_SECONDS)
            case Timer(name) if name == self._timer_name:
                await self._silent()

    async def end(self) -> None:
        """Say no more, and wait for nothing."""
        await self._hush()

    # --- asking

    async def _ask(self, asking: _Asking, first: str = "") -> None:
        """Say what is asked for, and wait for an answer from when it has been said."""
        self._asking, self._typed = asking, ""
        questions = {
            _Asking.CONFIRM: lambda: [self._texts.we_call, *self._number.replace("+", "00"), self._texts.is_it_right],
            _Asking.NUMBER: lambda: [self._texts.type_number],
            _Asking.TIME: self._hours,
        }
        language = self._talk.language
        spoken = [Spoken(text, language) for text in (first, *questions[asking]()) if text]
        if not await say_all(self._talk, spoken, {}) and self._talk.is_heard:
            self._wait(PATIENCE_SECONDS)

    def _hours(self) -> list[str]:
        opens_at = self._times.opens_at
        first = self._texts.at_once if opens_at is None else self._texts.when_open.format(hour_of(opens_at))
        slots = zip(said.SLOT_KEYS, self._times.slots, strict=False)
        return [first, *(self._texts.slot.format(hour_of(slot), (hour_of(slot) + 1) % 24, key) for key, slot in slots)]

    def _wait(self, seconds: float) -> None:
        is_relayed = self._talk.entry.audience == "text_relay"
        self._timers += 1
        self._talk.start_timer(self._timer_name, seconds * (_RELAY_FACTOR if is_relayed else 1))

    @property
    def _timer_name(self) -> str:
        return f"callback-{self._timers}"

    async def _hush(self) -> None:
        self._talk.stop_timer(self._timer_name)
        self._timers += 1
        await self._talk.be_quiet()

    async def _silent(self) -> None:
        if self._asking is _Asking.NUMBER and self._typed:
            await self._typed_all()
            return
        self._silences += 1
        if self._silences > 1:
            await self._unfinished(Unfinished.SILENT)
        else:
            await self._ask(self._asking)

    # --- answers

    async def _pressed(self, digit: str) -> None:
        if digit == said.BACK_KEY:
            await self._back()
        elif self._asking is _Asking.NUMBER:
            await self._type(digit)
        elif self._asking is _Asking.CONFIRM and digit == said.YES_KEY:
            await self._ask_when()
        elif self._asking is _Asking.CONFIRM and digit == said.OTHER_KEY:
            await self._ask(_Asking.NUMBER)
        elif self._asking is _Asking.TIME and digit == said.YES_KEY:
            await self._promise(self._times.opens_at)
        elif self._asking is _Asking.TIME and digit in said.SLOT_KEYS[: len(self._times.slots)]:
            await self._promise(self._times.slots[said.SLOT_KEYS.index(digit)], is_slot=True)
        else:
            await self._fault(self._asking, self._texts.not_a_key)

    async def _back(self) -> None:
        """Begin the number again, or go back to where the citizen came from."""
        if self._asking is _Asking.NUMBER and self._typed:
            await self._ask(_Asking.NUMBER)
        else:
            await self._unfinished(Unfinished.BACK)

    async def _type(self, digit: str) -> None:
        if digit != said.DONE_KEY:
            self._typed += digit
        is_abroad = self._typed.startswith("00") and not self._typed.startswith("000")
        is_whole = len(self._typed) >= (_LONGEST_NUMBER if is_abroad else _DANISH_DIGITS)
        if digit == said.DONE_KEY or is_whole:
            await self._typed_all()
        else:
            self._wait(BETWEEN_DIGITS_SECONDS)

    async def _typed_all(self) -> None:
        checked = await self._check(self._typed)
        if isinstance(checked, Number):
            self._number = checked.national or checked.digits
            await self._ask(_Asking.CONFIRM)
        elif checked is None:
            await self._fault(_Asking.NUMBER, self._texts.already)
        else:
            await self._fault(_Asking.NUMBER, self._texts.cannot_call)

    async def _fault(self, asking: _Asking, text: str) -> None:
        self._faults += 1
        if self._faults >= _MOST_FAULTS:
            await self._unfinished(Unfinished.FAILED)
        else:
            await self._ask(asking, text)

    async def _ask_when(self) -> None:
        """Ask when, where there is a choice."""
        self._times = times(self._entry.schedule, clock.now())
        if self._times.slots:
            await self._ask(_Asking.TIME)
        else:
            await self._promise(self._times.opens_at)

    async def _check(self, text: str) -> Number | Refusal | None:
        contact_id, entry, now = self._talk.contact_id, self._entry, clock.now()
        return await self._talk.patiently(
            self._talk.tools.store.write(
                lambda: menu_choices.may_be_called(
                    text,
                    contact_id=contact_id,
                    centre_id=entry.centre_id,
                    dialled=entry.main_number or self._talk.entry.main_number,
                    now=now,
                )
            )
        )

    async def _promise(self, due_at: datetime | None, *, is_slot: bool = False) -> None:
        talk, number, language = self._talk, self._number, self._talk.language
        is_elsewhere = self._entry.line_id != talk.entry.line_id
        is_written = await talk.event(
            Event.CALLBACK_ASKED,
            data={"by": "keys"} | ({"due": due_at.isoformat()} if due_at else {}),
            to_line_id=self._entry.line_id if is_elsewhere else None,
            also=lambda: menu_choices.do_promise(
                talk.contact_id, number=number, due_at=due_at, language=language, now=clock.now()
            ),
        )
        if not is_written:
            return
        if due_at is None:
            goodbye = self._texts.promised
        elif is_slot:
            goodbye = self._texts.promised_slot.format(hour_of(due_at), (hour_of(due_at) + 1) % 24)
        else:
            goodbye = self._texts.promised_open.format(hour_of(due_at))
        await talk.farewell(goodbye, language)
