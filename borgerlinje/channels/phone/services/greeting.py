"""What a citizen hears who has just come in: what everybody is told first, and the greeting or the menu."""

from borgerlinje.channels.phone.calls.messages import Message, Played
from borgerlinje.channels.phone.services.base import Talk
from borgerlinje.channels.phone.services.turning import TurnedAway, at_the_door
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import clock


class Greeting:
    """Tells the news and greets, and lets the citizen go on when that has been said."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._texts: list[tuple[str, str]] = []
        self._turned: TurnedAway | None = None

    async def begin(self) -> None:
        """Begin to speak; a call that another process had goes on at once."""
        talk, now = self._talk, clock.now()
        if talk.has_keys and not talk.entry.is_open(now) and talk.entry.menu_answers(now):
            await talk.event(Event.MENU_ENTERED)
            return
        self._turned = await at_the_door(talk)
        if self._turned is not None:
            await self._turned.begin()
            return
        if talk.has_keys and talk.entry.has_menu(now):
            await talk.event(Event.MENU_ENTERED)
            return
        if not talk.is_resumed:
            told = talk.entry.told_first(talk.language, now)
            self._texts = [*told, (talk.entry.greeting_text, talk.language)]
        await self._go_on()

    async def handle(self, message: Message) -> None:
        """Go on when something has been said."""
        if self._turned is not None:
            await self._turned.handle(message)
        elif isinstance(message, Played):
            await self._go_on()

    async def end(self) -> None:
        """Say no more."""
        if self._turned is not None:
            await self._turned.end()
        await self._talk.be_quiet()

    async def _go_on(self) -> None:
        while self._texts:
            if await self._talk.say(*self._texts.pop(0)):
                return
            if not self._talk.is_heard:
                # The citizen has hung up: the report of that is on its way.
                return
        await self._talk.event(Event.GREETED)
