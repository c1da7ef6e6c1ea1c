"""News and outages: what everybody is told first, from when until when; looked at before it goes out, changed, ended, taken back."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.hours.forms import digest_of
from borgerlinje.console.hours.versions import is_first_look
from borgerlinje.console.lines import notice_undo as undo
from borgerlinje.console.lines.access import READS, SETS, lines_set_by
from borgerlinje.console.lines.notice_form import NoticeForm
from borgerlinje.console.lines.notice_preview import Preview, preview_of
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Centre
from borgerlinje.dispatch.fairness import centres_of
from borgerlinje.kit import clock
from borgerlinje.lines.models import Notice
from borgerlinje.lines.notices import KIND, WORDS, do_change, do_end, do_make, facts
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.permission import allowed

_SHOWN = 100
_SAMENESS = 16


@allowed(*READS)
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show what is told now, what will be, and what was."""
    now = clock.now()
    found = Notice.objects.select_related("centre", "line", "made_by")
    found = found.filter(centre__in=[each.pk for each in centres_of(authorities_as(request, READS))])
    context = {
        "now": sorted((each for each in found.filter(from_at__lte=now) if _lasts(each, now)), key=_outage_first),
        "later": list(found.filter(from_at__gt=now).order_by("from_at")),
        "over": list(found.filter(to_at__lte=now).order_by("-to_at")[:_SHOWN]),
        "sets": bool(authorities_as(request, SETS)),
        "own": set(found.filter(_set_by(request)).values_list("pk", flat=True)),
        "done": undo.done(request),
    }
    return render(request, "console/lines/notices.html", context)


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def notice_new(request: HttpRequest) -> HttpResponse:
    """Write a notice, `som` like one that was told before; looked at first, and the telephone says it from the next call on."""
    if request.method == "GET":
        number = request.GET.get("som", "")
        like = _mine(request).filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
        return _page(request, None, _form(request, None, like=like))
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, None, form, status=422)
    notice, now = form.stored(), clock.now()
    if is_first_look(request, form):
        return _page(request, None, form, seen=preview_of(notice, instead_of=None, now=now))
    do_make(notice, by=user_of(request), now=now)
    said = _("Beskeden er gemt og gælder fra det tidspunkt, du har valgt.")
    if notice.from_at <= now:
        said = _("Beskeden gælder nu. I telefonen siges den fra det næste opkald.")
    undo.keep(request, notice.pk, said=said, before=None, after=undo.values_of(notice))
    return redirect("console:notices")


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def notice_edit(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Show a notice with who changed what, and change one that is not over; looked at first."""
    now = clock.now()
    mine = _mine(request).select_related("centre", "line")
    locked = mine.select_for_update(of=("self",)) if request.method == "POST" else mine
    notice = get_object_or_404(locked, pk=notice_id)
    if not _lasts(notice, now):
        if request.method == "POST":
            messages.error(request, _("Beskeden er slut og kan ikke rettes mere. Intet er gemt."))
        return _page(request, notice, None, status=409 if request.method == "POST" else 200)
    if request.method == "GET":
        return _page(request, notice, _form(request, None, notice=notice))
    form = _form(request, request.POST, notice=notice)
    if form.is_valid() and request.POST.get("stand") != _standing(notice):
        said = _("En anden har ændret beskeden, mens du skrev. Se under Ændringer, hvad der gælder nu, og prøv igen.")
        form.add_error(None, said)
    if not form.is_valid():
        return _page(request, notice, form, status=422)
    new = form.stored()
    if is_first_look(request, form):
        return _page(request, notice, form, seen=preview_of(new, instead_of=notice, now=now))
    before = undo.values_of(notice)
    do_change(notice, new, by=user_of(request), now=now)
    said = _("Beskeden er ændret. I telefonen siges den nye fra det næste opkald.")
    undo.keep(request, new.pk, said=said, before=before, after=undo.values_of(new))
    return redirect("console:notices")


@allowed(*SETS)
@require_POST
def notice_end(request: HttpRequest, notice_id: int) -> HttpResponse:
    """End a notice now; one that has not begun is taken away."""
    now = clock.now()
    notice = get_object_or_404(_mine(request).select_for_update(of=("self",)), pk=notice_id)
    if _lasts(notice, now):
        before = undo.values_of(notice)
        is_removed = do_end(notice, by=user_of(request), now=now)
        said = _("Beskeden er taget væk, før den begyndte.") if is_removed else _("Beskeden er slut.")
        undo.keep(request, notice_id, said=said, before=before, after=None if is_removed else undo.values_of(notice))
    return redirect("console:notices")


@allowed(*SETS)
@require_POST
def notice_undo(request: HttpRequest) -> HttpResponse:
    """Take back what the person just did to a notice, unless somebody has touched it since. Raises Http404 when there is nothing."""
    done, now, by = undo.done(request), clock.now(), user_of(request)
    if done is None:
        raise Http404
    undo.forget(request)
    notice = _mine(request).select_for_update(of=("self",)).filter(pk=done.notice_id).first()
    before = undo.notice_from(done.notice_id, done.before) if done.before is not None else None
    is_as_left = undo.values_of(notice) == done.after
    if not is_as_left or (before is not None and not _may_set(request, before)):
        messages.error(request, _("Beskeden er ændret af en anden imens. Den er ikke rørt."))
        return redirect("console:notices")
    match notice, before:
        case Notice(), None:
            do_end(notice, by=by, now=now)
        case None, Notice():
            do_make(before, by=by, now=now)
        case Notice(), Notice():
            do_change(notice, before, by=by, now=now)
        case _nothing:
            raise Http404
    messages.success(request, _("Det er fortrudt."))
    return redirect("console:notices")


def _form(request: HttpRequest, data: Any, *, notice: Notice | None = None, like: Notice | None = None) -> NoticeForm:
    lines = list(lines_set_by(request))
    return NoticeForm(data, centres=_centres(request), lines=lines, now=clock.now(), notice=notice, like=like)


def _page(
    request: HttpRequest,
    notice: Notice | None,
    form: NoticeForm | None,
    *,
    seen: Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "notice": notice,
        "form": form,
        "seen": seen,
        "digest": digest_of(form) if seen is not None and form is not None else "",
        "stand": _standing(notice) if notice is not None else "",
        "has_begun": notice is not None and notice.from_at <= clock.now(),
        "changes": changes_of(KIND, notice.pk, words=WORDS) if notice is not None else [],
    }
    return render(request, "console/lines/notice.html", context, status=status)


def _standing(notice: Notice) -> str:
    """Return what tells a notice as it is stored from what it was when somebody opened it."""
    return sha256(repr(sorted(facts(notice).items())).encode()).hexdigest()[:_SAMENESS]


def _mine(request: HttpRequest) -> Any:
    return Notice.objects.filter(_set_by(request))


def _may_set(request: HttpRequest, notice: Notice) -> bool:
    if notice.line_id is not None and lines_set_by(request).filter(pk=notice.line_id).exists():
        return True
    return any(each.pk == notice.centre_id for each in _centres(request))


def _centres(request: HttpRequest) -> list[Centre]:
    """Return the centres that the person may speak for as a whole: those housed where they hold the role."""
    return list(Centre.objects.filter(host__in=authorities_as(request, SETS)))


def _set_by(request: HttpRequest) -> Q:
    return Q(line__in=lines_set_by(request)) | Q(centre__in=_centres(request))


def _lasts(notice: Notice, now: datetime) -> bool:
    return notice.to_at is None or notice.to_at > now


def _outage_first(notice: Notice) -> tuple[bool, datetime]:
    return notice.kind != Notice.Kind.OUTAGE, notice.from_at
