"""Brings what Asterisk has recorded of conversations into the rows, sealed, and leaves nothing of it beside Asterisk.

The files that lie there are the list of what is to be done, so a process that dies over it has forgotten nothing. A call's own task never
waits for it: a conversation may be long, and its people want their goodbye. A row whose sound is nowhere says that it is lost.
"""

import asyncio
import contextlib
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

import psycopg
import structlog

from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.pbx.ari import AriError
from borgerlinje.channels.phone.recording import recorded, recordings
from borgerlinje.channels.phone.rules import MESSAGE_PREFIX, RECORDING_PREFIX, contact_of
from borgerlinje.kit import clock
from borgerlinje.kit.sealed import SealError

LOOK_SECONDS: Final = 20.0
"""So often everything is looked at, whatever Asterisk has reported."""
LOST_AFTER: Final = timedelta(seconds=30)

log = structlog.get_logger("phone")


class Keeper:
    """Stores recordings that have ended; `wake` tells it that one may have."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look soon."""
        self._woken.set()

    async def run(self) -> None:
        """Look whenever something has ended, for ever. What one look could not do is left to the next."""
        while True:
            self._woken.clear()
            try:
                await self.look()
            except (AriError, psycopg.OperationalError) as error:
                log.warning("recordings_not_looked_at", says=str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._woken.wait()

    async def look(self) -> int:
        """Store or delete everything that has ended; return how many conversations were stored."""
        stored = await self._tools.ari.read("/recordings/stored")
        names = [str(each["name"]) for each in stored]
        kept = 0
        for name in names:
            if name.startswith(RECORDING_PREFIX) and not await recorded.is_live(self._tools.ari, name):
                kept += await self._keep(name)
        await self._forget_messages([name for name in names if name.startswith(MESSAGE_PREFIX)])
        await self._say_what_is_lost({recording_id for name in names if (recording_id := recorded.recording_of(name))})
        return kept

    async def _keep(self, name: str) -> bool:
        recording_id = recorded.recording_of(name)
        try:
            sound = await recorded.take(self._tools.ari, name) if recording_id else None
        except SealError as error:
            # It stays beside Asterisk until there is a key again.
            log.error("recording_not_sealed", recording=str(recording_id), reason=str(error.details.get("reason")))  # noqa: TRY400
            return False
        is_kept = False
        if sound is not None and recording_id is not None:
            is_kept = await self._tools.store.write(
                partial(recordings.do_keep, recording_id, sound.sealed, seconds=sound.seconds, now=clock.now())
            )
            log.info("recording_kept" if is_kept else "recording_not_wanted", recording=str(recording_id))
        await recorded.discard(self._tools.ari, name)
        return is_kept

    async def _forget_messages(self, names: list[str]) -> None:
        """Delete the files of messages that are stored already, or that nobody wanted to leave."""
        owners = {name: contact_id for name in names if (contact_id := contact_of(name))}
        if not owners:
            return
        awaited = await self._tools.store.read(recordings.messages_awaited(list(owners.values())))
        for name, contact_id in owners.items():
            if contact_id not in awaited:
                await recorded.discard(self._tools.ari, name)

    async def _say_what_is_lost(self, there: set[UUID]) -> None:
        """Close the rows of conversations that are over and of which there is no sound: their Asterisk died."""
        now = clock.now()
        for row in await self._tools.store.read(recordings.unkept(self._tools.server)):
            if row["id"] in there or not row["is_over"] or now - row["begun_at"] < LOST_AFTER:
                continue
            if await self._tools.store.write(
                partial(recordings.do_delete, row["id"], because=recordings.LOST, now=now)
            ):
                log.warning("recording_lost", recording=str(row["id"]))
