"""What is done for a call whose own processing has failed: the fault is stored, and the citizen is told."""

import asyncio
from uuid import UUID

import psycopg
import structlog

from borgerlinje.channels.phone import speech
from borgerlinje.channels.phone.messages import Left, Message, Played
from borgerlinje.channels.phone.store import Store
from borgerlinje.channels.phone.voice import Voice
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock

log = structlog.get_logger("phone")


async def store_fault(store: Store, contact_id: UUID) -> None:
    """Write that the call has failed, without its effects; what cannot be written is logged."""
    try:
        change = await store.write(lambda: do_event(contact_id, Event.TECHNICAL_FAULT, now=clock.now()))
    except psycopg.Error:
        log.exception("fault_not_stored", contact=str(contact_id))
        return
    if change and change.expected:
        store.tell_change(change)


async def apologise(voice: Voice, inbox: asyncio.Queue[Message], citizen: str) -> None:
    """Tell the citizen that the call must end, and return when that has been said or they have left."""
    await voice.be_quiet()
    await voice.stop_music()
    if not await voice.say(speech.TECHNICAL_END, "da"):
        return
    while not (isinstance(message := await inbox.get(), Left) and message.channel == citizen):
        if isinstance(message, Played) and message.playback_id == voice.playing:
            return
