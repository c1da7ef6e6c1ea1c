"""Where crises are found, and where one begins: a form, what it will do in words, and one button."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from borgerlinje.console.crisis.access import ANSWERS, LEADS, READS, askable, centres_led, crises_of
from borgerlinje.console.crisis.forms import CrisisForm
from borgerlinje.console.crisis.presets import PRESETS
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Centre
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines import crisis, queries
from borgerlinje.lines.models import Crisis, CrisisMember
from borgerlinje.staff.permission import allowed


@dataclass(frozen=True, slots=True)
class WaitingNow:
    """How many wait on the lines of a crisis as it begins, and the longest of them, in seconds."""

    count: int
    longest_seconds: float


@allowed(*READS)
@require_GET
def crises(request: HttpRequest) -> HttpResponse:
    """Show the crises that go on, who asks for employees, and those that are over."""
    found = list(crises_of(request)[:100])
    led = centres_led(request)
    busy = {each.centre_id for each in found if each.ended_at is None}
    context = {
        "running": [each for each in found if each.ended_at is None],
        "over": [each for each in found if each.ended_at is not None],
        "centres": [each for each in led if each.pk not in busy],
        "calls": calls_for(request),
    }
    return render(request, "console/crisis/crises.html", context)


def calls_for(request: HttpRequest) -> list[CrisisMember]:
    """Return what authorities for which the person answers are asked for in crises that go on."""
    mine = authorities_as(request, ANSWERS)
    members = CrisisMember.objects.filter(crisis__ended_at__isnull=True, authority__in=mine)
    return list(members.select_related("crisis__centre", "authority"))


@allowed(*LEADS)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Show the form; when it is filled in, what it will do; when that is confirmed, begin the crisis in one transaction."""
    centre = _centre(request)
    running = Crisis.objects.filter(centre=centre, ended_at__isnull=True).first()
    if running is not None:
        return redirect("console:crisis", crisis_id=running.pk)
    preset = request.GET.get("skabelon", "tom")
    form = CrisisForm(
        request.POST if request.method == "POST" else None,
        centre=centre,
        preset=PRESETS.get(preset, PRESETS["tom"]),
        askable=askable(centre),
    )
    context: dict[str, Any] = {"form": form, "centre": centre, "presets": PRESETS, "chosen": preset}
    # Somebody who goes back to change something has the form again, with all they wrote.
    if request.method == "GET" or "ret" in request.POST:
        return render(request, "console/crisis/begin.html", context)
    if not form.is_valid():
        return render(request, "console/crisis/begin.html", context, status=422)
    if "bekraeft" not in request.POST:
        return render(request, "console/crisis/confirm.html", context | _consequences(request, form))
    crisis_id = run_here(crisis.do_begin_crisis(form.plan, user_id=user_of(request).pk, now=clock.now()))
    hints.send_on_commit(*crisis.topics_of(form.plan.lines))
    return redirect("console:crisis", crisis_id=crisis_id)


def _centre(request: HttpRequest) -> Centre:
    """Return the centre that is asked for, or the only one. Raises NotAllowedError for who leads none."""
    led = centres_led(request)
    asked = request.GET.get("center")
    centre = next((each for each in led if each.slug == asked), None if asked or not led else led[0])
    if centre is None:
        raise NotAllowedError(_("Kun sekretariatet og administratorer hos centrets vært kan begynde en krise."))
    return centre


def _consequences(request: HttpRequest, form: CrisisForm) -> dict[str, Any]:
    """Return what the page needs to say what will happen, and everything that was written, to send it once more."""
    now = clock.now()
    loads = queries.loads([line.pk for line in form.joining()], at=now).values()
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    return {
        "plan": form.plan,
        "opened": form.joining("open"),
        "joined": form.joining("part"),
        "asked": form.asked,
        "waiting": WaitingNow(
            sum(load.waiting for load in loads), max((load.longest_wait_seconds for load in loads), default=0.0)
        ),
        "sent": sent,
    }
