"""How those who wait stand: each one's place, and how fast their line moves, read once for all who wait on it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from borgerlinje.channels.phone.recording.recordings import ALLOWS
from borgerlinje.channels.phone.store import Store
from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Steps
from borgerlinje.lines.expected_wait import Flow
from borgerlinje.lines.queries import LOAD

FRESH_SECONDS: Final = 10.0

_STANDING: Final = f"""
SELECT (SELECT count(*)::integer FROM contacts_contact o
         WHERE o.state IN ('waiting', 'offered') AND NOT o.is_callback AND o.line_id = c.line_id
           AND (o.waiting_since, o.id) <= (c.waiting_since, c.id)) AS place,
       (SELECT count(*)::integer FROM contacts_contact o JOIN lines_line other ON other.id = o.line_id
         WHERE o.state IN ('waiting', 'offered') AND NOT o.is_callback AND other.centre_id = l.centre_id
           AND (o.waiting_since, o.id) <= (c.waiting_since, c.id)) AS pool_place,
       extract(epoch FROM %(now)s::timestamptz - c.waiting_since)::double precision AS waited_seconds,
       {ALLOWS} AS allows_recording,
       EXISTS (SELECT 1 FROM contacts_contactevent e WHERE e.contact_id = c.id AND e.name = 'overflowed') AS has_overflowed
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
 WHERE c.id = %(id)s AND c.state IN ('waiting', 'offered')
"""  # noqa: S608 - the condition is our own


@dataclass(frozen=True, slots=True)
class Standing:
    """How a citizen who waits stands: the place on the line and among all who wait at the centre, both counted from 1."""

    place: int
    pool_place: int
    waited_seconds: float
    allows_recording: bool = False
    has_overflowed: bool = False


def standing(contact_id: UUID, *, now: datetime) -> Steps[Standing | None]:
    """Return how a contact stands; None when it does not wait (any more)."""
    rows = yield Query(_STANDING, {"id": contact_id, "now": now})
    return Standing(**rows[0]) if rows else None


def waiting_on(line_id: int) -> Steps[int]:
    """Return how many wait on a line, without those who are to be called back."""
    rows = yield Query(
        "SELECT count(*)::integer AS waiting FROM contacts_contact"
        " WHERE line_id = %(line)s::bigint AND state IN ('waiting', 'offered') AND NOT is_callback",
        {"line": line_id},
    )
    return int(rows[0]["waiting"])


def flow(line_id: int, *, at: datetime) -> Steps[Flow]:
    """Return how a line was in the last half hour and is now."""
    rows = yield Query(LOAD, {"line": line_id, "at": at})
    return Flow(**rows[0])


@dataclass(slots=True)
class Waits:
    """The flow of each line, some seconds old at most: a hundred who wait ask one question."""

    _kept: dict[int, tuple[float, Flow]] = field(default_factory=dict)
    _reading: dict[int, asyncio.Lock] = field(default_factory=dict)

    async def flow(self, store: Store, line_id: int) -> Flow:
        """Return a line's flow. Raises psycopg.OperationalError while the database is away."""
        async with self._reading.setdefault(line_id, asyncio.Lock()):
            now = asyncio.get_running_loop().time()
            read_at, kept = self._kept.get(line_id, (float("-inf"), Flow()))
            if now - read_at < FRESH_SECONDS:
                return kept
            found = await store.read(flow(line_id, at=clock.now()))
            self._kept[line_id] = (now, found)
            return found
