"""All calls of one connection to Asterisk: hands each event to its call, and looks for offers to ring.

A switchboard lives as long as one connection. A new connection gets a new one, which adopts what it finds: there is one way to
begin, whether this process, the connection, the database or Asterisk itself was away.
"""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from borgerlinje.channels.phone import events, messages, queries, rules
from borgerlinje.channels.phone.ari import AriError
from borgerlinje.channels.phone.call import Call, Tools
from borgerlinje.contacts.lifecycle import State
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row

if TYPE_CHECKING:
    from uuid import UUID

log = structlog.get_logger("phone")


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

    async def adopt(self) -> datetime:
        """Take over the calls there are, close those that are gone, and return when Asterisk started.

        Raises AriError or psycopg.OperationalError.
        """
        ari = self._tools.ari
        info, channels, bridges, application = await asyncio.gather(
            ari.read("/asterisk/info"),
            ari.read("/channels"),
            ari.read("/bridges"),
            ari.read(f"/applications/{ari.address.application}"),
        )
        started_at = _instant(info["status"]["startup_time"])
        rows = await self._tools.store.read(queries.unfinished_calls())
        members = {channel["id"]: channel["state"] for channel in channels}
        bridged = {channel_id for bridge in bridges for channel_id in bridge["channels"]}
        for row in rows:
            is_new_server = row["arrived_at"] < started_at
            self._start(Call.adopted(self._tools, row, members=members, bridged=bridged, is_new_server=is_new_server))
            if row["offer_id"] and rules.employee_channel(row["offer_id"]) in members:
                self._by_offer[row["offer_id"]] = self._by_contact[row["id"]]
        await self._tidy(channels, bridges, set(application["channel_ids"]))
        return started_at

    def handle(self, event: events.AriEvent) -> None:  # noqa: C901 - one branch per kind of event
        """Hand an event to the call it concerns. Never waits."""
        match event:
            case events.Offered(channel):
                self._spawn(self._claim(channel.id), "claim")
            case events.Entered(channel, args) if args[:1] == ("inbound",):
                self._arrived(channel)
            case events.Entered(channel, _):
                offer_id = rules.offer_of(channel.id)
                if offer_id and (ours := self._by_offer.get(offer_id)):
                    ours.put(messages.EmployeeAnswered(offer_id))
                else:
                    self._spawn(self._drop(channel.id), "drop")
            case events.Changed(channel) if channel.state == "Ringing":
                offer_id = rules.offer_of(channel.id)
                if offer_id and (ours := self._by_offer.get(offer_id)):
                    ours.put(messages.EmployeeRings(offer_id))
            case events.Left(channel):
                self._left(channel.id, None)
            case events.Ended(channel, cause):
                self._left(channel.id, cause)
            case events.Played(playback_id, channel_id, _):
                if ours := self._by_channel.get(channel_id):
                    ours.put(messages.Played(playback_id))

    async def look(self, *, thoroughly: bool) -> None:
        """Ring for the offers that have not been rung, and stop where an offer is over.

        `thoroughly` compares every call with its row: the net under lost hints and under commits whose answer was lost.
        """
        offers = await self._tools.store.read(queries.open_offers(now=clock.now()))
        for offer in offers:
            ours = self._by_contact.get(offer["contact_id"])
            if ours and offer["id"] not in self._by_offer:
                self._by_offer[offer["id"]] = ours
                ours.put(messages.Ring(offer))
        is_open = {offer["id"] for offer in offers}
        for ours in {id(one): one for one in self._by_offer.values()}.values():
            if ours.state is State.OFFERED and ours.legs.offer_id not in is_open:
                ours.put(messages.Compare())
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

    def _left(self, channel_id: str, cause: int | None) -> None:
        if ours := self._by_channel.get(channel_id):
            ours.put(messages.CitizenLeft())
        elif (offer_id := rules.offer_of(channel_id)) and (ours := self._by_offer.get(offer_id)):
            ours.put(messages.EmployeeLeft(offer_id, cause))

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


def _instant(text: str) -> datetime:
    """Read Asterisk's time, "2026-11-22T01:00:29.040+0000"."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
