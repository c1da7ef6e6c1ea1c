"""Memberships of a centre: joining, leaving, another phase; each looked at before it is stored."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.centres import access, undo
from borgerlinje.console.centres.actions import do_end, do_join, do_phase, do_withdraw, lock, tell
from borgerlinje.console.centres.member_forms import EndForm, MemberForm, PhaseForm, short
from borgerlinje.console.centres.undo import Step
from borgerlinje.console.centres.words import ending_says, joining_says, phase_says
from borgerlinje.console.hours.forms import digest_of
from borgerlinje.console.hours.versions import is_first_look
from borgerlinje.cooperation.models import Centre, Membership
from borgerlinje.kit import clock
from borgerlinje.kit.errors import GoneError
from borgerlinje.staff.permission import allowed


@allowed(*access.SETS)
@require_http_methods(["GET", "POST"])
def member_new(request: HttpRequest, centre_id: int) -> HttpResponse:
    """Let an authority join a centre; say first what that does, and store what was looked at."""
    centre = access.access_centre_to_set(request, centre_id)
    candidates = access.every_authority()
    if request.method == "GET":
        asked = request.GET.get("myndighed", "")
        return _new_page(
            request, centre, MemberForm(centre=centre, authorities=candidates, initial={"authority": asked})
        )
    lock(centre)
    form = MemberForm(request.POST, centre=centre, authorities=candidates)
    if not form.is_valid():
        return _new_page(request, centre, form, status=422)
    values = form.cleaned_data
    if is_first_look(request, form):
        says = joining_says(centre, values["authority"], values["from_on"], form.to_on)
        return _new_page(request, centre, form, says=says, digest=digest_of(form))
    try:
        with transaction.atomic():
            step = do_join(
                request,
                centre,
                values["authority"],
                phase=values["phase"],
                from_on=values["from_on"],
                to_on=form.to_on,
            )
    except IntegrityError:
        form.add_error("from_on", _("Myndigheden er lige blevet medlem i den tid. Se listen, og prøv igen."))
        return _new_page(request, centre, form, status=422)
    name = values["authority"].full_name
    messages.success(request, _("%(name)s er med fra %(day)s.") % {"name": name, "day": short(values["from_on"])})
    return _back(request, centre, [step], _("%(name)s som medlem") % {"name": name})


@allowed(*access.SETS)
@require_GET
def member(request: HttpRequest, centre_id: int, membership_id: int) -> HttpResponse:
    """Show a membership, and what can be done with it."""
    return _page(request, access.access_membership(request, centre_id, membership_id))


@allowed(*access.SETS)
@require_POST
def member_end(request: HttpRequest, centre_id: int, membership_id: int) -> HttpResponse:
    """Write the last day of a membership; say first what that does, and store what was looked at. Raises GoneError for one that is over."""
    membership = _access_open(request, centre_id, membership_id)
    form = EndForm(request.POST, membership=membership, request=request)
    if not form.is_valid():
        return _page(request, membership, end_form=form, status=422)
    if is_first_look(request, form):
        says = ending_says(request, membership, form.to_on)
        return _page(request, membership, end_form=form, end_says=says, digest=digest_of(form))
    try:
        with transaction.atomic():
            step = do_end(request, membership, to_on=form.to_on)
    except IntegrityError:
        form.add_error("last_on", _("Et andet medlemskab begynder før den dag. Vælg en tidligere dag."))
        return _page(request, access.access_membership(request, centre_id, membership_id), end_form=form, status=422)
    name, day = membership.authority.full_name, short(form.cleaned_data["last_on"])
    messages.success(request, _("%(name)s har sidste dag som medlem %(day)s.") % {"name": name, "day": day})
    return _back(request, membership.centre, [step], _("Sidste dag for %(name)s") % {"name": name})


@allowed(*access.SETS)
@require_POST
def member_phase(request: HttpRequest, centre_id: int, membership_id: int) -> HttpResponse:
    """Let a membership be in another phase from a day on; say first what that does, and store what was looked at. Raises GoneError for one that is over."""
    membership = _access_open(request, centre_id, membership_id)
    form = PhaseForm(request.POST, membership=membership)
    if not form.is_valid():
        return _page(request, membership, phase_form=form, status=422)
    phase, from_on = form.cleaned_data["phase"], form.cleaned_data["from_on"]
    if is_first_look(request, form):
        says = phase_says(membership, phase, from_on)
        return _page(request, membership, phase_form=form, phase_says=says, digest=digest_of(form))
    steps = do_phase(request, membership, phase=phase, from_on=from_on)
    name = membership.authority.full_name
    messages.success(request, _("%(name)s skifter fase %(day)s.") % {"name": name, "day": short(from_on)})
    return _back(request, membership.centre, steps, _("Fasen for %(name)s") % {"name": name})


@allowed(*access.SETS)
@require_POST
def member_withdraw(request: HttpRequest, centre_id: int, membership_id: int) -> HttpResponse:
    """Take away a membership that has not begun. Raises GoneError for one that has."""
    membership = _access_open(request, centre_id, membership_id)
    if membership.from_on <= clock.today():
        raise GoneError
    step = do_withdraw(request, membership)
    name = membership.authority.full_name
    messages.success(request, _("Medlemskabet for %(name)s er trukket tilbage.") % {"name": name})
    return _back(request, membership.centre, [step], _("%(name)s som medlem") % {"name": name})


def _access_open(request: HttpRequest, centre_id: int, membership_id: int) -> Membership:
    """Return a membership that is not over, its centre locked. Raises Http404, NotAllowedError, GoneError."""
    lock(access.access_membership(request, centre_id, membership_id).centre)
    membership = access.access_membership(request, centre_id, membership_id)
    if is_over(membership, clock.today()):
        raise GoneError
    return membership


def is_over(membership: Membership, today: date) -> bool:
    """Tell whether the last day of a membership has passed."""
    return membership.to_on is not None and membership.to_on <= today


def _back(request: HttpRequest, centre: Centre, steps: Sequence[Step], said: str) -> HttpResponse:
    address = reverse("console:centre", args=[centre.pk])
    undo.keep(request, steps, said=said, back=address)
    tell()
    return redirect(address)


def _new_page(
    request: HttpRequest,
    centre: Centre,
    form: MemberForm,
    *,
    says: Sequence[str] = (),
    digest: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"centre": centre, "form": form, "says": says, "digest": digest}
    return render(request, "console/centres/member_new.html", context, status=status)


def _page(request: HttpRequest, membership: Membership, *, status: int = 200, **changed: Any) -> HttpResponse:
    today = clock.today()
    context = {
        "membership": membership,
        "centre": membership.centre,
        "is_over": is_over(membership, today),
        "is_coming": membership.from_on > today,
        "end_form": EndForm(membership=membership, request=request),
        "phase_form": PhaseForm(membership=membership),
    }
    return render(request, "console/centres/member.html", context | changed, status=status)
