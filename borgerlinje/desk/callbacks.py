"""Calling citizens back by hand: take one, ring from a telephone of one's own, and say how it went."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.page import answer, employee_of
from borgerlinje.desk.queries import access_callback
from borgerlinje.dispatch.actions import Change, do_event, do_take
from borgerlinje.dispatch.models import Offer
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

BY_HAND = {"by": "hand"}


@allowed(Role.EMPLOYEE)
@require_POST
def take(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Take a citizen who waits to be called back."""
    employee = employee_of(request)
    contact = access_callback(employee, contact_id)
    return _done(request, employee, run_here(do_take(contact.pk, employee_id=employee.pk, now=clock.now())))


@allowed(Role.EMPLOYEE)
@require_POST
def accept(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Take an offered citizen who is to be called back: there is no call to answer."""
    employee = employee_of(request)
    offer = Offer.objects.filter(pk=offer_id, employee=employee, contact__is_callback=True).first()
    if offer is None:
        raise GoneError
    change = run_here(do_event(offer.contact_id, Event.ANSWERED, now=clock.now(), offer_id=offer_id))
    return _done(request, employee, change)


@allowed(Role.EMPLOYEE)
@require_POST
def reached(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Note that the citizen answered: the conversation begins."""
    return _called(request, contact_id, Event.CITIZEN_REACHED)


@allowed(Role.EMPLOYEE)
@require_POST
def unreached(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Note that the citizen did not answer: they are called again later, or not at all after the last attempt."""
    return _called(request, contact_id, Event.CITIZEN_UNREACHED)


def _called(request: HttpRequest, contact_id: UUID, event: Event) -> HttpResponse:
    employee = employee_of(request)
    if not Contact.objects.filter(pk=contact_id, employee=employee, state=State.CALLING_BACK).exists():
        raise GoneError
    return _done(request, employee, run_here(do_event(contact_id, event, now=clock.now(), data=BY_HAND)))


def _done(request: HttpRequest, employee: Employee, change: Change | None) -> HttpResponse:
    if change is None or not change.expected:
        raise GoneError
    hints.send_on_commit(*change.topics)
    return answer(request, employee)
