"""One citizen's call, from the first ring to the last goodbye.

Each call is one task with one inbox, so that what happens to it happens in order. The lifecycle decides what an event means, the
rows keep it, and only then is Asterisk told. Whatever is in memory here can be made again from the rows and a list of channels:
that is what `adopt` does after a crash.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

import psycopg
import structlog

from borgerlinje.channels.phone import queries, rules, speech
from borgerlinje.channels.phone.arrival import Arrival, Refusal, read_dialled, receive
from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.events import Channel
from borgerlinje.channels.phone.fault import apologise, store_fault
from borgerlinje.channels.phone.messages import (
    CitizenLeft,
    Compare,
    EmployeeAnswered,
    EmployeeLeft,
    EmployeeRings,
    Message,
    Played,
    Ring,
    SayPosition,
    Stop,
)
from borgerlinje.channels.phone.orders import Orders
from borgerlinje.channels.phone.rules import Command, Legs
from borgerlinje.channels.phone.tools import Tools
from borgerlinje.channels.phone.voice import Voice
from borgerlinje.contacts.lifecycle import Effect, Event, State
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row
from borgerlinje.kit.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

log = structlog.get_logger("phone")

FIRST_POSITION_SECONDS: Final = 2.0
POSITION_SECONDS: Final = 45.0
_LONGEST_FAREWELL_SECONDS: Final = 60.0
_LONGEST_APOLOGY_SECONDS: Final = 15.0
_FAULT_SECONDS: Final = 1.0
# An employee has the citizen, whatever they do with them: nobody may be rung for them.
_TALKING: Final = frozenset({State.CONNECTED, State.HELD, State.CONSULTING, State.THREE_WAY})


class Call:
    """A contact with its channels. `run` is its task; `put` tells it what happened."""

    def __init__(self, tools: Tools, contact_id: UUID, legs: Legs) -> None:
        self.contact_id = contact_id
        self.legs = legs
        self.state = State.ARRIVED
        self._tools = tools
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._begin: Callable[[], Awaitable[None]] = self._compare
        self._orders = Orders(tools.ari, contact_id)
        self._voice = Voice(legs.citizen, tools.sounds, self._orders)
        self._expires_at: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_farewell = False
        self._is_over = False
        self._log = log.bind(contact=str(contact_id), channel=legs.citizen)

    @classmethod
    def arriving(cls, tools: Tools, channel: Channel) -> Self:
        """Return the call of a citizen who has just come in."""
        call = cls(tools, uuid7(), Legs(channel.id))
        call._begin = lambda: call._arrive(channel)
        return call

    @classmethod
    def adopted(
        cls, tools: Tools, row: Row, *, members: dict[str, str], bridged: set[str], is_new_server: bool
    ) -> Self:
        """Return the call of a contact that an earlier process had.

        `members` maps the channels there are to their states, `bridged` holds those that are in a bridge. `is_new_server`: Asterisk
        started after the call arrived.
        """
        call = cls(tools, row["id"], Legs(row["channel_ref"], row["offer_id"]))
        call.state = State(row["state"])
        call._begin = lambda: call._adopt(members, bridged, is_new_server=is_new_server)
        return call

    def rings_for(self, offer_id: UUID) -> bool:
        """Tell whether this very offer rings, as far as the call knows."""
        return self.state is State.OFFERED and self.legs.offer_id == offer_id

    def put(self, message: Message) -> None:
        """Tell the call what happened; it is dealt with in order."""
        self._inbox.put_nowait(message)

    async def run(self) -> None:
        """Deal with everything that happens until the call is over."""
        try:
            await self._begin()
            while not self._is_over:
                await self._handle(await self._inbox.get())
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001 - the edge of a call's task
            # One call's fault must not end the others': it is stored as technical and its channels are hung up.
            self._log.exception("call_failed")
            await self._give_up()
        finally:
            self._set_timer(None)

    async def _handle(self, message: Message) -> None:
        match message:
            case CitizenLeft():
                await self._citizen_left()
            case EmployeeRings(offer_id) if offer_id == self.legs.offer_id:
                await self._mark_rung(offer_id)
            case EmployeeAnswered(offer_id):
                await self._answered(offer_id)
            case EmployeeLeft(offer_id, cause) if offer_id == self.legs.offer_id:
                await self._employee_left(cause)
            case Played(playback_id) if playback_id == self._voice.playing:
                await self._played()
            case Ring(offer):
                await self._ring(offer)
            case Compare():
                await self._compare()
            case SayPosition():
                await self._say_position()
            case Stop():
                await self._hang_up()
            case _:
                self._log.debug("late_message", kind=type(message).__name__)

    # --- arriving and leaving

    async def _arrive(self, channel: Channel) -> None:
        if channel.state != "Up":
            await self._orders.give(Command("POST", f"/channels/{channel.id}/answer"))
        entry, received = await self._voice.patiently(self._receive(channel))
        if entry is None or isinstance(received, Refusal):
            self._log.info("refused", reason=str(received), dialled=channel.dialled, endpoint=channel.endpoint)
            is_used = received is Refusal.ACCOUNT_USED
            await self._farewell(speech.ACCOUNT_USED if is_used else speech.UNKNOWN_NUMBER, "da")
            return
        self._tools.store.tell("queue")
        self.state = received
        self._log.info("arrived", line=entry.line_id, state=self.state.value)
        if self.state is State.CLOSED:
            await self._farewell(entry.closed_text, entry.language)
        elif self.state is State.WAITING:
            self._tools.store.tell("dispatch")
            await self._perform(Effect.START_WAITING)
        elif not await self._voice.say(entry.greeting_text, entry.language) and self._voice.is_heard:
            await self._event(Event.GREETED)

    async def _receive(self, channel: Channel) -> tuple[Entry | None, State | Refusal]:
        digits = await read_dialled(self._tools.store, channel)
        entry = await self._tools.book.find(digits) if digits else None
        if entry is None:
            return None, Refusal.UNKNOWN_NUMBER
        arrival = Arrival(
            self.contact_id,
            digits,
            channel.caller_number,
            channel.id,
            is_open=entry.is_open(clock.now()),
            has_greeting=self._voice.can_say(entry.greeting_text),
            endpoint=channel.endpoint,
        )
        return entry, await receive(self._tools.store, arrival)

    async def _citizen_left(self) -> None:
        self._is_over = True
        if self._is_farewell or self.state in {State.CLOSED, State.WRAP_UP}:
            return
        if not await self._event(Event.CITIZEN_LEFT):
            await self._perform(Effect.RELEASE_EMPLOYEE)

    async def _farewell(self, text: str, language: str) -> None:
        self._is_farewell = True
        self._set_timer(_LONGEST_FAREWELL_SECONDS, Stop())
        if not await self._voice.say(text, language):
            await self._hang_up()

    async def _hang_up(self) -> None:
        self._is_over = True
        for effect in (Effect.RELEASE_CITIZEN, Effect.RELEASE_EMPLOYEE):
            await self._perform(effect)

    async def _give_up(self) -> None:
        """Say so to the citizen and free the employee, whatever is out of order: no channel may stay behind."""
        is_stored = False
        try:
            async with asyncio.timeout(_FAULT_SECONDS):
                await store_fault(self._tools.store, self.contact_id)
                is_stored = True
        except TimeoutError:
            self._log.warning("fault_not_stored_yet")
        try:
            await self._perform(Effect.RELEASE_EMPLOYEE)
            async with asyncio.timeout(_LONGEST_APOLOGY_SECONDS):
                await apologise(self._voice, self._inbox)
        except Exception:  # noqa: BLE001 - whatever it was, what comes now is to hang up
            self._log.exception("no_apology")
        finally:
            await self._hang_up()
        if not is_stored:
            await store_fault(self._tools.store, self.contact_id)

    # --- the employee's phone

    async def _ring(self, offer: Row) -> None:
        if offer["id"] == self.legs.offer_id:
            return
        if self.state in _TALKING:
            # The rows are further than we are: somebody has put the citizen back into the pool.
            await self._compare()
        if self.state not in {State.WAITING, State.OFFERED}:
            return
        await self._stop_ringing()
        self.state, self.legs, self._expires_at = (
            State.OFFERED,
            Legs(self.legs.citizen, offer["id"]),
            offer["expires_at"],
        )
        seconds = (offer["expires_at"] - clock.now()).total_seconds()
        if seconds <= 0:
            await self._event(Event.OFFER_EXPIRED, offer_id=offer["id"])
        elif not offer["endpoint"] or not await self._orders.ring(self.legs, offer, seconds=round(seconds)):
            await self._event(Event.OFFER_FAILED, offer_id=offer["id"], data={"reason": "unreachable"})

    async def _stop_ringing(self) -> None:
        """End the offer before, if its employee's phone still rings."""
        if self.legs.offer_id:
            await self._perform(Effect.STOP_RINGING)
            self.legs = Legs(self.legs.citizen)

    async def _mark_rung(self, offer_id: UUID) -> None:
        employee_id = await self._tools.store.write_at_once(lambda: queries.do_mark_rung(offer_id, now=clock.now()))
        if employee_id is not None:
            self._tools.store.tell(f"desk:{employee_id}")

    async def _answered(self, offer_id: UUID) -> None:
        if offer_id == self.legs.offer_id and self.state is State.CONNECTED:
            return
        if (
            offer_id == self.legs.offer_id
            and self.state is State.OFFERED
            and await self._event(Event.ANSWERED, offer_id=offer_id)
        ):
            return
        rows = await self._tools.store.read(queries.standing([self.contact_id]))
        if rows and rows[0]["state"] == State.CONNECTED and rows[0]["offer_id"] == offer_id:
            # The answer was written, only the word of it was lost: the comparison that is due joins them.
            self.put(Compare())
            return
        # Too late: nobody may be left alone on the line.
        self._log.info("answered_too_late", offer=str(offer_id))
        await self._orders.carry_out(Effect.RELEASE_EMPLOYEE, Legs(self.legs.citizen, offer_id))

    async def _employee_left(self, cause: int) -> None:
        if self.state in _TALKING:
            await self._employee_gone(rules.left(cause), {"cause": cause})
        elif self.state is State.OFFERED:
            is_overdue = self._expires_at is not None and clock.now() >= self._expires_at
            event = rules.unanswered(cause, is_overdue=is_overdue)
            await self._event(event, offer_id=self.legs.offer_id, data={"cause": cause})

    async def _employee_gone(self, event: Event, data: dict[str, Any]) -> None:
        is_written = await self._event(event, data=data)
        if is_written and event is Event.EMPLOYEE_LOST and self.state is State.WAITING:
            await self._voice.announce(speech.EMPLOYEE_LOST, "da")

    # --- what the citizen hears

    async def _played(self) -> None:
        self._voice.playing = ""
        if self._is_farewell:
            await self._hang_up()
        elif self.state is State.ARRIVED:
            await self._event(Event.GREETED)
        elif self.state in {State.WAITING, State.OFFERED}:
            await self._voice.music()

    async def _say_position(self) -> None:
        self._set_timer(POSITION_SECONDS, SayPosition())
        if self.state is not State.WAITING or self._voice.playing:
            return
        try:
            place = await self._tools.store.read(queries.position(self.contact_id))
        except psycopg.OperationalError:
            return
        if place is None:
            return
        await self._voice.announce(speech.position_text(place), "da")

    # --- the rows and the server

    async def _event(self, event: Event, *, offer_id: UUID | None = None, data: dict[str, Any] | None = None) -> bool:
        """Let the lifecycle decide, write it, tell the others, and carry out the effects; False when nothing changed."""
        change = await self._tools.store.write(
            lambda: do_event(self.contact_id, event, now=clock.now(), offer_id=offer_id, data=data)
        )
        if change is None or not change.expected:
            self._log.warning("unexpected_event", event_name=event.value, state=change.state.value if change else None)
            self.put(Compare())
            return False
        self._tools.store.tell_change(change)
        self._log.info("changed", event_name=event.value, state=change.state.value)
        self.state = change.state
        for effect in change.effects:
            await self._perform(effect)
        if self.state in {State.WAITING, State.ARRIVED}:
            self.legs = Legs(self.legs.citizen)
        self._is_over = self._is_over or self.state in {State.WRAP_UP, State.CLOSED}
        return True

    async def _perform(self, effect: Effect) -> None:
        if effect is Effect.CONNECT:
            self._set_timer(None)
            await self._voice.be_quiet()
            await self._orders.join(self.legs)
            return
        await self._orders.carry_out(effect, self.legs)
        if effect is Effect.START_WAITING:
            self._set_timer(FIRST_POSITION_SECONDS, SayPosition())

    async def _compare(self) -> None:
        """Bring channels in line with the row when somebody else has changed it."""
        rows = await self._tools.store.read(queries.standing([self.contact_id]))
        row = rows[0] if rows else None
        state = State(row["state"]) if row else State.CLOSED
        before, self.state = self.state, state
        if state in {State.CLOSED, State.WRAP_UP}:
            if not self._is_farewell:
                await self._hang_up()
            return
        if before in _TALKING and state in {State.WAITING, State.OFFERED}:
            await self._back_to_pool()
        elif row and self.legs.offer_id != row["offer_id"]:
            await self._stop_ringing()
        if state is State.CONNECTED and before is not State.CONNECTED and row:
            self.legs = Legs(self.legs.citizen, row["offer_id"])
            await self._perform(Effect.CONNECT)

    async def _back_to_pool(self) -> None:
        """Carry out what somebody else has written: the citizen waits again, and the employee's leg is over."""
        await self._perform(Effect.RELEASE_EMPLOYEE)
        self.legs = Legs(self.legs.citizen)
        self._set_timer(FIRST_POSITION_SECONDS, SayPosition())
        await self._voice.announce(speech.EMPLOYEE_LOST, "da")

    async def _adopt(self, members: dict[str, str], bridged: set[str], *, is_new_server: bool) -> None:
        """Feed what happened while nobody listened through the same lifecycle."""
        self._log.info("adopted", state=self.state.value)
        employee = members.get(self.legs.employee)
        if self.legs.citizen not in members:
            self._is_over = True
            await self._event(Event.TECHNICAL_FAULT if is_new_server else Event.CITIZEN_LEFT)
        elif self.state in _TALKING:
            if employee is None and self.legs.offer_id:
                # Whether they hung up is not known any more: nobody is hung up on for a fault of ours.
                await self._employee_gone(Event.EMPLOYEE_LOST, {"because": "unheard"})
            elif self.state is State.CONNECTED and not {self.legs.citizen, self.legs.employee} <= bridged:
                await self._perform(Effect.CONNECT)
        elif self.state is State.ARRIVED:
            await self._event(Event.GREETED)
        elif self.state in {State.WAITING, State.OFFERED}:
            await self._perform(Effect.START_WAITING)
            if self.state is State.OFFERED:
                await self._adopt_offer(employee)

    async def _adopt_offer(self, employee: str | None) -> None:
        if employee is None:
            # Not rung yet, or over before we came: the next look at the open offers rings, in the time that is left.
            self.legs = Legs(self.legs.citizen)
        elif employee == "Up" and self.legs.offer_id:
            await self._answered(self.legs.offer_id)

    def _set_timer(self, seconds: float | None, message: Message | None = None) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if seconds is not None and message is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self.put, message)
