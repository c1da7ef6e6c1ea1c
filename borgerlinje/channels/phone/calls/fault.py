"""What is done for a call whose own processing has failed: the fault is stored, and the citizen is told."""

import asyncio
from typing import TYPE_CHECKING, Final
from uuid import UUID

import psycopg
import structlog

from borgerlinje.channels.phone.calls import wiring
from borgerlinje.channels.phone.calls.messages import Left, Message, Played
from borgerlinje.channels.phone.calls.voice import Voice
from borgerlinje.channels.phone.sound import speech
from borgerlinje.channels.phone.store import Store
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock

if TYPE_CHECKING:
    from borgerlinje.channels.phone.calls.call import Call

log = structlog.get_logger("phone")

_LONGEST_APOLOGY_SECONDS: Final = 15.0
_FAULT_SECONDS: Final = 1.0


async def give_up(call: "Call") -> None:
    """Say so to the citizen and free the employee, whatever is out of order: no channel may stay behind."""
    is_stored = False
    store = call.tools.store
    try:
        async with asyncio.timeout(_FAULT_SECONDS):
            await _store_fault(store, call.contact_id)
            is_stored = True
    except TimeoutError:
        call.log.warning("fault_not_stored_yet")
    try:
        await call.orders.bring(wiring.wanted(State.ARRIVED, call.legs))
        async with asyncio.timeout(_LONGEST_APOLOGY_SECONDS):
            await _apologise(call.voice, call.inbox, call.legs.citizen)
    except Exception:
        call.log.exception("no_apology")
    finally:
        await call.hang_up()
    if not is_stored:
        await _store_fault(store, call.contact_id)


async def _store_fault(store: Store, contact_id: UUID) -> None:
    """Write that the call has failed, without its effects; what cannot be written is logged."""
    try:
        change = await store.write(lambda: do_event(contact_id, Event.TECHNICAL_FAULT, now=clock.now()))
    except psycopg.Error:
        log.exception("fault_not_stored", contact=str(contact_id))
        return
    if change and change.expected:
        store.tell_change(change)


async def _apologise(voice: Voice, inbox: asyncio.Queue[Message], citizen: str) -> None:
    """Tell the citizen that the call must end, and return when that has been said or they have left."""
    await voice.be_quiet()
    await voice.stop_music()
    if not await voice.say(speech.TECHNICAL_END, "da"):
        return
    while not (isinstance(message := await inbox.get(), Left) and message.channel == citizen):
        if isinstance(message, Played) and message.playback_id == voice.playing:
            return
