"""All calls of one connection to Asterisk: hands each event to its call, and looks for offers to ring.

A switchboard lives as long as one connection. A new connection gets a new one, which adopts what it finds: there is one way to
begin, whether this process, the connection, the database or Asterisk itself was away.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from borgerlinje.channels.phone import events, messages, queries, rules
from borgerlinje.channels.phone.ari import AriError
from borgerlinje.channels.phone.call import Call
from borgerlinje.channels.phone.tools import Tools
from borgerlinje.contacts.lifecycle import State
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row

log = structlog.get_logger("phone")

# A variable of Asterisk's own, which goes with it: set, a telephone process has taken over the calls of this one before.
ADOPTED = "BL_ADOPTED"


class Switchboard:
    """The calls in progress, by citizen's channel, by contact and by offer."""

    def __init__(self, tools: Tools, tasks: asyncio.TaskGroup) -> None:
        self._tools = tools
        self._tasks = tasks
        self._by_channel: dict[str, Call] = {}
        self._by_contact: dict[UUID, Call] = {}
        self._by_offer: dict[UUID, Call] = {}

    def __len__(self) -> int:
        return len(self._by_channel)

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
        rows = await self._tools.store.read(queries.unfinished_calls())
        members = {channel["id"]: channel["state"] for channel in channels}
        bridged = {channel_id for bridge in bridges for channel_id in bridge["channels"]}
        for row in rows:
            self._start(Call.adopted(self._tools, row, members=members, bridged=bridged, is_new_server=is_new_server))
            if row["offer_id"] and rules.employee_channel(row["offer_id"]) in members:
                self._by_offer[row["offer_id"]] = self._by_contact[row["id"]]
        await self._tidy(channels, bridges, set(application["channel_ids"]))
        await ari.command("POST", "/asterisk/variable", query={"variable": ADOPTED, "value": "yes"})
        return is_new_server

    def handle(self, event: events.AriEvent) -> None:  # noqa: C901 - one branch per kind of event
        """Hand an event to the call it concerns. Never waits."""
        match event:
            case events.Offered(channel):
                self._spawn(self._claim(channel.id), "claim")
            case events.Entered(channel, args) if args[:1] == ("inbound",):
                self._arrived(channel)
            case events.Entered(channel, _):
                if not self._tell_of_employee(channel, messages.EmployeeAnswered):
                    self._spawn(self._drop(channel.id), "drop")
            case events.Changed(channel) if channel.state == "Ringing":
                self._tell_of_employee(channel, messages.EmployeeRings)
            case events.Ended(channel, cause):
                self._tell_of_employee(channel, partial(messages.EmployeeLeft, cause=cause))
            case events.Left(channel):
                if ours := self._by_channel.get(channel.id):
                    ours.put(messages.CitizenLeft())
            case events.Played(playback_id, channel_id, _):
                if ours := self._by_channel.get(channel_id):
                    ours.put(messages.Played(playback_id))

    def _tell_of_employee(self, channel: events.Channel, message: Callable[[UUID], messages.Message]) -> bool:
        """Tell the call whose employee this channel rings or carries; False when there is none."""
        offer_id = rules.offer_of(channel.id)
        ours = self._by_offer.get(offer_id) if offer_id else None
        if ours is None or offer_id is None:
            return False
        ours.put(message(offer_id))
        return True

    async def look(self, *, thoroughly: bool) -> None:
        """Ring for the offers that have not been rung, and stop where an offer is over.

        `thoroughly` compares every call with its row: the net under lost hints and under commits whose answer was lost.
        """
        ringing = [offer_id for offer_id, ours in self._by_offer.items() if ours.rings_for(offer_id)]
        for offer in await self._tools.store.read(queries.offers_besides(ringing, now=clock.now())):
            if offer["contact_id"] is None:
                if ours := self._by_offer.get(offer["id"]):
                    ours.put(messages.Compare())
            elif (ours := self._by_contact.get(offer["contact_id"])) and offer["id"] not in self._by_offer:
                self._by_offer[offer["id"]] = ours
                ours.put(messages.Ring(offer))
        if thoroughly and self._by_contact:
            for row in await self._tools.store.read(queries.standing(list(self._by_contact))):
                self._compare(row)

    def _compare(self, row: Row) -> None:
        ours = self._by_contact.get(row["id"])
        if ours and ours.state.value != row["state"] and row["state"] != State.OFFERED.value:
            ours.put(messages.Compare())

    def _arrived(self, channel: events.Channel) -> None:
        if channel.id not in self._by_channel:
            self._start(Call.arriving(self._tools, channel))

    def _start(self, ours: Call) -> None:
        self._by_channel[ours.legs.citizen] = ours
        self._by_contact[ours.contact_id] = ours
        task = self._spawn(ours.run(), f"call-{ours.contact_id}")
        task.add_done_callback(lambda _: self._forget(ours))

    def _forget(self, ours: Call) -> None:
        self._by_channel.pop(ours.legs.citizen, None)
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
            offer_id = rules.offer_of(channel.id)
            if offer_id in self._by_offer:
                continue
            if offer_id is None and channel.id not in known:
                self._arrived(channel)
            else:
                await self._drop(channel.id)
        for bridge in bridges:
            offer_id = rules.offer_of(bridge["id"])
            if offer_id and offer_id not in self._by_offer:
                await self._quietly("DELETE", f"/bridges/{bridge['id']}")
