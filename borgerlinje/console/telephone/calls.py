"""Call details as a page and as a table to take along: one row for each leg, of the calls the person may see."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from borgerlinje.channels.phone import call_details
from borgerlinje.channels.phone.call_details import Leg
from borgerlinje.channels.phone.outgoing.policy import Reason
from borgerlinje.channels.phone.outgoing.words import short
from borgerlinje.console.standing import user_of
from borgerlinje.dispatch import words
from borgerlinje.dispatch.fairness import Period
from borgerlinje.dispatch.models import OfferEnd
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

SEES = (Role.SECRETARIAT, Role.AUDITOR)
_LONGEST = timedelta(days=92)
_ON_THE_PAGE = 200
_IN_THE_TABLE = 200_000

log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class Asked:
    """The period that is asked for, and whether numbers are wanted whole; `fault` says what could not be read."""

    period: Period
    whole_numbers: bool
    fault: str = ""

    @property
    def query(self) -> str:
        """The same question as an address ends with it."""
        whole = "&numre=1" if self.whole_numbers else ""
        return f"fra={self.period.from_on.isoformat()}&til={self.period.last_on.isoformat()}{whole}"


@allowed(*SEES)
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Show the legs of a period, as many as a page holds."""
    asked = _asked(request)
    found = _legs(request, asked, most=_ON_THE_PAGE + 1)
    context = {
        "asked": asked,
        "legs": [(leg, _direction(leg), outcome(leg)) for leg in found[:_ON_THE_PAGE]],
        "has_more": len(found) > _ON_THE_PAGE,
        "most": _ON_THE_PAGE,
    }
    return render(request, "console/telephone/calls.html", context)


@allowed(*SEES)
@require_GET
def calls_table(request: HttpRequest) -> HttpResponse:
    """Answer the same as CSV: semicolons and a byte order mark, as a Danish spreadsheet opens it."""
    asked = _asked(request)
    name = f"opkald-{asked.period.from_on}-{asked.period.last_on}.csv"
    text = call_details.as_csv(_legs(request, asked, most=_IN_THE_TABLE), _headings())
    return HttpResponse(
        f"\ufeff{text}",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _legs(request: HttpRequest, asked: Asked, *, most: int) -> list[Leg]:
    if asked.whole_numbers:
        # Who has seen whole numbers, and of which days, can be told afterwards.
        period = asked.period
        log.info("numbers_seen", by=user_of(request).pk, first=str(period.from_on), last=str(period.last_on))
    return run_here(call_details.legs(asked.period, whole_numbers=asked.whole_numbers, most=most))


def _asked(request: HttpRequest) -> Asked:
    today = clock.today()
    whole, fault = request.GET.get("numre") == "1", ""
    first, last = request.GET.get("fra", ""), request.GET.get("til", "")
    if first or last:
        try:
            period = call_details.read_period(first, last)
        except (ValueError, OverflowError):
            fault = _("Vælg en første og en sidste dag. Her er i dag.")
        else:
            if period.to_on - period.from_on <= _LONGEST:
                return Asked(period, whole)
            fault = _("Vælg højst tre måneder ad gangen. Her er i dag.")
    return Asked(Period.last(1, today=today), whole, fault)


def _direction(leg: Leg) -> str:
    return {"in": _("Ind"), "ring": _("Hos medarbejder"), "out": _("Ud")}[leg.direction]


def outcome(leg: Leg) -> str:
    """Say how a leg ended, in a word."""
    if not leg.outcome:
        return _("I gang")
    if leg.direction == "in":
        return words.closed_as(leg.outcome)
    if leg.direction == "ring":
        return str(OfferEnd(leg.outcome).label)
    if leg.outcome in {reason.value for reason in Reason}:
        return _("Afvist: %(why)s") % {"why": short(Reason(leg.outcome))}
    return _("Besvaret") if leg.outcome == "answered" else _("Ikke besvaret")


def _headings() -> dict[str, str]:
    return {
        "contact": _("Henvendelse"),
        "leg": _("Del"),
        "direction": _("Retning"),
        "begins": _("Begynder"),
        "answered": _("Besvaret"),
        "ends": _("Slutter"),
        "talked_seconds": _("Talt, sek."),
        "line": _("Linje"),
        "home_authority": _("Hjemkommune"),
        "from_number": _("Fra nummer"),
        "to_number": _("Til nummer"),
        "server": _("Telefonserver"),
        "outcome": _("Udfald"),
    }
