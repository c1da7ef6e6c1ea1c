"""Who waits how long, and who answers whose citizens: the fairness report as a page and as a table to take along."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from borgerlinje.console.views import SEES_LIVE
from borgerlinje.cooperation.models import Centre
from borgerlinje.dispatch.fairness import FEWEST, Period, Report, centres_of, report
from borgerlinje.dispatch.text import employer_name, group_name
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.staff.permission import allowed

PERIODS = (1, 7, 30)
_USUAL = 7
_LONGEST = timedelta(days=366)
_YEARS = range(2000, 2101)


class NoCentreError(BorgerlinjeError):
    """The person belongs to no centre today."""

    code = "no_centre"
    status = 404


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked for; `fault` says what could not be read, and the usual period stands in its place."""

    centre: Centre
    centres: list[Centre]
    period: Period
    days: int | None
    fault: str = ""

    @property
    def query(self) -> str:
        """The same question as an address ends with it."""
        last_on = self.period.last_on
        return f"center={self.centre.slug}&fra={self.period.from_on.isoformat()}&til={last_on.isoformat()}"


@allowed(*SEES_LIVE)
@require_GET
def waits(request: HttpRequest) -> HttpResponse:
    """Show the waits of each member's citizens, and who answered them."""
    asked = _asked(request)
    found = _report(request, asked)
    context = {
        "asked": asked,
        "periods": PERIODS,
        "report": found,
        "rows": [(group_name(row), row) for row in found.members],
        "sums": [(group_name(row), row) for row in found.sums],
        "staff": [(employer_name(row), row) for row in found.staff],
        "fewest": FEWEST,
    }
    return render(request, "console/waits.html", context)


@allowed(*SEES_LIVE)
@require_GET
def waits_table(request: HttpRequest) -> HttpResponse:
    """Answer the same figures as CSV: semicolons and a byte order mark, as a Danish spreadsheet opens it."""
    asked = _asked(request)
    name = f"ventetid-{asked.centre.slug}-{asked.period.from_on}-{asked.period.last_on}.csv"
    answer = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    csv.writer(answer, delimiter=";").writerows(_cells(_report(request, asked)))
    return answer


def _report(request: HttpRequest, asked: Asked) -> Report:
    visible = set(request.authorities)  # type: ignore[attr-defined] # set by staff.fence.Fence
    return report(asked.centre, asked.period, now=clock.now(), visible=visible)


def _asked(request: HttpRequest) -> Asked:
    """Read the question. Raises NoCentreError for a person without a centre."""
    centres = centres_of(request.authorities)  # type: ignore[attr-defined] # set by staff.fence.Fence
    if not centres:
        raise NoCentreError(_("Du hører ikke til noget center i dag, så der er ingen tal at vise."))
    centre = next((each for each in centres if each.slug == request.GET.get("center")), centres[0])
    today = clock.today()
    if request.GET.get("fra") or request.GET.get("til"):
        try:
            return Asked(centre, centres, _between(request.GET.get("fra", ""), request.GET.get("til", "")), None)
        except ValueError:
            fault = _("Vælg en første og en sidste dag, højst et år fra hinanden. Her er de seneste 7 dage.")
            return Asked(centre, centres, Period.last(_USUAL, today=today), _USUAL, fault)
    days = next((each for each in PERIODS if request.GET.get("dage") == str(each)), _USUAL)
    return Asked(centre, centres, Period.last(days, today=today), days)


def _between(first: str, last: str) -> Period:
    """Return the period from a first to a last day, both included. Raises ValueError."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    if not all(day.year in _YEARS for day in days):
        raise ValueError(first, last)
    period = Period(days[0], days[1] + timedelta(days=1))
    if not timedelta(0) < period.to_on - period.from_on <= _LONGEST:
        raise ValueError(first, last)
    return period


def _cells(found: Report) -> Iterator[list[Any]]:
    """Yield the rows of both tables, an empty one between them."""
    yield [
        *(
            _("Borgere fra"),
            _("Nåede køen"),
            _("Besvaret"),
            _("Opgivet"),
            _("Andet"),
            _("Inden for målet"),
            _("Ringet op"),
        ),
        *(_("Median, sek."), _("90-procentfraktil, sek."), _("Længste, sek.")),
    ]
    for row in (*found.members, *found.sums):
        figures = (row.median_seconds, row.ninetieth_seconds, row.longest_seconds)
        yield [
            group_name(row),
            *(row.offered, row.answered, row.abandoned, row.otherwise, row.in_target, row.called_back),
            *("" if each is None else round(each) for each in figures),
        ]
    yield []
    yield [
        *(_("Svaret af"), *(group_name(row) for row in found.members), _("I alt"), _("Egne borgere"), _("Niveau 3")),
        *(_("Samtale, median, sek."), _("Samtale, 90-procentfraktil, sek.")),
    ]
    for staff in found.staff:
        lengths = (staff.median_seconds, staff.ninetieth_seconds)
        yield [
            *(employer_name(staff), *staff.by_home, staff.answered, staff.own, staff.hard),
            *("" if each is None else round(each) for each in lengths),
        ]
