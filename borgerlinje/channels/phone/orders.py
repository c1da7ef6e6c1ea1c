"""What a call tells Asterisk to do, one command after another."""

from uuid import UUID

import structlog

from borgerlinje.channels.phone import rules
from borgerlinje.channels.phone.ari import Answer, Ari, AriError
from borgerlinje.channels.phone.rules import Command, Legs
from borgerlinje.contacts.lifecycle import Effect
from borgerlinje.kit.database import Row

log = structlog.get_logger("phone")


class Orders:
    """Gives one call's commands.

    An Asterisk that cannot be reached is an answer too (503), for the connection's own task deals with it.
    """

    def __init__(self, ari: Ari, contact_id: UUID) -> None:
        self._ari = ari
        self._contact_id = contact_id
        self._log = log.bind(contact=str(contact_id))

    async def give(self, command: Command) -> Answer:
        """Send one command."""
        try:
            return await self._ari.command(command.method, command.path, query=command.query, body=command.body)
        except AriError as error:
            self._log.warning("command_failed", says=str(error))
            return Answer(503)

    async def carry_out(self, effect: Effect, legs: Legs) -> None:
        """Send the commands that an effect of the lifecycle is, whatever comes of each."""
        for command in rules.commands(effect, legs):
            await self.give(command)

    async def ring(self, legs: Legs, offer: Row, *, seconds: int) -> bool:
        """Ring the employee of an offer; False when the phone cannot be reached."""
        commands = rules.ring(
            legs,
            endpoint=offer["endpoint"],
            seconds=seconds,
            caller_id=f'"{offer["line_name"]}" <{offer["dialled"]}>',
            contact_id=self._contact_id,
        )
        for command in commands:
            answer = await self.give(command)
            if not answer.is_done:
                self._log.info("employee_unreachable", offer=str(offer["id"]), status=answer.status)
                return False
        return True

    async def join(self, legs: Legs) -> None:
        """Let both hear each other. Raises AriError when both are there and cannot: never a conversation in silence."""
        *before, join = rules.commands(Effect.CONNECT, legs)
        for command in before:
            await self.give(command)
        if (await self.give(join)).is_done:
            return
        self._log.warning("not_joined", offer=str(legs.offer_id))
        await self.give(rules.bridge(legs))
        if (await self.give(join)).is_done:
            return
        for channel in (legs.citizen, legs.employee):
            if not (await self.give(Command("GET", f"/channels/{channel}"))).is_done:
                # Somebody has hung up, or Asterisk is gone: its report of that ends the conversation.
                return
        raise AriError("the citizen and the employee cannot be joined")
