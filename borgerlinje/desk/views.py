"""The employee's screen. Every act answers with the desk as it now is; the page and its live re-reading share the template."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.channels.phone.actions import do_issue_employee_endpoint, is_pushed
from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact, Outcome
from borgerlinje.desk.queries import desk_of
from borgerlinje.dispatch.actions import do_complete, do_event, do_pause, do_ready, do_sign_in
from borgerlinje.dispatch.models import Offer
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import BorgerlinjeError, GoneError, NotAllowedError
from borgerlinje.kit.personal_data import check_no_cpr
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines.models import Line
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

# What only the browser knows of its telephone, in words.
_TEXTS = {
    "starting": _("Telefonen starter"),
    "ready": _("Telefonen er klar"),
    "no-phone": _("Telefonen har ikke forbindelse"),
    "no-mic": _("Ingen mikrofon"),
    "unsupported": _("Ingen telefon i denne browser"),
    "notSaved": _("Ikke gemt. Forbindelsen er væk; teksten står her endnu."),
}
_NOTE_LENGTH, _SUBJECT_LENGTH = 4000, 120


class ClosingError(BorgerlinjeError):
    """The closing form lacks something or names what the line does not allow."""

    code = "closing"
    status = 422
    message = _("Vælg, hvordan det gik, og luk igen.")


def _employee(request: HttpRequest) -> Employee:
    employee: Employee | None = request.employee  # type: ignore[attr-defined] # set by staff.fence.Fence
    if employee is None:
        raise NotAllowedError(_("Kontoen hører ikke til en medarbejder, så den har intet bord."))
    return employee


def _answer(request: HttpRequest, employee: Employee, status: int = 200) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("desk:desk")
    return render(request, "desk/now.html", {"desk": desk_of(employee, now=clock.now())}, status=status)


@allowed(Role.EMPLOYEE)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk, and bring the employee to work, in a pause until they say that they are ready."""
    employee = _employee(request)
    run_here(do_sign_in(employee.pk, now=clock.now()))
    hints.send_on_commit("queue")
    context = {"desk": desk_of(employee, now=clock.now()), "texts": {name: str(text) for name, text in _TEXTS.items()}}
    return render(request, "desk/desk.html", context)


@allowed(Role.EMPLOYEE)
@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """Answer the desk as it is now."""
    return _answer(request, _employee(request))


@allowed(Role.EMPLOYEE)
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """Become ready, or pause: at once, or after the present contact."""
    employee = _employee(request)
    if request.POST.get("status") == "ready":
        run_here(do_ready(employee.pk, now=clock.now()))
    elif request.POST.get("status") == "paused":
        run_here(do_pause(employee.pk, now=clock.now()))
    hints.send_on_commit("dispatch", "queue", f"desk:{employee.pk}")
    return _answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def decline(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Hand an offered contact back; it keeps its place, and the employee goes into a pause."""
    employee = _employee(request)
    offer = Offer.objects.filter(pk=offer_id, employee=employee).first()
    if offer is not None:
        change = run_here(do_event(offer.contact_id, Event.OFFER_DECLINED, now=clock.now(), offer_id=offer_id))
        if change is not None:
            hints.send_on_commit(*change.topics)
    return _answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def hang_up(request: HttpRequest) -> HttpResponse:
    """End the employee's conversation from the rows: for a browser that was loaded anew and has lost its own end of it."""
    employee = _employee(request)
    contact = Contact.objects.filter(employee=employee, state="connected").first()
    if contact is not None:
        change = run_here(do_event(contact.pk, Event.EMPLOYEE_LEFT, now=clock.now()))
        if change is not None:
            hints.send_on_commit(*change.topics)
    return _answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def note(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Save the note of the contact in hand. Refused, and the older text kept, when it holds what looks like a CPR number."""
    employee = _employee(request)
    text, subject = (
        request.POST.get("note", "")[:_NOTE_LENGTH],
        request.POST.get("subject", "").strip()[:_SUBJECT_LENGTH],
    )
    check_no_cpr(text)
    check_no_cpr(subject)
    saved_at = clock.now()
    mine = Contact.objects.filter(pk=contact_id, employee=employee).exclude(state="closed")
    if not mine.update(note=text, subject=subject, note_saved_at=saved_at):
        raise GoneError
    return render(request, "desk/note_saved.html", {"saved_at": saved_at})


@allowed(Role.EMPLOYEE)
@require_POST
def close(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Close the contact in after-call work, and become ready or pause."""
    employee = _employee(request)
    subject, text = (
        request.POST.get("subject", "").strip()[:_SUBJECT_LENGTH],
        request.POST.get("note", "")[:_NOTE_LENGTH],
    )
    outcome = request.POST.get("outcome", "")
    check_no_cpr(text)
    check_no_cpr(subject)
    contact = Contact.objects.select_related("line").filter(pk=contact_id, employee=employee).first()
    if contact is None or contact.state == "closed":
        raise GoneError
    if outcome not in Outcome.values:
        raise ClosingError
    if outcome == Outcome.LIGHT_CASEWORK and contact.line.scope == Line.Scope.GUIDANCE_ONLY:
        raise ClosingError(_("Denne linje er kun til vejledning. Vælg et andet udfald."))
    change = run_here(
        do_complete(
            contact_id,
            Closing(outcome=outcome, subject=subject, note=text),
            employee_id=employee.pk,
            now=clock.now(),
            pause=request.POST.get("then") == "pause",
        )
    )
    if change is None:
        raise GoneError
    hints.send_on_commit(*change.topics)
    return _answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def phone(request: HttpRequest) -> HttpResponse:
    """Give the employee's browser a one-time telephone account; an older one of theirs ends."""
    employee = _employee(request)
    credentials = run_here(do_issue_employee_endpoint(employee.pk, now=clock.now()))
    hints.send_on_commit("phone")
    return JsonResponse(
        {
            "name": credentials.name,
            "secret": credentials.secret,
            "socket": settings.SIP_WS_URL,
            "host": settings.SIP_HOST,
        }
    )


@allowed(Role.EMPLOYEE)
@require_GET
def phone_ready(request: HttpRequest, name: str) -> HttpResponse:
    """Tell whether the telephone knows the account yet."""
    del request
    return JsonResponse({"ready": run_here(is_pushed(name))})
