"""The list that an editor works off: what readers said, sought in vain, or were passed on with."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.console.guides.access import EDITS, edits_common
from borgerlinje.console.guides.figures import undo
from borgerlinje.console.guides.figures.scope import Readers, kept_by, readers
from borgerlinje.guides.models import Guide
from borgerlinje.guides.work import DAYS, Kind, do_mark, do_unmark, to_do, with_remarks
from borgerlinje.kit import clock
from borgerlinje.staff.permission import allowed

SHOWN = 25


@allowed(*EDITS)
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Show what there is to do, what concerns most people first."""
    asked, kind = readers(request, EDITS), _kind(request.GET.get("slags", ""))
    items = to_do(asked.scope, now=clock.now(), kind=kind, own=kept_by(request))
    page = Paginator(items, SHOWN).get_page(request.GET.get("side"))
    passed_on = [each.key for each in page.object_list if each.kind is Kind.TRANSFERRED]
    context = {
        "asked": asked,
        "kind": kind or "",
        "kinds": Kind.choices,
        "page": page,
        "items": with_remarks(page.object_list, asked.scope),
        "is_filtered": bool(kind or asked.authority or asked.side),
        "days": DAYS,
        "marked": undo.last(request),
        "edits_common": edits_common(request),
        "kept": set(Guide.objects.filter(kept_by(request), slug__in=passed_on).values_list("slug", flat=True)),
    }
    return render(request, "console/guides/work.html", context)


@allowed(*EDITS)
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Mark an item as done, for the readers the list was about; the list then offers to take it back. Raises Http404 for what is none of it."""
    asked, kind, key = readers(request, EDITS), _kind(request.POST.get("slags", "")), request.POST.get("hvad", "")
    now = clock.now()
    if kind is None or (kind is Kind.TRANSFERRED and not _keeps(request, key)):
        raise Http404
    try:
        before = do_mark(kind, key, asked.scope, until=request.POST.get("til", ""), now=now)
    except ValueError as error:
        raise Http404 from error
    undo.keep(request, undo.Marked(kind, key, request.POST.get("titel", "")[:120] or key, now, before))
    return redirect(address(asked, request.POST.get("vis", "")))


@allowed(*EDITS)
@require_POST
def unmark(request: HttpRequest) -> HttpResponse:
    """Put back what the person marked last. Raises Http404 when it is too late."""
    asked, marked = readers(request, EDITS), undo.last(request)
    if marked is None or (marked.kind is Kind.TRANSFERRED and not _keeps(request, marked.key)):
        raise Http404
    do_unmark(marked.kind, marked.key, asked.scope, at=marked.at, before=marked.before)
    undo.forget(request)
    messages.success(request, _("»%(title)s« står på listen igen.") % {"title": marked.title})
    return redirect(address(asked, request.POST.get("vis", "")))


def address(asked: Readers, kind: str) -> str:
    """Return the list's address with the same filters."""
    chosen = {"myndighed": asked.authority, "fra": asked.side, "slags": kind if kind in Kind.values else ""}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return reverse("console:guide_work") + (f"?{query}" if query else "")


def _kind(value: str) -> Kind | None:
    return Kind(value) if value in Kind.values else None


def _keeps(request: HttpRequest, slug: str) -> bool:
    """Tell whether a person keeps a guide's common text: whoever writes a local one sees its figures, and does not put them away for all."""
    return Guide.objects.filter(kept_by(request), slug=slug).exists()
