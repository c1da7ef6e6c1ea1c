"""Calling citizens: back, when they asked for it or left a message; again, in after-call work; or of one's own accord.

Where there is a provider the telephone rings: the employee first, whose page answers by itself, then the citizen. Elsewhere the employee
rings from a telephone of their own and says how it went.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from borgerlinje.channels.phone.callbacks.told import do_and_tell
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.forms import CallOutForm, CancelForm
from borgerlinje.desk.page import answer, employee_of
from borgerlinje.desk.queries import access_callback, has_message, numbers_to_show
from borgerlinje.desk.reachable import as_stored, can_dial, why_not
from borgerlinje.dispatch.actions import Change, do_event
from borgerlinje.dispatch.callbacks import do_call_out, do_dial, do_stop_dialling, do_take
from borgerlinje.dispatch.models import Offer
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import BorgerlinjeError, GoneError
from borgerlinje.kit.ids import uuid7
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

BY_HAND = {"by": "hand"}


class BusyError(BorgerlinjeError):
    """An employee has one citizen at a time."""

    code = "busy"
    status = 409
    message = _("Du har en borger i forvejen. Gør den henvendelse færdig først.")


class NotDialledError(BorgerlinjeError):
    """The telephone does not call this citizen."""

    code = "not_dialled"
    status = 409


@allowed(Role.EMPLOYEE)
@require_POST
def take(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Take a citizen who waits to be called back, and ring them; one who left a message is listened to first."""
    employee = employee_of(request)
    contact = access_callback(employee, contact_id)
    change = run_here(do_take(contact.pk, employee_id=employee.pk, now=clock.now()))
    return _done(request, employee, change, dials=contact)


@allowed(Role.EMPLOYEE)
@require_POST
def accept(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Take an offered citizen who is to be called back: there is no call to answer."""
    employee = employee_of(request)
    offers = Offer.objects.select_related("contact__line", "contact__authority")
    offer = offers.filter(pk=offer_id, employee=employee, contact__is_callback=True).first()
    if offer is None:
        raise GoneError
    change = run_here(do_event(offer.contact_id, Event.ANSWERED, now=clock.now(), offer_id=offer_id))
    return _done(request, employee, change, dials=offer.contact)


@allowed(Role.EMPLOYEE)
@require_POST
def dial(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Ring the citizen one has taken."""
    employee = employee_of(request)
    contact = _taken(employee, contact_id)
    _check(contact)
    return _done(request, employee, run_here(do_dial(contact.pk, employee_id=employee.pk, now=clock.now())))


@allowed(Role.EMPLOYEE)
@require_POST
def stop(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Ring the citizen no longer; the employee still has them, and says what becomes of them."""
    employee = employee_of(request)
    return _done(request, employee, run_here(do_stop_dialling(contact_id, employee_id=employee.pk)))


@allowed(Role.EMPLOYEE)
@require_POST
def again(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Ring the citizen of the after-call work once more."""
    employee = employee_of(request)
    contact = _mine(employee, contact_id, State.WRAP_UP)
    _check(contact)
    change = run_here(do_event(contact.pk, Event.CALLED_AGAIN, now=clock.now()))
    return _done(request, employee, change, dials=contact, is_heard=True)


@allowed(Role.EMPLOYEE)
@require_POST
def reached(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Note that the citizen answered on a telephone of the employee's own: the conversation begins."""
    return _called(request, contact_id, Event.CITIZEN_REACHED)


@allowed(Role.EMPLOYEE)
@require_POST
def unreached(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Note that the citizen did not answer: they are called again later, or not at all after the last attempt."""
    return _called(request, contact_id, Event.CITIZEN_UNREACHED)


@allowed(Role.EMPLOYEE)
@require_POST
def settle(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Note that there is nothing to call for: the message has said it all, or it is settled already."""
    employee = employee_of(request)
    contact = _taken(employee, contact_id)
    return _done(request, employee, run_here(do_event(contact.pk, Event.SETTLED, now=clock.now())))


@allowed(Role.EMPLOYEE)
@require_POST
def cancel(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Give a callback up, and say why: nobody rings the citizen any more."""
    employee = employee_of(request)
    contact = _taken(employee, contact_id)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/faults.html", {"form": form}, status=422)
    why = {"because": form.cleaned_data["because"]}
    now = clock.now()
    cancelling = do_event(contact.pk, Event.CALLBACK_CANCELLED, now=now, data=why)
    return _done(request, employee, run_here(do_and_tell(cancelling, contact.pk, now=now)))


@allowed(Role.EMPLOYEE)
@require_POST
def call_out(request: HttpRequest) -> HttpResponse:
    """Call a citizen of one's own accord: a contact like any other; 422 with every fault when the number may not be called."""
    employee = employee_of(request)
    now = clock.now()
    form = CallOutForm(request.POST, shown=numbers_to_show(employee, now=now))
    if not form.is_valid():
        return render(request, "desk/faults.html", {"form": form}, status=422)
    change = run_here(
        do_call_out(
            uuid7(now),
            as_stored(form.number),
            shown_id=form.cleaned_data["shown"].pk,
            employee_id=employee.pk,
            now=now,
            subject=form.cleaned_data["subject"],
        )
    )
    if change is None:
        raise BusyError
    return _done(request, employee, change)


def _called(request: HttpRequest, contact_id: UUID, event: Event) -> HttpResponse:
    employee = employee_of(request)
    contact, now = _taken(employee, contact_id), clock.now()
    happening = do_event(contact.pk, event, now=now, data=BY_HAND)
    return _done(request, employee, run_here(do_and_tell(happening, contact.pk, now=now)))


def _taken(employee: Employee, contact_id: UUID) -> Contact:
    """Return a citizen the employee has taken and nobody rings yet, locked. Raises GoneError."""
    contact = _mine(employee, contact_id, State.CALLING_BACK)
    if contact.dial_asked_at is not None:
        raise GoneError
    return contact


def _mine(employee: Employee, contact_id: UUID, state: State) -> Contact:
    mine = Contact.objects.select_related("line", "authority").select_for_update(no_key=True, of=("self",))
    contact = mine.filter(pk=contact_id, employee=employee, state=state).first()
    if contact is None:
        raise GoneError
    return contact


def _check(contact: Contact) -> None:
    """Raise NotDialledError, with the reason in words, for a citizen the telephone does not call."""
    if why := why_not(contact):
        raise NotDialledError(why)


def _done(
    request: HttpRequest,
    employee: Employee,
    change: Change | None,
    *,
    dials: Contact | None = None,
    is_heard: bool = False,
) -> HttpResponse:
    """Let the telephone ring `dials` where it can, send the hints, and answer the desk.

    `is_heard`: a message the citizen left is no reason to wait. A number that may not be called is told on the desk, not refused here: the
    employee has taken the citizen, and says what becomes of them.
    """
    if change is None or not change.expected:
        raise GoneError
    if dials is not None and can_dial() and not why_not(dials) and (is_heard or not has_message(dials)):
        run_here(do_dial(dials.pk, employee_id=employee.pk, now=clock.now()))
    hints.send_on_commit(*change.topics)
    return answer(request, employee)
