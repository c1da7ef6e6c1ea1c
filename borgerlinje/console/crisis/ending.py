"""The end of a crisis, and what is read afterwards: figures against those before, what it took, the log, what was learnt."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.console.crisis.access import LEADS, READS, access_crisis, access_led_crisis, leads
from borgerlinje.console.crisis.forms import EvaluationForm, ReasonForm
from borgerlinje.console.crisis.running import is_partial, page_of
from borgerlinje.console.standing import user_of
from borgerlinje.console.templatetags.console import grouped, share
from borgerlinje.contacts.crisis_figures import Counts, Figures, before, figures
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.kit.templatetags.kit import minutes
from borgerlinje.lines.crisis import do_end_crisis, do_write
from borgerlinje.lines.models import Crisis, CrisisLoan, CrisisMember
from borgerlinje.staff.permission import allowed


@dataclass(frozen=True, slots=True)
class Lending:
    """What one authority lent: how many employees, and for how long they were at the centre's disposal together."""

    member: CrisisMember
    employees: int
    seconds: float


@allowed(*LEADS)
@require_POST
def crisis_end(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """End a crisis: everything goes back as it was."""
    found = access_led_crisis(request, crisis_id)
    form = ReasonForm(request.POST)
    if found.ended_at is None and not form.is_valid():
        return page_of(request, found, status=422, end_form=form)
    ended = None
    if found.ended_at is None:
        ended = run_here(
            do_end_crisis(found.pk, form.cleaned_data["reason"], user_id=user_of(request).pk, now=clock.now())
        )
    if ended is None:
        raise GoneError
    hints.send_on_commit(*ended.topics)
    return redirect("console:crisis_evaluation", crisis_id=crisis_id)


@allowed(*READS)
@require_GET
def crisis_evaluation(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Show what became of a crisis, as a page and as a protocol on paper."""
    return _evaluation(request, access_crisis(request, crisis_id))


@allowed(*LEADS)
@require_POST
def crisis_learnt(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Store what was learnt; that it was written stands in the log."""
    found = access_led_crisis(request, crisis_id)
    form = EvaluationForm(request.POST)
    if not form.is_valid():
        return _evaluation(request, found, status=422, form=form)
    found.evaluation = form.cleaned_data["evaluation"]
    found.save(update_fields=["evaluation"])
    run_here(do_write(found.pk, "Evalueringen er skrevet.", user_id=user_of(request).pk, now=clock.now()))
    return redirect("console:crisis_evaluation", crisis_id=crisis_id)


@allowed(*READS)
@require_GET
def crisis_table(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Answer the same as CSV: semicolons and a byte order mark, as a Danish spreadsheet opens it."""
    found = access_crisis(request, crisis_id)
    answer = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="krise-{found.pk}-{found.started_at:%Y-%m-%d}.csv"'},
    )
    csv.writer(answer, delimiter=";").writerows(map(_safe, _cells(found)))
    return answer


def lendings(found: Crisis, *, now: datetime) -> list[Lending]:
    """Return what each called-in authority lent."""
    loans: dict[int, list[CrisisLoan]] = {}
    for loan in CrisisLoan.objects.filter(member__crisis=found):
        loans.setdefault(loan.member_id, []).append(loan)
    return [
        Lending(
            member,
            len({loan.employee_id for loan in loans.get(member.pk, ())}),
            sum(((loan.to_at or now) - loan.from_at).total_seconds() for loan in loans.get(member.pk, ())),
        )
        for member in found.members.select_related("authority").order_by("authority__name")
    ]


def _evaluation(
    request: HttpRequest, found: Crisis, *, status: int = 200, form: EvaluationForm | None = None
) -> HttpResponse:
    now, parts = clock.now(), list(found.lines.select_related("line"))
    earlier, began_at = before(found, [part.line_id for part in parts], now=now)
    during = figures(found, now=now)
    lent = lendings(found, now=now)
    context = {
        "crisis": found,
        "leads": leads(request, found),
        "during": during,
        "earlier": earlier,
        "earlier_from": began_at,
        "earlier_to": began_at + ((found.ended_at or now) - found.started_at),
        "lasted_seconds": ((found.ended_at or now) - found.started_at).total_seconds(),
        "is_partial": is_partial(request, found, parts),
        "lendings": lent,
        "lent_seconds": sum(each.seconds for each in lent),
        "comparison": list(_comparison(during, earlier)),
        "entries": list(found.entries.select_related("by")),
        "duties": list(found.duties.select_related("user")),
        "parts": parts,
        "guides": list(found.guides.all()),
        "form": form or EvaluationForm(initial={"evaluation": found.evaluation}),
    }
    return render(request, "console/crisis/evaluation.html", context, status=status)


def _comparison(during: Figures, earlier: Figures) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is held against the hours before: what it is, its formula, the figure of the crisis, the earlier one."""

    def row(label: str, formula: str, write: Callable[[Figures], str]) -> tuple[str, str, str, str]:
        return label, formula, write(during), write(earlier)

    yield row(_("Henvendelser"), _("alle, der kom"), lambda each: grouped(each.total.arrived))
    yield row(_("Nåede køen"), _("hørte velkomsten til ende"), lambda each: grouped(each.total.offered))
    yield row(_("Besvaret"), _("besvaret ÷ nåede køen"), lambda each: _part(each.total.answered, each.total.offered))
    yield row(_("Opgivet"), _("opgivet ÷ nåede køen"), lambda each: _part(each.total.abandoned, each.total.offered))
    yield row(
        _("Inden for målet"),
        _("besvaret inden for linjens servicemål ÷ nåede køen"),
        lambda each: _part(each.total.in_target, each.total.offered),
    )
    yield row(_("Ventetid, median"), _("minutter.sekunder"), lambda each: minutes(each.total.median_seconds))
    yield row(_("Ventetid, 90 %"), _("minutter.sekunder"), lambda each: minutes(each.total.ninetieth_seconds))
    yield row(_("Længste ventetid"), _("også af dem, der gav op"), lambda each: minutes(each.total.longest_seconds))
    yield row(
        _("Uden for fællesskabet"),
        _("fra myndigheder, der ikke er medlem ÷ dem, hvis kommune kendes"),
        lambda each: _part(each.outside, each.known),
    )
    yield row(
        _("Ringede flere gange"),
        _("numre med mere end ét opkald ÷ numre"),
        lambda each: _part(each.repeated, each.callers),
    )


def _part(part: int, whole: int) -> str:
    return f"{grouped(part)} ({share(part, whole)})"


def _line_ids(found: Crisis) -> Sequence[int]:
    return list(found.lines.values_list("line_id", flat=True))


def _safe(row: Sequence[Any]) -> list[Any]:
    """Return a row in which no text is a formula to a spreadsheet."""
    return [
        f"'{each}" if isinstance(each, str) and each[:1] in {"=", "+", "-", "@", "\t", "\r"} else each for each in row
    ]


def _cells(found: Crisis) -> Iterator[Sequence[Any]]:
    """Yield the tables, an empty row between them."""
    now = clock.now()
    during, (earlier, began_at) = figures(found, now=now), before(found, _line_ids(found), now=now)
    yield [_("Krise"), found.name]
    yield [_("Begyndte"), _local(found.started_at)]
    yield [_("Sluttede"), _local(found.ended_at)]
    yield [_("Kontonøgle"), found.cost_key]
    yield []
    yield [_("Gruppe"), _("Navn"), *_head()]
    yield [_("Alle"), "", *_figures(during.total)]
    yield [_("Samme timer før, fra %(when)s") % {"when": _local(began_at)}, "", *_figures(earlier.total)]
    for group, rows in (
        (_("Linje"), during.lines),
        (_("Kommune"), during.homes),
        (_("Emne"), during.subjects),
        (_("Svaret af"), during.employers),
    ):
        for row in rows:
            yield [group, row.name or _("Ukendt"), *_figures(row.counts)]
    yield []
    yield [_("Myndighed"), _("Bedt om"), _("Lovet"), _("Lånt ud"), _("Timer")]
    for each in lendings(found, now=now):
        promised = each.member.employees_promised
        yield [
            str(each.member.authority),
            each.member.employees_asked,
            promised,
            each.employees,
            round(each.seconds / 3600, 2),
        ]
    yield []
    yield [_("Tid"), _("Rolle"), _("Art"), _("Af"), _("Tekst")]
    for entry in found.entries.select_related("by"):
        yield [_local(entry.at), entry.get_role_display(), entry.get_kind_display(), str(entry.by or ""), entry.text]


def _head() -> list[str]:
    return [
        *(_("Henvendelser"), _("Nåede køen"), _("Besvaret"), _("Opgivet"), _("Inden for målet")),
        *(_("Median, sek."), _("90-procentfraktil, sek."), _("Længste, sek."), _("Arbejdstimer")),
    ]


def _figures(counts: Counts) -> list[Any]:
    waits = (counts.median_seconds, counts.ninetieth_seconds, counts.longest_seconds)
    return [
        *(counts.arrived, counts.offered, counts.answered, counts.abandoned, counts.in_target),
        *("" if each is None else round(each) for each in waits),
        round(counts.talk_hours, 2),
    ]


def _local(moment: datetime | None) -> str:
    return f"{moment.astimezone(clock.COPENHAGEN):%Y-%m-%d %H:%M:%S}" if moment else ""
