"""The telephone servers of this installation: one Asterisk each, with its telephone process. Each writes that it is there."""

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from borgerlinje.contacts.by_hand import REACHED_BY_HAND
from borgerlinje.contacts.lifecycle import PRESENT
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.running import CannotRunError

VARIABLE: Final = "BORGERLINJE_PHONE_SERVER"
DEFAULT: Final = "asterisk"
ALIVE: Final = timedelta(seconds=12)
"""A server that has not written for longer is taken for dead; each writes every few seconds."""
LOST: Final = timedelta(seconds=15)
"""After so long the others end its calls. A telephone process that died is back sooner, and conversations go on meanwhile."""
_NAME: Final = re.compile(r"[a-z0-9-]{1,16}")
_FORGOTTEN: Final = timedelta(days=1)


def own_name() -> str:
    """Return what this machine's telephone server is called. Raises CannotRunError for a name that is none."""
    name = os.environ.get(VARIABLE) or DEFAULT
    if not _NAME.fullmatch(name):
        raise CannotRunError(f"{VARIABLE}={name}: write up to 16 small letters, digits and hyphens.")
    return name


@dataclass(frozen=True, slots=True)
class Chosen:
    """The server a browser signs in to; `ws_url` empty: where it says nothing else."""

    name: str = ""
    ws_url: str = ""


def choose(*, now: datetime) -> Steps[Chosen]:
    """Return the living server that the fewest phones are signed in to, as far as is seen from here; nobody's where none lives."""
    rows = yield Query(
        """
        SELECT s.name, s.ws_url FROM phone_server s
          LEFT JOIN phone_phoneendpoint e ON e.server = s.name AND e.revoked_at IS NULL AND e.kind = 'employee'
         WHERE s.seen_at > %(since)s::timestamptz
         GROUP BY s.id ORDER BY count(e.id), random() LIMIT 1
        """,
        {"since": now - ALIVE},
    )
    return Chosen(rows[0]["name"], rows[0]["ws_url"]) if rows else Chosen()


def others(own: str, *, now: datetime) -> Steps[list[Row]]:
    """Return the other servers that have been there within a day, with `name`, `sip_host` and `sip_port`."""
    return (
        yield Query(
            "SELECT name, sip_host, sip_port FROM phone_server"
            " WHERE name <> %(own)s AND sip_host <> '' AND seen_at > %(since)s::timestamptz ORDER BY name",
            {"own": own, "since": now - _FORGOTTEN},
        )
    )


def do_report(name: str, *, now: datetime, is_start: bool) -> Steps[None]:
    """Write that this server is there, and how it is reached: BORGERLINJE_SIP_HOST, _SIP_PORT and _SIP_WS_URL."""
    yield Query(
        """
        INSERT INTO phone_server (name, sip_host, sip_port, ws_url, started_at, seen_at)
        VALUES (%(name)s, %(host)s, %(port)s, %(ws)s, %(now)s, %(now)s)
        ON CONFLICT (name) DO UPDATE SET sip_host = excluded.sip_host, sip_port = excluded.sip_port, ws_url = excluded.ws_url,
          started_at = CASE WHEN %(is_start)s THEN excluded.started_at ELSE phone_server.started_at END, seen_at = excluded.seen_at
        """,
        {
            "name": name,
            "host": os.environ.get("BORGERLINJE_SIP_HOST", ""),
            "port": int(os.environ.get("BORGERLINJE_SIP_PORT") or 5060),
            "ws": os.environ.get("BORGERLINJE_SIP_WS_URL", ""),
            "is_start": is_start,
            "now": now,
        },
    )


def left_behind(own: str, *, now: datetime) -> Steps[list[UUID]]:
    """Return the contacts whose call was at another server that is not there any more."""
    rows = yield Query(
        f"""
        SELECT c.id FROM contacts_contact c JOIN phone_server s ON s.name = c.server
         WHERE s.name <> %(own)s AND s.seen_at < %(lost)s::timestamptz AND s.seen_at > %(forgotten)s::timestamptz
           AND c.channel = 'phone' AND NOT ({REACHED_BY_HAND})
           AND (c.state = ANY(%(states)s) AND NOT c.is_callback OR c.state = 'calling_back' AND c.dial_asked_at IS NOT NULL)
        """,  # noqa: S608 - constants only
        {
            "own": own,
            "lost": now - LOST,
            "forgotten": now - _FORGOTTEN,
            "states": sorted(state.value for state in PRESENT),
        },
    )
    return [row["id"] for row in rows]
