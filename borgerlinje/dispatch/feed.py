"""Brings the rows into the pool: all of them when a leader begins, afterwards only what changed.

Each change of a contact or a presence is stamped with its transaction by a trigger. A refresh asks for everything from the oldest
transaction that was still open when it last read, so that a row that commits late is never passed over; one that comes again is put
again. The pool may know too much for a moment, and the database refuses what does not hold any more.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import DictRow

from borgerlinje.contacts.lifecycle import IN_HAND, POOL
from borgerlinje.dispatch.matching import Free, LineRule, Match, Rules, Step, SubjectRule, Waiting
from borgerlinje.dispatch.pool import Pool
from borgerlinje.kit.database import Row
from borgerlinje.lines.tasks import SCOPES, Task

Connection = psycopg.AsyncConnection[DictRow]

_IN_POOL: Final = frozenset(state.value for state in POOL)
# That a contact (`c`) takes its employee's attention: in hand, or handed over and not documented.
THEIRS: Final = "(c.state IN ({}) OR c.state = 'transferred' AND c.documented_at IS NULL)".format(
    ", ".join(f"'{state.value}'" for state in sorted(IN_HAND))
)

_CONTACT = """
SELECT c.id, c.state, c.line_id, c.channel, c.home_authority_id, c.subject_item_id, c.language, c.waiting_since,
       c.head_start_seconds, c.is_callback, c.due_at, c.employee_id
"""
_WAITING = f"{_CONTACT} FROM contacts_contact c WHERE c.state IN ('waiting', 'callback')"
_CHANGED_CONTACTS = f"""
{_CONTACT}, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon
  FROM (SELECT 1) AS always
  LEFT JOIN contacts_contact c ON c.changed_xid >= %(horizon)s AND c.changed_xid <> ALL(%(own)s::bigint[])
       -- Rows restored from another server bear its numbers, which may lie far ahead of this one's.
       AND c.changed_xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""  # noqa: S608 - constants only
_DOUBTFUL_CONTACTS = f"{_CONTACT} FROM contacts_contact c WHERE c.id = ANY(%(ids)s)"
# Nobody who has somebody, or is being offered somebody, is free, whatever the state says.
_PRESENCE = f"""
SELECT p.employee_id, p.idle_since, p.phone_capacity, p.counter_capacity, p.chat_capacity - p.chat_load AS chat_room,
       p.mail_capacity - p.mail_load AS mail_room, p.chat_load,
       p.state = 'ready'
       AND NOT EXISTS (SELECT 1 FROM dispatch_offer o WHERE o.employee_id = p.employee_id AND o.ended_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM contacts_contact c WHERE c.employee_id = p.employee_id AND c.channel IN ('phone', 'counter')
                          AND {THEIRS}) AS is_free
  FROM dispatch_presence p
"""  # noqa: S608 - constants only
_READY = f"{_PRESENCE} WHERE p.state = 'ready'"
_CHANGED_PRESENCE = f"{_PRESENCE} WHERE p.changed_xid >= %(horizon)s AND p.changed_xid <> ALL(%(own)s::bigint[])"
_DOUBTFUL_PRESENCE = f"{_PRESENCE} WHERE p.employee_id = ANY(%(ids)s)"

_LINES = """
SELECT l.id, l.centre_id, l.scope, l.skill_id, l.skill_level, l.language, l.head_start_seconds, l.own_authority_wait_seconds,
       l.crowd_seconds, l.crowd_cap_seconds, l.offers_callbacks,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(r.after_seconds, r.lower_level_by, r.any_skill, r.any_language, r.use_reserved)
                                  ORDER BY r.after_seconds), '[]') FROM lines_relaxation r WHERE r.line_id = l.id) AS steps
  FROM lines_line l
"""
_TASKS = "SELECT line_id, subject_id, first_weekday, last_weekday, opens, closes, scope FROM lines_linetask ORDER BY id"
_SUBJECTS = "SELECT id, skill_id, skill_level FROM lines_subject"
_STAFF = """
SELECT e.id, e.employer_id,
       (SELECT jsonb_agg(jsonb_build_array(w.centre_id, w.clearance)) FROM staff_employeecentre w
         WHERE w.employee_id = e.id AND w.from_on <= %(today)s AND (w.to_on IS NULL OR w.to_on > %(today)s)) AS centres,
       (SELECT jsonb_agg(jsonb_build_array(s.skill_id, s.level, k.language)) FROM staff_employeeskill s
          JOIN staff_skill k ON k.id = s.skill_id
         WHERE s.employee_id = e.id AND (s.expires_on IS NULL OR s.expires_on > %(today)s)) AS skills,
       (SELECT jsonb_agg(r.line_id) FROM lines_reservation r
         WHERE r.employee_id = e.id AND r.from_on <= %(today)s AND (r.to_on IS NULL OR r.to_on > %(today)s)) AS kept_for
  FROM staff_employee e
 WHERE e.from_on <= %(today)s AND (e.to_on IS NULL OR e.to_on > %(today)s)
   AND EXISTS (SELECT 1 FROM dispatch_presence p WHERE p.employee_id = e.id AND p.state <> 'signed_out')
"""


@dataclass(frozen=True, slots=True)
class Colleague:
    """What an employee may be offered today, whatever they are doing now."""

    employer_id: int
    clearances: dict[int, int]
    skills: dict[int, int]
    languages: frozenset[str]
    kept_for: frozenset[int]


@dataclass
class Feed:
    """A pool and how far it has been read. All reads are on the leader's own connection.

    `recording` names the file in which each tick that makes an offer is kept, None for none.
    """

    connection: Connection
    recording: Path | None = None
    pool: Pool = field(default_factory=lambda: Pool(Rules({})))
    colleagues: dict[int, Colleague] = field(default_factory=dict)
    _horizon: int = 0
    today: date | None = None
    _doubtful_contacts: set[UUID] = field(default_factory=set)
    _doubtful_employees: set[int] = field(default_factory=set)
    _own: set[int] = field(default_factory=set)

    async def read_all(self, *, today: date) -> None:
        """Read everything anew: rules, people, and who waits and who is free."""
        # Everything a leader asks is found by a key, or by what changed last. A planner that guesses how much that is may choose to
        # go through all who wait for the sake of one: it is told not to.
        await self.connection.execute(
            "SELECT set_config(name, 'off', false) FROM unnest(ARRAY['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin',"
            " 'enable_mergejoin']) AS name"
        )
        rows = await self._rows("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon")
        self._horizon, self.today = rows[0]["horizon"], today
        self.pool = Pool(await read_rules(self.connection))
        self.colleagues = await read_colleagues(self.connection, today=today)
        for row in await self._rows(_WAITING):
            self._put_contact(row)
        for row in await self._rows(_READY):
            self._put_presence(row)

    async def read_rules(self, *, today: date) -> None:
        """Look whether rules or people have changed; if so, or if it is another day, read everything anew."""
        rules = await read_rules(self.connection)
        colleagues = await read_colleagues(self.connection, today=today)
        # Who has come or gone since concerns nobody else: they are read when they become ready.
        is_same = all(self.colleagues.get(number, one) == one for number, one in colleagues.items())
        if (rules, today) != (self.pool.rules, self.today) or not is_same:
            await self.read_all(today=today)

    async def refresh(self) -> None:
        """Read what changed since the last time, and what was doubtful then."""
        # The leader knows what it has written itself.
        since = {"horizon": self._horizon, "own": sorted(self._own)}
        rows = await self._rows(_CHANGED_CONTACTS, since)
        self._horizon = rows[0]["horizon"]
        self._own = {xid for xid in self._own if xid >= self._horizon}
        presences = await self._rows(_CHANGED_PRESENCE, since)
        if self._doubtful_contacts:
            rows += await self._rows(_DOUBTFUL_CONTACTS, {"ids": list(self._doubtful_contacts)})
        if self._doubtful_employees:
            presences += await self._rows(_DOUBTFUL_PRESENCE, {"ids": list(self._doubtful_employees)})
        self._doubtful_contacts, self._doubtful_employees = set(), set()
        if any(row["is_free"] and row["employee_id"] not in self.colleagues for row in presences):
            # Somebody came to work after the people were read. The others stay as they were read: in the pool they are, too, and whether
            # they have changed is seen by the difference.
            self.colleagues = await read_colleagues(self.connection, today=self.today or date.min) | self.colleagues
        for row in rows:
            self._put_contact(row)
        for row in presences:
            self._put_presence(row)

    def take(self, matches: Iterable[Match]) -> None:
        """Take what is about to be offered out of the pool."""
        for match in matches:
            self.pool.drop_contact(match.contact_id)
            self.pool.drop_employee(match.employee_id)

    def note_made(self, matches: Collection[Match], made: Iterable[Row]) -> None:
        """Note which matches became offers; what did not hold is looked at anew next time."""
        held = set()
        for row in made:
            held.add(row["contact_id"])
            self._own.add(row["xid"])
        for match in matches:
            if match.contact_id not in held:
                self._doubtful_contacts.add(match.contact_id)
                self._doubtful_employees.add(match.employee_id)
        # What was read between the choice and the offer may have put them back, and the leader's own writing is not read again.
        self.take(match for match in matches if match.contact_id in held)

    @property
    def is_doubtful(self) -> bool:
        """Whether something has to be looked at anew soon."""
        return bool(self._doubtful_contacts)

    def _put_contact(self, row: Row) -> None:
        if row["id"] is None:
            return
        if row["state"] in _IN_POOL:
            self.pool.put_contact(_waiting(row))
        else:
            self.pool.drop_contact(row["id"])

    def _put_presence(self, row: Row) -> None:
        colleague = self.colleagues.get(row["employee_id"])
        if row["is_free"] and colleague is not None:
            self.pool.put_employee(_free(row, colleague))
        else:
            self.pool.drop_employee(row["employee_id"])

    async def _rows(self, sql: str, params: dict[str, Any] | None = None) -> list[Row]:
        return await (await self.connection.execute(sql, params)).fetchall()


def _waiting(row: Row) -> Waiting:
    return Waiting(
        row["id"],
        row["line_id"],
        row["waiting_since"],
        row["channel"],
        row["home_authority_id"],
        row["subject_item_id"],
        row["language"],
        row["head_start_seconds"],
        row["is_callback"],
        row["due_at"],
        row["employee_id"],
    )


def _free(row: Row, colleague: Colleague) -> Free:
    # A conversation takes the whole person: who chats has no ear left.
    is_alone = row["chat_load"] == 0
    room = {
        "phone": is_alone and row["phone_capacity"],
        "counter": is_alone and row["counter_capacity"],
        "chat": row["chat_room"],
        "mail": row["mail_room"],
    }
    return Free(
        row["employee_id"],
        colleague.employer_id,
        row["idle_since"],
        colleague.clearances,
        colleague.skills,
        colleague.languages,
        frozenset(channel for channel, left in room.items() if left > 0),
        colleague.kept_for,
    )


async def read_rules(connection: Connection) -> Rules:
    """Return the rules of all lines and subjects."""
    tasks: dict[int, list[Task]] = {}
    for row in await (await connection.execute(_TASKS)).fetchall():
        tasks.setdefault(row.pop("line_id"), []).append(Task(**row))
    lines = {}
    for row in await (await connection.execute(_LINES)).fetchall():
        line_id, steps = row.pop("id"), tuple(Step(*step) for step in row.pop("steps"))
        lines[line_id] = LineRule(line_id, **row, steps=steps, tasks=tuple(tasks.get(line_id, ())))
    subjects = await (await connection.execute(_SUBJECTS)).fetchall()
    return Rules(lines, {row["id"]: SubjectRule(row["skill_id"], row["skill_level"]) for row in subjects})


async def read_colleagues(connection: Connection, *, today: date) -> dict[int, Colleague]:
    """Return everybody who is signed in, with what they may be offered on a local date."""
    rows = await (await connection.execute(_STAFF, {"today": today})).fetchall()
    return {row["id"]: _colleague(row) for row in rows}


def _colleague(row: Row) -> Colleague:
    skills = row["skills"] or []
    return Colleague(
        row["employer_id"],
        {centre: SCOPES.index(clearance) for centre, clearance in row["centres"] or []},
        {skill: level for skill, level, _ in skills},
        frozenset(language for _, _, language in skills if language),
        frozenset(row["kept_for"] or ()),
    )
