"""Write paths with little work for each statement: the same rows and errors as by a cursor."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from borgerlinje.kit import statements
from borgerlinje.kit.database import Query, Row, Steps, arun
from tests.support.database import TestDatabase

VALUES = {
    "id": UUID("01a200dc-f0ec-7689-bc25-36f53c578e5a"),
    "ids": [UUID("01a200dc-f0ec-7689-bc25-36f53c578e5a")],
    "none_yet": [],
    "words": ['a"b', "c,d", ""],
    "at": datetime(2026, 11, 22, 4, 30, tzinfo=UTC),
    "text": "Bjørn % 'x'",
    "small": 1,
    "big": 2**40,
    "yes": True,
    "nothing": None,
    "json": '{"a": [1, "ø"]}',
}
SQL = """
SELECT %(id)s AS id, %(id)s = ANY(%(ids)s) AS is_there, %(ids)s AS ids, %(none_yet)s::uuid[] AS none_yet, %(words)s::text[] AS words,
       %(at)s AS at, %(text)s AS text, %(small)s AS small, %(big)s AS big, %(yes)s AS yes, %(nothing)s::bigint AS nothing,
       %(json)s::jsonb AS json, 'a' LIKE 'a%%' AS is_like
"""


@pytest.fixture
async def connection(database: TestDatabase) -> AsyncIterator[psycopg.AsyncConnection[DictRow]]:
    async with await psycopg.AsyncConnection.connect(
        database.url(), autocommit=True, row_factory=dict_row
    ) as connection:
        await connection.execute("CREATE TABLE thing (number bigint PRIMARY KEY)")
        yield connection


def ask(sql: str, **params: object) -> Steps[list[Row]]:
    return (yield Query(sql, params))


def do_keep(*numbers: int, fails: bool = False) -> Steps[int]:
    """Store numbers, and fail afterwards if asked to; return how many there are then."""
    for number in numbers:
        yield Query("INSERT INTO thing (number) VALUES (%(number)s)", {"number": number})
    if fails:
        raise ValueError("on purpose")
    rows = yield Query("SELECT count(*) AS n FROM thing")
    return int(rows[0]["n"])


async def test_values_go_out_and_come_back_as_by_a_cursor(connection):
    for _ in range(2):
        ours = await statements.carry_out(ask(SQL, **VALUES), connection)
        assert ours == await arun(ask(SQL, **VALUES), connection)
    assert ours[0]["json"] == {"a": [1, "ø"]}


async def test_same_statement_with_other_types_is_another_to_the_server(connection):
    for value in (1, 2**40, "text", None, 1):
        assert await statements.carry_out(ask("SELECT %(v)s::text AS v", v=value), connection) == [
            {"v": None if value is None else str(value)}
        ]


async def test_transaction_is_kept_when_all_went_well(connection):
    assert await statements.in_transaction(do_keep(1, 2**40, 3), connection) == 3
    assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    assert await statements.carry_out(do_keep(), connection) == 3


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        (do_keep(1, fails=True), ValueError),
        (do_keep(1, 1), psycopg.errors.UniqueViolation),
        (ask("SELECT * FROM no_such_thing"), psycopg.errors.UndefinedTable),
    ],
)
async def test_transaction_is_taken_back_by_an_error(
    connection, database: TestDatabase, steps: Steps[object], error: type[Exception]
):
    with pytest.raises(error):
        await statements.in_transaction(steps, connection)
    assert connection.closed
    with database.as_owner() as other:
        assert other.execute("SELECT count(*) AS n FROM thing").fetchone() == {"n": 0}


async def test_nobody_sees_a_transaction_before_it_is_kept(connection, database: TestDatabase):
    def do_keep_and_look() -> Steps[None]:
        yield Query("INSERT INTO thing (number) VALUES (7)")
        yield Query("SELECT number FROM thing FOR UPDATE")
        assert other.execute("SELECT count(*) AS n FROM thing").fetchone() == {"n": 0}

    with database.as_owner() as other:
        await statements.in_transaction(do_keep_and_look(), connection)
        assert other.execute("SELECT count(*) AS n FROM thing").fetchone() == {"n": 1}


async def test_question_that_fails_leaves_the_connection_in_use(connection):
    with pytest.raises(psycopg.errors.UndefinedTable):
        await statements.carry_out(ask("SELECT * FROM no_such_thing"), connection)
    assert await statements.in_transaction(do_keep(2), connection) == 1


async def test_deferred_constraint_that_is_broken_is_an_error_at_the_end(connection):
    await connection.execute("ALTER TABLE thing ADD parent bigint REFERENCES thing DEFERRABLE INITIALLY DEFERRED")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await statements.in_transaction(ask("INSERT INTO thing (number, parent) VALUES (1, 2)"), connection)


async def test_lost_connection_is_the_error_that_is_waited_out(connection, database: TestDatabase):
    with database.cluster.connect("postgres", "postgres") as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        await statements.in_transaction(do_keep(1), connection)
