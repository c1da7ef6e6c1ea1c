"""Keeps this Asterisk's trunks and its way to the other telephone servers in line with the rows, and tells how the trunks do."""

import os
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from django.conf import settings

from borgerlinje.channels.phone.network import peers, servers, trunk
from borgerlinje.channels.phone.network.peers import Peer
from borgerlinje.channels.phone.network.trunk import Trunk
from borgerlinje.channels.phone.pbx import asterisk, registrations, sorcery
from borgerlinje.channels.phone.pbx.ari import Ari
from borgerlinje.channels.phone.pbx.sorcery import Copies
from borgerlinje.channels.phone.store import Store
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock, sealed
from borgerlinje.kit.database import Query, Row, Steps

if TYPE_CHECKING:
    from borgerlinje.channels.phone.pbx.objects import Objects

log = structlog.get_logger("phone")
PROXY: Final = "BORGERLINJE_TRUNK_PROXY"
_LOOK_EVERY: Final = timedelta(seconds=2)
_TELL_EVERY: Final = timedelta(seconds=10)


def trunks() -> Steps[list[Row]]:
    """Return the trunks that are in use."""
    return (
        yield Query(
            "SELECT id, host, port, transport, srtp, registers, username, secret, from_domain, matches"
            " FROM phone_trunk WHERE is_active ORDER BY id"
        )
    )


def do_tell_states(server: str, states: list[Row], *, now: datetime) -> Steps[None]:
    """Write how the trunks do as a server sees it: rows with `trunk`, `is_reachable`, `registration` and `fault`."""
    yield Query(
        "DELETE FROM phone_trunkstate WHERE server = %(server)s AND NOT trunk_id = ANY(%(trunks)s::bigint[])",
        {"server": server, "trunks": [state["trunk"] for state in states]},
    )
    for state in states:
        yield Query(
            """
            INSERT INTO phone_trunkstate (trunk_id, server, is_reachable, registration, fault, seen_at)
            SELECT t.id, %(server)s, %(is_reachable)s::boolean, %(registration)s, %(fault)s, %(now)s
              FROM phone_trunk t WHERE t.id = %(trunk)s
            ON CONFLICT (trunk_id, server) DO UPDATE SET is_reachable = excluded.is_reachable,
              registration = excluded.registration, fault = excluded.fault, seen_at = excluded.seen_at
            """,
            {**state, "server": server, "now": now},
        )


class Network:
    """The trunks and peers of one Asterisk; one for each connection to it. `sounds` tells where its folder is, None: elsewhere."""

    def __init__(self, ari: Ari, store: Store, server: str, sounds: Path | None) -> None:
        self._ari = ari
        self._store = store
        self._server = server
        self._console = asterisk.control_socket(sounds.parents[1]) if sounds else None
        self._trunks = Copies(ari, trunk.PREFIX, trunk.KINDS)
        self._peers = Copies(ari, peers.PREFIX, peers.KINDS)
        self._watch = servers.Watch()
        self._is_introduced = False
        self._looked_at: datetime | None = None
        self._told: list[Row] | None = None
        self._told_at: datetime | None = None

    async def synchronise(self) -> None:
        """Do what is due. Raises AriError when Asterisk cannot be reached, or psycopg.OperationalError."""
        now = clock.now()
        # A clock that was turned back must not put this off.
        if self._looked_at is not None and timedelta() <= now - self._looked_at < _LOOK_EVERY:
            return
        is_start, self._looked_at = self._looked_at is None, now
        await self._store.write(partial(servers.do_report, self._server, is_start=is_start))
        found = await self._store.read(servers.others(self._server))
        await self._end_left_behind(self._watch.look(found, at=time.monotonic()), now=now)
        await self._keep_peers(found, now=now)
        await self._keep_trunks(now=now)

    async def _end_left_behind(self, lost: list[str], *, now: datetime) -> None:
        """Close what dead servers had: nobody else can know that their citizens are gone, and the employees would never be free."""
        for contact_id in await self._store.read(servers.left_behind(lost)) if lost else ():
            change = await self._store.write(
                partial(do_event, contact_id, Event.TECHNICAL_FAULT, now=now, data={"because": "server_lost"})
            )
            if change and change.expected:
                log.warning("left_behind", contact=str(contact_id))
                self._store.tell_change(change)

    async def _keep_peers(self, found: list[Row], *, now: datetime) -> None:
        rows = [row for row in found if row["sip_host"]]
        secret = settings.SECRET_KEY.encode()
        if rows and not self._is_introduced:
            await sorcery.put(self._ari, peers.own_auth(self._server), peers.own_objects(self._server, secret))
            self._is_introduced = True
        those = [Peer(row["name"], row["sip_host"], row["sip_port"], secret) for row in rows]
        wanted = {peers.endpoint(peer.name): peers.objects(peer, own=self._server) for peer in those}
        await self._peers.bring(wanted, now=now)

    async def _keep_trunks(self, *, now: datetime) -> None:
        rows = await self._store.read(trunks())
        wanted: dict[str, Objects] = {}
        faults: dict[str, str] = {}
        for row in rows:
            name = f"{trunk.PREFIX}{row['id']}"
            try:
                wanted[name] = trunk.objects(_trunk(row))
            except sealed.SealError as error:
                faults[name] = "sealed"
                log.warning("trunk_sealed", trunk=row["id"], says=str(error.details.get("reason", "")))
        await self._trunks.bring(wanted, now=now)
        faults |= dict.fromkeys(self._trunks.faults, "refused")
        await self._tell(rows, faults, now=now)

    async def _tell(self, rows: list[Row], faults: dict[str, str], *, now: datetime) -> None:
        """Write the states where they have changed, and now and then to say that they are of now."""
        if not rows and not self._told and self._told is not None:
            return
        registered = await registrations.ask(self._console) if self._console and _anybody_registers(rows) else None
        states = [await self._state(row, faults, registered) for row in rows]
        is_due = self._told_at is None or not timedelta() <= now - self._told_at < _TELL_EVERY
        if states != self._told or is_due:
            await self._store.write(partial(do_tell_states, self._server, states, now=now))
            self._told, self._told_at = states, now

    async def _state(self, row: Row, faults: dict[str, str], registered: dict[str, str] | None) -> Row:
        name = f"{trunk.PREFIX}{row['id']}"
        answer = await self._ari.command("GET", f"/endpoints/PJSIP/{name}")
        reached = {"online": True, "offline": False}.get(answer.body["state"] if answer.is_done else "")
        registration = (registered or {}).get(name, "unknown" if registered is None else "unanswered")
        return {
            "trunk": row["id"],
            "is_reachable": reached,
            "registration": registration if row["registers"] else "",
            "fault": faults.get(name, ""),
        }


def _trunk(row: Row) -> Trunk:
    """Return a trunk of the rows with its password. Raises SealError."""
    secret = row["secret"]
    return Trunk(
        id=row["id"],
        host=row["host"],
        port=row["port"],
        transport=row["transport"],
        srtp=row["srtp"],
        registers=row["registers"],
        username=row["username"],
        password=sealed.unseal(bytes(secret), purpose=trunk.PURPOSE).decode() if secret else "",
        from_domain=row["from_domain"],
        matches=tuple(row["matches"]),
        proxy=os.environ.get(PROXY, ""),
    )


def _anybody_registers(rows: list[Row]) -> bool:
    return any(row["registers"] for row in rows)
