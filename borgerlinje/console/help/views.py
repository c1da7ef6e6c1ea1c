"""Helping from the live view: taking a citizen over, and ending a state that an employee is stuck in. Both are confirmed and give a reason."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from borgerlinje.console.help.access import HELPS, access_contact, access_presence, helper_of
from borgerlinje.console.staff.notes import KIND as EMPLOYEE_KIND
from borgerlinje.console.standing import user_of
from borgerlinje.contacts.lifecycle import State
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.queries import in_hand
from borgerlinje.dispatch import words
from borgerlinje.dispatch.helping import FREE, STUCK, Refusal, do_set_right, do_take_over, may_take_over
from borgerlinje.dispatch.models import Presence
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.changes import note
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed

CONTACT_KIND = "contact"
WORDS = {"employee": _("Medarbejder"), "state": _("Tilstand"), "because": _("Grund")}


class ReasonForm(forms.Form):
    """Why somebody helps: a closed list, no free text about a person."""

    because = forms.ChoiceField(
        error_messages={
            "required": _("Vælg, hvorfor du griber ind."),
            "invalid_choice": _("Vælg en grund på listen."),
        }
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["because"].choices = list(words.help_reasons().items())  # type: ignore[attr-defined] # a ChoiceField


@allowed(*HELPS)
@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Say what taking a citizen over means, and do it: the citizen rings at the helper's own desk."""
    contact, helper = access_contact(request, contact_id), helper_of(request)
    form = ReasonForm(request.POST or None)
    why_not = _why_not(contact, helper)
    if request.method == "POST" and form.is_valid() and not why_not and helper is not None:
        because, now = form.cleaned_data["because"], clock.now()
        change = run_here(do_take_over(contact_id, helper_id=helper.pk, now=now, because=because))
        if isinstance(change, Refusal):
            raise GoneError
        hints.send_on_commit(*change.topics)
        before = {"employee": str(contact.employee) if contact.employee and contact.state != State.WAITING else ""}
        _note(request, contact, before, {"employee": str(helper), "because": words.help_reasons()[because]})
        messages.success(request, _("Borgeren ringer ved dit bord nu. Svar dér; indtil da hører borgeren musik."))
        return redirect("console:contact", contact_id=contact_id)
    context = {"contact": contact, "form": form, "why_not": why_not, "helper": helper}
    return render(request, "console/help/take_over.html", context, status=422 if form.errors else 200)


@allowed(*HELPS)
@require_http_methods(["GET", "POST"])
def set_right(request: HttpRequest, employee_id: int) -> HttpResponse:
    """Say what ending an employee's technical state means, and do it."""
    standing = access_presence(request, employee_id)
    contact = Contact.objects.select_related("line", "home_authority").filter(in_hand(standing.employee)).first()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        because, now = form.cleaned_data["because"], clock.now()
        done = run_here(do_set_right(employee_id, now=now, because=because))
        if done is None:
            raise GoneError
        hints.send_on_commit(*done.topics)
        after = {
            "state": str(_("Pause") if done.is_paused else _("Ikke på arbejde")),
            "because": words.help_reasons()[because],
        }
        before = {"state": standing.doing}
        if contact is not None:
            _note(
                request,
                contact,
                {**before, "employee": str(standing.employee)},
                {**after, "employee": str(standing.employee)},
            )
        note(
            user_of(request),
            kind=EMPLOYEE_KIND,
            object_id=employee_id,
            label=str(standing.employee),
            before=before,
            after=after,
            authority_id=standing.employee.employer_id,
            now=now,
        )
        messages.success(request, _("Tilstanden er afsluttet. Medarbejderen kan selv blive klar igen."))
        return redirect("console:live")
    context = {"person": standing, "contact": contact, "form": form, "is_stuck": standing.state in STUCK}
    return render(request, "console/help/set_right.html", context, status=422 if form.errors else 200)


def _why_not(contact: Contact, helper: Employee | None) -> str:
    """Say why a citizen cannot be taken over now; empty when they can."""
    if helper is None:
        return str(_("Din konto hører ikke til en medarbejder, så du har intet bord at tage borgeren til."))
    if contact.employee_id == helper.pk and contact.state != State.WAITING:
        return str(_("Henvendelsen er allerede din."))
    if not may_take_over(State(contact.state)):
        return str(
            _("Henvendelsen kan ikke overtages lige nu: borgeren ringer hos en, taler med flere eller er færdig.")
        )
    if not Presence.objects.filter(employee=helper, state__in=FREE).exists():
        return str(_("Åbn dit bord i et andet vindue, og vær klar eller på pause uden en borger. Prøv så igen."))
    return ""


def _note(request: HttpRequest, contact: Contact, before: dict[str, str], after: dict[str, str]) -> None:
    note(
        user_of(request),
        kind=CONTACT_KIND,
        object_id=contact.pk,
        label=str(contact.pk)[:8],
        before=before,
        after=after,
        authority_id=contact.authority_id,
        now=clock.now(),
    )
