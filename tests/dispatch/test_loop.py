"""The loop against a database with real commits, on the connections it really uses."""

import asyncio

import psycopg
import pytest
from psycopg.rows import dict_row

from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch import loop
from borgerlinje.dispatch.actions import Change, do_complete, do_event
from borgerlinje.dispatch.attendance import do_pause, do_ready, do_sign_in, do_sign_out
from borgerlinje.kit.database import arun
from borgerlinje.kit.ids import uuid7
from tests.dispatch.engine import call, rows, tick
from tests.support.cast import NOW, later
from tests.support.database import TestDatabase


async def test_tick_offers_to_the_longest_idle_who_works_there_and_may(engine) -> None:
    await call(engine)
    topics = await tick(engine, now=later(1))
    assert [row["employee_id"] for row in await rows(engine, "SELECT employee_id FROM dispatch_offer")] == [2]
    assert "desk:2" in topics
    assert "phone" in topics


async def test_tick_gives_each_call_one_employee_and_leaves_the_rest_waiting(engine) -> None:
    for seconds in range(3):
        await call(engine, seconds=seconds)
    await tick(engine, now=later(5))
    states = await rows(engine, "SELECT state FROM contacts_contact ORDER BY waiting_since")
    assert [row["state"] for row in states] == ["offered", "offered", "waiting"]


async def test_tick_with_nothing_to_do_writes_and_hints_nothing(engine) -> None:
    assert await tick(engine, now=NOW) == []


async def test_sweep_ends_an_offer_nobody_ended(engine) -> None:
    await call(engine)
    await tick(engine, now=NOW)
    assert await loop.sweep(engine, now=later(21)) == []
    topics = await loop.sweep(engine, now=later(23))
    assert "desk:2" in topics
    assert [row["state"] for row in await rows(engine, "SELECT state FROM contacts_contact")] == ["waiting"]
    assert (await rows(engine, "SELECT state FROM dispatch_presence WHERE employee_id = 2"))[0][
        "state"
    ] == "not_answering"


async def test_two_dispatchers_at_once_make_one_offer(engine, database: TestDatabase) -> None:
    await call(engine)
    async with await psycopg.AsyncConnection.connect(
        database.url("bl_engine"), autocommit=True, row_factory=dict_row
    ) as other:
        await asyncio.gather(tick(engine, now=later(1)), tick(other, now=later(1)))
    assert len(await rows(engine, "SELECT id FROM dispatch_offer")) == 1


async def test_second_dispatcher_stands_by_until_the_first_is_gone(engine, database: TestDatabase) -> None:
    await loop.become_leader(engine)
    async with await psycopg.AsyncConnection.connect(
        database.url("bl_engine"), autocommit=True, row_factory=dict_row
    ) as other:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(loop.become_leader(other), 0.6)
        await engine.close()
        await asyncio.wait_for(loop.become_leader(other), 5)


async def test_whole_call_on_the_engines_own_connection(engine) -> None:
    contact_id = uuid7(NOW)

    async def happens(event: Event, *, seconds: float) -> Change:
        async with engine.transaction():
            change = await arun(do_event(contact_id, event, now=later(seconds)), engine)
        assert change is not None
        assert change.expected
        return change

    arrival = do_arrive(contact_id, dialled="46313020", caller="", channel_ref="c-1", now=NOW)
    assert await arun(arrival, engine)
    await happens(Event.GREETED, seconds=1)
    await tick(engine, now=later(2))
    assert (await happens(Event.ANSWERED, seconds=3)).employee_id == 2
    await happens(Event.EMPLOYEE_LEFT, seconds=60)
    closing = do_complete(contact_id, Closing("guided", "Pas"), employee_id=2, now=later(70), pause=True)
    assert await arun(closing, engine)
    assert (await rows(engine, "SELECT state FROM dispatch_presence WHERE employee_id = 2"))[0]["state"] == "paused"
    assert await arun(do_ready(2, now=later(80)), engine)
    assert await arun(do_pause(2, now=later(81)), engine)
    async with engine.transaction():
        await arun(do_sign_out(2, now=later(82)), engine)
    await arun(do_sign_in(2, now=later(83)), engine)
    names = [row["name"] for row in await rows(engine, "SELECT name FROM contacts_contactevent ORDER BY id")]
    assert names == ["arrived", "greeted", "offered", "answered", "employee_left", "completed"]
