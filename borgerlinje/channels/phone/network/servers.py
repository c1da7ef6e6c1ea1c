"""The telephone servers of this installation: one Asterisk each, with its telephone process. Each writes that it is there."""

import os
import re
from collections.abc import Sequence
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
LOST_SECONDS: Final = 15.0
"""After so long the others end its calls. A telephone process that died is back sooner, and conversations go on meanwhile."""
_LONGEST_GAP_SECONDS: Final = 6.0
_NAME: Final = re.compile(r"[a-z0-9-]{1,16}")


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


def choose() -> Steps[Chosen]:
    """Return the living server that the fewest phones are signed in to, as far as is seen from here; nobody's where none lives.

    The database's clock is asked alone, also by `do_report`: those of several machines differ.
    """
    rows = yield Query(
        """
        SELECT s.name, s.ws_url FROM phone_server s
          LEFT JOIN phone_phoneendpoint e ON e.server = s.name AND e.revoked_at IS NULL AND e.kind = 'employee'
         WHERE s.seen_at > now() - %(alive)s::interval
         GROUP BY s.id ORDER BY count(e.id), random() LIMIT 1
        """,
        {"alive": ALIVE},
    )
    return Chosen(rows[0]["name"], rows[0]["ws_url"]) if rows else Chosen()


def others(own: str) -> Steps[list[Row]]:
    """Return the other servers that have been there within a day, with `name`, `sip_host`, `sip_port` and `seen_at`."""
    return (
        yield Query(
            "SELECT name, sip_host, sip_port, seen_at FROM phone_server"
            " WHERE name <> %(own)s AND seen_at > now() - interval '1 day' ORDER BY name",
            {"own": own},
        )
    )


def do_report(name: str, *, is_start: bool) -> Steps[None]:
    """Write that this server is there, and how it is reached: BORGERLINJE_SIP_HOST, _SIP_PORT and _SIP_WS_URL."""
    yield Query(
        """
        INSERT INTO phone_server (name, sip_host, sip_port, ws_url, started_at, seen_at)
        VALUES (%(name)s, %(host)s, %(port)s, %(ws)s, now(), now())
        ON CONFLICT (name) DO UPDATE SET sip_host = excluded.sip_host, sip_port = excluded.sip_port, ws_url = excluded.ws_url,
          started_at = CASE WHEN %(is_start)s THEN excluded.started_at ELSE phone_server.started_at END, seen_at = excluded.seen_at
        """,
        {
            "name": name,
            "host": os.environ.get("BORGERLINJE_SIP_HOST", ""),
            "port": int(os.environ.get("BORGERLINJE_SIP_PORT") or 5060),
            "ws": os.environ.get("BORGERLINJE_SIP_WS_URL", ""),
            "is_start": is_start,
        },
    )


class Watch:
    """Tells which servers have died: those whose rows have stood still for LOST_SECONDS while we looked on.

    No clock but our own steady one is asked. After an outage of the database all rows are old at once, and after a jump of its
    clock: who was not looked at for a while is watched anew.
    """

    def __init__(self) -> None:
        self._changed: dict[str, tuple[datetime, float]] = {}
        self._looked_at: float | None = None

    def look(self, rows: Sequence[Row], *, at: float) -> list[str]:
        """Return the dead among these rows (`name`, `seen_at`); `at` are the seconds of a clock that never jumps."""
        if self._looked_at is None or at - self._looked_at > _LONGEST_GAP_SECONDS:
            self._changed.clear()
        self._looked_at = at
        seen = {row["name"]: row["seen_at"] for row in rows}
        for name, seen_at in seen.items():
            if self._changed.get(name, (None, 0.0))[0] != seen_at:
                self._changed[name] = (seen_at, at)
        return [name for name in seen if at - self._changed[name][1] > LOST_SECONDS]


def left_behind(lost: Sequence[str]) -> Steps[list[UUID]]:
    """Return the contacts whose calls were at these servers."""
    rows = yield Query(
        f"""
        SELECT c.id FROM contacts_contact c
         WHERE c.server = ANY(%(lost)s::text[]) AND c.channel = 'phone' AND NOT ({REACHED_BY_HAND})
           AND (c.state = ANY(%(states)s) AND NOT c.is_callback OR c.state = 'calling_back' AND c.dial_asked_at IS NOT NULL)
        """,  # noqa: S608 - constants only
        {"lost": list(lost), "states": sorted(state.value for state in PRESENT)},
    )
    return [row["id"] for row in rows]
