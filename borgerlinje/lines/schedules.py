"""A line's hours for write paths, which have no Django to ask: the same schedule as `queries.schedule` reads."""

from datetime import date, datetime, timedelta

from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import COPENHAGEN, HORIZON_DAYS, Schedule, Span, Version

_LINE = """
SELECT always_open, optional_holidays, ended_on, EXISTS (
       SELECT 1 FROM lines_crisisline p JOIN lines_crisis k ON k.id = p.crisis_id
        WHERE p.line_id = l.id AND p.is_opened AND k.started_at <= %(at)s::timestamptz
          AND (k.ended_at IS NULL OR k.ended_at > %(at)s::timestamptz)) AS held_open
  FROM lines_line l WHERE l.id = %(line)s::bigint
"""
_VERSIONS = """
SELECT v.id, v.from_on, v.to_on, p.weekday, p.opens, p.closes
  FROM lines_openingversion v LEFT JOIN lines_openingperiod p ON p.version_id = v.id
 WHERE v.line_id = %(line)s::bigint ORDER BY v.from_on, p.weekday, p.opens
"""
_SPECIAL = """
SELECT "on", opens, closes FROM lines_specialday WHERE line_id = %(line)s::bigint
UNION ALL
SELECT d."on", m.opens, m.closes FROM lines_specialday d JOIN lines_specialperiod m ON m.day_id = d.id WHERE d.line_id = %(line)s::bigint
"""


def schedule_of(line_id: int, *, at: datetime) -> Steps[Schedule]:
    """Return a line's schedule around an aware instant; one that is never open when there is no such line."""
    lines = yield Query(_LINE, {"line": line_id, "at": at})
    if not lines:
        return Schedule()
    versions = yield Query(_VERSIONS, {"line": line_id})
    special = yield Query(_SPECIAL, {"line": line_id})
    first = at.astimezone(COPENHAGEN).date()
    years = {first.year, (first + timedelta(days=HORIZON_DAYS)).year}
    return Schedule(
        versions=_versions(versions),
        special=_special(special),
        holidays=closed_days(years, lines[0]["optional_holidays"]),
        always_open=lines[0]["always_open"],
        held_open=lines[0]["held_open"],
        ended_on=lines[0]["ended_on"],
    )


def _versions(rows: list[Row]) -> list[Version]:
    periods: dict[int, dict[int, list[Span]]] = {}
    for row in rows:
        days = periods.setdefault(row["id"], {})
        if row["weekday"] is not None:
            days.setdefault(row["weekday"], []).append((row["opens"], row["closes"]))
    spans = {row["id"]: (row["from_on"], row["to_on"]) for row in rows}
    return [Version(*spans[each], days) for each, days in periods.items()]


def _special(rows: list[Row]) -> dict[date, list[Span]]:
    days: dict[date, list[Span]] = {}
    for row in rows:
        spans = days.setdefault(row["on"], [])
        if row["opens"] is not None and row["closes"] is not None:
            spans.append((row["opens"], row["closes"]))
    return days
