"""Write paths carried out side by side: the first statement of each in one round trip, then the second of each, and so on.

In one transaction on one connection, so whose rows meet must not be in one batch: each contact and each employee once, and no path with a
savepoint. It speaks to
libpq itself: for a million lives the way through a cursor for each statement costs more than PostgreSQL does.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus
from psycopg.rows import DictRow

from borgerlinje.kit.database import Query, Row, Steps

_NAMED = re.compile(r"%\((\w+)\)s|%%")
# What PostgreSQL is told of a value's type; where nothing is said it finds out itself.
_OIDS: dict[type, int] = {UUID: 2950, datetime: 1184, int: 20, bool: 16, float: 701}
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK, ExecStatus.PIPELINE_SYNC)


@dataclass
class _Statement:
    """A statement the server has prepared for values of certain types."""

    name: bytes
    order: Sequence[str]
    loader: Any  # A psycopg.adapt.Transformer, which has no type.
    columns: list[str] = field(default_factory=list)


class Lockstep:
    """A connection that carries out batches."""

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self.connection = connection
        self._statements: dict[tuple[str, tuple[type, ...]], _Statement] = {}

    def carry_out(self, paths: Sequence[Steps[Any]], *, before_commit: Callable[[], None] | None = None) -> list[Any]:
        """Carry out the paths in one transaction and return their results, in their order.

        Raises psycopg's error of the first statement that failed; nothing has happened then.
        """
        results: list[Any] = [None] * len(paths)
        with self.connection.transaction():
            answers: list[tuple[int, list[Row] | None]] = [(number, None) for number in range(len(paths))]
            while answers:
                asked: list[tuple[int, Query]] = []
                for number, rows in answers:
                    try:
                        asked.append((number, next(paths[number]) if rows is None else paths[number].send(rows)))
                    except StopIteration as stop:
                        results[number] = stop.value
                rows_of = self._ask([query for _, query in asked])
                answers = [(number, rows) for (number, _), rows in zip(asked, rows_of, strict=True)]
            if before_commit:
                before_commit()
        return results

    def _ask(self, queries: Sequence[Query]) -> list[list[Row]]:
        statements = [self._statement(query) for query in queries]
        libpq = self.connection.pgconn
        libpq.enter_pipeline_mode()
        try:
            for query, statement in zip(queries, statements, strict=True):
                libpq.send_query_prepared(statement.name, [_text(query.params[name]) for name in statement.order])
            libpq.pipeline_sync()
            answers = [self._answer(statement) for statement in statements]
            self._result()
        finally:
            libpq.exit_pipeline_mode()
        return answers

    def _answer(self, statement: _Statement) -> list[Row]:
        result = self._result()
        self.connection.pgconn.get_result()  # The end of this statement's results.
        if not result.ntuples:
            return []
        statement.loader.set_pgresult(result, set_loaders=not statement.columns)
        if not statement.columns:
            statement.columns = [(result.fname(number) or b"").decode() for number in range(result.nfields)]
        rows = statement.loader.load_rows(0, result.ntuples, tuple)
        return [dict(zip(statement.columns, row, strict=True)) for row in rows]

    def _result(self) -> Any:
        result = self.connection.pgconn.get_result()
        if result is None:
            raise psycopg.OperationalError("the connection is gone")
        if result.status not in _DONE:
            raise psycopg.errors.error_from_result(result)
        return result

    def _statement(self, query: Query) -> _Statement:
        key = query.sql, tuple([type(value) for value in query.params.values()])
        known = self._statements.get(key)
        if known is None:
            order: list[str] = []

            def numbered(found: re.Match[str]) -> str:
                name = found.group(1)
                if name is None:
                    return "%"
                if name not in order:
                    order.append(name)
                return f"${order.index(name) + 1}"

            sql, name = _NAMED.sub(numbered, query.sql), f"l{len(self._statements)}".encode()
            result = self.connection.pgconn.prepare(
                name, sql.encode(), [_OIDS.get(type(query.params[each]), 0) for each in order]
            )
            if result.status not in _DONE:
                raise psycopg.errors.error_from_result(result)
            known = self._statements[key] = _Statement(name, order, Transformer(self.connection))
        return known


def _text(value: Any) -> bytes | None:
    """Return a value as PostgreSQL reads it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, list):
        return ("{" + ",".join(map(str, value)) + "}").encode()
    return str(value).encode()
