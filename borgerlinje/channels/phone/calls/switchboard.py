"""All calls of one connection to Asterisk: hands each event to its call, and looks for offers to ring.

A switchboard lives as long as one connection. A new connection gets a new one, which adopts what it finds: there is one way to
begin, whether this process, the connection, the database or Asterisk itself was away.
"""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from borgerlinje.channels.phone import queries, rules
from borgerlinje.channels.phone.accounts.checking import Checks
from borgerlinje.channels.phone.calls import messages
from borgerlinje.channels.phone.calls.call import Call
from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.outgoing.ledger import do_end_lost, do_note_ended
from borgerlinje.channels.phone.pbx import events
from borgerlinje.channels.phone.pbx.ari import AriError
from borgerlinje.contacts.lifecycle import State
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row

log = structlog.get_logger("phone")

# A variable of Asterisk's own, which goes with it: set, a telephone process has taken over the calls of this one before.
ADOPTED = "BL_ADOPTED"


class Switchboard:
    """The calls in progress, by citizen's channel and by contact."""

    def __init__(self, tools: Tools, tasks: asyncio.TaskGroup) -> None:
        self._tools = tools
        self._tasks = tasks
        self._by_channel: dict[str, Call] = {}
        self._by_contact: dict[UUID, Call] = {}
        # The offers whose calls have been told to ring.
        self._by_offer: dict[UUID, Call] = {}
        self._checks = Checks(tools, tasks)

    def __len__(self) -> int:
        return len(self._by_contact)

    async def adopt(self) -> bool:
        """Take over the calls there are, close those that are gone, and tell whether this Asterisk is a new one.

        A mark in its memory tells that, and no clock: those of Asterisk, of the rows and of this process may differ by hours.
        Raises AriError or psycopg.OperationalError.
        """
        ari = self._tools.ari
        mark, channels, bridges, application = await asyncio.gather(
            ari.command("GET", "/asterisk/variable", query={"variable": ADOPTED}),
            ari.read("/channels"),
            ari.read("/bridges"),
            ari.read(f"/applications/{ari.address.application}"),
        )
        is_new_server = not (mark.is_done and mark.body["value"])
        rows = await self._tools.store.read(queries.unfinished_calls(self._tools.server))
        bridged = {channel_id for bridge in bridges for channel_id in bridge["channels"]}
        members = {channel["id"]: channel["state"] for channel in channels}
        for row in rows:
            self._start(Call.adopted(self._tools, row, members=members, bridged=bridged, is_new_server=is_new_server))
            if row["offer_id"] and rules.employee_channel(row["offer_id"]) in members:
                self._by_offer[row["offer_id"]] = self._by_contact[row["id"]]
        await self._tidy(channels, bridges, set(application["channel_ids"]))
        alive = [call_id for each in members if (call_id := rules.call_of(each))]
        await self._tools.store.write(lambda: do_end_lost(self._tools.server, alive, now=clock.now()))
        await ari.command("POST", "/asterisk/variable", query={"variable": ADOPTED, "value": "yes"})
        return is_new_server

    def handle(self, event: events.AriEvent) -> None:  # noqa: C901 - one branch per kind of event
        """Hand an event to the call it concerns. Never waits."""
        if self._checks.put(event):
            return
        match event:
            case events.Offered(channel):
                self._spawn(self._claim(channel.id), "claim")
            case events.Entered(channel, args) if args[:1] == ("inbound",):
                self._arrived(channel)
            case events.Entered(channel, _) if channel.id.startswith(rules.LISTENER_PREFIX):
                # The ear of a recording: its call has made it, and it goes with the citizen.
                pass
            case events.Entered(channel, _):
                if not self._tell(channel, messages.Answered(channel.id)):
                    self._spawn(self._drop(channel.id), "drop")
            case events.Changed(channel) if channel.state == "Ringing":
                self._tell(channel, messages.Rings(channel.id))
            case events.Ended(channel, cause) if rules.is_ours(channel.id):
                self._note_ended(channel.id, cause)
                self._tell(channel, messages.Left(channel.id, cause))
            case events.Left(channel) if not rules.is_ours(channel.id):
                self._tell(channel, messages.Left(channel.id))
            case events.Pressed(channel, digit):
                self._tell(channel, messages.Pressed(channel.id, digit))
            case events.Played(playback_id, _, _):
                self._tell_contact(playback_id, messages.Played(playback_id))
            case events.Recorded(name, is_failed):
                self._tell_contact(name, messages.Recorded(name, is_failed))

    def _tell(self, channel: events.Channel, message: messages.Message) -> bool:
        """Tell the call whose channel this is; False when there is none."""
        ours = self._by_channel.get(channel.id) or self._of_contact(channel.contact)
        if ours is None:
            return False
        ours.put(message)
        return True

    def _of_contact(self, contact_id: str) -> Call | None:
        try:
            return self._by_contact.get(UUID(contact_id)) if contact_id else None
        except ValueError:
            return None

    def _tell_contact(self, name: str, message: messages.Message) -> None:
        contact_id = rules.contact_of(name)
        if contact_id is not None and (ours := self._by_contact.get(contact_id)):
            ours.put(message)

    def _note_ended(self, channel: str, cause: int) -> None:
        """Note in the rows that a call which went out is over, whoever it was for."""
        call_id = rules.call_of(channel)
        if call_id is not None:
            steps = partial(do_note_ended, call_id, cause, now=clock.now())
            self._spawn(self._tools.store.write(steps), "note-ended")

    async def look(self, *, thoroughly: bool) -> None:
        """Ring for the offers that have not been rung, stop where one is over, and call whom an employee wants to be called.

        `thoroughly` compares every call with its row: the net under lost hints and under commits whose answer was lost.
        """
        ringing = [offer_id for offer_id, ours in self._by_offer.items() if ours.rings_for(offer_id)]
        look = queries.offers_besides(ringing, server=self._tools.server, now=clock.now())
        for row in await self._tools.store.read(look):
            self._carry_out(row)
        if thoroughly and self._by_contact:
            for row in await self._tools.store.read(queries.states(list(self._by_contact))):
                self._compare(row)
        if thoroughly:
            await self._checks.look()

    def _carry_out(self, row: Row) -> None:
        match row["kind"]:
            case "over":
                if ours := self._by_offer.get(row["id"]):
                    ours.put(messages.Compare())
            case "dial":
                if row["id"] not in self._by_contact:
                    self._start(Call.calling(self._tools, row["id"]))
            case "ring":
                ours = self._by_contact.get(row["contact_id"])
                if ours and row["id"] not in self._by_offer:
                    self._by_offer[row["id"]] = ours
                    ours.put(messages.Ring(row))

    def compare(self, contact_ids: Iterable[UUID]) -> None:
        """Let these calls look at their rows: somebody else has written there."""
        for contact_id in contact_ids:
            if ours := self._by_contact.get(contact_id):
                ours.put(messages.Compare())

    def _compare(self, row: Row) -> None:
        ours = self._by_contact.get(row["id"])
        if ours is None or row["state"] == State.OFFERED.value:
            return
        is_brought = row["transfer_id"] is not None and row["transfer_id"] != ours.legs.transfer_id
        if ours.state.value != row["state"] or is_brought or ours.must_compare:
            ours.put(messages.Compare())

    def _arrived(self, channel: events.Channel) -> None:
        if channel.id not in self._by_channel:
            self._start(Call.arriving(self._tools, channel))

    def _start(self, ours: Call) -> None:
        if ours.legs.citizen:
            self._by_channel[ours.legs.citizen] = ours
        self._by_contact[ours.contact_id] = ours
        task = self._spawn(ours.run(), f"call-{ours.contact_id}")
        task.add_done_callback(lambda _: self._forget(ours))

    def _forget(self, ours: Call) -> None:
        for channel in [channel for channel in (ours.legs.citizen,) if self._by_channel.get(channel) is ours]:
            del self._by_channel[channel]
        self._by_contact.pop(ours.contact_id, None)
        for offer_id in [offer_id for offer_id, one in self._by_offer.items() if one is ours]:
            del self._by_offer[offer_id]

    def _spawn(self, work: Any, name: str) -> asyncio.Task[None]:
        return self._tasks.create_task(work, name=name)

    async def _claim(self, channel_id: str) -> None:
        # 409: another process was faster; 404: the citizen has hung up or half a second has passed.
        query: dict[str, str | int] = {"channelId": channel_id, "application": self._tools.ari.address.application}
        await self._quietly("POST", "/events/claim", query)

    async def _drop(self, channel_id: str) -> None:
        await self._quietly("DELETE", f"/channels/{channel_id}")

    async def _quietly(self, method: str, path: str, query: dict[str, str | int] | None = None) -> None:
        try:
            await self._tools.ari.command(method, path, query=query)
        except AriError as error:
            log.warning("command_failed", says=str(error))

    async def _tidy(self, channels: list[dict[str, Any]], bridges: list[dict[str, Any]], subscribed: set[str]) -> None:
        """Deal with what has no unfinished call: a call that came while nobody listened is received, the rest is hung up."""
        strays = [
            channel for channel in channels if channel["id"] in subscribed and channel["id"] not in self._by_channel
        ]
        known = await self._tools.store.read(queries.known_channels([channel["id"] for channel in strays]))
        for raw in strays:
            channel = events.parse_channel(raw)
            if channel.id.startswith(rules.LISTENER_PREFIX):
                if rules.contact_of(channel.id) not in self._by_contact:
                    await self._drop(channel.id)
            elif rules.is_ours(channel.id):
                if self._of_contact(channel.contact) is None:
                    await self._drop(channel.id)
            elif channel.id in known:
                await self._drop(channel.id)
            else:
                self._arrived(channel)
        for bridge in bridges:
            contact_id = rules.contact_of(bridge["id"])
            if contact_id and contact_id not in self._by_contact:
                await self._quietly("DELETE", f"/bridges/{bridge['id']}")
