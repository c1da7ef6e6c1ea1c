"""What became of those who called in a crisis: counts and waits, apart from all other contacts, and against the same hours before.

Nothing is stored. A person sees the contacts of the authorities they work for, here as everywhere; the page says so where some are out
of sight. Ratios are computed where they are shown, from the counts of the same row.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from borgerlinje.lines.models import Crisis

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Counts:
    """The contacts of one group. `offered` reached the queue, the others met a full or closed line or gave up before it.

    `in_target` were answered within their line's target, by those who held the line: who asked to be called back, or left a message,
    counts as answered once reached, but not in target and in no wait. Waits are in seconds, None where nobody held the line to an answer.
    """

    arrived: int = 0
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    in_target: int = 0
    waiting: int = 0
    longest_waiting_seconds: float | None = None
    median_seconds: float | None = None
    ninetieth_seconds: float | None = None
    longest_seconds: float | None = None
    talk_seconds: float = 0.0

    @property
    def talk_hours(self) -> float:
        """How long employees talked and wrote, in hours."""
        return self.talk_seconds / 3600


@dataclass(frozen=True, slots=True)
class Row:
    """The counts of what `name` says; None: unknown. `is_member`: an authority that was a member of the centre when they called."""

    name: str | None
    counts: Counts
    is_member: bool = True


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one crisis, or of the same hours before it; `repeated` counts callers who called more than once."""

    total: Counts
    lines: Sequence[Row] = ()
    homes: Sequence[Row] = ()
    subjects: Sequence[Row] = ()
    employers: Sequence[Row] = ()
    callers: int = 0
    repeated: int = 0

    @property
    def outside(self) -> int:
        """How many of those whose authority is known belong to one that is no member."""
        return sum(row.counts.arrived for row in self.homes if row.name is not None and not row.is_member)

    @property
    def known(self) -> int:
        """How many called whose authority is known."""
        return sum(row.counts.arrived for row in self.homes if row.name is not None)


_COUNTED = """
WITH loan AS MATERIALIZED (
    -- Who was lent is seen by their own authority alone: the loan says whose they are.
    SELECT DISTINCT n.employee_id, m.authority_id FROM lines_crisisloan n JOIN lines_crisismember m ON m.id = n.member_id
     WHERE m.crisis_id = %(crisis)s
), counted AS MATERIALIZED (
    SELECT c.line_id, c.home_authority_id AS home_id, c.subject_item_id AS subject_id, c.caller_number, c.waiting_since, c.answered_at,
           c.closed_as, l.target_seconds,
           coalesce(loan.authority_id, e.employer_id) AS employer_id,
           c.home_authority_id = l.owner_id
           OR EXISTS (SELECT 1 FROM cooperation_membership m WHERE m.centre_id = l.centre_id AND m.authority_id = c.home_authority_id
                      AND m.from_on <= (c.arrived_at AT TIME ZONE 'Europe/Copenhagen')::date
                      AND (m.to_on IS NULL OR m.to_on > (c.arrived_at AT TIME ZONE 'Europe/Copenhagen')::date)) AS is_member,
           c.state IN ('waiting', 'offered') AND NOT c.is_callback AS is_waiting,
           EXISTS (SELECT 1 FROM contacts_contactevent v WHERE v.contact_id = c.id
                      AND v.name IN ('callback_asked', 'callback_offered', 'called_out', 'message_left')) AS is_back,
           extract(epoch FROM coalesce(c.answered_at, c.ended_at, %(now)s::timestamptz) - c.waiting_since) AS waited,
           extract(epoch FROM coalesce(c.closed_at, %(now)s::timestamptz) - c.answered_at) AS worked
      FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id LEFT JOIN staff_employee e ON e.id = c.employee_id
      LEFT JOIN loan ON loan.employee_id = c.employee_id
     WHERE {which} AND NOT c.is_test
       -- Whom a fault cut off is counted once: as the callback that makes good for it.
       AND NOT EXISTS (SELECT 1 FROM contacts_contact later WHERE later.origin_id = c.id)
), caller AS MATERIALIZED (
    SELECT count(*) AS calls FROM counted WHERE caller_number <> '' GROUP BY caller_number
)
"""
_IN_CRISIS = "c.crisis_id = %(crisis)s"
_BEFORE = "c.line_id = ANY (%(lines)s::bigint[]) AND c.arrived_at >= %(from)s AND c.arrived_at < %(to)s AND c.crisis_id IS NULL"
_SUMS = """
SELECT grouping(line_id, home_id, subject_id, employer_id) AS dimension, line_id, home_id, is_member, subject_id, employer_id,
       (SELECT count(*) FROM caller) AS callers, (SELECT count(*) FROM caller WHERE calls > 1) AS repeated,
       count(*) AS arrived, count(waiting_since) AS offered, count(answered_at) AS answered,
       count(*) FILTER (WHERE answered_at IS NULL AND closed_as = 'abandoned' AND waiting_since IS NOT NULL) AS abandoned,
       count(*) FILTER (WHERE answered_at IS NOT NULL AND NOT is_back AND waited <= target_seconds) AS in_target,
       count(*) FILTER (WHERE is_waiting) AS waiting,
       max(waited) FILTER (WHERE is_waiting) AS longest_waiting_seconds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN answered_at IS NOT NULL AND NOT is_back THEN waited END) AS median_seconds,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY CASE WHEN answered_at IS NOT NULL AND NOT is_back THEN waited END) AS ninetieth_seconds,
       max(waited) FILTER (WHERE NOT is_back) AS longest_seconds,
       coalesce(sum(worked), 0) AS talk_seconds
  FROM counted
 GROUP BY GROUPING SETS ((), (line_id), (home_id, is_member), (subject_id), (employer_id))
"""
_NAMES = """
SELECT 'authority' AS kind, id, name FROM cooperation_authority WHERE id = ANY (%(authorities)s::bigint[])
UNION ALL SELECT 'line', id, name FROM lines_line WHERE id = ANY (%(lines)s::bigint[])
UNION ALL SELECT 'subject', id, name FROM lines_subject WHERE id = ANY (%(subjects)s::bigint[])
"""
# The bits of grouping(): a set bit is a column that is summed over.
_ALL, _LINE, _HOME, _SUBJECT, _EMPLOYER = 0b1111, 0b0111, 0b1011, 0b1101, 0b1110


def figures(crisis: Crisis, *, now: datetime) -> Figures:
    """Return the figures of a crisis, as far as this person sees its contacts."""
    return _figures(_IN_CRISIS, {"crisis": crisis.pk, "now": now})


def before(crisis: Crisis, line_ids: Sequence[int], *, now: datetime) -> tuple[Figures, datetime]:
    """Return the figures of the same lines and hours of the week before the crisis, and when those hours began.

    A crisis of more than a week is held against as many whole weeks earlier as lie wholly before it.
    """
    ended_at = crisis.ended_at or now
    back = _WEEK * max(1, math.ceil((ended_at - crisis.started_at) / _WEEK))
    values = {
        "crisis": crisis.pk,
        "now": now,
        "lines": list(line_ids),
        "from": crisis.started_at - back,
        "to": ended_at - back,
    }
    return _figures(_BEFORE, values), crisis.started_at - back


def _figures(which: str, values: dict[str, Any]) -> Figures:
    rows = _rows(_COUNTED.format(which=which) + _SUMS, values)
    of: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        of.setdefault(row["dimension"], []).append(row)
    total, names = of[_ALL][0], _names(rows)
    # Who was not answered has no employer, and that says nothing.
    employers = [row for row in of.get(_EMPLOYER, []) if row["answered"]]
    return Figures(
        _counts(total),
        _named(of.get(_LINE, []), "line_id", names["line"]),
        _named(of.get(_HOME, []), "home_id", names["authority"]),
        _named(of.get(_SUBJECT, []), "subject_id", names["subject"]),
        _named(employers, "employer_id", names["authority"]),
        total["callers"],
        total["repeated"],
    )


def _names(rows: Sequence[dict[str, Any]]) -> dict[str, dict[int, str]]:
    """Return by kind what the authorities, lines and subjects of some rows are called."""

    def ids(*keys: str) -> list[int]:
        return list({row[key] for row in rows for key in keys if row[key] is not None})

    found: dict[str, dict[int, str]] = {"authority": {}, "line": {}, "subject": {}}
    values = {"authorities": ids("home_id", "employer_id"), "lines": ids("line_id"), "subjects": ids("subject_id")}
    for row in _rows(_NAMES, values):
        found[row["kind"]][row["id"]] = row["name"]
    return found


def _named(rows: Sequence[dict[str, Any]], key: str, names: Mapping[int, str]) -> list[Row]:
    """Return the rows of one grouping, the largest first, those without a name last."""
    named = [Row(names.get(row[key]), _counts(row), bool(row["is_member"])) for row in rows]
    return sorted(named, key=lambda row: (row.name is None, -row.counts.arrived, row.name or ""))


def _counts(row: dict[str, Any]) -> Counts:
    return Counts(**{each.name: _number(row[each.name]) for each in fields(Counts)})


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _rows(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
