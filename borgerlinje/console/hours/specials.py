"""Special days: made on one line or on several, changed, removed and put back; looked at before they are stored."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from borgerlinje.console.hours import preview, undo
from borgerlinje.console.hours.actions import do_remove_special, do_remove_specials, do_special, do_specials
from borgerlinje.console.hours.forms import SpecialForm, digest_of
from borgerlinje.console.hours.specials_form import SpecialsForm
from borgerlinje.console.hours.versions import back, is_first_look, schedule_of, seen_days
from borgerlinje.console.hours.words import long_date
from borgerlinje.console.lines.access import SETS, access_line, lines_set_by
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock, hints
from borgerlinje.lines.models import Line, SpecialDay
from borgerlinje.staff.permission import allowed

if TYPE_CHECKING:
    from django.db.models import QuerySet


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def line_special_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a date special (`dato` is the one that was chosen), or several, on one line or more; all of it or nothing."""
    line, today = access_line(request, slug), clock.today()
    lines = _lines(request, line)
    if request.method == "GET":
        on = _date_asked(request.GET.get("dato", ""), today)
        return _page(request, line, None, SpecialsForm(line=line, today=today, lines=lines, on=on))
    form = SpecialsForm(request.POST, line=line, today=today, lines=lines)
    if not form.is_valid():
        return _page(request, line, None, form, status=422)
    if is_first_look(request, form):
        is_own = form.is_single and form.plan[0].line == line
        seen = _seen(line, None, form, today) if is_own else {"digest": digest_of(form), "lines": form.plan}
        return _page(request, line, None, form, seen=seen)
    try:
        with transaction.atomic():
            do_specials(
                form.made(), spans=form.spans(), why=form.cleaned_data["note"], by=user_of(request), now=clock.now()
            )
    except IntegrityError:
        form.add_error(None, _("En af dagene er lige blevet en særlig dag. Der er ikke lavet noget. Se igen."))
        return _page(request, line, None, form, status=422)
    undo.keep_made(request, form.made(), form.spans(), form.cleaned_data["note"])
    _hint(form.made())
    return back(line)


@allowed(*SETS)
@require_POST
def line_specials_unmake(request: HttpRequest, slug: str) -> HttpResponse:
    """Take away again what was just made, on every line, unless somebody has touched it since. Raises Http404 when there is nothing."""
    line = access_line(request, slug)
    made = undo.made(request, line)
    if made is None:
        raise Http404
    undo.forget_made(request)
    lines = {each.pk: each for each in lines_set_by(request).filter(pk__in=made.days)}
    dates = {on for several in made.days.values() for on in several}
    stored = SpecialDay.objects.select_for_update(of=("self",)).filter(line__in=lines, on__in=dates)
    found = [day for day in stored.prefetch_related("more") if day.on in made.days[day.line_id]]
    if not made.is_as_made(found):
        messages.error(request, _("En af dagene er ændret imens. Der er ikke fjernet noget."))
        return back(line)
    days: dict[Line, list[SpecialDay]] = {}
    for day in sorted(found, key=lambda each: each.on):
        days.setdefault(lines[day.line_id], []).append(day)
    do_remove_specials(days, by=user_of(request), now=clock.now())
    messages.success(request, _("Det er fortrudt. De særlige dage er fjernet igen."))
    _hint(days)
    return back(line)


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


def _lines(request: HttpRequest, line: Line) -> "QuerySet[Line]":
    """Return the lines of the same centre that the person may set, this one first among those that are in use."""
    in_use = Q(ended_on__isnull=True) | Q(ended_on__gt=clock.today()) | Q(pk=line.pk)
    return lines_set_by(request).filter(in_use, centre=line.centre_id).order_by("name")


def _date_asked(asked: str, today: date) -> date | None:
    """Return the date that was chosen in the calendar; None when it is none, or over."""
    try:
        on = date.fromisoformat(asked)
    except ValueError:
        return None
    return on if on >= today else None


def _hint(days: Iterable[Line]) -> None:
    """Let the telephone read these lines' hours anew."""
    hints.send_on_commit(*(f"line:{each.pk}" for each in days), "dispatch", "queue")


def _edit(request: HttpRequest, line: Line, day: SpecialDay) -> HttpResponse:
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
    context = {"line": line, "day": day, "form": form, "seen": seen, "several": {"all_lines", "lines", "keeps"}}
    return render(request, "console/hours/special.html", context, status=status)


def _access_day(line: Line, day_id: int) -> SpecialDay:
    """Return a special day of the line that is not over. Raises Http404."""
    return get_object_or_404(SpecialDay, pk=day_id, line=line, on__gte=clock.today())
