"""The employee's screen. Every act answers with the desk as it now is; the page and its live re-reading share the template."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.contacts.correction import do_correct_outcome
from borgerlinje.contacts.lifecycle import IN_CONVERSATION, Event, State
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.forms import ClosingForm, CorrectionForm, NoteForm
from borgerlinje.desk.page import answer, employee_of, shown
from borgerlinje.desk.panel import Panel
from borgerlinje.desk.queries import WHOLE, in_hand, subject_names
from borgerlinje.desk.transfers import do_leave_colleague
from borgerlinje.dispatch.actions import do_complete, do_event
from borgerlinje.dispatch.attendance import do_pause, do_ready, do_sign_in
from borgerlinje.dispatch.models import Offer, PauseReason, PresenceState
from borgerlinje.dispatch.transfers import do_hand_over
from borgerlinje.dispatch.watch import do_seen
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

# What only the browser knows of its telephone, in words.
_TEXTS = {
    "starting": _("Telefonen starter"),
    "ready": _("Telefonen er klar"),
    "no-phone": _("Telefonen har ikke forbindelse"),
    "no-mic": _("Ingen mikrofon"),
    "unsupported": _("Ingen telefon i denne browser"),
    "elsewhere": _("Dine opkald ringer på din egen telefon"),
    "notSaved": _("Ikke gemt. Forbindelsen er væk; teksten står her endnu."),
    "pressKey": _("Tryk på den nye tast"),
    "keyTaken": _("Tasten bruges allerede til »%s«. Vælg en anden."),
    "keyUnusable": _("Tasten kan ikke bruges: browseren har den selv. Vælg en af F2, F4 og F6 til F10."),
    "beside": _("Åbner i en ny fane. Telefonen bliver ved bordet."),
    "signOut": _("Du har en borger i røret. Logger du af nu, går borgeren tilbage i køen på sin gamle plads. Log af?"),
}


# Who opens the desk in one of these states comes to work by it.
_AWAY = frozenset({PresenceState.SIGNED_OUT, PresenceState.CONNECTION_LOST})
# The keys an employee may move, by the standard that the buttons carry, and what each does.
_KEYS = (
    ("F2", _("Besvar")),
    ("F4", _("Afslut")),
    ("F8", _("Lyd fra")),
    ("Shift+F8", _("Tastatur")),
    ("F9", _("Hold")),
    ("Shift+F9", _("Viderestil")),
    ("Ctrl+F9", _("Alle tre sammen")),
)


@allowed(Role.EMPLOYEE)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk, and bring the employee to work, in a pause until they say that they are ready."""
    employee = employee_of(request)
    drawn = shown(employee, Panel())
    if drawn["desk"].presence.state in _AWAY:
        run_here(do_sign_in(employee.pk, now=clock.now()))
        hints.send_on_commit("queue")
        drawn = shown(employee, Panel())
    context = {
        **drawn,
        "texts": {name: str(text) for name, text in _TEXTS.items()},
        "subjects": subject_names(),
        "keys": _KEYS,
    }
    return render(request, "desk/desk.html", context)


@allowed(Role.EMPLOYEE)
@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """Answer the desk as it is now."""
    return answer(request, employee_of(request))


@allowed(Role.EMPLOYEE)
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """Become ready, or pause: at once, or after the present contact."""
    employee = employee_of(request)
    if request.POST.get("status") == "ready":
        run_here(do_ready(employee.pk, now=clock.now()))
        run_here(do_seen([employee.pk]))
    elif request.POST.get("status") == "paused":
        reason = request.POST.get("reason", "")
        known = reason if reason in PauseReason.values else ""
        run_here(do_pause(employee.pk, now=clock.now(), reason=known))
    hints.send_on_commit("dispatch", "queue", f"desk:{employee.pk}")
    return answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def decline(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Hand an offered contact back; it keeps its place, and the employee goes into a pause."""
    employee = employee_of(request)
    offer = Offer.objects.filter(pk=offer_id, employee=employee).first()
    if offer is not None:
        change = run_here(do_event(offer.contact_id, Event.OFFER_DECLINED, now=clock.now(), offer_id=offer_id))
        if change is not None:
            hints.send_on_commit(*change.topics)
    return answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def hang_up(request: HttpRequest) -> HttpResponse:
    """End the employee's conversation from the rows: for a call that this browser has no end of."""
    employee = employee_of(request)
    if do_leave_colleague(employee):
        return answer(request, employee)
    in_conversation = IN_CONVERSATION | {State.CALLING_BACK}
    contact = Contact.objects.filter(employee=employee, state__in=in_conversation, channel__in=WHOLE).first()
    if contact is not None:
        # Whoever leaves two others together leaves the citizen to whom they brought.
        is_third = contact.state == State.THREE_WAY
        leave = do_hand_over(contact.pk, now=clock.now()) if is_third else None
        change = run_here(leave or do_event(contact.pk, Event.EMPLOYEE_LEFT, now=clock.now()))
        if change is not None:
            hints.send_on_commit(*change.topics)
    return answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def note(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Save the note of the contact in hand. Refused, and the older text kept, when it holds what looks like a CPR number."""
    employee = employee_of(request)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/faults.html", {"form": form}, status=422)
    text, subject = form.cleaned_data["note"], form.cleaned_data["subject"]
    saved_at = clock.now()
    # Also of one who has gone back to the queue meanwhile: what was written is true of the citizen still.
    mine = Contact.objects.filter(pk=contact_id, employee=employee).exclude(state="closed")
    if not mine.update(note=text, subject=subject, note_saved_at=saved_at):
        # Closed between the last letter and this saving of it: the closing has brought the whole note along.
        if Contact.objects.filter(pk=contact_id, employee=employee, state="closed").exclude(outcome="").exists():
            return HttpResponse(status=204)
        raise GoneError
    return render(request, "desk/note_saved.html", {"saved_at": saved_at})


@allowed(Role.EMPLOYEE)
@require_POST
def close(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Close the contact in after-call work, and become ready or pause; 422 with every fault when the form says too little."""
    employee = employee_of(request)
    mine = Contact.objects.select_related("line", "subject_item").filter(in_hand(employee), pk=contact_id)
    contact = mine.first()
    if contact is None:
        raise GoneError
    form = ClosingForm(request.POST, contact=contact, now=clock.now())
    if not form.is_valid():
        return render(request, "desk/faults.html", {"form": form}, status=422)
    change = run_here(
        do_complete(
            contact_id,
            form.closing,
            employee_id=employee.pk,
            now=clock.now(),
            pause=request.POST.get("then") == "pause",
        )
    )
    if change is None:
        raise GoneError
    hints.send_on_commit(*change.topics)
    return answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def correct(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Store another outcome of a contact one has just closed; it stays closed. 422 when the line does not allow the outcome."""
    employee, now_ = employee_of(request), clock.now()
    mine = Contact.objects.select_related("line", "subject_item").filter(pk=contact_id, employee=employee)
    contact = mine.first()
    if contact is None:
        raise GoneError
    form = CorrectionForm(request.POST, contact=contact, now=now_)
    if not form.is_valid():
        return render(request, "desk/faults.html", {"form": form}, status=422)
    said = form.cleaned_data["outcome"]
    if run_here(do_correct_outcome(contact_id, said, employee_id=employee.pk, now=now_)) is None:
        raise GoneError
    return answer(request, employee)
