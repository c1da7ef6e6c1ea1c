"""Asterisk does not do as it is told: a call that cannot be joined is ended as technical, never left 'connected' in silence."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from aiohttp import web
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from borgerlinje.channels.phone import queries
from borgerlinje.channels.phone.book import Book, Entry
from borgerlinje.channels.phone.calls.call import Call
from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.pbx.ari import Address, Ari
from borgerlinje.channels.phone.store import Pool, Store
from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event, do_offer
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.dispatch.matching import Match
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from borgerlinje.kit.hints import Hints
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.hours import Schedule
from tests.support.cast import Cast
from tests.support.database import TestDatabase

CITIZEN = "1795310266.0"


class Stubborn:
    """A server that has every channel and carries out everything but joining them; `commands` is what it was told."""

    def __init__(self, *, gone: str = "") -> None:
        self.commands: list[str] = []
        self._gone = gone

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one command."""
        path = request.path.removeprefix("/ari")
        self.commands.append(f"{request.method} {path}")
        if path.endswith("/addChannel"):
            return web.json_response({"message": "Channel not in Stasis application"}, status=422)
        if self._gone and request.method == "GET" and self._gone in path:
            return web.json_response({"message": "Channel not found"}, status=404)
        return web.json_response({})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Ari]:
        """Run it, and yield a client of it."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            async with Ari.opened(Address(f"http://{host}:{port}/ari", "u", "p")) as ari:
                yield ari
        finally:
            await runner.cleanup()


ENTRY = Entry(0, frozenset(), "da", "", "", is_hidden=False, schedule=Schedule(always_open=True))


def talk(database: TestDatabase, employee_id: int) -> tuple[UUID, UUID]:
    """Store a citizen and an employee who talk; return the contact and the offer."""
    contact_id, now = uuid7(), clock.now()
    with database.as_owner() as connection:
        cursor = connection.cursor()
        run(do_arrive(contact_id, dialled="46313020", caller="", channel_ref=CITIZEN, now=now), cursor)
        run(do_event(contact_id, Event.GREETED, now=now), cursor)
        run(do_ready(employee_id, now=now), cursor)
        offer_id = run(do_offer([Match(contact_id, employee_id, {})], now=now), cursor)[0]["id"]
        run(do_event(contact_id, Event.ANSWERED, now=now, offer_id=offer_id), cursor)
    return contact_id, offer_id


@asynccontextmanager
async def tools_of(database: TestDatabase, ari: Ari) -> AsyncIterator[Tools]:
    """Yield what a call works with; nothing is said, for there are no sounds."""
    url = database.url("bl_engine")
    options: dict[str, Any] = {"autocommit": True, "row_factory": dict_row}
    hints = await Hints.connect(url)
    try:
        pool: Pool = AsyncConnectionPool(url, min_size=1, max_size=2, open=False, kwargs=options)
        async with pool:
            yield Tools(ari, Store(pool, hints), Book(), None)
    finally:
        await hints.close()


async def adopt(tools: Tools, contact_id: UUID, offer_id: UUID) -> Call:
    row = await tools.store.read(queries.whole(contact_id))
    assert row is not None
    entry = replace(ENTRY, line_id=row["line_id"])
    tools = replace(tools, book=Book([entry]))
    members = {CITIZEN: "Up", f"bl-e-{offer_id}": "Up"}
    return Call.adopted(tools, row, members=members, bridged=set(), is_new_server=False)


async def test_the_two_cannot_be_joined_and_the_call_is_ended_as_technical(people: Cast, database: TestDatabase):
    contact_id, offer_id = talk(database, people.employee.pk)
    server = Stubborn()
    async with server.running() as ari, tools_of(database, ari) as tools:
        await (await adopt(tools, contact_id, offer_id)).run()
    joins = [command for command in server.commands if command.endswith("/addChannel")]
    assert joins == [f"POST /bridges/bl-b-{contact_id}/addChannel"] * 2
    assert f"POST /bridges/bl-b-{contact_id}" in server.commands
    assert {f"DELETE /channels/{CITIZEN}", f"DELETE /channels/bl-e-{offer_id}"} <= set(server.commands)
    with database.as_owner() as connection:
        names = connection.execute("SELECT name FROM contacts_contactevent ORDER BY id").fetchall()
        presence = connection.execute("SELECT state FROM dispatch_presence").fetchall()
    assert names[-1] == {"name": "technical_fault"}
    assert presence == [{"state": "wrap_up"}]


async def test_nothing_can_be_written_either_and_no_channel_stays_behind(people: Cast, database: TestDatabase):
    contact_id, offer_id = talk(database, people.employee.pk)
    server = Stubborn()
    async with server.running() as ari, tools_of(database, ari) as tools:
        with database.as_owner() as connection:
            connection.execute("REVOKE UPDATE ON contacts_contact FROM bl_engine")
        await (await adopt(tools, contact_id, offer_id)).run()
    assert {f"DELETE /channels/{CITIZEN}", f"DELETE /channels/bl-e-{offer_id}"} <= set(server.commands)
    assert f"DELETE /bridges/bl-b-{contact_id}" in server.commands
