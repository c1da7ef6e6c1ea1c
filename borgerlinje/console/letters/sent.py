"""Letters and texts that were sent, wait, or could not be sent, and the way to try again."""

from urllib.parse import urlencode
from uuid import UUID

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.channels.phone.models import Text
from borgerlinje.channels.phone.text_messages.texts import do_try_text_again
from borgerlinje.console.letters import queries
from borgerlinje.console.letters.access import KEEPS, authorities
from borgerlinje.console.letters.views import sending
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.actions import do_try_again
from borgerlinje.letters.models import Letter
from borgerlinje.staff.permission import allowed

log = structlog.get_logger("web")


@allowed(*KEEPS)
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Show the last letters and texts of the person's authorities, or of one of them (`myndighed`)."""
    return render(request, "console/letters/sent.html", _context(request) | sending())


@allowed(*KEEPS)
@require_GET
def sent_now(request: HttpRequest) -> HttpResponse:
    """Answer the changing part of that page."""
    return render(request, "console/letters/sent_now.html", _context(request))


@allowed(*KEEPS)
@require_POST
def letter_again(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Try to send a letter again that was given up."""
    mine = authorities_as(request, KEEPS)
    get_object_or_404(Letter, pk=letter_id, authority__in=mine)
    is_tried = run_here(do_try_again(letter_id))
    log.info("letter_tried_again", letter=str(letter_id), by=user_of(request).pk)
    return _back(request, is_tried=is_tried)


@allowed(*KEEPS)
@require_POST
def text_again(request: HttpRequest, text_id: int) -> HttpResponse:
    """Try to send a text again that was given up less than a day ago."""
    mine = authorities_as(request, KEEPS)
    get_object_or_404(Text, pk=text_id, authority__in=mine)
    is_tried = run_here(do_try_text_again(text_id, now=clock.now()))
    log.info("text_tried_again", text=text_id, by=user_of(request).pk)
    return _back(request, is_tried=is_tried)


def _back(request: HttpRequest, *, is_tried: bool) -> HttpResponse:
    if is_tried:
        messages.success(request, _("Vi prøver igen nu."))
    else:
        messages.info(request, _("Det er sendt eller på vej. Siden viser nu det, der gælder."))
    return redirect("console:letters_sent")


def _context(request: HttpRequest) -> dict[str, object]:
    mine, failed_only = authorities(request), request.GET.get("vis") == "fejl"
    code = request.GET.get("myndighed", "")
    shown = [each for each in mine if code in {"", each.code}]
    if not shown:
        raise Http404
    return {
        "authorities": mine,
        "code": code,
        "failed_only": failed_only,
        "sent": queries.recent([each.pk for each in shown], failed_only=failed_only, now=clock.now()),
        "address": _address("letters_sent", code),
        "failed_address": _address("letters_sent", code, vis="fejl"),
        "now_address": _address("letters_sent_now", code, vis="fejl" if failed_only else ""),
    }


def _address(name: str, code: str, *, vis: str = "") -> str:
    asked = {key: value for key, value in (("myndighed", code), ("vis", vis)) if value}
    return f"{reverse(f'console:{name}')}{'?' if asked else ''}{urlencode(asked)}"
