"""What a service of the telephone is, and what it may ask of the call it serves.

One service is active in one state of a call: the menu, the waiting room, the voicemail. It is made when the state is entered, also when
another process had the call before, and ended when the state is left. It never looks at rows of employees and never rings anybody: it talks
with the citizen, and tells the lifecycle what came of it.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar
from uuid import UUID

from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.calls.messages import Message
from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.pbx.ari import Answer
from borgerlinje.channels.phone.rules import Command
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.kit.database import Steps

T = TypeVar("T")


class Talk(Protocol):
    """A call, as its services see it. `channel` is the citizen's; `playing` the playback under way, empty when there is none."""

    @property
    def contact_id(self) -> UUID: ...
    @property
    def channel(self) -> str: ...
    @property
    def state(self) -> State: ...
    @property
    def entry(self) -> Entry: ...
    @property
    def language(self) -> str: ...
    @property
    def caller_number(self) -> str: ...
    @property
    def tools(self) -> Tools: ...
    @property
    def playing(self) -> str: ...
    @property
    def is_heard(self) -> bool:
        """Whether the citizen's channel was there when something was last said to it."""
        ...

    @property
    def has_keys(self) -> bool:
        """Whether the citizen can press any: the page one calls from has none."""
        ...

    @property
    def is_resumed(self) -> bool:
        """Another process had this call before: what it said is not known any more."""
        ...

    async def say(self, text: str, language: str | None = None) -> bool:
        """Begin to speak a text; False when nothing can be heard, and then no `Played` follows."""
        ...

    async def play(self, sound: str) -> bool:
        """Begin to play a sound by its name; as `say`."""
        ...

    async def be_quiet(self) -> None:
        """Stop speaking; the `Played` of what was stopped is not delivered."""
        ...

    async def announce(self, text: str, language: str | None = None) -> None:
        """Speak to one who hears music: it stops meanwhile, and goes on afterwards."""
        ...

    async def music(self) -> None:
        """Play the hold music."""
        ...

    async def stop_music(self) -> None:
        """Stop the hold music."""
        ...

    async def patiently(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work to be done; a citizen who hears nothing meanwhile hears music as soon as that takes long."""
        ...

    async def event(
        self,
        event: Event,
        *,
        data: dict[str, Any] | None = None,
        to_line_id: int | None = None,
        also: Callable[[], Steps[None]] | None = None,
    ) -> bool:
        """Let the lifecycle decide, and write it together with `also`; False when the call is elsewhere by now, and nothing was written."""
        ...

    async def farewell(self, text: str, language: str | None = None) -> None:
        """Say goodbye and hang up when that has been said."""
        ...

    async def set_language(self, language: str) -> None:
        """Go on in another language, in the rows too."""
        ...

    def start_timer(self, name: str, seconds: float) -> None:
        """Let `Timer(name)` come after so long; one of the same name before it is stopped."""
        ...

    def stop_timer(self, name: str) -> None:
        """Stop a timer, if it runs."""
        ...

    async def give(self, command: Command) -> Answer:
        """Send Asterisk one command."""
        ...

    async def hang_up(self) -> None:
        """End the call at once."""
        ...


class Service(Protocol):
    """What happens to a citizen in one state."""

    async def begin(self) -> None:
        """The state was entered."""
        ...

    async def handle(self, message: Message) -> None:
        """Something happened: `Pressed`, `Played`, `Timer`, `Recorded`; what does not concern the service is passed over."""
        ...

    async def end(self) -> None:
        """The state is being left: nothing is to be said any more."""
        ...
