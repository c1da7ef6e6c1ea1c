"""Write paths carried out with little work for each statement.

A cursor does much for every statement that a process with a few dozen fixed ones does not need: measured, it takes 40 % more
processor time than this. Every statement is prepared once on each connection, and what its parameters are is looked up once.
Values and rows are the same as a cursor's; errors, too.
"""

import re
from collections.abc import Generator, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from psycopg import errors, generators, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.rows import DictRow

from borgerlinje.kit.database import Query, Row, Steps

T = TypeVar("T")
Connection = psycopg.AsyncConnection[DictRow]

_PARAMETER = re.compile(r"%(?:\((\w+)\)s|%)")
_GOOD = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})

# What each statement is to the server: its text with numbered parameters, and their names in that order.
_texts: dict[str, tuple[bytes, tuple[str, ...]]] = {}
# The name each statement was prepared by on each connection; the types of its parameters are part of it.
_prepared: WeakKeyDictionary[Connection, dict[tuple[str, tuple[int, ...]], bytes]] = WeakKeyDictionary()


async def carry_out(steps: Steps[T], connection: Connection) -> T:
    """Carry out a write path on an autocommit connection, each statement by itself, and return its result."""
    try:
        query = next(steps)
        while True:
            query = steps.send(await connection.wait(_execute(connection, query)))
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


async def in_transaction(steps: Steps[T], connection: Connection) -> T:
    """Carry out a write path on an autocommit connection in one transaction, and return its result.

    Until it is told to synchronise, the server takes what it is sent as one transaction: BEGIN is a trip that can be spared. After an
    error the connection is closed, which takes everything back; a pool makes another.
    """
    pgconn = connection.pgconn
    try:
        pgconn.enter_pipeline_mode()
        result = await carry_out(steps, connection)
        await connection.wait(_synchronise(connection))
        pgconn.exit_pipeline_mode()
    except BaseException:
        await connection.close()
        raise
    return result


def _synchronise(connection: Connection) -> Generator[Any, Any, None]:
    """Commit. Raises psycopg.Error."""
    connection.pgconn.pipeline_sync()
    yield from generators.send(connection.pgconn)
    result = yield from generators.fetch(connection.pgconn)
    if result is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
        raise _error(result, connection)


def _execute(connection: Connection, query: Query) -> Generator[Any, Any, list[Row]]:
    """Send one statement and return its rows; the connection waits where this yields."""
    text, names = _texts.get(query.sql) or _read(query.sql)
    transformer = Transformer(connection)
    values = transformer.dump_sequence([query.params[name] for name in names], [PyFormat.AUTO] * len(names))
    prepared = _prepared.setdefault(connection, {})
    key = (query.sql, transformer.types or ())
    name = prepared.get(key)
    pgconn = connection.pgconn
    if name is None:
        name = f"bl_{len(prepared)}".encode()
        pgconn.send_prepare(name, text, transformer.types)
        yield from _result(connection)
        prepared[key] = name
    pgconn.send_query_prepared(name, values, transformer.formats)
    result = yield from _result(connection)
    if result.status != pq.ExecStatus.TUPLES_OK:
        return []
    columns = _columns(result)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, lambda row: dict(zip(columns, row, strict=True)))


def _result(connection: Connection) -> Generator[Any, Any, pq.abc.PGresult]:
    """Wait for the one result of what was sent. Raises psycopg.Error."""
    pgconn = connection.pgconn
    if pgconn.pipeline_status == pq.PipelineStatus.ON:
        pgconn.send_flush_request()
    results = yield from generators.execute(pgconn)
    result: pq.abc.PGresult | None = results[-1] if results else None
    if result is None or result.status not in _GOOD:
        raise _error(result, connection)
    return result


def _error(result: pq.abc.PGresult | None, connection: Connection) -> psycopg.Error:
    if result is None or result.status != pq.ExecStatus.FATAL_ERROR:
        return psycopg.OperationalError("the database answered out of turn")
    return errors.error_from_result(result, encoding=connection.info.encoding)


def _columns(result: pq.abc.PGresult) -> Sequence[str]:
    return [(result.fname(number) or b"").decode() for number in range(result.nfields)]


def _read(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the statement with numbered parameters, and remember it."""
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return f"${numbers.setdefault(name, len(numbers) + 1)}" if name else "%"

    text = _PARAMETER.sub(number, sql).encode()
    _texts[sql] = (text, tuple(numbers))
    return _texts[sql]
