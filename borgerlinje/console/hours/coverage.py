"""The coverage map as a page and as a table to take along."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from borgerlinje.console.hours.members import Map, Member, Question, coverage_map, members_asked
from borgerlinje.console.hours.switchboards import kept
from borgerlinje.console.hours.words import WEEKDAYS, clock_minutes, weekday
from borgerlinje.console.lines.access import READS
from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Centre
from borgerlinje.dispatch.fairness import centres_of
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.lines.coverage import Answer, Day, Run
from borgerlinje.staff.permission import allowed

SHOWN: Final = 30
_END: Final = "\r\n"
_LINES_NAMED: Final = 6
_QUARTER: Final = 15
# From so many quarters of an hour on there is room for words in a cell.
_ROOMY: Final = 12
_YEARS = range(2000, 2101)


class NoCoverageError(BorgerlinjeError):
    """The person belongs to no centre today."""

    code = "no_centre"
    status = 404


@dataclass(frozen=True, slots=True)
class Cell:
    """One run of a day as it is drawn: over how many quarters of an hour, named in full, shown shorter, or by a letter alone."""

    quarters: int
    style: str
    words: str
    shown: str
    letter: str
    is_narrow: bool


@dataclass(frozen=True, slots=True)
class ShownMember:
    """One member as the page shows it; days that are alike stand together in a usual week."""

    member: Member
    rows: list[tuple[str, list[Cell]]]
    own: int
    centre: int
    nobody: int
    may_edit: bool

    @property
    def named(self) -> Sequence[str]:
        """The lines that are named; the rest is counted (`more`)."""
        return self.member.lines[:_LINES_NAMED]

    @property
    def more(self) -> int:
        """How many lines are not named."""
        return len(self.member.lines) - len(self.named)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked for; `fault` says what could not be read."""

    question: Question
    centres: list[Centre]
    fault: str = ""

    @property
    def query(self) -> str:
        """The same question as an address ends with it."""
        question = self.question
        day = f"&dag={question.monday.isoformat()}" if question.monday else ""
        return f"center={question.centre.slug}{day}{'&tider=1' if question.as_written else ''}"

    @property
    def sunday(self) -> date | None:
        """The last day of the chosen week; None for a usual one."""
        return self.question.monday + timedelta(days=6) if self.question.monday else None


@allowed(*READS)
@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """Show for each member of a centre who answers when, a page of members at a time."""
    asked = _asked(request)
    page = Paginator(members_asked(asked.question), SHOWN).get_page(request.GET.get("side"))
    found = coverage_map(asked.question, page)
    editable = set(kept(request).values_list("pk", flat=True))
    context = {
        "asked": asked,
        "members": [_shown(each, asked.question, may_edit=each.authority.pk in editable) for each in found.members],
        "page": page,
        "held_open": found.held_open,
        "hours": range(24),
    }
    return render(request, "console/hours/coverage.html", context)


@allowed(*READS)
@require_GET
def coverage_table(request: HttpRequest) -> HttpResponse:
    """Answer the same map hour by hour as CSV: semicolons and a byte order mark, as a Danish spreadsheet opens it."""
    asked = _asked(request)
    question = asked.question
    name = f"daekning-{question.centre.slug}-{question.monday or 'uge'}.csv"
    return HttpResponse(
        "".join(["\ufeff", *_table(coverage_map(question, members_asked(question)), question)]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def answer_words(answer: Answer) -> str:
    """Say who answers."""
    return {Answer.OWN: _("Egen omstilling"), Answer.CENTRE: _("Centret"), Answer.NOBODY: _("Ingen")}[answer]


def _asked(request: HttpRequest) -> Asked:
    """Read the question. Raises NoCoverageError for a person without a centre."""
    centres = centres_of(authorities_as(request, READS))
    if not centres:
        raise NoCoverageError(_("Du hører ikke til noget center i dag, så der er ingen dækning at vise."))
    centre = next((each for each in centres if each.slug == request.GET.get("center")), centres[0])
    day, today, as_written = request.GET.get("dag", ""), clock.today(), request.GET.get("tider") == "1"
    try:
        monday = _monday(day) if day else None
    except ValueError:
        fault = _("Vælg en dato i den uge, du vil se. Her er en almindelig uge.")
        return Asked(Question(centre, today, None, as_written), centres, fault)
    return Asked(Question(centre, today, monday, as_written), centres)


def _monday(text: str) -> date:
    """Return the Monday of a date's week. Raises ValueError."""
    day = date.fromisoformat(text)
    if day.year not in _YEARS:
        raise ValueError(text)
    return day - timedelta(days=day.weekday())


def _shown(member: Member, asked: Question, *, may_edit: bool) -> ShownMember:
    own, centre, nobody = (member.totals[each] for each in (Answer.OWN, Answer.CENTRE, Answer.NOBODY))
    return ShownMember(member, _rows(member, asked), own, centre, nobody, may_edit)


def _rows(member: Member, asked: Question) -> list[tuple[str, list[Cell]]]:
    if asked.monday is not None:
        names = [f"{WEEKDAYS[on.weekday()]} {date_format(on, 'd-m')}" for on in asked.dates]
        return [(name, _cells(day)) for name, day in zip(names, member.days, strict=True)]
    rows = []
    first = 0
    for at in range(1, len(member.days) + 1):
        if at == len(member.days) or member.days[at] != member.days[first]:
            last = at - 1
            ends = f"{WEEKDAYS[first]}–{weekday(last)}"
            rows.append((str(WEEKDAYS[first]) if first == last else ends, _cells(member.days[first])))
            first = at
    return rows


def _cells(day: Day) -> list[Cell]:
    cells = [_cell(run) for run in day.runs]
    return [each for each in cells if each.quarters]


def _cell(run: Run) -> Cell:
    quarters = _nearest(run.to_minute) - _nearest(run.from_minute)
    name = answer_words(run.answer)
    times = f"{clock_minutes(run.from_minute)}–{clock_minutes(run.to_minute)}"
    short = _("Egen") if run.answer == Answer.OWN else name
    letter = "–" if run.answer == Answer.NOBODY else name[0]
    return Cell(
        quarters=quarters,
        style=run.answer.name.lower(),
        words=f"{name} {times}",
        shown=f"{short} {times}",
        letter=letter,
        is_narrow=quarters < _ROOMY,
    )


def _nearest(minute: int) -> int:
    return (minute + _QUARTER // 2) // _QUARTER


def _table(found: Map, asked: Question) -> Iterator[str]:
    """Yield the table as text, in parts: a head, then an hour of a member each line."""
    yield _csv(
        [
            *(_("Myndighed"), _("Ugedag"), _("Dato"), _("Fra kl."), _("Til kl."), _("Svarer"), _("Hele timen")),
            *(_("Egen omstilling, min."), _("Centret, min."), _("Ingen, min.")),
        ]
    )
    # Most members' days are as others': their hours are written once, and each member's name is put before them.
    hours_of = cache(_hours)
    for member in found.members:
        name = _csv([member.authority.name]).removesuffix(_END)
        for on, day in zip(asked.dates, member.days, strict=True):
            dated = date_format(on, "SHORT_DATE_FORMAT") if asked.monday else ""
            yield "".join(f"{name};{hour}" for hour in hours_of(str(WEEKDAYS[on.weekday()]), dated, day))


def _hours(weekday: str, dated: str, day: Day) -> list[str]:
    return [
        _csv(
            [
                *(weekday, dated, first, first + 1, answer_words(hour.answer), _("ja") if hour.is_whole else _("nej")),
                *(hour.minutes[each] for each in (Answer.OWN, Answer.CENTRE, Answer.NOBODY)),
            ]
        )
        for first, hour in enumerate(day.hours)
    ]


def _csv(cells: Sequence[Any]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator=_END).writerow(cells)
    return written.getvalue()
