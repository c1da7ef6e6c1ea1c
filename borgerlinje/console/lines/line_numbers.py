"""A line's numbers: given, taken, given back, and which one is shown first."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from borgerlinje.console.lines import undo
from borgerlinje.console.lines.access import SETS, access_line, members_of
from borgerlinje.console.lines.actions import do_give_numbers, do_show_first, do_take_number
from borgerlinje.console.lines.editing import page
from borgerlinje.console.lines.line_forms import NumberForm
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, LineNumber
from borgerlinje.lines.new_line import NumberTakenError
from borgerlinje.lines.numbers import display
from borgerlinje.staff.permission import allowed


@allowed(*SETS)
@require_POST
def line_number_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a line one or more numbers."""
    line = access_line(request, slug)
    form = NumberForm(request.POST, members=members_of(line.centre))
    if not form.is_valid():
        return page(request, line, number_form=form, status=422)
    values = form.cleaned_data
    try:
        with transaction.atomic():
            do_give_numbers(line, values["numbers"], values["home"], by=user_of(request), now=clock.now())
    except NumberTakenError as error:
        form.add_error("numbers", str(error))
        return page(request, line, number_form=form, status=422)
    messages.success(request, _("Gemt. Der kan ringes til nummeret fra nu af."))
    return _back(line)


@allowed(*SETS)
@require_POST
def line_number_remove(request: HttpRequest, slug: str, number_id: int) -> HttpResponse:
    """Take a number from a line; the page offers to give it back."""
    line = access_line(request, slug)
    number = get_object_or_404(LineNumber, pk=number_id, line=line)
    undo.keep(request, number)
    do_take_number(line, number, by=user_of(request), now=clock.now())
    return _back(line)


@allowed(*SETS)
@require_POST
def line_number_restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Give back the number that was just taken. Raises Http404 when there is none any more."""
    line = access_line(request, slug)
    removed = undo.removed(request, line)
    if removed is None:
        raise Http404
    undo.forget(request)
    home = Authority.objects.filter(pk=removed.home_id).first() if removed.home_id is not None else None
    by, now = user_of(request), clock.now()
    try:
        with transaction.atomic():
            do_give_numbers(line, [removed.digits], home, by=by, now=now)
            if removed.was_main:
                do_show_first(line, line.numbers.get(digits=removed.digits), by=by, now=now)
    except NumberTakenError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(number)s hører til linjen igen.") % {"number": display(removed.digits)})
    return _back(line)


@allowed(*SETS)
@require_POST
def line_number_first(request: HttpRequest, slug: str, number_id: int) -> HttpResponse:
    """Let a number be the one that is shown first."""
    line = access_line(request, slug)
    number = get_object_or_404(LineNumber, pk=number_id, line=line)
    do_show_first(line, number, by=user_of(request), now=clock.now())
    messages.success(request, _("%(number)s vises først.") % {"number": display(number.digits)})
    return _back(line)


def _back(line: Line) -> HttpResponse:
    return redirect("console:line_edit", line.slug)
