"""How the trunks do, for the doctor: read from the rows that the telephone processes write."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from borgerlinje.kit import database

_TRUNKS: Final = """
SELECT t.name, t.registers, s.server, s.is_reachable, s.registration, s.fault,
       s.seen_at IS NULL OR s.seen_at < now() - interval '45 seconds' AS is_silent
  FROM phone_trunk t LEFT JOIN phone_trunkstate s ON s.trunk_id = t.id
 WHERE t.is_active ORDER BY t.name, s.server
"""
_ADVICE: Final = {
    "silent": "no telephone process has told of it: see whether one runs, and `borgerlinje doctor` beside it",
    "sealed": "the password cannot be read: copy the file BORGERLINJE_SEAL_KEY_FILE names, or write the password again",
    "refused": "Asterisk takes the settings for none: mend the address and the networks",
    "rejected": "the provider refuses: mend user name, password and domain",
    "unanswered": "the provider does not answer: mend address, port, transport, certificate and firewall",
    "unreachable": "the provider does not answer: mend address, port, transport and firewall",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a trunk at one server; `mend` is empty when it is well."""

    name: str
    how: str
    mend: str


def read(url: str) -> list[Told]:
    """Return what is told of each trunk in use. Raises psycopg.Error when the database cannot be asked."""
    with (
        psycopg.connect(database.dsn("bl_engine", url), connect_timeout=5) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return list(told(cursor.execute(_TRUNKS).fetchall()))


def told(rows: list[dict[str, Any]]) -> Iterator[Told]:
    """Yield what is told of each row. Pure."""
    for row in rows:
        how = _how(row)
        where = f" at {row['server']}" if row["server"] else ""
        yield Told(row["name"], f"{how}{where}", _ADVICE.get(how, ""))


def _how(row: dict[str, Any]) -> str:
    if row["is_silent"]:
        return "silent"
    if row["fault"]:
        return str(row["fault"])
    if row["registers"] and row["registration"] != "unknown":
        return str(row["registration"])
    return "reachable" if row["is_reachable"] else "unreachable"
