"""Write paths of crisis mode: what one act begins, what is written down meanwhile, and how everything goes back.

Each is a generator of queries, carried out inside the caller's transaction, and leaves an entry in the crisis' log; that is a Danish
document, whatever language the writer's pages are in. Who asks has been let in by the page. `topics` names what the caller hints at after the commit.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Steps
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.lines.models import Crisis, CrisisDuty, CrisisEntry, CrisisLine
from borgerlinje.staff.models import EmployeeCentre

UNDO_SECONDS: Final = 60
_SYSTEM, _ACTION = CrisisEntry.Role.SYSTEM.value, CrisisEntry.Kind.ACTION.value


class CrisisRunsError(BorgerlinjeError):
    """A centre has one crisis at a time."""

    code = "crisis_runs"
    status = 409
    message = _("Der er allerede en krise i gang i centret. Afslut den, eller ret den, der er i gang.")


@dataclass(frozen=True, slots=True)
class Guide:
    """What employees are to say and do; `link` may be empty."""

    title: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """What a crisis says, to whom it is written, and which account it is settled on. Each may be empty."""

    announcement: str = ""
    announcement_en: str = ""
    banner: str = ""
    cost_key: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one act begins: `lines` of the centre and which of them are `opened`, `members` called in with how many employees."""

    centre_id: int
    name: str
    reason: str
    texts: Texts
    lines: Collection[int]
    opened: Collection[int]
    members: Mapping[int, int]
    guides: Sequence[Guide] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A crisis that goes on, as one of its lines is touched by it."""

    crisis_id: int
    name: str
    is_opened: bool
    started_at: datetime


def running(line_ids: Collection[int], at: datetime) -> dict[int, Running]:
    """Return, by line, the crisis that goes on there at an aware instant; one query."""
    parts = CrisisLine.objects.filter(line__in=line_ids, crisis__ended_at__isnull=True, crisis__started_at__lte=at)
    return {
        part.line_id: Running(part.crisis_id, part.crisis.name, part.is_opened, part.crisis.started_at)
        for part in parts.select_related("crisis")
    }


def for_desk(employee_id: int, *, at: datetime) -> list[Crisis]:
    """Return the crises that go on where an employee answers today, with their guides; one query, two when there are any."""
    running = Crisis.objects.filter(ended_at__isnull=True, centre__in=centres_of(employee_id, at=at))
    return list(running.order_by("started_at").prefetch_related("guides"))


def centres_of(employee_id: int, *, at: datetime) -> "QuerySet[EmployeeCentre, Any]":
    """Return, to be asked within another query, the centres that an employee answers for on the local date."""
    today = at.astimezone(clock.COPENHAGEN).date()
    works = EmployeeCentre.objects.filter(employee=employee_id, from_on__lte=today)
    return works.filter(Q(to_on__isnull=True) | Q(to_on__gt=today)).values("centre")


def topics_of(line_ids: Collection[int], *employee_ids: int) -> list[str]:
    """Return what to hint at when a crisis of these lines changed: the telephone, the dispatcher, and every page that shows it."""
    desks = (f"desk:{employee_id}" for employee_id in employee_ids)
    return [*(f"line:{line_id}" for line_id in line_ids), *desks, "dispatch", "queue"]


_BEGIN = """
WITH crisis AS (
    INSERT INTO lines_crisis (centre_id, name, reason, announcement, announcement_en, banner, cost_key, started_at, started_by_id,
                              evaluation, is_demo)
    SELECT %(centre)s, %(name)s, %(reason)s, %(announcement)s, %(announcement_en)s, %(banner)s, %(cost_key)s, %(now)s, %(user)s,
           '', c.is_demo FROM cooperation_centre c WHERE c.id = %(centre)s
    ON CONFLICT (centre_id) WHERE ended_at IS NULL DO NOTHING
    RETURNING id
), line AS (
    INSERT INTO lines_crisisline (crisis_id, line_id, is_opened)
    SELECT crisis.id, l.id, l.id = ANY (%(opened)s::bigint[]) FROM crisis, lines_line l
     WHERE l.id = ANY (%(lines)s::bigint[]) AND l.centre_id = %(centre)s
), member AS (
    INSERT INTO lines_crisismember (crisis_id, authority_id, employees_asked, answer)
    SELECT crisis.id, m.key::bigint, m.value::smallint, 'asked' FROM crisis, jsonb_each_text(%(members)s::jsonb) m
), guide AS (
    INSERT INTO lines_crisisguide (crisis_id, title, text, link, position)
    SELECT crisis.id, g.value ->> 'title', g.value ->> 'text', g.value ->> 'link', g.ordinality
      FROM crisis, jsonb_array_elements(%(guides)s::jsonb) WITH ORDINALITY g
), duty AS (
    INSERT INTO lines_crisisduty (crisis_id, role, user_id, from_at)
    SELECT crisis.id, 'leader', %(user)s, %(now)s FROM crisis WHERE %(user)s::bigint IS NOT NULL
)
SELECT id FROM crisis
"""


def do_begin_crisis(plan: Plan, *, user_id: int | None, now: datetime) -> Steps[int]:
    """Begin a crisis with all that belongs to it, whoever begins it leading it, and return its id.

    Raises CrisisRunsError when the centre has one already.
    """
    rows = yield Query(
        _BEGIN,
        {
            "centre": plan.centre_id,
            "name": plan.name,
            "reason": plan.reason,
            **asdict(plan.texts),
            "now": now,
            "user": user_id,
            "lines": list(plan.lines),
            "opened": list(plan.opened),
            "members": json.dumps({str(key): count for key, count in plan.members.items()}),
            "guides": json.dumps([asdict(guide) for guide in plan.guides]),
        },
    )
    if not rows:
        raise CrisisRunsError
    crisis_id: int = rows[0]["id"]
    for text in (f"Krisen begyndte: {plan.name}. Anledning: {plan.reason or '–'}", _what_began(plan)):
        yield from do_write(crisis_id, text, user_id=user_id, now=now)
    return crisis_id


def _what_began(plan: Plan) -> str:
    counts = (
        f"Linjer: {len(plan.lines)}, heraf holdes {len(plan.opened)} åbne. Myndigheder, der er spurgt: {len(plan.members)},"
        f" om {employees(sum(plan.members.values()))}. Guider: {len(plan.guides)}."
    )
    return " ".join((counts, *(f"{name}: »{text}«" for name, text in _named(plan.texts) if text)))


def employees(count: int) -> str:
    """Write a number of employees in the log."""
    return f"{count} {'medarbejder' if count == 1 else 'medarbejdere'}"


def _named(texts: Texts) -> list[tuple[str, str]]:
    return [
        ("Det, der siges i telefonen", texts.announcement),
        ("Det, der siges på engelsk", texts.announcement_en),
        ("Banneret", texts.banner),
        ("Kontonøglen", texts.cost_key),
    ]


_WRITE = """
INSERT INTO lines_crisisentry (crisis_id, at, by_id, role, kind, text)
VALUES (%(crisis)s, %(now)s, %(user)s, %(role)s, %(kind)s, %(text)s)
"""


def do_write(
    crisis_id: int, text: str, *, user_id: int | None, now: datetime, role: str = _SYSTEM, kind: str = _ACTION
) -> Steps[None]:
    """Add an entry to a crisis' log. Also of one that is over: what was seen may be remembered later, and its time says so."""
    values = {"crisis": crisis_id, "now": now, "user": user_id, "role": role, "kind": kind, "text": text}
    yield Query(_WRITE, values)


_CHANGE = """
UPDATE lines_crisis SET announcement = %(announcement)s, announcement_en = %(announcement_en)s, banner = %(banner)s,
       cost_key = %(cost_key)s
 WHERE id = %(id)s AND ended_at IS NULL
"""
_LOCK = """
SELECT announcement, announcement_en, banner, cost_key FROM lines_crisis
 WHERE id = %(id)s AND ended_at IS NULL FOR NO KEY UPDATE
"""


def do_change_texts(crisis_id: int, texts: Texts, *, user_id: int, now: datetime) -> Steps[bool]:
    """Change what a crisis says, and write down what it said before and after; False when it is over."""
    rows = yield Query(_LOCK, {"id": crisis_id})
    if not rows:
        return False
    before = Texts(**{name: rows[0][name] for name in asdict(texts)})
    yield Query(_CHANGE, {"id": crisis_id, **asdict(texts)})
    for (name, was), (_name, is_now) in zip(_named(before), _named(texts), strict=True):
        if was != is_now:
            yield from do_write(crisis_id, f"{name} ændret fra »{was}« til »{is_now}«.", user_id=user_id, now=now)
    return True


_ADD_GUIDE = """
INSERT INTO lines_crisisguide (crisis_id, title, text, link, position)
SELECT k.id, %(title)s, %(text)s, %(link)s, 1 + coalesce((SELECT max(g.position) FROM lines_crisisguide g WHERE g.crisis_id = k.id), 0)
  FROM lines_crisis k WHERE k.id = %(id)s AND k.ended_at IS NULL
RETURNING id
"""


def do_add_guide(crisis_id: int, guide: Guide, *, user_id: int, now: datetime) -> Steps[bool]:
    """Give the desks one more guide; False when the crisis is over."""
    rows = yield Query(_ADD_GUIDE, {"id": crisis_id, **asdict(guide)})
    if rows:
        yield from do_write(crisis_id, f"Ny guide: »{guide.title}«. {guide.text}", user_id=user_id, now=now)
    return bool(rows)


_APPOINT = """
WITH person AS (
    SELECT u.id, coalesce(nullif(u.name, ''), u.email) AS name FROM staff_user u WHERE u.id = %(person)s
), relieved AS (
    UPDATE lines_crisisduty d SET to_at = greatest(%(now)s, d.from_at) FROM person
     WHERE d.crisis_id = %(id)s AND d.role = %(role)s AND d.to_at IS NULL AND d.user_id <> person.id
)
SELECT name FROM person
"""
_TAKE_DUTY = """
INSERT INTO lines_crisisduty (crisis_id, role, user_id, from_at) VALUES (%(id)s, %(role)s, %(person)s, %(now)s)
ON CONFLICT (crisis_id, role) WHERE to_at IS NULL DO NOTHING
RETURNING id
"""


def do_appoint(crisis_id: int, role: str, *, person_id: int, user_id: int, now: datetime) -> Steps[bool]:
    """Give somebody a role of the crisis staff, which whoever had it has no more; False when nothing changed by it, or it is over."""
    if not (yield Query(_LOCK, {"id": crisis_id})):
        return False
    values = {"id": crisis_id, "role": role, "person": person_id, "now": now}
    people = yield Query(_APPOINT, values)
    if not people or not (yield Query(_TAKE_DUTY, values)):
        return False
    with translation.override("da"):
        said = f"{CrisisDuty.Role(role).label}: {people[0]['name']} har rollen fra nu."
    yield from do_write(crisis_id, said, user_id=user_id, now=now)
    return True


@dataclass(frozen=True, slots=True)
class Ended:
    """What the end of a crisis gave back: the lines it was on, and the employees; `busy` of them have a citizen until midnight."""

    line_ids: tuple[int, ...]
    employee_ids: tuple[int, ...]
    busy: int

    @property
    def topics(self) -> list[str]:
        """What to hint at after the commit."""
        return topics_of(self.line_ids, *self.employee_ids)


_END = """
WITH crisis AS (
    UPDATE lines_crisis SET ended_at = greatest(%(now)s, started_at), ended_by_id = %(user)s
     WHERE id = %(id)s AND ended_at IS NULL RETURNING id
), duty AS (
    UPDATE lines_crisisduty d SET to_at = greatest(%(now)s, d.from_at) FROM crisis
     WHERE d.crisis_id = crisis.id AND d.to_at IS NULL
)
SELECT ARRAY(SELECT p.line_id FROM lines_crisisline p WHERE p.crisis_id = crisis.id ORDER BY p.line_id) AS lines,
       ARRAY(SELECT n.id FROM lines_crisisloan n JOIN lines_crisismember m ON m.id = n.member_id
              WHERE m.crisis_id = crisis.id AND n.to_at IS NULL) AS loans
  FROM crisis
"""
END_LOANS: Final = "SELECT * FROM bl_end_crisis_loans(%(loans)s::bigint[], %(now)s)"


def do_end_crisis(crisis_id: int, reason: str, *, user_id: int | None, now: datetime) -> Steps[Ended | None]:
    """End a crisis: the lines keep their own hours again, the banner goes, who was lent is called back. None when it was over already."""
    rows = yield Query(_END, {"id": crisis_id, "user": user_id, "now": now})
    if not rows:
        return None
    loans = yield Query(END_LOANS, {"loans": rows[0]["loans"], "now": now})
    busy = sum(loan["is_busy"] for loan in loans)
    said = f"Krisen sluttede: {reason} Linjerne har deres egne åbningstider igen, og banneret er væk."
    if loans:
        said += f" Udlånte medarbejdere, der er sendt tilbage: {len(loans)}."
    if busy:
        said += f" {busy} af dem er midt i en henvendelse og kan gøre den færdig inden midnat."
    yield from do_write(crisis_id, said, user_id=user_id, now=now)
    return Ended(tuple(rows[0]["lines"]), tuple(loan["employee_id"] for loan in loans), busy)
