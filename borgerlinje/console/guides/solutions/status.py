"""Say that a solution does not work, in one act: looked at first, changed, ended, taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from borgerlinje.console.guides.solutions import undo
from borgerlinje.console.guides.solutions.access import TELLS, Reach, concerned, lines_of, reach_of
from borgerlinje.console.guides.solutions.status_form import StatusForm
from borgerlinje.console.hours.forms import digest_of
from borgerlinje.console.hours.versions import is_first_look
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Guide, Solution, SolutionStatus
from borgerlinje.guides.reading import holding
from borgerlinje.guides.statuses import as_news, do_end_status, do_reopen, do_set_status, lines_told, running
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.lines.models import Line
from borgerlinje.portal.templatetags.news import Told, told_in
from borgerlinje.staff.permission import allowed

_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Preview:
    """Where a status will be told: it is not stored yet."""

    status: SolutionStatus
    lines: list[Line]
    guides: list[Guide]
    shown: list[Told]


@allowed(*TELLS)
@require_http_methods(["GET", "POST"])
def solution_status(request: HttpRequest, slug: str) -> HttpResponse:
    """Set or change what is said of a solution; `status` names the one that is changed. Raises Http404 for one that is over."""
    solution, now = get_object_or_404(Solution, slug=slug), clock.now()
    if solution.retired_on is not None and solution.retired_on <= clock.today():
        raise Http404
    reach = _reach(request)
    status = _asked(request, solution, reach, now)
    offered = lines_of(request)
    told = lines_told(status) if status is not None else []
    form = StatusForm(
        request.POST if request.method == "POST" else None,
        solution=solution,
        reach=reach,
        lines=offered,
        chosen=told if status is not None else concerned(solution, offered),
        now=now,
        status=status,
    )
    if request.method == "GET":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, code=422)
    authority = form.authority_chosen()
    old = running(now).filter(solution=solution, authority=authority).first()
    if status is None and old is not None:
        told = lines_told(old)
    # A line that is another's to set goes on saying it.
    lines = [*form.lines_chosen(), *(each for each in told if each not in offered)]
    if is_first_look(request, form):
        return _page(request, form, seen=_preview(form, authority, lines))
    before = undo.values_of(old)
    stored = do_set_status(
        solution,
        authority=authority,
        kind=form.cleaned_data["kind"],
        text=form.cleaned_data["text"],
        text_en=form.cleaned_data["text_en"],
        until_at=form.until(),
        lines=lines,
        now=now,
        by=user_of(request),
    )
    said = _("%(solution)s: det siges nu på siderne, ved bordet og i telefonen fra det næste opkald.")
    undo.keep(request, stored.pk, said=said % {"solution": solution}, before=before, after=undo.values_of(stored))
    return redirect("console:solutions")


@allowed(*TELLS)
@require_POST
def solution_status_end(request: HttpRequest, status_id: int) -> HttpResponse:
    """End a status and what the lines say of it. Raises Http404 for one that the person may not end."""
    now, status = clock.now(), _locked(request, status_id)
    if status is None:
        raise Http404
    if status.until_at is None or status.until_at > now:
        before = undo.values_of(status)
        is_removed = do_end_status(status, now=now, by=user_of(request))
        said = _("%(solution)s virker igen. Ingen siger andet nu.") % {"solution": status.solution}
        undo.keep(request, status_id, said=said, before=before, after=None if is_removed else undo.values_of(status))
    return redirect("console:solutions")


@allowed(*TELLS)
@require_POST
def solution_status_undo(request: HttpRequest) -> HttpResponse:
    """Take back what the person just did to a status, unless somebody has touched it since. Raises Http404 when there is nothing."""
    done, now, by = undo.done(request), clock.now(), user_of(request)
    if done is None:
        raise Http404
    undo.forget(request)
    status = _locked(request, done.status_id)
    if status is None or undo.values_of(status) != done.after:
        messages.error(request, _("Nogen har ændret det imens. Der er ikke rørt ved noget."))
        return redirect("console:solutions")
    if done.before is None:
        do_end_status(status, now=now, by=by)
    else:
        _do_put_back(status, done.before, now=now, by=by)
    messages.success(request, _("Det er fortrudt."))
    return redirect("console:solutions")


def _do_put_back(status: SolutionStatus, before: dict[str, Any], *, now: datetime, by: Any) -> None:
    until_at = datetime.fromisoformat(before["until_at"]) if before["until_at"] else None
    lines = list(Line.objects.filter(pk__in=before["lines"]))
    if status.until_at is not None and status.until_at <= now:
        do_reopen(status, until_at=until_at, lines=lines, now=now, by=by)
        return
    texts = {name: before[name] for name in ("kind", "text", "text_en")}
    do_set_status(status.solution, authority=status.authority, **texts, until_at=until_at, lines=lines, now=now, by=by)


def _reach(request: HttpRequest) -> Reach:
    reach = reach_of(request)
    if not reach:
        raise NotAllowedError
    return reach


def _asked(request: HttpRequest, solution: Solution, reach: Reach, now: datetime) -> SolutionStatus | None:
    """Return the status that is to be changed; None: a new one is set. Raises Http404 for one that is not the person's, or over."""
    number = request.GET.get("status", "")
    if not number:
        return None
    found = running(now).filter(solution=solution).select_related("authority")
    status = (
        found.filter(pk=int(number)).first()
        if number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
        else None
    )
    if status is None or not reach.covers(status):
        raise Http404
    return status


def _locked(request: HttpRequest, status_id: int) -> SolutionStatus | None:
    found = SolutionStatus.objects.select_for_update(of=("self",)).select_related("solution", "authority")
    status = found.filter(pk=status_id).first()
    return status if status is not None and _reach(request).covers(status) else None


def _preview(form: StatusForm, authority: Authority | None, lines: list[Line]) -> Preview:
    values = form.cleaned_data
    status = SolutionStatus(
        solution=form.solution,
        authority=authority,
        kind=values["kind"],
        text=values["text"],
        text_en=values["text_en"],
        from_at=form.now,
        until_at=form.until(),
    )
    guides = Guide.objects.filter(holding(clock.today()), solution=form.solution)
    return Preview(status, lines, list(guides), told_in([as_news(status)], "da"))


def _page(request: HttpRequest, form: StatusForm, *, seen: Preview | None = None, code: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "solution": form.solution,
        "status": form.status,
        "seen": seen,
        "digest": digest_of(form) if seen is not None else "",
    }
    return render(request, "console/guides/solution_status.html", context, status=code)
