"""Carrying out what becomes of a citizen whom the line cannot take: sent on, told so, called back, or asked for a message."""

from typing import Final

from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.calls.messages import Message, Played, Pressed
from borgerlinje.channels.phone.calls.waits import waiting_on
from borgerlinje.channels.phone.services import closed
from borgerlinje.channels.phone.services.base import Talk
from borgerlinje.channels.phone.services.callback_dialogue import CallbackDialogue, Unfinished
from borgerlinje.channels.phone.services.closed import Because, Decision, Way
from borgerlinje.channels.phone.services.saying import say_in_turn
from borgerlinje.channels.phone.sound.speech import silence
from borgerlinje.channels.phone.waiting_texts import CALLBACK_KEY, texts
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import clock

LISTEN_SECONDS: Final = 8
_EVENTS: Final = {Because.CLOSED: Event.LINE_CLOSED, Because.FULL: Event.LINE_FULL}


async def at_the_door(talk: Talk) -> "TurnedAway | None":
    """Return who deals with a citizen that has just come in and cannot stay; None when they can.

    An open line without a limit asks the database nothing. A menu knows itself what it offers in closed hours.
    """
    entry, now = talk.entry, clock.now()
    waiting = 0
    if closed.needs_count(entry, now):
        waiting = await talk.patiently(talk.tools.store.read(waiting_on(entry.line_id)))
    elif entry.is_open(now) or entry.has_menu(now):
        return None
    decision = closed.on_arrival(entry, now, waiting=waiting, other=await other_of(talk))
    return None if decision.way is Way.IN else TurnedAway(talk, decision)


async def other_of(talk: Talk) -> Entry | None:
    """Return the line that citizens of this one may be sent on to; None without an agreement."""
    line_id = closed.other_line(talk.entry)
    return await talk.tools.book.line(line_id) if line_id is not None else None


async def send_on(talk: Talk, decision: Decision) -> bool:
    """Move the citizen to the other line at their place, and say so; False when somebody has them by now."""
    if decision.to is None or decision.because is None:
        return False
    data = {"because": decision.because.value}
    if not await talk.event(Event.OVERFLOWED, to_line_id=decision.to.line_id, data=data):
        return False
    await talk.announce(texts(talk.language).overflow.format(decision.to.name))
    return True


class TurnedAway:
    """Deals with a citizen whom the line cannot take; `is_over` when they wait on after all."""

    def __init__(self, talk: Talk, decision: Decision) -> None:
        self.is_over = False
        self._talk = talk
        self._decision = decision
        self._dialogue: CallbackDialogue | None = None

    async def begin(self) -> None:
        """Do what was decided."""
        match self._decision.way:
            case Way.OVERFLOW:
                self.is_over = not await send_on(self._talk, self._decision)
            case Way.ANNOUNCE:
                await self._say_goodbye(self._why(is_last=True))
            case Way.VOICEMAIL if self._decision.because is Because.CLOSED:
                # The voicemail itself says that the line is closed.
                await self._take_message()
            case Way.VOICEMAIL:
                await self._say(self._why())
            case Way.CALLBACK:
                question = texts(self._talk.language).callback_question
                # What is asked and the silence to answer in are one playback: when it ends without the key, nobody wants it.
                await self._say(self._why(), question, then=silence(LISTEN_SECONDS))

    async def handle(self, message: Message) -> None:
        """Go on when something has been said, and take the key that was offered."""
        if self._dialogue is not None:
            await self._dialogue.handle(message)
            return
        match message:
            case Pressed(_, digit) if digit == CALLBACK_KEY and self._decision.way is Way.CALLBACK:
                await self._talk.be_quiet()
                self._dialogue = CallbackDialogue(self._talk, self._not_called_back)
                await self._dialogue.begin()
            case Played():
                await self._go_on()

    async def end(self) -> None:
        """Say no more."""
        if self._dialogue is not None:
            await self._dialogue.end()
        await self._talk.be_quiet()

    def _why(self, *, is_last: bool = False) -> str:
        """Return why the line cannot take the citizen; with `is_last` that is all they hear."""
        entry, said = self._talk.entry, texts(self._talk.language)
        if self._decision.because is Because.CLOSED:
            return entry.closed_text
        return entry.full_text or (said.full if is_last else said.full_now)

    async def _say(self, *said: str, then: str = "") -> None:
        await self._talk.stop_music()
        if not await say_in_turn(self._talk, *said, then=then) and self._talk.is_heard:
            await self._go_on()

    async def _not_called_back(self, why: Unfinished) -> None:
        """End the call of a citizen to whom no callback could be promised, or who did not want it."""
        del why
        self._dialogue = None
        await self._go_on()

    async def _go_on(self) -> None:
        if self._decision.way is Way.VOICEMAIL:
            await self._take_message()
        else:
            await self._say_goodbye(texts(self._talk.language).goodbye)

    async def _take_message(self) -> None:
        because = self._decision.because or Because.CLOSED
        self.is_over = not await self._talk.event(Event.VOICEMAIL_STARTED, data={"because": because.value})

    async def _say_goodbye(self, text: str) -> None:
        event = _EVENTS[self._decision.because or Because.CLOSED]
        if await self._talk.event(event):
            await self._talk.farewell(text)
        else:
            self.is_over = True
