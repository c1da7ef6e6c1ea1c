"""Call details: one row for each leg of each call in a period, to be counted, checked against a provider's bill, or taken along.

A leg is the citizen's call to us ("in"), an employee's telephone that rang ("ring"), or a call that we made ("out"). The rows are read
under whatever fence the connection has. Numbers are masked unless they are asked for whole.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any, Final

from borgerlinje.dispatch.fairness import Period
from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines.numbers import masked

FIELDS: Final = (
    *("contact", "leg", "direction", "begins", "answered", "ends", "talked_seconds", "line", "home_authority"),
    *("from_number", "to_number", "server", "outcome"),
)

_LEGS = """
SELECT * FROM (
SELECT c.id AS contact, c.id AS leg, 'in' AS direction, c.arrived_at AS begins, c.answered_at AS answered,
       coalesce(c.ended_at, c.closed_at) AS ends, l.name AS line, h.name AS home_authority,
       c.caller_number AS from_number, c.dialled AS to_number, c.server, c.closed_as AS outcome
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
  LEFT JOIN cooperation_authority h ON h.id = c.home_authority_id
 WHERE c.channel = 'phone' AND c.channel_ref <> '' AND NOT c.is_test
   AND c.arrived_at >= %(from)s AND c.arrived_at < %(to)s
UNION ALL
SELECT c.id, o.id, 'ring', o.made_at, CASE WHEN o.ended_as = 'answered' THEN o.ended_at END,
       CASE WHEN o.ended_as <> 'answered' THEN o.ended_at END, l.name, h.name, '', '', c.server, o.ended_as
  FROM dispatch_offer o JOIN contacts_contact c ON c.id = o.contact_id JOIN lines_line l ON l.id = c.line_id
  LEFT JOIN cooperation_authority h ON h.id = c.home_authority_id
 WHERE c.channel = 'phone' AND o.rung_at IS NOT NULL AND NOT c.is_test
   AND o.made_at >= %(from)s AND o.made_at < %(to)s
UNION ALL
SELECT g.contact_id, g.id, 'out', g.made_at, g.answered_at, g.ended_at, l.name, h.name, g.shown_number, g.digits, g.server,
       CASE WHEN g.refused <> '' THEN g.refused WHEN g.answered_at IS NOT NULL THEN 'answered'
            WHEN g.ended_at IS NOT NULL THEN 'unanswered' ELSE '' END
  FROM phone_outgoingcall g JOIN lines_line l ON l.id = g.line_id
  LEFT JOIN contacts_contact c ON c.id = g.contact_id
  LEFT JOIN cooperation_authority h ON h.id = c.home_authority_id
 WHERE g.made_at >= %(from)s AND g.made_at < %(to)s
) legs
 ORDER BY begins, leg
 LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg; instants are aware, empty texts stand for what is not known. `outcome` is a code, empty while it lasts."""

    contact: str
    leg: str
    direction: str
    begins: datetime
    answered: datetime | None
    ends: datetime | None
    line: str
    home_authority: str
    from_number: str
    to_number: str
    server: str
    outcome: str

    @property
    def talked_seconds(self) -> int | None:
        """How long it was answered, in whole seconds; None where that is not known."""
        return round((self.ends - self.answered).total_seconds()) if self.answered and self.ends else None


def legs(period: Period, *, whole_numbers: bool = False, most: int | None = None) -> Steps[list[Leg]]:
    """Return the legs that began in a period, the first first, at most so many."""
    rows = yield Query(_LEGS, {"from": period.starts_at, "to": period.ends_at, "most": most})
    return [_leg(row, whole_numbers=whole_numbers) for row in rows]


def _leg(row: Row, *, whole_numbers: bool) -> Leg:
    def shown(number: str) -> str:
        return number if whole_numbers else masked(number)

    return Leg(
        contact=str(row["contact"] or ""),
        leg=str(row["leg"]),
        direction=row["direction"],
        begins=row["begins"],
        answered=row["answered"],
        ends=row["ends"],
        line=row["line"],
        home_authority=row["home_authority"] or "",
        # Our own numbers are no secret: only the citizen's end of the call is hidden.
        from_number=row["from_number"] if row["direction"] == "out" else shown(row["from_number"]),
        to_number=shown(row["to_number"]) if row["direction"] == "out" else row["to_number"],
        server=row["server"],
        outcome=row["outcome"],
    )


def cells(leg: Leg) -> dict[str, Any]:
    """Return a leg as plain values by field, times in Danish time with their offset."""
    values = asdict(leg) | {"talked_seconds": leg.talked_seconds}
    times = {name: _local(getattr(leg, name)) for name in ("begins", "answered", "ends")}
    return {name: (values | times)[name] for name in FIELDS}


def _local(at: datetime | None) -> str:
    return at.astimezone(clock.COPENHAGEN).isoformat(timespec="seconds") if at else ""


def as_csv(found: list[Leg], headings: Mapping[str, str] | None = None) -> str:
    """Return the legs as a table with semicolons between, as a Danish spreadsheet opens it."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([(headings or {}).get(name, name) for name in FIELDS])
    writer.writerows([_plain(value) for value in cells(leg).values()] for leg in found)
    return text.getvalue()


def _plain(value: object) -> str:
    """Return a cell's text. What a spreadsheet would take for a formula (a number that begins with +) is marked as text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def as_json(found: list[Leg]) -> str:
    """Return the legs as a list of objects."""
    return json.dumps([cells(leg) for leg in found], ensure_ascii=False, indent=2)


def lines(found: list[Leg]) -> Iterator[str]:
    """Yield the legs as a person reads them in a terminal."""
    for leg in found:
        values = cells(leg)
        parts = (
            *(values["begins"], f"{leg.direction:<4}", f"{leg.outcome or '-':<12}"),
            *(f"{leg.from_number or '-'} -> {leg.to_number or '-'}", leg.line, leg.home_authority, leg.server),
        )
        yield "  ".join(part for part in parts if part)
    yield f"{len(found)} legs"


def read_period(first: str, last: str) -> Period:
    """Return the period from a first to a last day (YYYY-MM-DD), both included. Raises ValueError."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    if days[0] > days[1]:
        raise ValueError(first, last)
    return Period(days[0], days[1] + timedelta(days=1))


def run(options: argparse.Namespace) -> int:
    """Print the legs of a period; the command `borgerlinje calls`."""
    try:
        period = read_period(options.first, options.last)
    except ValueError:
        print("borgerlinje: write --from and --to as YYYY-MM-DD, the first day first", file=sys.stderr)
        return 2
    found = run_here(legs(period, whole_numbers=options.numbers))
    if options.form == "csv":
        sys.stdout.write(as_csv(found))
    else:
        print(as_json(found) if options.form == "json" else "\n".join(lines(found)))
    return 0
