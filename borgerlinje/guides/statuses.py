"""Whether a self-service solution works: set in one act, with what the lines say of it, and gone by itself when its time is over.

A status is told on the guides of its solution, at the top of the citizens' pages and at the desk. Its notices are what the lines say and
show meanwhile: they begin and end with it, and have its words.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Solution, SolutionStatus
from borgerlinje.guides.solutions import KIND
from borgerlinje.kit import clock, hints
from borgerlinje.kit.templatetags.kit import at_clock
from borgerlinje.lines import notices
from borgerlinje.lines.crisis import centres_of
from borgerlinje.lines.models import Line, Notice
from borgerlinje.lines.news import News
from borgerlinje.lines.queries import shown_lines
from borgerlinje.staff.changes import note
from borgerlinje.staff.models import User

WORDS: Final[Mapping[str, Any]] = {
    "status": gettext_lazy("drift"),
    "status_where": gettext_lazy("hvor"),
    "status_text": gettext_lazy("hvad borgerne skal vide"),
    "status_text_en": gettext_lazy("det samme på engelsk"),
    "status_until": gettext_lazy("til"),
    "status_lines": gettext_lazy("siges på"),
}
# Where a notice is told: a centre, and one line of it (None: all).
_Place = tuple[int, int | None]


def running(now: datetime) -> QuerySet[SolutionStatus]:
    """Return the statuses that hold at an instant, of solutions in use."""
    holds = Q(until_at=None) | Q(until_at__gt=now)
    in_use = Q(solution__retired_on=None) | Q(solution__retired_on__gt=now.astimezone(clock.COPENHAGEN).date())
    return SolutionStatus.objects.filter(holds, in_use, from_at__lte=now)


def running_for(authority: Authority | None, *, now: datetime) -> QuerySet[SolutionStatus]:
    """Return the statuses that an authority's citizens are told of (None: those that hold everywhere)."""
    return running(now).filter(Q(authority=None) | Q(authority=authority))


def for_desk(employee_id: int, *, at: datetime) -> list[SolutionStatus]:
    """Return the statuses of solutions that citizens of the centres where an employee answers use, what is down first; two queries at most."""
    here = Q(authority__memberships__centre__in=centres_of(employee_id, at=at))
    found = running(at).filter(Q(authority=None) | here).select_related("solution", "authority").distinct()
    return sorted(found.prefetch_related("notices"), key=lambda each: each.kind != SolutionStatus.Kind.DOWN)


def as_news(status: SolutionStatus) -> News:
    """Return a status as the citizens' pages tell it: the same as its notices, so that both together are told once."""
    return News(Notice.Kind.OUTAGE.value, status.text, status.text_en or status.text, status.from_at, status.until_at)


def do_set_status(
    solution: Solution,
    *,
    authority: Authority | None,
    kind: str,
    text: str,
    text_en: str,
    until_at: datetime | None,
    lines: Collection[Line],
    now: datetime,
    by: User,
) -> SolutionStatus:
    """Say that a solution is disturbed or down, everywhere or for an authority, and let these lines say it; or change what is said of it now.

    `until_at` None: until somebody ends it. Locks the solution: two at once make one status.
    """
    Solution.objects.select_for_update().get(pk=solution.pk)
    values = {"kind": kind, "text": text, "text_en": text_en, "until_at": until_at}
    status = running(now).filter(solution=solution, authority=authority).first()
    before = facts(status) if status is not None else {}
    if status is None:
        status = SolutionStatus(solution=solution, authority=authority, from_at=now, set_by=by)
    for name, value in values.items():
        setattr(status, name, value)
    status.save()
    _do_tell(status, set(_places(lines)), now=now, by=by)
    _note(status, before=before, after=facts(status), by=by, now=now)
    return status


def do_end_status(status: SolutionStatus, *, now: datetime, by: User) -> bool:
    """End a status and what the lines say of it. Tells whether it was removed: one that only just began was never there."""
    before = facts(status)
    told = _running_notices(status, now)
    if status.from_at >= now:
        for notice in told:
            notices.do_end(notice, by=by, now=now)
        status.delete()
        _note(status, before=before, after={}, by=by, now=now)
        return True
    for notice in told:
        notices.do_end(notice, by=by, now=now)
    status.until_at, status.ended_by = now, by
    status.save(update_fields=["until_at", "ended_by"])
    _note(status, before=before, after=facts(status), by=by, now=now)
    return False


def do_reopen(
    status: SolutionStatus, *, until_at: datetime | None, lines: Collection[Line], now: datetime, by: User
) -> None:
    """Let a status that was ended hold again, and these lines say it."""
    before = facts(status)
    status.until_at, status.ended_by = until_at, None
    status.save(update_fields=["until_at", "ended_by"])
    _do_tell(status, set(_places(lines)), now=now, by=by)
    _note(status, before=before, after=facts(status), by=by, now=now)


def lines_told(status: SolutionStatus) -> list[Line]:
    """Return the lines that say a status, by name."""
    found = {line.pk: line for notice in _notices(status) for line in notices.lines_of(notice)}
    return sorted(found.values(), key=lambda line: line.name)


def facts(status: SolutionStatus) -> dict[str, Any]:
    """Return what is noted of a status, in Danish whatever language the writer has chosen; nothing of what is empty."""
    with translation.override("da"):
        found = {
            "status": str(SolutionStatus.Kind(status.kind).label),
            "status_where": status.authority.full_name if status.authority is not None else _("Overalt"),
            "status_text": status.text,
            "status_text_en": status.text_en,
            "status_until": _moment(status.until_at) if status.until_at else _("til nogen afslutter den"),
            "status_lines": [line.name for line in lines_told(status)],
        }
    return {name: value for name, value in found.items() if value}


def _do_tell(status: SolutionStatus, places: set[_Place], *, now: datetime, by: User) -> None:
    """Let the status be said in these places and no others, in its words and for its time."""
    for old in _running_notices(status, now):
        place = (old.centre_id, old.line_id)
        if place not in places:
            notices.do_end(old, by=by, now=now)
            continue
        places.discard(place)
        new = _notice(status, place)
        new.pk, new.from_at, new.made_by_id = old.pk, old.from_at, old.made_by_id
        new.is_said, new.is_shown = old.is_said, old.is_shown
        notices.do_change(old, new, by=by, now=now)
    for place in sorted(places, key=lambda each: (each[0], each[1] or 0)):
        notice = _notice(status, place)
        notice.from_at = now
        notices.do_make(notice, by=by, now=now)
        status.notices.add(notice)


def _notice(status: SolutionStatus, place: _Place) -> Notice:
    centre_id, line_id = place
    return Notice(
        centre_id=centre_id,
        line_id=line_id,
        kind=Notice.Kind.OUTAGE,
        text=status.text,
        text_en=status.text_en,
        is_said=True,
        is_shown=True,
        from_at=status.from_at,
        to_at=status.until_at,
    )


def _places(lines: Iterable[Line]) -> list[_Place]:
    """Return where notices are made: one for a centre whose lines are all among these, or else one for each line."""
    chosen: dict[int, set[int]] = defaultdict(set)
    for line in lines:
        chosen[line.centre_id].add(line.pk)
    shown: dict[int, set[int]] = defaultdict(set)
    for pk, centre_id in shown_lines().filter(centre__in=list(chosen)).values_list("pk", "centre_id"):
        shown[centre_id].add(pk)
    places: list[_Place] = []
    for centre_id, ids in chosen.items():
        is_whole = len(shown[centre_id]) > 1 and shown[centre_id] <= ids
        places += [(centre_id, None)] if is_whole else [(centre_id, line_id) for line_id in sorted(ids)]
    return places


def _notices(status: SolutionStatus) -> list[Notice]:
    """Return what the lines say of a status as long as it holds, or said of it at its end."""
    found = status.notices.select_related("line", "centre")
    return list(found.filter(to_at=status.until_at) if status.until_at else found.filter(to_at=None))


def _running_notices(status: SolutionStatus, now: datetime) -> list[Notice]:
    holds = Q(to_at__isnull=True) | Q(to_at__gt=now)
    return list(status.notices.filter(holds).select_related("line", "centre"))


def _note(
    status: SolutionStatus, *, before: Mapping[str, Any], after: Mapping[str, Any], by: User, now: datetime
) -> None:
    solution = status.solution
    note(by, kind=KIND, object_id=solution.pk, label=solution.name, before=before, after=after, now=now)
    # Every desk reads anew, also where no line says it.
    hints.send_on_commit("queue")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(clock.COPENHAGEN):%d-%m-%Y} {at_clock(at)}"
