"""Employees' ordinary numbers: whoever answers one says by a key press that they are a person, before they get anybody."""

from typing import TYPE_CHECKING

from borgerlinje.channels.phone import queries
from borgerlinje.channels.phone.pbx.endpoint import dialled_as
from borgerlinje.channels.phone.rules import PLAYBACK_PREFIX, Command
from borgerlinje.channels.phone.services.screening import Screening, callback_text, offer_text
from borgerlinje.contacts.lifecycle import State
from borgerlinje.kit.database import Row

if TYPE_CHECKING:
    from borgerlinje.channels.phone.calls.call import Call


class Screened:
    """Asks whoever answers one of a call's ordinary numbers. One at a time is asked."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._numbers: set[str] = set()
        self._screening: Screening | None = None

    def way_to(self, phone: Row | None, channel: str) -> str | None:
        """Return what Asterisk dials for an employee's phone (`queries.phone_of`), None when there is none; a number will be asked on `channel`."""
        if phone is None:
            return None
        if phone["digits"]:
            self._numbers.add(channel)
        return dialled_as(phone, self._call.tools)

    async def asks(self, channel: str) -> bool:
        """Ask whoever has answered, if it is an ordinary number; False when there is nothing to ask."""
        if channel not in self._numbers:
            return False
        call = self._call
        playback = await self._playback(channel)
        self._screening = Screening(channel, playback, sounds=call.tools.sounds, give=call.give)
        if call.state is State.CALLING_BACK:
            await self._screening.begin(callback_text(call.entry.name))
            return True
        name = await call.tools.store.read(queries.authority_name(call.contact_id))
        await self._screening.begin(offer_text(name))
        return True

    async def pressed(self, channel: str, digit: str) -> None:
        """Take a key; the right one takes the call."""
        screening = self._screening
        if screening is not None and screening.channel == channel and await screening.pressed(digit):
            self._numbers.discard(channel)
            self._screening = None
            await self._call.taken(channel)

    async def played(self, playback_id: str) -> None:
        """Hang up on whoever has heard the question to its end and said nothing; their leaving is reported as ever."""
        if self._screening is not None and self._screening.is_over(playback_id):
            await self._screening.refuse()
            self._screening = None

    async def _playback(self, channel: str) -> str:
        """Return a name for the question; what another process was asking is stopped, for nothing else happens to a channel before that."""
        asked = f"{PLAYBACK_PREFIX}{self._call.contact_id}-asked-{channel[-12:]}"
        if not self._call.is_resumed:
            return asked
        for old in (asked, f"{asked}-again"):
            await self._call.give(Command("DELETE", f"/playbacks/{old}"))
        return f"{asked}-again"
