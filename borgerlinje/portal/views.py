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
from borgerlinje.portal import guide_lists, places, subjects
from borgerlinje.portal.callback_times import is_offered
from borgerlinje.portal.cards import card
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
def home(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show every line, or those of an authority on its own page: number, open or closed, wait, ways to call."""
    found = places.place(code) if code else places.chosen(places.everywhere(), request.GET.get("kommune"))
    context = {
        "told": [line.pk for line in (found.lines[: places.MOST_SHOWN] if found.is_cut else found.lines)],
        "cards": found.for_audience(Line.Audience.CITIZENS),
        "business_cards": found.for_audience(Line.Audience.BUSINESSES),
        "relay_cards": found.for_audience(Line.Audience.TEXT_RELAY),
        "subjects": subjects.names(),
        "events": guide_lists.events(),
        "places": [(each.code, each.name) for each in found.choices],
        "place": found.authority,
        "is_cut": found.is_cut,
        "more": found.more,
    }
    return render(request, "portal/home.html", context)


@public
@require_GET
def call(request: HttpRequest, digits: str) -> HttpResponse:
    """Show the page a citizen calls from."""
    number = _number(digits)
    line = queries.shown_line(number.line_id)
    shown = card(line, place=number.home_authority, at=clock.now())
    context = {
        "card": shown,
        "told": [line.pk],
        "number": number,
        "place": number.home_authority,
        "takes_callbacks": not queries.has_ended(line) and is_offered(line, is_open=shown.status.is_open),
    }
    return render(request, "portal/call.html", context)


@public
@require_POST
def call_access(request: HttpRequest, digits: str) -> HttpResponse:
    """Give the page a one-time telephone account that can call this number and nothing else."""
    number = _number(digits)
    line = queries.shown_line(number.line_id)
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


def _number(digits: str) -> LineNumber:
    try:
        return LineNumber.objects.select_related("home_authority", "line").get(digits=digits, line__is_hidden=False)
    except LineNumber.DoesNotExist:
        raise Http404 from None


def _throttle(request: HttpRequest) -> None:
    key = f"portal-call:{request.META.get('REMOTE_ADDR', '')}"
    if do_count(key, window_seconds=CALLS_WINDOW_SECONDS) > CALLS_PER_ADDRESS:
        raise TooManyCallsError
