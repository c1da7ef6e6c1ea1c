"""Roles, connections and write paths.

A write path is a *generator* that yields `Query` values and receives the rows of each. The web runs it on Django's own
connection with `run`, the engine's processes on an asynchronous one with `arun`: one text of SQL, one order of locks.
"""

import os
from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row

ROLES = ("bl_owner", "bl_engine", "bl_web")

Row = dict[str, Any]
T = TypeVar("T")


class Query(NamedTuple):
    """One statement with named parameters; its rows come back as dictionaries (an empty list when it returns none)."""

    sql: str
    params: Mapping[str, Any] = {}


Steps = Generator[Query, list[Row], T]


class SyncCursor(Protocol):
    """What `run` needs of a cursor: Django's own cursor wrapper has it."""

    @property
    def description(self) -> Sequence[Any] | None: ...
    def execute(self, sql: Any, params: Any = None) -> Any: ...
    def fetchall(self) -> Any: ...


def run(steps: Steps[T], cursor: SyncCursor) -> T:
    """Carry out a write path on a synchronous cursor inside the caller's transaction and return its result."""
    try:
        query = next(steps)
        while True:
            cursor.execute(query.sql, dict(query.params))
            rows: list[Row] = []
            if cursor.description:
                names = [column[0] for column in cursor.description]
                rows = [
                    row if isinstance(row, dict) else dict(zip(names, row, strict=True)) for row in cursor.fetchall()
                ]
            query = steps.send(rows)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


async def arun(steps: Steps[T], connection: psycopg.AsyncConnection[DictRow]) -> T:
    """Carry out a write path on an asynchronous connection inside the caller's transaction and return its result."""
    try:
        query = next(steps)
        while True:
            cursor = await connection.execute(query.sql, dict(query.params))
            query = steps.send(await cursor.fetchall() if cursor.description else [])
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


def dsn(role: str | None = None, url: str | None = None) -> str:
    """Return the connection string for one of `ROLES` (default: BORGERLINJE_DATABASE_ROLE, else the owner).

    An embedded server lets each role sign in by its own name; elsewhere the login of DATABASE_URL switches to the role at
    connect. Raises KeyError when DATABASE_URL is not set.
    """
    parts: dict[str, Any] = conninfo_to_dict(url or os.environ["DATABASE_URL"])
    role = role or os.environ.get("BORGERLINJE_DATABASE_ROLE", "bl_owner")
    if role not in ROLES:
        msg = f"unknown database role {role!r}: use one of {', '.join(ROLES)}"
        raise ValueError(msg)
    if parts.get("user") == "bl_owner" and str(parts.get("host", "")).startswith("/"):
        parts["user"] = role
    else:
        parts["options"] = f"{parts.get('options') or ''} -c role={role}".strip()
    return make_conninfo(**parts)


async def connect(role: str = "bl_engine", *, name: str = "borgerlinje") -> psycopg.AsyncConnection[DictRow]:
    """Open an autocommit connection with dictionary rows; open `connection.transaction()` for each event."""
    return await psycopg.AsyncConnection.connect(
        dsn(role), autocommit=True, row_factory=dict_row, application_name=name, prepare_threshold=2
    )
