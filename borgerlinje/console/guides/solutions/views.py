"""The self-service solutions: listed with whether they work now, made and changed, with where each authority's own is."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.guides.access import EDITS, edits_common, edits_local
from borgerlinje.console.guides.solutions import listing, undo
from borgerlinje.console.guides.solutions.access import LOOKS, reach_of
from borgerlinje.console.guides.solutions.form import AddressesForm, SolutionForm
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Opening, Side, Solution
from borgerlinje.guides.solutions import FIELDS, KIND, do_set_address, do_store_solution
from borgerlinje.guides.statuses import WORDS, running
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.permission import allowed

_COUNTED_DAYS = 30
_PAST_STATUSES = 50


@allowed(*LOOKS)
@require_GET
def solutions(request: HttpRequest) -> HttpResponse:
    """Show the solutions that are asked for, those that do not work first."""
    asked = listing.Asked.of(request.GET.dict())
    rows = listing.rows(asked, now=clock.now())
    reach = reach_of(request)
    context = {
        "asked": asked,
        "rows": rows[: listing.MOST],
        "more": max(len(rows) - listing.MOST, 0),
        "states": listing.STATES.items(),
        "owners": listing.OWNERS.items(),
        "tells": bool(reach),
        "own": {status.pk for row in rows for status in row.statuses if reach.covers(status)},
        "edits": edits_common(request),
        "done": undo.done(request),
    }
    return render(request, "console/guides/solutions.html", context)


@allowed(*EDITS)
@require_http_methods(["GET", "POST"])
def solution_new(request: HttpRequest) -> HttpResponse:
    """Make a solution."""
    if not edits_common(request):
        raise NotAllowedError
    return _edit(request, Solution())


@allowed(*LOOKS)
@require_http_methods(["GET", "POST"])
def solution(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a solution with its guides, its statuses and how often it was opened; who edits the common text changes it."""
    found = get_object_or_404(Solution, slug=slug)
    if request.method == "POST" and not edits_common(request):
        raise NotAllowedError
    return _edit(request, found)


@allowed(*EDITS)
@require_POST
def solution_addresses(request: HttpRequest, slug: str) -> HttpResponse:
    """Store where authorities' own citizens find a solution: any one's for who edits the common text, their own for others."""
    found = get_object_or_404(Solution, slug=slug)
    form = _addresses(request, found, request.POST)
    if not form.is_valid():
        return _page(request, found, SolutionForm(solution=found), addresses=form, code=422)
    changed = form.changed()
    for authority in Authority.objects.filter(pk__in=changed):
        do_set_address(found, authority, changed[authority.pk], by=user_of(request), now=clock.now())
    if changed:
        messages.success(request, _("Adresserne er gemt."))
    return redirect("console:solution", found.slug)


def _edit(request: HttpRequest, found: Solution) -> HttpResponse:
    form = SolutionForm(request.POST if request.method == "POST" else None, solution=found)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                do_store_solution(found, form.cleaned_data, by=user_of(request), now=clock.now())
        except IntegrityError:
            form.add_error("name", _("Der er lige kommet en løsning med det navn. Se listen, og prøv igen."))
        else:
            messages.success(request, _("%(solution)s er gemt.") % {"solution": found})
            return redirect("console:solution", found.slug)
    return _page(request, found, form, code=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    found: Solution,
    form: SolutionForm,
    *,
    addresses: AddressesForm | None = None,
    code: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "edits": edits_common(request)}
    if found.pk is not None:
        reach, now = reach_of(request), clock.now()
        statuses = list(found.statuses.select_related("authority", "set_by", "ended_by")[:_PAST_STATUSES])
        lasting = set(running(now).filter(solution=found).values_list("pk", flat=True))
        context |= {
            "solution": found,
            "tells": bool(reach) and (found.retired_on is None or found.retired_on > clock.today()),
            "now": [each for each in statuses if each.pk in lasting],
            "own": {each.pk for each in statuses if reach.covers(each)},
            "statuses": statuses,
            "addresses": addresses or _addresses(request, found),
            "others": list(found.addresses.select_related("authority").order_by("authority__name")),
            "guides": list(found.guides.order_by("title")),
            "opened": _opened(found),
            "counted_days": _COUNTED_DAYS,
            "changes": changes_of(KIND, found.pk, words={**FIELDS, **WORDS}),
            "done": undo.done(request),
        }
    return render(request, "console/guides/solution.html", context, status=code)


def _addresses(request: HttpRequest, found: Solution, data: Any = None) -> AddressesForm:
    """Return the form of the addresses that the person may set; none of them where they may set none."""
    whose = list(Authority.objects.order_by("name")) if edits_common(request) else edits_local(request)
    own = dict(found.addresses.values_list("authority", "url"))
    return AddressesForm(data, own=own, authorities={each.pk: each.full_name for each in whose})


def _opened(found: Solution) -> list[tuple[str, int]]:
    """Return how often the solution was opened from its guides in the last days, by who did."""
    since = clock.today() - timedelta(days=_COUNTED_DAYS)
    counted = Opening.objects.filter(guide__solution=found, on__gt=since).order_by()
    sums = dict(counted.values_list("side").annotate(total=Sum("count")))
    return [(str(side.label), sums.get(side.value, 0)) for side in Side]
