"""What a call tells Asterisk to do, one command after another."""

from uuid import UUID

import structlog

from borgerlinje.channels.phone import rules
from borgerlinje.channels.phone.calls import wiring
from borgerlinje.channels.phone.calls.wiring import Wiring
from borgerlinje.channels.phone.pbx.ari import Answer, Ari, AriError
from borgerlinje.channels.phone.rules import Command

log = structlog.get_logger("phone")


class Orders:
    """Gives one call's commands, and knows how its channels are wired: `wiring` is what it has brought about.

    An Asterisk that cannot be reached is an answer too (503), for the connection's own task deals with it.
    """

    def __init__(self, ari: Ari, contact_id: UUID, there: str = "") -> None:
        self.wiring = Wiring(frozenset({there} if there else ()))
        self._ari = ari
        self._contact_id = contact_id
        self._bridge = rules.bridge_of(contact_id)
        self._has_bridge = False
        self._log = log.bind(contact=str(contact_id))

    async def give(self, command: Command) -> Answer:
        """Send one command."""
        try:
            return await self._ari.command(command.method, command.path, query=command.query, body=command.body)
        except AriError as error:
            self._log.warning("command_failed", says=str(error))
            return Answer(503)

    async def bring(self, after: Wiring) -> None:
        """Bring the channels from what they are to what they should be.

        Raises AriError when people are there who should talk and cannot: never a conversation in silence.
        """
        before, self.wiring = self.wiring, after
        if before == after and wiring.needs_bridge(after) == self._has_bridge:
            return
        if wiring.needs_bridge(after):
            await self._make_bridge()
        for command in wiring.difference(before, after, self._bridge):
            answer = await self.give(command)
            if command.path.endswith("/addChannel") and not answer.is_done:
                await self._insist(command)
        if self._has_bridge and not wiring.needs_bridge(after):
            self._has_bridge = False
            await self.give(Command("DELETE", f"/bridges/{self._bridge}"))

    async def _make_bridge(self) -> None:
        """Make the bridge unless it is there: before anybody is rung, so that even the fastest answer finds it."""
        if not self._has_bridge:
            self._has_bridge = True
            await self.give(rules.bridge(self._contact_id))

    async def _insist(self, join: Command) -> None:
        """Let people into a bridge that was gone; who has hung up meanwhile is reported by Asterisk itself."""
        self._log.warning("not_joined", channels=join.query["channel"])
        await self.give(rules.bridge(self._contact_id))
        # Who talks there already goes in again too: a bridge that was gone has lost them all.
        whole = Command("POST", join.path, {"channel": ",".join(sorted(self.wiring.talking))})
        if (await self.give(whole)).is_done:
            return
        for channel in self.wiring.talking:
            if not (await self.give(Command("GET", f"/channels/{channel}"))).is_done:
                return
        raise AriError("the citizen and the employee cannot be joined")

    async def ring(
        self, channel: str, *, endpoint: str, seconds: int, caller_id: str, longest_seconds: int = 0
    ) -> bool:
        """Ring somebody on a new channel of this name; False when that phone cannot be reached."""
        await self._make_bridge()
        self.wiring = Wiring(self.wiring.there | {channel}, self.wiring.talking, self.wiring.music)
        command = rules.ring(
            channel,
            endpoint=endpoint,
            seconds=seconds,
            caller_id=caller_id,
            contact_id=self._contact_id,
            longest_seconds=longest_seconds,
        )
        answer = await self.give(command)
        if not answer.is_done:
            self._log.info("not_reachable", channel=channel, status=answer.status)
        return answer.is_done

    def gone(self, channel: str) -> None:
        """Note that a channel has ended by itself: nothing is to be told to it any more."""
        one = {channel}
        self.wiring = Wiring(self.wiring.there - one, self.wiring.talking - one, self.wiring.music - one)

    def found(self, there: set[str], talking: set[str], wanted: Wiring) -> None:
        """Note how the channels were found after somebody else had them."""
        self._has_bridge = bool(talking)
        # Who hears music is not known: whoever should not is told to stop, and who should is told again.
        self.wiring = Wiring(frozenset(there), frozenset(talking), frozenset(there - talking) - wanted.music)
