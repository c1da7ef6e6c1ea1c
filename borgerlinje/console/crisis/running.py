"""The page of a crisis: its figures as they are, its log, who has which role, and what it says."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.console.crisis.access import LEADS, READS, access_crisis, access_led_crisis, leads
from borgerlinje.console.crisis.forms import DutyForm, EntryForm, GuideForm, ReasonForm, TextsForm
from borgerlinje.console.standing import user_of
from borgerlinje.contacts.crisis_figures import figures
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines import crisis as write
from borgerlinje.lines.models import Crisis, CrisisDuty, CrisisLine
from borgerlinje.staff.models import RoleAssignment, User
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role


@allowed(*READS)
@require_GET
def crisis(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Show a crisis that goes on; one that is over is read on its evaluation page."""
    found = access_crisis(request, crisis_id)
    if found.ended_at is not None:
        return redirect("console:crisis_evaluation", crisis_id=crisis_id)
    return page_of(request, found)


@allowed(*READS)
@require_GET
def crisis_now(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Answer the changing part of that page; when the crisis is over, where to read on."""
    found = access_crisis(request, crisis_id)
    return render(request, "console/crisis/now.html", now_of(request, found))


@allowed(*LEADS)
@require_POST
def crisis_entry(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Add an entry to the log."""
    found = access_led_crisis(request, crisis_id)
    form = EntryForm(request.POST)
    if not form.is_valid():
        return page_of(request, found, status=422, entry_form=form)
    said = form.cleaned_data
    run_here(
        write.do_write(
            found.pk, said["text"], user_id=user_of(request).pk, now=clock.now(), role=said["role"], kind=said["kind"]
        )
    )
    hints.send_on_commit("queue")
    # Who writes the log goes on writing.
    page = redirect("console:crisis", crisis_id=crisis_id)
    page["Location"] += "?skriv=1"
    return page


@allowed(*LEADS)
@require_POST
def crisis_texts(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Change what the crisis says; the telephone and the citizens' pages say it from the next call on."""
    found = access_led_crisis(request, crisis_id)
    form = TextsForm(request.POST)
    if not form.is_valid():
        return page_of(request, found, status=422, texts_form=form)
    is_changed = run_here(write.do_change_texts(found.pk, form.texts, user_id=user_of(request).pk, now=clock.now()))
    return _back(found, is_done=is_changed)


@allowed(*LEADS)
@require_POST
def crisis_guide(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Give the desks one more guide."""
    found = access_led_crisis(request, crisis_id)
    form = GuideForm(request.POST, prefix="guide")
    if not form.is_valid():
        return page_of(request, found, status=422, guide_form=form)
    is_added = run_here(write.do_add_guide(found.pk, form.guide, user_id=user_of(request).pk, now=clock.now()))
    return _back(found, is_done=is_added)


@allowed(*LEADS)
@require_POST
def crisis_duty(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Give somebody a role of the crisis staff."""
    found = access_led_crisis(request, crisis_id)
    form = DutyForm(request.POST, people=_people())
    if not form.is_valid():
        return page_of(request, found, status=422, duty_form=form)
    said = form.cleaned_data
    run_here(
        write.do_appoint(
            found.pk, said["role"], person_id=int(said["person"]), user_id=user_of(request).pk, now=clock.now()
        )
    )
    return _back(found, is_done=found.ended_at is None)


def _back(found: Crisis, *, is_done: bool) -> HttpResponse:
    """Answer a change with the page as it now is. Raises GoneError for a crisis that ended meanwhile."""
    if not is_done:
        raise GoneError
    hints.send_on_commit(*write.topics_of(list(found.lines.values_list("line_id", flat=True))))
    return redirect("console:crisis", crisis_id=found.pk)


def page_of(request: HttpRequest, found: Crisis, *, status: int = 200, **forms_: forms.BaseForm) -> HttpResponse:
    """Render the whole page; a form given in `forms_` stands in its place with its faults."""
    context: dict[str, Any] = now_of(request, found)
    if context["leads"]:
        mine = next((duty for duty in context["duties"] if duty.user_id == user_of(request).pk), None)
        context |= {
            "entry_form": EntryForm(initial={"role": mine.role if mine else CrisisDuty.Role.LOG_KEEPER}),
            "texts_form": TextsForm.of(found),
            "guide_form": GuideForm(prefix="guide"),
            "duty_form": DutyForm(people=_people()),
            "end_form": ReasonForm(),
            "writes_on": "skriv" in request.GET or "entry_form" in forms_,
        }
    return render(request, "console/crisis/crisis.html", context | forms_, status=status)


def now_of(request: HttpRequest, found: Crisis) -> dict[str, Any]:
    """Return what the changing part of the page shows."""
    now = clock.now()
    entries = found.entries.select_related("by").order_by("-id")
    parts = list(found.lines.select_related("line"))
    return {
        "crisis": found,
        "leads": leads(request, found),
        "figures": figures(found, now=now),
        "is_partial": is_partial(request, found, parts),
        "entries": list(entries),
        "members": list(
            found.members.select_related("authority").prefetch_related("loans").order_by("authority__name")
        ),
        "duties": list(found.duties.filter(to_at__isnull=True).select_related("user")),
        "parts": parts,
        "guides": list(found.guides.all()),
        "may_undo": (now - found.started_at).total_seconds() < write.UNDO_SECONDS,
    }


def is_partial(request: HttpRequest, found: Crisis, parts: Iterable[CrisisLine]) -> bool:
    """Tell whether the person does not see all contacts of a crisis on these lines: those of a member for which they do not work."""
    visible = set(request.authorities)  # type: ignore[attr-defined] # set by staff.fence.Fence
    first_on, last_on = _day(found.started_at), _day(found.ended_at or clock.now())
    members = found.centre.memberships.filter(from_on__lte=last_on).exclude(to_on__lte=first_on)
    owners = {part.line.owner_id for part in parts}
    return not visible >= {*members.values_list("authority", flat=True), *owners}


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.COPENHAGEN).date()


def _people() -> list[User]:
    """Return who can have a role in a crisis: those who lead, plan or manage today, as far as the person knows them."""
    today = clock.today()
    roles = [role.value for role in (*LEADS, Role.PLANNER, Role.AUTHORITY_MANAGER)]
    held = RoleAssignment.objects.filter(role__in=roles, from_on__lte=today)
    in_force = held.filter(Q(to_on__isnull=True) | Q(to_on__gt=today))
    return list(User.objects.filter(is_active=True, pk__in=in_force.values("user")).order_by("name", "email"))
