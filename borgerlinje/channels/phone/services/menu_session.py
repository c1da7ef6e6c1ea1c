"""The menu of a line, as one citizen goes through it: says what is to be said, listens for keys, and carries out what was chosen.

What a key means is decided by `lines.menus`; this is its hands and its voice. A key stops what is being said, and a silence begins when
that has ended. What must not survive a crash does not: the menu then begins again, and says so.
"""

from collections.abc import Sequence
from typing import Any, Final

import structlog

from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.calls import menu_choices
from borgerlinje.channels.phone.calls.messages import Message, Played, Pressed, Timer
from borgerlinje.channels.phone.services import closed
from borgerlinje.channels.phone.services.base import Talk
from borgerlinje.channels.phone.services.callback_dialogue import CallbackDialogue, Unfinished
from borgerlinje.channels.phone.services.closed import Way
from borgerlinje.channels.phone.services.saying import say_all
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import clock
from borgerlinje.lines import menus
from borgerlinje.lines.menus import Action, Kind, Listen, Menu, Moment, Out, Position, Say, Silence, Spoken, Step
from borgerlinje.lines.menus.speaking import saying_spoken, words
from borgerlinje.lines.menus.tree import to_text

log = structlog.get_logger("phone")

# Whoever speaks by an interpreter reads what is said, and answers later.
RELAY_FACTOR: Final = 3
# A menu that sends to another, and that one back: after so many a person comes.
MOST_MENUS: Final = 8


class MenuSession:
    """Serves a citizen in `in_menu`."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._menu = Menu()
        self._position = Position()
        self._then: Listen | Out | None = None
        self._dialogue: CallbackDialogue | None = None
        self._timers = 0

    async def begin(self) -> None:
        """Tell what everybody is told first, greet, and begin at the start."""
        talk, now = self._talk, clock.now()
        language = talk.language if talk.entry.menu(talk.language, now) is not None else talk.entry.language
        tree = talk.entry.menu(language, now)
        if tree is None:
            # It was taken away meanwhile: nobody is to wait for a menu that is not there.
            await self._to_queue(Out(Action(Kind.PERSON)))
            return
        self._menu = menus.read(tree, language=language)[0]
        await self._take(self._step(menus.Entered()), first=self._first(language))

    async def handle(self, message: Message) -> None:
        """Deal with keys, with the end of what is said, and with silence."""
        if self._dialogue is not None:
            await self._dialogue.handle(message)
            return
        match message:
            case Pressed(channel, digit) if channel == self._talk.channel and not isinstance(self._then, Out):
                await self._hush()
                await self._take(self._step(menus.Key(digit)))
            case Played():
                await self._said()
            case Timer(name) if name == self._timer_name and isinstance(self._then, Listen):
                await self._take(self._step(Silence()))

    async def end(self) -> None:
        """Say no more, and wait for nothing."""
        if self._dialogue is not None:
            await self._dialogue.end()
        await self._hush()

    # --- saying and listening

    def _first(self, language: str) -> tuple[Spoken, ...]:
        """Return what is said before the menu: what is out of order, the news, and the greeting; or that it begins again."""
        talk = self._talk
        if talk.is_resumed:
            return (Spoken(words(language).begins_again, language),)
        told = [Spoken(text, spoken) for text, spoken in talk.entry.told_first(language, clock.now())]
        greeting = saying_spoken(self._menu.greeting, language)
        if not greeting and talk.entry.greeting_text and language == talk.entry.language:
            greeting = (Spoken(talk.entry.greeting_text, language),)
        return (*told, *greeting)

    def _step(self, event: menus.Entered | menus.Key | Silence) -> Step:
        now = clock.now()
        moment = menus.moment(self._talk.entry.schedule, now)
        # The self-test's line is always open.
        moment = Moment(moment.at, self._talk.entry.is_open(now), moment.is_closed_day)
        return menus.step(self._menu, self._position, event, moment)

    async def _take(self, step: Step, *, first: Sequence[Spoken] = ()) -> None:
        """Say what a step says; what comes then comes when that has been said."""
        self._position = step.position or self._position
        said = [each for act in step.acts if isinstance(act, Say) for each in act.spoken]
        last = step.acts[-1]
        self._then = last if isinstance(last, Listen | Out) else None
        if await say_all(self._talk, [*first, *said], self._talk.entry.sounds):
            return
        if self._talk.is_heard:
            await self._said()

    async def _said(self) -> None:
        match self._then:
            case Listen(0):
                await self._take(self._step(Silence()))
            case Listen(seconds):
                is_relayed = self._talk.entry.audience == "text_relay"
                self._timers += 1
                self._talk.start_timer(self._timer_name, seconds * (RELAY_FACTOR if is_relayed else 1))
            case Out() as out:
                await self._leave(out)

    @property
    def _timer_name(self) -> str:
        # A new name for each: one that has run out already, and waits in the inbox, is not taken for the next.
        return f"menu-{self._timers}"

    async def _hush(self) -> None:
        self._talk.stop_timer(self._timer_name)
        self._timers += 1
        await self._talk.be_quiet()

    # --- what was chosen

    async def _leave(self, out: Out) -> None:
        self._then = None
        log.info("menu_left", contact=str(self._talk.contact_id), kind=out.action.kind.value, place=to_text(out.place))
        match out.action.kind:
            case Kind.LANGUAGE:
                await self._to_language(out)
            case Kind.LINE:
                await self._to_line(out)
            case Kind.CALLBACK:
                await self._ask_callback(self._talk.entry)
            case Kind.VOICEMAIL:
                await self._talk.event(Event.VOICEMAIL_STARTED, data=_data(out))
            case Kind.END:
                if await self._talk.event(Event.LINE_CLOSED, data=_data(out)):
                    await self._talk.hang_up()
            case _:
                await self._to_queue(out)

    async def _to_queue(self, out: Out) -> None:
        """Let the citizen wait for somebody; a line that is closed by now does what it does in closed hours."""
        talk = self._talk
        if not talk.entry.is_open(clock.now()) and await self._is_turned_away(talk.entry, out):
            return
        await self._choose(out)

    async def _choose(self, out: Out, *, to: Entry | None = None) -> None:
        talk, subject = self._talk, out.action.to if out.action.kind is Kind.SUBJECT else ""
        contact_id, language = talk.contact_id, talk.language
        await talk.event(
            Event.MENU_CHOSEN,
            data=_data(out) | ({"subject": subject} if subject else {}),
            to_line_id=to.line_id if to else None,
            also=lambda: menu_choices.do_choose(contact_id, language=language, subject=subject),
        )

    async def _to_language(self, out: Out) -> None:
        """Go on in another language: with its menu, or with an employee who speaks it."""
        await self._talk.patiently(self._talk.set_language(out.action.to))
        has_menu = self._talk.entry.menu(out.action.to, clock.now()) is not None
        if has_menu and not await self._is_going_round():
            await self._talk.event(Event.MENU_ENTERED, data=_data(out) | {"language": out.action.to})
        else:
            await self._to_queue(out)

    async def _to_line(self, out: Out) -> None:
        """Go to another line: to its menu, into its queue, or, when it is closed, to what it does then."""
        to = self._talk.tools.book.by_slug(out.action.to)
        if to is None or to.line_id == self._talk.entry.line_id:
            await self._to_queue(out)
        elif to.is_open(clock.now()) or not await self._is_turned_away(to, out):
            await self._enter_line(to, out)

    async def _enter_line(self, to: Entry, out: Out) -> None:
        if to.has_menu(clock.now()) and not await self._is_going_round():
            await self._talk.event(Event.MENU_ENTERED, data=_data(out), to_line_id=to.line_id)
        else:
            await self._choose(out, to=to)

    async def _is_going_round(self) -> bool:
        contact_id = self._talk.contact_id
        counting = self._talk.tools.store.write(lambda: menu_choices.entries_so_far(contact_id))
        return await self._talk.patiently(counting) >= MOST_MENUS

    async def _is_turned_away(self, entry: Entry, out: Out) -> bool:
        """Do what a closed line does with those who come too late; False when they may come in all the same."""
        talk, now = self._talk, clock.now()
        other_id = closed.other_line(entry)
        other = await talk.tools.book.line(other_id) if other_id is not None else None
        decision = closed.on_arrival(entry, now, other=other)
        is_own = entry.line_id == talk.entry.line_id
        to_line_id = None if is_own else entry.line_id
        match decision.way:
            case Way.IN:
                return False
            case Way.OVERFLOW if decision.to is not None:
                await self._choose(out, to=decision.to)
            case Way.CALLBACK:
                await self._ask_callback(entry)
            case Way.VOICEMAIL:
                await talk.event(Event.VOICEMAIL_STARTED, data=_data(out), to_line_id=to_line_id)
            case _ if is_own:
                if await talk.event(Event.LINE_CLOSED, data=_data(out)):
                    await talk.farewell(entry.closed_text, entry.language)
            case _:
                # The line they called first is open: they hear why not, and choose again.
                await self._take(self._step(menus.Entered()), first=(Spoken(entry.closed_text, entry.language),))
        return True

    # --- being called back

    async def _ask_callback(self, entry: Entry) -> None:
        self._dialogue = CallbackDialogue(self._talk, self._after_dialogue, entry=entry)
        await self._dialogue.begin()

    async def _after_dialogue(self, unfinished: Unfinished) -> None:
        """Go on with a citizen who is not to be called back after all: who says nothing gets a person, others the menu again."""
        self._dialogue = None
        if unfinished is Unfinished.SILENT:
            await self._to_queue(Out(Action(Kind.PERSON)))
        else:
            await self._take(self._step(menus.Entered()))


def _data(out: Out) -> dict[str, Any]:
    """Return what an event says of the choice it came from."""
    return {"menu": to_text(out.place), "chose": out.action.kind.value} | ({"key": out.key} if out.key else {})
