"""A line that is closed for good from a date, after what happens then has been read; and one that is opened again."""

from collections.abc import Iterator
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from borgerlinje.console.lines.access import SETS, access_line
from borgerlinje.console.lines.actions import do_end
from borgerlinje.console.lines.editing import page
from borgerlinje.console.lines.line_forms import EndForm
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock
from borgerlinje.lines import queries
from borgerlinje.lines.models import Line
from borgerlinje.lines.numbers import display
from borgerlinje.staff.permission import allowed


@allowed(*SETS)
@require_POST
def line_end(request: HttpRequest, slug: str) -> HttpResponse:
    """Close a line from a date on: first what happens is shown, then it is stored."""
    line = access_line(request, slug)
    form = EndForm(request.POST)
    if not form.is_valid():
        return page(request, line, end_form=form, status=422)
    on: date = form.cleaned_data["ended_on"]
    # What is stored is what was read: another date is shown first.
    if "vis" in request.POST or request.POST.get("set") != on.isoformat():
        return page(request, line, end_form=form, end_seen=on, end_says=list(ending_says(line, on, now=clock.now())))
    do_end(line, on, by=user_of(request), now=clock.now())
    messages.success(request, _("Gemt. Linjen kan åbnes igen her på siden."))
    return redirect("console:line_edit", line.slug)


@allowed(*SETS)
@require_POST
def line_reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a line again, or let it go on: its hours, numbers and texts are as they were."""
    line = access_line(request, slug)
    do_end(line, None, by=user_of(request), now=clock.now())
    messages.success(request, _("Linjen følger sine åbningstider igen."))
    return redirect("console:line_edit", line.slug)


def ending_says(line: Line, on: date, *, now: datetime) -> Iterator[str]:
    """Yield what happens when a line closes for good on a date, in sentences."""
    yield from _those_who_wait(line, on, now)
    yield _("Den, der er lovet at blive ringet op, bliver det stadig.")
    yield from _those_who_call(line)
    yield _("Linjen vises ikke længere på borgersiden, og ingen kan stilles om til den.")
    sending = [each.line.name for each in line.overflows_in.select_related("line").exclude(to_on__lte=on)]
    if sending:
        said = _("Aftalen om overløb fra %(lines)s virker ikke længere: de borgere bliver, hvor de ringede til.")
        yield said % {"lines": ", ".join(sending)}
    yield _(
        "Henvendelser, noter og tal bliver, som de er. Åbningstider, numre og tekster gemmes, hvis linjen åbnes igen."
    )


def _those_who_wait(line: Line, on: date, now: datetime) -> Iterator[str]:
    waiting = queries.load(line.pk, at=now).waiting
    served = (
        _("De, der venter, når linjen lukker, bliver betjent.")
        if line.serves_waiting_after_close
        else _("De, der venter, når linjen lukker, får besked og bliver ikke betjent.")
    )
    if on <= clock.today():
        count = ngettext("%(count)d venter i køen nu.", "%(count)d venter i køen nu.", waiting) % {"count": waiting}
        yield (count if waiting else _("Ingen venter i køen nu.")) + " " + served
        yield _("Samtaler, der er i gang, går færdig.")
    else:
        yield served


def _those_who_call(line: Line) -> Iterator[str]:
    numbers = ", ".join(display(each.digits) for each in line.numbers.order_by("-is_main", "digits"))
    if not numbers:
        return
    sent_on = (
        line.overflows.filter(when_closed=True).exclude(to_on__lte=clock.today()).select_related("to_line").first()
    )
    if sent_on is not None:
        said = _("Den, der ringer til %(numbers)s, stilles til %(line)s, når den har åbent. Ellers siges »%(text)s«")
        yield said % {"numbers": numbers, "line": sent_on.to_line, "text": line.closed_text}
    else:
        said = _("Den, der ringer til %(numbers)s, hører »%(text)s« Ret teksten under »Telefon og overløb« først.")
        yield said % {"numbers": numbers, "text": line.closed_text}
