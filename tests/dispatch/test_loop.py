"""The loop against a database with real commits, on the connections it really uses."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch import loop
from borgerlinje.dispatch.actions import (
    Change,
    do_complete,
    do_event,
    do_pause,
    do_ready,
    do_sign_in,
    do_sign_out,
)
from borgerlinje.dispatch.feed import Feed
from borgerlinje.kit.database import Row, arun
from borgerlinje.kit.ids import uuid7
from tests.support.cast import NOW, later
from tests.support.database import TestDatabase

Engine = psycopg.AsyncConnection[DictRow]

ROWS = """
INSERT INTO cooperation_authority (id, code, name, kind, cvr, is_demo) VALUES (1, '370', 'Næstved', 'municipality', '', false);
INSERT INTO cooperation_centre (id, slug, name, host_id, is_demo) VALUES (1, 'c', 'C', 1, false), (2, 'd', 'D', 1, false);
INSERT INTO staff_skill (id, code, name) VALUES (1, 's', 'S');
INSERT INTO lines_line (id, slug, name, owner_id, centre_id, scope, skill_id, skill_level, language, greeting_text, closed_text,
  target_seconds, ring_seconds, wrap_up_seconds, optional_holidays, always_open, always_open_reason, is_hidden, is_demo)
  VALUES (1, 'l', 'L', 1, 1, 'guidance_only', 1, 2, 'da', '', '', 30, 20, 60, '{}', false, '', false, false);
INSERT INTO lines_linenumber (line_id, digits, is_main, home_authority_id) VALUES (1, '46313020', true, 1);
INSERT INTO staff_employee (id, employer_id, given_name, initial, from_on, is_robot, is_demo)
  SELECT n, 1, 'E' || n, 'X', '2020-01-01', false, false FROM generate_series(1, 4) n;
INSERT INTO staff_employeecentre (employee_id, centre_id, from_on) VALUES (1, 1, '2020-01-01'), (2, 1, '2020-01-01'),
  (3, 2, '2020-01-01'), (4, 1, '2020-01-01');
INSERT INTO staff_employeeskill (employee_id, skill_id, level, expires_on) VALUES (1, 1, 2, NULL), (2, 1, 3, NULL),
  (3, 1, 3, NULL), (4, 1, 3, '2026-01-01');
INSERT INTO dispatch_presence (employee_id, state, since, idle_since, pause_after)
  SELECT n, 'ready', %(now)s, %(now)s::timestamptz - make_interval(mins => n), false FROM generate_series(1, 4) n;
"""


@pytest.fixture
async def engine(database: TestDatabase) -> AsyncIterator[Engine]:
    with database.as_owner() as owner:
        for statement in ROWS.strip().rstrip(";").split(";\n"):
            owner.execute(statement, {"now": NOW})
    async with await psycopg.AsyncConnection.connect(
        database.url("bl_engine"), autocommit=True, row_factory=dict_row
    ) as connection:
        yield connection


async def call(connection: Engine, *, seconds: float = 0) -> None:
    await connection.execute(
        """
        INSERT INTO contacts_contact (id, line_id, channel, authority_id, home_source, state, arrived_at, waiting_since,
            closed_as, caller_number, dialled, channel_ref, subject, outcome, note, is_test)
        VALUES (gen_random_uuid(), 1, 'phone', 1, 'number', 'waiting', %(at)s, %(at)s, '', '', '', '', '', '', '', false)
        """,
        {"at": later(seconds)},
    )


async def tick(connection: Engine, *, now: datetime) -> list[str]:
    """Let a leader that has just begun make its first tick."""
    feed = Feed(connection)
    await feed.read_all(today=NOW.date())
    return await loop.tick(feed, now=now)


async def rows(connection: Engine, sql: str) -> list[Row]:
    return await (await connection.execute(sql)).fetchall()


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
    await arun(do_sign_out(2, now=later(82)), engine)
    await arun(do_sign_in(2, now=later(83)), engine)
    names = [row["name"] for row in await rows(engine, "SELECT name FROM contacts_contactevent ORDER BY id")]
    assert names == ["arrived", "greeted", "offered", "answered", "employee_left", "completed"]
