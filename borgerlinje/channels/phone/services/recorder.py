"""Recording a conversation that the citizen has allowed to be recorded, by a key press of their own.

An ear on the citizen's channel records what they say and hear, and nothing else: what an employee and a colleague say to each other while the
citizen hears music cannot get into it. It lives with the channel in Asterisk, so it goes on when this process dies; it rests while the citizen
is on hold, and it ends when the employee stops it or the citizen leaves. The file is stored by `keeper`.
"""

import asyncio
from typing import Final

import structlog

from borgerlinje.channels.phone.calls.messages import Message, Timer
from borgerlinje.channels.phone.recording import recorded, recordings
from borgerlinje.channels.phone.rules import LISTENER_PREFIX, Command, bridge_of
from borgerlinje.channels.phone.services.base import Talk
from borgerlinje.channels.phone.sound import speech
from borgerlinje.channels.phone.waiting_texts import texts
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row

LONGEST_SECONDS: Final = 2 * 3600
LOOK_SECONDS: Final = 1.0
_LOOK: Final = "recorder"
# An ear that was made takes some milliseconds to become ours to command.
_NOT_YET: Final = 409
_EAR_TRIES: Final = 50
_EAR_PAUSE_SECONDS: Final = 0.01

log = structlog.get_logger("phone")


class Recorder:
    """Records while citizen and employee talk with each other, if the citizen has allowed it."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._name = ""

    async def begin(self) -> None:
        """Begin, or go on; on a line that never records this asks nothing."""
        talk = self._talk
        if not talk.entry.recording_purpose or not recorded.can_seal():
            return
        row = await talk.tools.store.write(lambda: recordings.do_begin(talk.contact_id, now=clock.now()))
        if row is None or row["ended_at"] is not None:
            return
        self._name = recorded.conversation_name(talk.contact_id, row["id"])
        if await self._is_going_on() or await self._start(row):
            talk.start_timer(_LOOK, LOOK_SECONDS)
        else:
            self._name = ""

    async def handle(self, message: Message) -> None:
        """Look whether the employee has stopped it."""
        if isinstance(message, Timer) and message.name == _LOOK and self._name:
            row = await self._talk.tools.store.read(recordings.of_conversation(self._talk.contact_id))
            if row is None or row["ended_at"] is not None:
                await self._stop()
            else:
                self._talk.start_timer(_LOOK, LOOK_SECONDS)

    async def end(self) -> None:
        """Rest: nobody is recorded on hold, and a colleague who is asked never is."""
        self._talk.stop_timer(_LOOK)
        if self._name:
            await self._talk.give(Command("POST", f"/recordings/live/{self._name}/pause"))

    async def _is_going_on(self) -> bool:
        """Take up a recording that rested, or that another process began."""
        return (await self._talk.give(Command("DELETE", f"/recordings/live/{self._name}/pause"))).is_done

    async def _start(self, row: Row) -> bool:
        talk = self._talk
        ear = f"{LISTENER_PREFIX}{talk.contact_id}"
        query: dict[str, str | int] = {"spy": "both", "app": talk.tools.ari.address.application, "appArgs": "recorder"}
        how: dict[str, str | int] = {
            "name": self._name,
            "format": recorded.FORMAT,
            "maxDurationSeconds": LONGEST_SECONDS,
            "ifExists": "fail",
        }
        await talk.give(Command("POST", f"/channels/{talk.channel}/snoop/{ear}", query))
        answer = await talk.give(record := Command("POST", f"/channels/{ear}/record", how))
        for _ in range(_EAR_TRIES):
            if answer.status != _NOT_YET:
                break
            await asyncio.sleep(_EAR_PAUSE_SECONDS)
            answer = await talk.give(record)
        if not answer.is_done:
            log.warning("not_recorded", contact=str(talk.contact_id), recording=str(row["id"]), status=answer.status)
            return False
        log.info("recording", contact=str(talk.contact_id), recording=str(row["id"]))
        await self._say(texts(talk.language).recording_begins)
        return True

    async def _stop(self) -> None:
        talk, name = self._talk, self._name
        self._name = ""
        await talk.give(Command("POST", f"/recordings/live/{name}/stop"))
        await talk.give(Command("DELETE", f"/channels/{LISTENER_PREFIX}{talk.contact_id}"))
        await self._say(texts(talk.language).recording_stops)

    async def _say(self, text: str) -> None:
        """Tell both."""
        talk = self._talk
        if talk.tools.sounds is None:
            return
        await speech.make_all([(text, talk.language)], talk.tools.sounds)
        name = speech.name_of(text, talk.language)
        if speech.has_sound(talk.tools.sounds, name):
            await talk.give(Command("POST", f"/bridges/{bridge_of(talk.contact_id)}/play", {"media": f"sound:{name}"}))
