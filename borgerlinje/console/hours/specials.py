"""A line's special days: made, changed, removed and put back; looked at before they are stored."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from borgerlinje.console.hours import preview, undo
from borgerlinje.console.hours.actions import do_remove_special, do_special
from borgerlinje.console.hours.forms import SpecialForm, digest_of
from borgerlinje.console.hours.versions import back, is_first_look, schedule_of, seen_days
from borgerlinje.console.hours.words import long_date
from borgerlinje.console.lines.access import SETS, access_line
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, SpecialDay
from borgerlinje.staff.permission import allowed


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def line_special_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a date special."""
    return _edit(request, access_line(request, slug), None)


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def line_special(request: HttpRequest, slug: str, day_id: int) -> HttpResponse:
    """Change a special day that is not over."""
    line = access_line(request, slug)
    return _edit(request, line, _access_day(line, day_id))


@allowed(*SETS)
@require_POST
def line_special_remove(request: HttpRequest, slug: str, day_id: int) -> HttpResponse:
    """Take a special day away; the page offers to put it back."""
    line = access_line(request, slug)
    day = _access_day(line, day_id)
    undo.keep(request, day)
    do_remove_special(line, day, by=user_of(request), now=clock.now())
    return back(line)


@allowed(*SETS)
@require_POST
def line_special_restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Put back the special day that was just removed. Raises Http404 when there is none any more."""
    line = access_line(request, slug)
    removed = undo.removed(request, line)
    if removed is None:
        raise Http404
    undo.forget(request)
    said = {"date": long_date(removed.on)}
    try:
        with transaction.atomic():
            do_special(
                line,
                None,
                on=removed.on,
                spans=removed.spans,
                why=removed.why,
                by=user_of(request),
                now=clock.now(),
            )
    except IntegrityError:
        messages.error(request, _("%(date)s er blevet en anden særlig dag imens. Den er ikke rørt.") % said)
    else:
        messages.success(request, _("%(date)s er en særlig dag igen.") % said)
    return back(line)


def _edit(request: HttpRequest, line: Line, day: SpecialDay | None) -> HttpResponse:
    today = clock.today()
    if request.method == "GET":
        return _page(request, line, day, SpecialForm(line=line, today=today, day=day))
    form = SpecialForm(request.POST, line=line, today=today, day=day)
    if not form.is_valid():
        return _page(request, line, day, form, status=422)
    if is_first_look(request, form):
        return _page(request, line, day, form, seen=_seen(line, day, form, today))
    values = form.cleaned_data
    try:
        with transaction.atomic():
            do_special(
                line,
                day,
                on=values["on"],
                spans=form.spans(),
                why=values["note"],
                by=user_of(request),
                now=clock.now(),
            )
    except IntegrityError:
        form.add_error("on", _("Datoen er lige blevet en særlig dag. Se listen, og prøv igen."))
        return _page(request, line, day, form, status=422)
    messages.success(request, _("%(date)s er gemt som særlig dag.") % {"date": long_date(values["on"]).capitalize()})
    return back(line)


def _seen(line: Line, day: SpecialDay | None, form: SpecialForm, today: date) -> dict[str, Any]:
    on = form.cleaned_data["on"]
    first = preview.around(on, today=today)
    before = schedule_of(line, {first.year, (first + timedelta(days=preview.DAYS)).year})
    instead_of = day.on if day is not None else None
    after = preview.with_special(before, on, form.spans(), form.cleaned_data["note"], instead_of=instead_of)
    return {**seen_days(before, after, first), "digest": digest_of(form)}


def _page(
    request: HttpRequest,
    line: Line,
    day: SpecialDay | None,
    form: SpecialForm,
    *,
    seen: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"line": line, "day": day, "form": form, "seen": seen}
    return render(request, "console/hours/special.html", context, status=status)


def _access_day(line: Line, day_id: int) -> SpecialDay:
    """Return a special day of the line that is not over. Raises Http404."""
    return get_object_or_404(SpecialDay, pk=day_id, line=line, on__gte=clock.today())
