"""Messages the employee listens to, and the recording of a conversation that the employee can stop."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.channels.phone.models import Recording
from borgerlinje.channels.phone.recording import listening
from borgerlinje.channels.phone.recording.recordings import ANSWERING, do_stop
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.page import employee_of
from borgerlinje.desk.queries import in_hand
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role


@allowed(Role.EMPLOYEE)
@require_GET
def message(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Answer the message of the citizen in hand, not yet heard."""
    contact = _in_hand(employee_of(request), contact_id)
    return render(request, "desk/recordings_message.html", {"contact": contact, "recording": _message_of(contact)})


@allowed(Role.EMPLOYEE)
@require_POST
def listen(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Note that the employee listens, and answer the player."""
    employee = employee_of(request)
    contact = _in_hand(employee, contact_id)
    recording = _message_of(contact)
    if recording is None:
        raise GoneError
    purpose = request.POST.get("purpose", "") or ANSWERING
    access_id = listening.note_listening(recording, user_id=_user_id(request), purpose=purpose, now=clock.now())
    context = {"contact": contact, "recording": recording, "access_id": access_id, "purpose": purpose}
    return render(request, "desk/recordings_message.html", context)


@allowed(Role.EMPLOYEE)
@require_GET
def sound(request: HttpRequest, recording_id: UUID, access_id: int) -> HttpResponse:
    """Answer the sound that this person has noted to listen to, while they have its citizen in hand."""
    recording = listening.recordings().filter(pk=recording_id, kind=Recording.Kind.MESSAGE).first()
    if recording is None:
        raise GoneError
    _in_hand(employee_of(request), recording.contact_id)
    found = listening.sound_of(recording_id, access_id, user_id=_user_id(request), now=clock.now())
    return listening.answer(request, found)


@allowed(Role.EMPLOYEE)
@require_GET
def recording(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Answer whether the conversation in hand is recorded."""
    return _standing(request, _in_hand(employee_of(request), contact_id))


@allowed(Role.EMPLOYEE)
@require_POST
def stop(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Stop the recording, and keep what was recorded so far or delete it."""
    employee = employee_of(request)
    contact = _in_hand(employee, contact_id)
    keeps = request.POST.get("then") != "delete"
    if not run_here(do_stop(contact.pk, employee_id=employee.pk, keeps=keeps, now=clock.now())):
        raise GoneError
    hints.send_on_commit("phone", f"desk:{employee.pk}")
    return _standing(request, contact)


def _standing(request: HttpRequest, contact: Contact) -> HttpResponse:
    found = listening.recordings().filter(contact=contact, kind=Recording.Kind.CONVERSATION).last()
    return render(request, "desk/recordings_standing.html", {"contact": contact, "recording": found})


def _in_hand(employee: Employee, contact_id: UUID) -> Contact:
    contact = Contact.objects.select_related("line").filter(in_hand(employee), pk=contact_id).first()
    if contact is None:
        raise GoneError
    return contact


def _message_of(contact: Contact) -> Recording | None:
    return listening.recordings().filter(contact=contact, kind=Recording.Kind.MESSAGE).last()


def _user_id(request: HttpRequest) -> int:
    user_id = request.user.pk
    assert isinstance(user_id, int)  # noqa: S101 - `allowed` has let nobody else in
    return user_id
