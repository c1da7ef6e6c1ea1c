"""The citizen's pages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.channels.phone.accounts.actions import citizen_call, do_issue_citizen_endpoint
from borgerlinje.channels.phone.network import servers
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.request_database import run_here
from borgerlinje.kit.throttle import do_count
from borgerlinje.lines import queries
from borgerlinje.lines.models import Line, LineNumber
from borgerlinje.portal.callback_times import is_offered
from borgerlinje.portal.cards import Card, card
from borgerlinje.staff.permission import public

CALLS_PER_ADDRESS, CALLS_WINDOW_SECONDS = 10, 300


class TooManyCallsError(BorgerlinjeError):
    """One address asked for more calls from the browser than a person makes."""

    code = "too_many_calls"
    status = 429
    message = _("Der er ringet mange gange herfra. Vent et par minutter, eller ring fra en telefon.")


class LineClosedError(BorgerlinjeError):
    """The line is closed, so no call can be made."""

    code = "line_closed"
    status = 409
    message = _("Linjen er lukket nu. Se åbningstiderne på forsiden.")


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show every line, or those of the chosen municipality: number, open or closed, wait, ways to call."""
    now = clock.now()
    lines = list(queries.open_lines())
    places = queries.home_authorities(lines)
    place = next((place for place in places if place.code == request.GET.get("kommune")), None)
    shown = [
        card(line, place=place, at=now)
        for line in lines
        if place is None or any(number.home_authority_id in {place.pk, None} for number in line.numbers.all())
    ]
    if place is not None:
        shown.sort(key=lambda each: not any(number.home_authority_id == place.pk for number in each.line.numbers.all()))
    context = {
        "all_cards": shown,
        "cards": _for(shown, Line.Audience.CITIZENS),
        "business_cards": _for(shown, Line.Audience.BUSINESSES),
        "relay_cards": _for(shown, Line.Audience.TEXT_RELAY),
        "places": places,
        "place": place,
    }
    return render(request, "portal/home.html", context)


def _for(cards: list[Card], audience: str) -> list[Card]:
    return [card for card in cards if card.line.audience == audience]


@public
@require_GET
def call(request: HttpRequest, digits: str) -> HttpResponse:
    """Show the page a citizen calls from."""
    number = _number(digits)
    line = queries.open_lines().get(pk=number.line_id)
    shown = card(line, place=number.home_authority, at=clock.now())
    context = {"card": shown, "number": number, "takes_callbacks": is_offered(line, is_open=shown.status.is_open)}
    return render(request, "portal/call.html", context)


@public
@require_POST
def call_access(request: HttpRequest, digits: str) -> HttpResponse:
    """Give the page a one-time telephone account that can call this number and nothing else."""
    number = _number(digits)
    line = queries.open_lines().get(pk=number.line_id)
    if not queries.line_status(line, at=clock.now()).is_open:
        raise LineClosedError
    _throttle(request)
    server = run_here(servers.choose())
    credentials = run_here(do_issue_citizen_endpoint(number.pk, now=clock.now(), server=server.name))
    hints.send_on_commit("phone")
    return JsonResponse(
        {
            "name": credentials.name,
            "secret": credentials.secret,
            "socket": server.ws_url or settings.SIP_WS_URL,
            "host": settings.SIP_HOST,
            "number": number.digits,
            "progress": reverse("portal:call_progress", args=[credentials.name]),
        }
    )


@public
@require_GET
def call_progress(request: HttpRequest, name: str) -> HttpResponse:
    """Tell whether the telephone knows the account yet, and how far its call has come."""
    del request
    progress = run_here(citizen_call(name))
    place = _("Du er nummer %(place)s i køen.") % {"place": progress.place} if progress.place else ""
    return JsonResponse({"ready": progress.is_ready, "state": progress.state, "place": place})


@public
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept of a call, how long, and by whom."""
    return render(request, "portal/privacy.html")


@public
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the pages are and whom to tell of a fault."""
    return render(request, "portal/accessibility.html")


def _number(digits: str) -> LineNumber:
    try:
        return LineNumber.objects.select_related("home_authority", "line").get(digits=digits, line__is_hidden=False)
    except LineNumber.DoesNotExist:
        raise Http404 from None


def _throttle(request: HttpRequest) -> None:
    key = f"portal-call:{request.META.get('REMOTE_ADDR', '')}"
    if do_count(key, window_seconds=CALLS_WINDOW_SECONDS) > CALLS_PER_ADDRESS:
        raise TooManyCallsError
