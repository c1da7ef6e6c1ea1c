"""Bliv ringet op: a citizen leaves a number, says that it is right, and learns when we call. Works without a script.

Nobody knows who asks. So the number is said back before anything is promised, a form that came at once or with its trap filled came
from no person, and everything is counted (`callback_limits`). The receipt's address is signed: who has it can take the callback back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.channels.phone.callbacks.asked import (
    Asked,
    Standing,
    callback_standing,
    check_number,
    do_ask_callback,
    do_cancel_callback,
)
from borgerlinje.channels.phone.outgoing.policy import Number, Reason, Refusal
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines import numbers, queries
from borgerlinje.lines.models import Line, LineNumber
from borgerlinje.portal import callback_times
from borgerlinje.portal.callback_limits import do_count_ask, do_count_promise, do_count_try
from borgerlinje.portal.cards import Card, card
from borgerlinje.staff.fence import set_fence
from borgerlinje.staff.permission import public

_FORM, _ASK, _RECEIPT = "portal.callback.form", "portal.callback.ask", "portal.callback.receipt"
# Nobody reads the page and writes eight digits faster; a bot does.
QUICKEST = timedelta(seconds=2)
_FORM_SECONDS = 4 * 3600
_ASK_SECONDS = 3600
_RECEIPT_SECONDS = 30 * 86_400
_LONGEST_FIELD = 200


class NotOfferedError(BorgerlinjeError):
    """The line does not call back now."""

    code = "no_callbacks"
    status = 409
    message = gettext_lazy("Linjen ringer ikke tilbage lige nu. Se på forsiden, hvornår du kan ringe til os.")


@dataclass(frozen=True, slots=True)
class Page:
    """One line's page: its number as the address has it, and what is shown of it."""

    number: LineNumber
    line: Line
    card: Card
    at: datetime
    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def days(self) -> list[callback_times.Day]:
        """The hours that can be chosen."""
        return callback_times.days(self.line, self.at)

    @property
    def soon(self) -> str:
        """When "as soon as possible" is."""
        return callback_times.soon(self.line, self.at)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, digits: str) -> HttpResponse:
    """Let a citizen write the number, and then ask them whether it is right."""
    page = _page(digits)
    if request.method != "POST":
        return _form(request, page)
    typed = {key: request.POST.get(key, "").strip()[:_LONGEST_FIELD] for key in ("number", "when", "started")}
    if "again" in request.POST:
        return _form(request, _with(page, {**typed, "started": ""}))
    do_count_try(_address(request))
    number, faults = _read(request, page, typed)
    if faults or not isinstance(number, Number):
        return _form(request, _with(page, typed, faults), status=422)
    payload = {"n": number.digits, "w": typed["when"], "d": digits}
    context = {
        "page": page,
        "place": page.number.home_authority,
        "shown": _shown(number),
        "when": _when_words(page, typed["when"]),
        "typed": typed,
        "payload": signing.dumps(payload, salt=_ASK),
    }
    return render(request, "portal/callback_confirm.html", context)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def promise(request: HttpRequest, digits: str) -> HttpResponse:
    """Promise the call, once the citizen has said that the number is right."""
    if request.method != "POST":
        # Who changes the language on the answer, or comes back to its address, begins again.
        return redirect("portal:callback", digits)
    payload = _confirmed(request.POST.get("payload", ""), digits)
    if payload is None:
        return _form(request, _with(_page(digits), {}, {"page": _too_old()}), status=422)
    # Before anything is looked up: who asks a thousand times is answered a thousand times.
    do_count_ask(_address(request), payload["n"])
    page = _page(digits)
    slot = callback_times.chosen(page.line, payload["w"], page.at) if payload["w"] else None
    if payload["w"] and slot is None:
        return _form(request, _with(page, {"number": payload["n"]}, {"when": _hour_is_gone()}), status=422)
    language = "en" if get_language() == "en" else ""
    due_at = slot.from_at if slot else None
    with _serving(request, page.line):
        asked = run_here(do_ask_callback(payload["n"], dialled=digits, now=page.at, due_at=due_at, language=language))
    if isinstance(asked, Refusal):
        return _form(request, _with(page, {"number": payload["n"]}, {"number": _why(asked, page)}), status=422)
    return _promised(request, page, asked, payload["n"])


def _confirmed(signed: str, digits: str) -> dict[str, str] | None:
    """Return the number and the time that a page of ours has said back for this line; None when none has, or too long ago."""
    try:
        payload: dict[str, str] = signing.loads(signed, salt=_ASK, max_age=_ASK_SECONDS)
    except signing.BadSignature:
        return None
    return payload if payload["d"] == digits else None


def _promised(request: HttpRequest, page: Page, asked: Asked, digits: str) -> HttpResponse:
    if asked.change is None:
        # Whoever asked first has the receipt: who writes somebody's number here learns nothing of theirs, and can undo nothing.
        context = {"page": page, "place": page.number.home_authority, "shown": numbers.display(_plain(digits))}
        return render(request, "portal/callback_already.html", context)
    do_count_promise(page.line.pk)
    hints.send_on_commit(*asked.change.topics)
    token = signing.dumps({"c": str(asked.contact_id), "l": page.line.pk}, salt=_RECEIPT)
    return redirect("portal:callback_receipt", token)


@public
@never_cache
@require_GET
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Show how it stands with a callback, to whoever asked for it."""
    contact_id, line = _opened(token)
    with _serving(request, line):
        standing = run_here(callback_standing(contact_id, now=clock.now()))
    if standing is None:
        raise Http404
    return render(request, "portal/callback_receipt.html", {**_told(standing, line), "token": token})


@public
@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Take a callback back; what it has become meanwhile stands on the receipt."""
    contact_id, line = _opened(token)
    with _serving(request, line):
        change = run_here(do_cancel_callback(contact_id, now=clock.now()))
    if change is not None:
        hints.send_on_commit(*change.topics)
    return redirect("portal:callback_receipt", token)


def _page(digits: str) -> Page:
    """Return the page of a number. Raises Http404 for one of no line, NotOfferedError."""
    number = LineNumber.objects.select_related("home_authority").filter(digits=digits, line__is_hidden=False).first()
    if number is None:
        raise Http404
    now = clock.now()
    line = queries.shown_line(number.line_id)
    found = card(line, place=number.home_authority, at=now)
    if queries.has_ended(line) or not callback_times.is_offered(line, is_open=found.status.is_open):
        raise NotOfferedError
    return Page(number, line, found, now)


def _with(page: Page, typed: dict[str, str], faults: dict[str, str] | None = None) -> Page:
    return Page(page.number, page.line, page.card, page.at, typed, faults or {})


def _form(request: HttpRequest, page: Page, *, status: int = 200) -> HttpResponse:
    started = page.typed.get("started") or signing.dumps(page.at.timestamp(), salt=_FORM)
    context = {"page": page, "place": page.number.home_authority, "started": started}
    return render(request, "portal/callback.html", context, status=status)


def _read(request: HttpRequest, page: Page, typed: dict[str, str]) -> tuple[Number | None, dict[str, str]]:
    """Return the number and everything that is wrong with the form."""
    faults: dict[str, str] = {}
    with _serving(request, page.line):
        number = run_here(check_number(typed["number"], dialled=page.number.digits, now=page.at))
    if isinstance(number, Refusal):
        faults["number"] = _why(number, page)
    if typed["when"] and callback_times.chosen(page.line, typed["when"], page.at) is None:
        faults["when"] = _hour_is_gone()
    if not _is_person(request, typed["started"], page.at):
        faults["page"] = _("Det gik for hurtigt til, at vi kunne følge med. Tryk på »Videre« igen.")
    return (number if isinstance(number, Number) else None), faults


def _is_person(request: HttpRequest, started: str, at: datetime) -> bool:
    if request.POST.get("website"):
        return False
    try:
        since = float(signing.loads(started, salt=_FORM, max_age=_FORM_SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return False
    return at.timestamp() - since >= QUICKEST.total_seconds()


def _why(refusal: Refusal, page: Page) -> str:
    """Say to a citizen why we cannot call a number, and what to do. What is on a list of ours is not told to strangers."""
    ours = {"number": page.card.shown}
    if refusal.reason is Reason.NOT_A_NUMBER:
        return _("Skriv et telefonnummer på otte cifre.")
    if refusal.reason is Reason.OWN:
        return _("Det er vores nummer. Skriv dit eget.")
    if refusal.reason is Reason.FOREIGN:
        return (
            _("Vi kan ikke ringe til et nummer i det land. Skriv et dansk nummer, eller ring til os på %(number)s.")
            % ours
        )
    if refusal.reason is Reason.SHORT:
        return _("Nummeret er for kort. Skriv alle otte cifre.")
    if refusal.reason in {Reason.COSTLY, Reason.SATELLITE}:
        return _("Vi kan kun ringe til et almindeligt mobil- eller fastnetnummer.")
    return _("Vi kan ikke ringe til det nummer. Ring til os på %(number)s.") % ours


def _hour_is_gone() -> str:
    return _("Tidspunktet kan ikke vælges længere. Vælg et andet.")


def _too_old() -> str:
    return _("Siden har været åben for længe. Skriv nummeret igen.")


def _when_words(page: Page, value: str) -> str:
    slot = callback_times.chosen(page.line, value, page.at) if value else None
    return callback_times.slot_words(slot, page.at) if slot else page.soon


def _shown(number: Number) -> str:
    return numbers.display(number.national or number.digits)


def _plain(digits: str) -> str:
    return digits.removeprefix("+45")


def _told(standing: Standing, line: Line) -> dict[str, Any]:
    """Return what a receipt says."""
    now = clock.now()
    is_waiting = standing.state in {"callback", "offered"}
    is_again = is_waiting and standing.attempts > 0
    return {
        "line": line,
        "standing": standing,
        "shown": numbers.display(standing.digits),
        "ours": numbers.display(standing.dialled),
        "is_waiting": is_waiting,
        "is_again": is_again,
        "is_cancelled": standing.closed_as == "abandoned",
        "when": callback_times.when(standing.due_at, now),
        "page_again": reverse("portal:callback", args=[standing.dialled]),
    }


def _opened(token: str) -> tuple[UUID, Line]:
    """Return the contact and the line of a receipt. Raises Http404 for an address that we did not make, or too long ago."""
    try:
        payload = signing.loads(token, salt=_RECEIPT, max_age=_RECEIPT_SECONDS)
        return UUID(payload["c"]), Line.objects.select_related("centre").get(pk=payload["l"])
    except (signing.BadSignature, Line.DoesNotExist):
        raise Http404 from None


@contextmanager
def _serving(request: HttpRequest, line: Line) -> Iterator[None]:
    """Let the block see the contacts of the line's centre, for the one question it asks; nothing of them reaches the page.

    A failure leaves the fence open to the end of a transaction that is rolled back.
    """
    today = clock.today()
    member = Q(memberships__centre=line.centre_id, memberships__from_on__lte=today) & (
        Q(memberships__to_on=None) | Q(memberships__to_on__gt=today)
    )
    seen = Authority.objects.filter(member | Q(owned_lines__centre=line.centre_id)).values_list("pk", flat=True)
    set_fence(user_id=None, authorities=sorted(set(seen)))
    yield
    set_fence(user_id=request.user.pk, authorities=request.authorities)  # type: ignore[attr-defined] # set by staff.fence.Fence


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
