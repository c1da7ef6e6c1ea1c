"""A small centre with four employees, and the connection the engine's processes use."""

from collections.abc import AsyncIterator
from datetime import datetime

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from borgerlinje.dispatch import loop
from borgerlinje.dispatch.feed import Feed
from borgerlinje.kit.database import Row
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
