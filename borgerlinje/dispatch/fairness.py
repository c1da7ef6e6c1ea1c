"""Who waits how long, and who answers whose citizens: counts by member, read from the contacts of a period.

Nothing is stored. Ratios are computed where they are shown, from the counts of the same row. What a person sees is fenced like the
contacts themselves: a member whose contacts they may not see has no row, rather than a row of noughts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q

from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line

# With fewer answered citizens than this their waits are nobody's statistics: they are left out.
FEWEST = 5


class Group(StrEnum):
    """Whose citizens a row is about; the last three add rows up."""

    MEMBER = "member"
    UNKNOWN = "unknown"
    OUTSIDE = "outside"
    HOST = "host"
    OTHERS = "others"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Period:
    """The half-open interval [from_on, to_on) of Danish dates in which contacts arrived."""

    from_on: date
    to_on: date

    @classmethod
    def last(cls, days: int, *, today: date) -> "Period":
        """Return the last so many days, today among them."""
        return cls(today - timedelta(days=days - 1), today + timedelta(days=1))

    @property
    def starts_at(self) -> datetime:
        """Its first instant."""
        return _midnight(self.from_on)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return _midnight(self.to_on)

    @property
    def last_on(self) -> date:
        """Its last day."""
        return self.to_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waits:
    """The contacts of one group that reached the pool, and what became of them.

    `in_target` were answered within their line's target. `called_back` asked to be called, or left a message: they count as
    answered once they were reached, but their waits are in no figure, since they did not hold the line. The waits are in seconds and
    None where fewer than `FEWEST` were answered on the line; `longest_seconds` is also of those who gave up or wait still.
    """

    group: Group
    authority: Authority | None
    is_host: bool
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    in_target: int = 0
    called_back: int = 0
    median_seconds: float | None = None
    ninetieth_seconds: float | None = None
    longest_seconds: float | None = None

    @property
    def otherwise(self) -> int:
        """How many neither were answered nor gave up: they wait still, were sent elsewhere, were not reached or lost by a fault."""
        return self.offered - self.answered - self.abandoned


@dataclass(frozen=True, slots=True)
class Staff:
    """What the employees of one authority answered; None: employees whom this person may not see.

    `by_home` has the counts in the order of the report's member rows, those of `own` citizens among them. `hard` are those that took
    a skill at the highest level. The conversations' lengths are in seconds, None where there are fewer than `FEWEST`.
    """

    employer: Authority | None
    answered: int
    own: int
    hard: int
    median_seconds: float | None
    ninetieth_seconds: float | None
    by_home: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one centre in one period: a row per member, then "unknown" and "outside"; sums; and who answered.

    `is_partial`: this person does not see every member's contacts, so that nothing can be said of all together.
    """

    centre: Centre
    period: Period
    members: Sequence[Waits]
    host: Waits
    others: Waits
    total: Waits
    staff: Sequence[Staff]
    is_partial: bool = False

    @property
    def sums(self) -> tuple[Waits, ...]:
        """The rows that add others up; none where some are out of sight."""
        return () if self.is_partial else (self.host, self.others, self.total)


# Materialised: what is asked of each contact is asked once, however many groupings use it.
_COUNTED = """
WITH member AS MATERIALIZED (
    SELECT authority_id, from_on, coalesce(to_on, 'infinity'::date) AS to_on FROM cooperation_membership WHERE centre_id = %(centre)s
), counted AS MATERIALIZED (
    SELECT c.home_authority_id, c.answered_at, c.closed_as, c.employee_id, l.target_seconds,
           CASE WHEN c.home_authority_id IS NULL AND c.home_check <> 'outside' THEN 'unknown'
                WHEN c.home_authority_id = l.owner_id OR member.authority_id IS NOT NULL THEN 'member'
                ELSE 'outside' END AS kind,
           EXISTS (SELECT 1 FROM contacts_contactevent e WHERE e.contact_id = c.id
                    AND e.name IN ('callback_asked', 'callback_offered', 'called_out', 'message_left')) AS is_back,
           -- Who calls while they wait to be called back has waited on the line since the call, whatever their place.
           extract(epoch FROM coalesce(c.answered_at, c.ended_at, %(now)s::timestamptz)
                              - CASE WHEN c.origin_id IS NULL THEN c.waiting_since ELSE greatest(c.waiting_since, c.arrived_at) END) AS waited,
           extract(epoch FROM coalesce(c.transferred_at, c.ended_at, %(now)s::timestamptz) - c.answered_at) AS talked,
           CASE WHEN s.skill_id IS NOT NULL THEN s.skill_level WHEN l.skill_id IS NOT NULL THEN l.skill_level END = 3 AS is_hard
      FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id LEFT JOIN lines_subject s ON s.id = c.subject_item_id
      LEFT JOIN member ON member.authority_id = c.home_authority_id
           AND (c.arrived_at AT TIME ZONE 'Europe/Copenhagen')::date >= member.from_on
           AND (c.arrived_at AT TIME ZONE 'Europe/Copenhagen')::date < member.to_on
     WHERE c.line_id = ANY (ARRAY(SELECT id FROM lines_line WHERE centre_id = %(centre)s AND NOT is_hidden))
       AND c.arrived_at >= %(from)s AND c.arrived_at < %(to)s AND c.waiting_since IS NOT NULL AND NOT c.is_test
       -- Whom a fault cut off is counted once: as the callback that makes good for it.
       AND NOT EXISTS (SELECT 1 FROM contacts_contact later WHERE later.origin_id = c.id)
)
"""

# Both tables of one counting: a row of one kind leaves empty what only the other has.
_FIGURES = f"""
{_COUNTED}, sided AS MATERIALIZED (
    SELECT *, CASE WHEN kind = 'member' THEN CASE WHEN home_authority_id = %(host)s THEN 'host' ELSE 'others' END END AS side,
           CASE WHEN kind = 'member' THEN home_authority_id END AS home_id,
           CASE WHEN answered_at IS NOT NULL AND NOT is_back THEN waited END AS wait
      FROM counted
), answered AS MATERIALIZED (
    SELECT e.employer_id, c.kind, CASE WHEN c.kind = 'member' THEN c.home_authority_id END AS home_id,
           c.home_authority_id = e.employer_id AS is_own, c.is_hard, c.talked
      FROM counted c LEFT JOIN staff_employee e ON e.id = c.employee_id
     WHERE c.answered_at IS NOT NULL
)
SELECT false AS is_staff, NULL::bigint AS employer_id, false AS is_sum, NULL::text AS kind, NULL::bigint AS own, NULL::bigint AS hard,
       CASE WHEN grouping(kind) = 0 THEN kind WHEN grouping(side) = 0 THEN side ELSE 'all' END AS "group", home_id,
       count(*) AS offered, count(answered_at) AS answered,
       count(*) FILTER (WHERE answered_at IS NULL AND closed_as = 'abandoned') AS abandoned,
       count(*) FILTER (WHERE wait <= target_seconds) AS in_target,
       count(*) FILTER (WHERE is_back) AS called_back,
       count(wait) AS waits,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY wait) AS median_seconds,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY wait) AS ninetieth_seconds,
       max(waited) FILTER (WHERE NOT is_back) AS longest_seconds
  FROM sided
 GROUP BY GROUPING SETS ((kind, home_id), (side), ())
UNION ALL
SELECT true, employer_id, grouping(kind) = 1, kind, count(*) FILTER (WHERE is_own), count(*) FILTER (WHERE is_hard),
       NULL, home_id, NULL, count(*), NULL, NULL, NULL, NULL,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY talked),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY talked), NULL
  FROM answered
 GROUP BY GROUPING SETS ((employer_id, kind, home_id), (employer_id))
"""  # noqa: S608 - both parts are constants

_Home = tuple[str, int | None]


def report(centre: Centre, period: Period, *, now: datetime, visible: Collection[int] | None = None) -> Report:
    """Return a centre's figures; `visible` are the authorities whose contacts this person sees, None for all."""
    values = {
        "centre": centre.pk,
        "host": centre.host_id,
        "from": period.starts_at,
        "to": period.ends_at,
        "now": now,
    }
    rows = _rows(_FIGURES, values)
    waits = {(row["group"], row["home_id"]): row for row in rows if not row["is_staff"]}
    answered = [row for row in rows if row["is_staff"]]
    wanted = {home_id for group, home_id in waits if group == Group.MEMBER}
    wanted |= {row["employer_id"] for row in answered if row["employer_id"]}
    everybody = _members(centre, period)
    members = everybody if visible is None else everybody.intersection(visible)
    names = Authority.objects.in_bulk(wanted | members)
    homes: list[_Home] = [
        (Group.MEMBER, each.pk)
        for each in sorted(names.values(), key=lambda each: each.name)
        if each.pk in members or (Group.MEMBER, each.pk) in waits
    ]
    homes += [(Group.UNKNOWN, None), (Group.OUTSIDE, None)]

    def of(group: str, home_id: int | None = None) -> Waits:
        authority = names.get(home_id) if home_id else None
        return _waits(Group(group), authority, waits.get((group, home_id), {}), host_id=centre.host_id)

    return Report(
        centre,
        period,
        [of(*home) for home in homes],
        of(Group.HOST),
        of(Group.OTHERS),
        of(Group.ALL),
        _staff(answered, homes, names),
        is_partial=members != everybody,
    )


def reports(*, days: int) -> list[Report]:
    """Return the figures of every centre over the last so many days."""
    period, now = Period.last(days, today=clock.today()), clock.now()
    return [report(centre, period, now=now) for centre in Centre.objects.select_related("host")]


def centres_of(authorities: Collection[int]) -> list[Centre]:
    """Return the centres these authorities are or were members of, or own a line of, by name."""
    return list(Centre.objects.filter(concerns(authorities)).select_related("host").order_by("name"))


def concerns(authorities: Collection[int], prefix: str = "") -> Q:
    """Return the condition that a centre has or had one of these authorities as a member, or a line of theirs."""
    joined = Membership.objects.filter(authority__in=authorities).order_by().values("centre")
    owning = Line.objects.filter(owner__in=authorities, is_hidden=False).order_by().values("centre")
    return Q(**{f"{prefix}pk__in": joined}) | Q(**{f"{prefix}pk__in": owning})


def _members(centre: Centre, period: Period) -> set[int]:
    """Return who was a member on some day of the period: also a member nobody called for has a row."""
    found = Membership.objects.filter(centre=centre, from_on__lt=period.to_on).exclude(to_on__lte=period.from_on)
    return set(found.values_list("authority_id", flat=True))


def _waits(group: Group, authority: Authority | None, row: dict[str, Any], *, host_id: int) -> Waits:
    is_enough = row.get("waits", 0) >= FEWEST

    def seconds(name: str) -> float | None:
        return float(row[name]) if is_enough and row[name] is not None else None

    is_host = group is Group.HOST or (authority is not None and authority.pk == host_id)
    if not row:
        return Waits(group, authority, is_host)
    return Waits(
        group,
        authority,
        is_host,
        *(row[name] for name in ("offered", "answered", "abandoned", "in_target", "called_back")),
        *(seconds(name) for name in ("median_seconds", "ninetieth_seconds", "longest_seconds")),
    )


def _staff(rows: list[dict[str, Any]], homes: list[_Home], names: dict[int, Authority]) -> list[Staff]:
    cells = {(row["employer_id"], (row["kind"], row["home_id"])): row["answered"] for row in rows if not row["is_sum"]}
    found = [
        Staff(
            names.get(row["employer_id"]),
            row["answered"],
            row["own"],
            row["hard"],
            _length(row, "median_seconds"),
            _length(row, "ninetieth_seconds"),
            tuple(cells.get((row["employer_id"], home), 0) for home in homes),
        )
        for row in rows
        if row["is_sum"]
    ]
    return sorted(found, key=lambda each: (each.employer is None, each.employer.name if each.employer else ""))


def _length(row: dict[str, Any], name: str) -> float | None:
    return float(row[name]) if row["answered"] >= FEWEST and row[name] is not None else None


def _rows(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.COPENHAGEN).astimezone(UTC)
