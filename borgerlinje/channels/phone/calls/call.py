"""One citizen's call, from the first ring to the last goodbye.

Each call is one task with one inbox, so that what happens to it happens in order. The lifecycle decides what an event means, the
rows keep it, and only then is Asterisk brought in line with what the state says (`wiring`). Whatever is in memory here can be made again
from the rows and a list of channels: that is what `adopt` does after a crash.

What citizens hear is said by the services (`services/`), whom else they talk with is `bringing`, and who is called is `dialling`.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

import structlog

from borgerlinje.channels.phone import queries, rules
from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.calls import wiring
from borgerlinje.channels.phone.calls.adopting import adopt, legs_of
from borgerlinje.channels.phone.calls.answering import Answering
from borgerlinje.channels.phone.calls.arrival import Arrival, Received, Refusal, read_dialled, receive
from borgerlinje.channels.phone.calls.bringing import Bringing
from borgerlinje.channels.phone.calls.dialling import Dialling
from borgerlinje.channels.phone.calls.fault import give_up
from borgerlinje.channels.phone.calls.messages import (
    Answered,
    Compare,
    Left,
    Message,
    Played,
    Pressed,
    Recorded,
    Ring,
    Rings,
    Stop,
    Timer,
)
from borgerlinje.channels.phone.calls.screened import Screened
from borgerlinje.channels.phone.calls.talking import Talking
from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.pbx.events import Channel
from borgerlinje.channels.phone.rules import Command, Legs
from borgerlinje.channels.phone.services import service_of
from borgerlinje.channels.phone.sound import speech
from borgerlinje.channels.phone.waiting_texts import back_in_queue
from borgerlinje.contacts.lifecycle import IN_CONVERSATION, IN_POOL, WITH_PARTY, Event, State
from borgerlinje.dispatch.actions import Change, do_event
from borgerlinje.dispatch.callbacks import do_meet_callback
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row, Steps
from borgerlinje.kit.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from borgerlinje.channels.phone.services.base import Service

log = structlog.get_logger("phone")

_LONGEST_FAREWELL_SECONDS: Final = 60.0
_SPOKEN_TO: Final = frozenset({State.ARRIVED, State.IN_MENU})
_DONE: Final = frozenset({State.CLOSED, State.WRAP_UP, State.CALLBACK})
# After these the citizen is told something before the call ends.
_WITH_FAREWELL: Final = frozenset({Event.LINE_CLOSED, Event.LINE_FULL, Event.CALLBACK_ASKED, Event.MESSAGE_LEFT})


class Call(Talking):
    """A contact with its channels. `run` is its task; `put` tells it what happened."""

    def __init__(self, tools: Tools, contact_id: UUID, legs: Legs, entry: Entry | None = None) -> None:
        super().__init__(tools, contact_id, legs, entry)
        self._begin: Callable[[], Awaitable[None]] = self.compare
        self._service: Service | None = None
        self.answering = Answering(self)
        self.bringing = Bringing(self)
        self.dialling = Dialling(self)
        self.screened = Screened(self)
        self._is_over = False
        self._is_promised = False
        self.log = log.bind(contact=str(contact_id), channel=legs.citizen)

    @classmethod
    def arriving(cls, tools: Tools, channel: Channel) -> Self:
        """Return the call of a citizen who has just come in."""
        call = cls(tools, uuid7(), Legs(channel.id))
        call._begin = lambda: call._arrive(channel)
        return call

    @classmethod
    def calling(cls, tools: Tools, contact_id: UUID) -> Self:
        """Return the call of a citizen whom an employee has asked to be called."""
        call = cls(tools, contact_id, Legs())
        call._begin = call._claim
        return call

    @classmethod
    def adopted(
        cls, tools: Tools, row: Row, *, members: dict[str, str], bridged: set[str], is_new_server: bool
    ) -> Self:
        """Return the call of a contact that an earlier process had.

        `row` is one of `queries.unfinished_calls`. `members` maps the channels there are to their states, `bridged` holds those that are in a
        bridge. `is_new_server`: Asterisk started after the call arrived.
        """
        call = cls(tools, row["id"], Legs(row["channel_ref"]))
        call.state = State(row["state"])
        call.is_resumed = True
        call._begin = lambda: adopt(call, row, members, bridged, is_new_server=is_new_server)
        return call

    def rings_for(self, offer_id: UUID) -> bool:
        """Tell whether this very offer rings, as far as the call knows."""
        return self.state is State.OFFERED and self.legs.offer_id == offer_id

    @property
    def must_compare(self) -> bool:
        """Whether the row can change in ways that neither its state nor its open attempt shows."""
        return self.state in WITH_PARTY or self.state is State.CALLING_BACK

    async def run(self) -> None:
        """Deal with everything that happens until the call is over."""
        try:
            await self._begin()
            while not self._is_over:
                await self._handle(await self.inbox.get())
        except asyncio.CancelledError:
            raise
        except Exception:
            # One call's fault must not end the others': it is stored as technical and its channels are hung up.
            self.log.exception("call_failed")
            await give_up(self)
        finally:
            self.stop_timers()

    async def _handle(self, message: Message) -> None:  # noqa: C901 - one branch per kind of message
        match message:
            case Left(channel, cause) if channel and channel in (
                self.legs.citizen,
                self.legs.employee,
                self.legs.party,
            ):
                self.orders.gone(channel)
                await self._left(channel, cause)
            case Rings(channel):
                await self._rings(channel)
            case Answered(channel):
                await self._answered(channel)
            case Ring(offer):
                await self.answering.ring(offer)
            case Compare():
                await self.compare()
            case Pressed(channel, digit) if channel != self.legs.citizen:
                await self.screened.pressed(channel, digit)
            case Played(playback_id) if not self._is_awaited(playback_id):
                await self.screened.played(playback_id)
            case Played() if self.is_farewell:
                await self.hang_up()
            case Played() | Pressed() | Timer() | Recorded():
                await self._serve(message)
            case Stop():
                await self.hang_up()
            case _:
                self.log.debug("late_message", kind=type(message).__name__)

    def _is_awaited(self, playback_id: str) -> bool:
        """Tell whether this is what the citizen is being told; then it is over."""
        if playback_id != self.voice.playing:
            return False
        self.voice.playing = ""
        return True

    async def _serve(self, message: Message) -> None:
        if self._service is not None and not self.is_farewell:
            await self._service.handle(message)

    # --- who is there

    async def _left(self, channel: str, cause: int) -> None:
        if channel == self.legs.citizen and self.state is not State.CALLING_BACK:
            await self._citizen_left()
        elif channel == self.legs.party:
            await self.bringing.left(cause)
        elif self.state is State.CALLING_BACK:
            await self.dialling.left(channel, cause)
        elif self.state in IN_CONVERSATION:
            await self.employee_left(rules.left(cause), {"cause": cause})
        elif self.state is State.OFFERED:
            await self.answering.left(cause)

    async def _rings(self, channel: str) -> None:
        if channel == self.legs.employee and self.state is State.OFFERED:
            await self.answering.rung()
        elif channel == self.legs.party:
            await self.bringing.rung()

    async def _answered(self, channel: str) -> None:
        if await self.screened.asks(channel):
            return
        await self.taken(channel)

    async def taken(self, channel: str) -> None:
        """Go on with somebody who has answered, and on an ordinary number has said that they are a person."""
        if channel == self.legs.party:
            await self.bringing.answered()
        elif self.state is State.CALLING_BACK and channel in (self.legs.employee, self.legs.citizen):
            await self.dialling.answered(channel)
        else:
            await self.answering.answered(channel)

    async def employee_left(self, event: Event, data: dict[str, Any]) -> None:
        if await self.bringing.takes_over(event):
            return
        is_written = await self.event(event, data=data)
        if is_written and self.state is State.WAITING:
            await self.announce(back_in_queue(event.value, self.language))

    async def _citizen_left(self) -> None:
        if self._service is not None:
            # What was recorded until now is a message: the service says so before the citizen is gone.
            await self._service.end()
            self._service = None
        self._is_over = True
        if not self.is_farewell and self.state not in _DONE and not await self.event(Event.CITIZEN_LEFT):
            await self.orders.bring(wiring.Wiring())

    async def gone_meanwhile(self, event: Event) -> None:
        """Write what became of a citizen who left while nobody listened: what they have recorded is a message all the same."""
        self._is_over = True
        service = service_of(self.state, self) if self.state is State.VOICEMAIL else None
        if service is not None:
            await service.end()
        if self.state not in _DONE:
            await self.event(event)

    # --- arriving and leaving

    async def _arrive(self, channel: Channel) -> None:
        if channel.state != "Up":
            await self.give(Command("POST", f"/channels/{channel.id}/answer"))
        entry, received = await self.voice.patiently(self._receive(channel))
        if entry is None or isinstance(received, Refusal):
            self.log.info("refused", reason=str(received), dialled=channel.dialled, endpoint=channel.endpoint)
            is_used = received is Refusal.ACCOUNT_USED
            await self.farewell(speech.ACCOUNT_USED if is_used else speech.UNKNOWN_NUMBER, "da")
            return
        self.tools.store.tell("queue")
        self.log.info("arrived", line=entry.line_id, state=received.state.value)
        self._is_promised = received.is_promised
        if received.state is State.CLOSED:
            self.state = received.state
            await self.farewell(entry.closed_text)
            return
        if received.state is State.WAITING:
            self.tools.store.tell("dispatch")
        await self.enter(received.state)

    async def _receive(self, channel: Channel) -> tuple[Entry | None, Received | Refusal]:
        digits = await read_dialled(self.tools.store, channel)
        entry = await self.tools.book.find(digits) if digits else None
        if entry is None:
            return None, Refusal.UNKNOWN_NUMBER
        self.at_line(entry)
        can_speak = self.voice.can_say("-")
        arrival = Arrival.of(self.contact_id, digits, channel, entry, self.tools.server, can_speak=can_speak)
        self.caller_number, self.has_keys = arrival.caller, not arrival.is_browser
        return entry, await receive(self.tools.store, arrival)

    async def farewell(self, text: str, language: str | None = None) -> None:
        """Say goodbye and hang up when that has been said."""
        self.is_farewell = True
        self.start_stop(_LONGEST_FAREWELL_SECONDS)
        await self.stop_music()
        if not await self.say(text, language):
            await self.hang_up()

    async def hang_up(self) -> None:
        """End the call at once."""
        self._is_over = True
        await self.orders.bring(wiring.Wiring())

    # --- the rows and the server

    async def event(
        self,
        event: Event,
        *,
        data: dict[str, Any] | None = None,
        to_line_id: int | None = None,
        also: "Callable[[], Steps[None]] | None" = None,
        offer_id: UUID | None = None,
    ) -> bool:
        """Let the lifecycle decide, write it together with `also`, and bring the channels there; False when nothing changed."""

        def steps() -> Steps[Change | None]:
            change = yield from do_event(
                self.contact_id, event, now=clock.now(), offer_id=offer_id, data=data, to_line_id=to_line_id
            )
            if also is not None and change is not None and change.expected:
                yield from also()
            return change

        write = self.tools.store.write(steps)
        # While nobody speaks, a database that is away is a silence.
        change = await (self.patiently(write) if self.state in _SPOKEN_TO else write)
        if change is None or not change.expected:
            self.log.warning("unexpected_event", event_name=event.value, state=change.state.value if change else None)
            self.put(Compare())
            return False
        self.tools.store.tell_change(change)
        self.log.info("changed", event_name=event.value, state=change.state.value)
        if to_line_id is not None and (entry := await self.tools.book.line(to_line_id)):
            self.at_line(entry)
        if event in _WITH_FAREWELL and change.state in _DONE:
            await self._leave_service()
            self.state = change.state
            self.start_stop(_LONGEST_FAREWELL_SECONDS)
        else:
            if change.state is State.IN_MENU:
                # The menu of another language or line begins anew.
                await self._leave_service()
            await self.enter(change.state)
        return True

    async def enter(self, state: State, legs: Legs | None = None) -> None:
        """Be in a state: whom it takes is brought together, who is not needed any more is hung up, and its service begins."""
        before, self.state = self.state, state
        if legs is not None:
            self.legs = legs
        elif state in {State.WAITING, State.ARRIVED, State.IN_MENU, State.VOICEMAIL}:
            self.legs = self.legs.without_employee()
        if state in _DONE:
            await self._leave_service()
            self._is_over = True
        elif state is not before and not {state, before} <= IN_POOL:
            await self._leave_service()
        if state in IN_CONVERSATION or state in WITH_PARTY:
            await self.be_quiet()
        await self.orders.bring(wiring.wanted(state, self.legs))
        if self._is_promised and state in IN_POOL:
            await self._meet_promise()
        if self._service is None and not self._is_over:
            self._service = service_of(state, self)
            if self._service is not None:
                await self._service.begin()

    async def _meet_promise(self) -> None:
        """Let one who calls before they were called back have the place they had, and nobody call them any more."""
        self._is_promised = False
        changes = await self.tools.store.write(
            lambda: do_meet_callback(
                self.contact_id, caller=self.caller_number, centre_id=self.entry.centre_id, now=clock.now()
            )
        )
        for change in changes:
            # Also the phone process that is calling them: it may be this one.
            self.tools.store.tell(*change.topics)

    async def let_wait(self) -> None:
        """Let the citizen wait on: who was rung for them is not any more."""
        await self.enter(State.WAITING)

    async def resume(self) -> None:
        """Go on with the state and the channels there are."""
        await self.enter(self.state, self.legs)

    async def _leave_service(self) -> None:
        service, self._service = self._service, None
        if service is not None:
            await service.end()
            # What comes next is not what another process has begun.
            self.is_resumed = False

    async def _claim(self) -> None:
        """Begin to call a citizen, unless another server does."""
        claimed = await self.tools.store.write(
            lambda: queries.do_claim(self.contact_id, server=self.tools.server, now=clock.now())
        )
        if claimed:
            await self.compare()
        else:
            self._is_over = True

    async def compare(self) -> None:
        """Bring channels in line with the row when somebody else has changed it."""
        row = await self.tools.store.read(queries.whole(self.contact_id))
        state = State(row["state"]) if row else State.CLOSED
        if row is None or state in _DONE:
            if not self.is_farewell:
                self.state = state
                await self.hang_up()
            return
        await self.know(row)
        was_talking = self.state in IN_CONVERSATION
        await self.enter(state, legs_of(row, state, self.legs))
        if was_talking and state in IN_POOL:
            await self.announce(back_in_queue(row["last_event"], self.language))
        await self.bringing.carry_out(row)
        await self.dialling.carry_out(row)

    async def know(self, row: Row) -> None:
        """Learn from the row what a call that came in knows from the beginning."""
        self.caller_number, self.employee_id = row["caller_number"], row["employee_id"]
        if not self.has_line(row["line_id"]) and (entry := await self.tools.book.line(row["line_id"])):
            self.at_line(entry, row["language"])
