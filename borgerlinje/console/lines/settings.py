"""The lines a person sets: what each does on the telephone, and its agreements on overflow."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.lines.access import SETS, access_line, centres_for_lines, lines_set_by
from borgerlinje.console.lines.forms import LineForm, OverflowForm, rings
from borgerlinje.console.lines.words import consequences
from borgerlinje.kit import clock, hints
from borgerlinje.lines.models import Line, LineNumber, Overflow
from borgerlinje.lines.numbers import display
from borgerlinje.lines.queries import has_ended
from borgerlinje.staff.permission import allowed


@allowed(*SETS)
@require_GET
def lines(request: HttpRequest) -> HttpResponse:
    """Show the lines a person sets; those that are closed for good come last."""
    found = lines_set_by(request).prefetch_related(
        Prefetch("numbers", LineNumber.objects.order_by("-is_main", "digits"))
    )
    rows = [(line, [display(each.digits) for each in line.numbers.all()], has_ended(line)) for line in found]
    context = {"lines": sorted(rows, key=lambda row: row[2]), "may_make": bool(centres_for_lines(request))}
    return render(request, "console/lines/lines.html", context)


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def line_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a line does on the telephone, or change it: the telephone does so from the next call on."""
    line = access_line(request, slug)
    if request.method == "GET":
        return _page(request, line)
    form = LineForm(request.POST, instance=line)
    if not form.is_valid():
        # The form has already written on its line: the page tells of the one that is stored.
        return _page(request, access_line(request, slug), form=form, status=422)
    form.save()
    messages.success(request, _("Gemt. Det gælder fra det næste opkald."))
    return _back(line)


@allowed(*SETS)
@require_POST
def overflow_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Store an agreement that a line's citizens are sent on."""
    line = access_line(request, slug)
    form = OverflowForm(request.POST, line=line)
    if not form.is_valid():
        return _page(request, line, overflow_form=form, status=422)
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error("from_on", _("Der gælder allerede en aftale i den tid. Se listen, og prøv igen."))
        return _page(request, line, overflow_form=form, status=422)
    messages.success(request, _("Aftalen gælder fra den dato, du valgte."))
    return _back(line)


@allowed(*SETS)
@require_POST
def overflow_end(request: HttpRequest, slug: str, overflow_id: int) -> HttpResponse:
    """End an agreement today; one that has not begun is taken away."""
    line = access_line(request, slug)
    overflow = get_object_or_404(Overflow.objects.exclude(to_on__lte=clock.today()), pk=overflow_id, line=line)
    if overflow.from_on >= clock.today():
        overflow.delete()
    else:
        overflow.to_on = clock.today()
        overflow.save(update_fields=["to_on"])
    messages.success(request, _("Aftalen er slut."))
    return _back(line)


def _back(line: Line) -> HttpResponse:
    hints.send_on_commit(f"line:{line.pk}", "dispatch", "queue")
    return redirect("console:line_settings", slug=line.slug)


def _page(request: HttpRequest, line: Line, *, status: int = 200, **forms: Any) -> HttpResponse:
    today = clock.today()
    agreements = list(line.overflows.select_related("to_line__centre").order_by("-from_on"))
    in_force = next(
        (each for each in agreements if each.from_on <= today and (each.to_on is None or each.to_on > today)), None
    )
    context = {
        "line": line,
        "form": LineForm(instance=line),
        "overflow_form": OverflowForm(line=line),
        "agreements": agreements,
        "in_force": in_force,
        "today": today,
        "rings": [" → ".join(each.name for each in chain) for chain in rings(line, today=today)],
        "incoming": list(line.overflows_in.select_related("line__centre").exclude(to_on__lte=today)),
        "says": list(consequences(line, in_force)),
    }
    return render(request, "console/lines/settings.html", context | forms, status=status)
