"""Hold, and bringing somebody else to the citizen. Every act is about a conversation that is the employee's own, and holds it locked."""

import json
from collections.abc import Collection
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from borgerlinje.contacts.lifecycle import IN_CONVERSATION, Event, State
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.attempts import asked_of, attempts_of, under_way
from borgerlinje.desk.forms import TransferForm
from borgerlinje.desk.page import answer, employee_of
from borgerlinje.desk.panel import Panel
from borgerlinje.dispatch.actions import Change, do_event
from borgerlinje.dispatch.models import Transfer, TransferEnd
from borgerlinje.dispatch.transfers import Refusal, do_fail, do_hand_over, do_send_to_line, do_start
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import BorgerlinjeError, GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines.models import Line
from borgerlinje.staff.fence import set_fence
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

_FREE_TO_ASK = frozenset({State.CONNECTED, State.HELD})
_WITH_ANOTHER = frozenset({State.CONSULTING, State.THREE_WAY})


class UnderWayError(BorgerlinjeError):
    """Somebody else is being brought to the citizen already."""

    code = "under_way"
    status = 409
    message = _("Der ringes allerede til en anden for borgeren. Fortryd det først.")


class NotAnsweredError(BorgerlinjeError):
    """Nobody can be left with a citizen, or brought to one, before they have answered."""

    code = "not_answered"
    status = 409
    message = _("De har ikke svaret endnu. Borgeren er stadig hos dig og hører musik.")


@allowed(Role.EMPLOYEE)
@require_POST
def hold(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Put the citizen on hold: they hear music."""
    return _event(request, contact_id, Event.HELD, {State.CONNECTED})


@allowed(Role.EMPLOYEE)
@require_POST
def retrieve(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Take the citizen from hold; whoever was being asked is let go."""
    return _event(request, contact_id, Event.RETRIEVED, {State.HELD, State.CONSULTING})


@allowed(Role.EMPLOYEE)
@require_POST
def start(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Bring somebody to the citizen, or send the citizen to another line; 422 with every fault when it is not said whom.

    A closed unit or line is asked about once more: the answer is the desk with that question.
    """
    employee = employee_of(request)
    contact = access_conversation(employee, contact_id, _FREE_TO_ASK)
    form = TransferForm(request.POST, contact=contact, now=clock.now())
    if not form.is_valid():
        return render(request, "desk/faults.html", {"form": form}, status=422)
    panel = Panel.of(request)
    if form.is_closed and panel.sure != form.key:
        return answer(request, employee, panel.asking(form.key))
    _keep_note(contact, form)
    if form.line is not None:
        return _send_to_line(request, employee, contact, form.line)
    outcome = run_here(
        do_start(
            contact.pk,
            form.whom,
            employee_id=employee.pk,
            mode=form.how,
            now=clock.now(),
            note=form.cleaned_data["note"],
        )
    )
    # Taken back by the error: what was written meanwhile goes with it. Busy is an attempt that was made, and stays.
    if outcome is Refusal.UNDER_WAY:
        raise UnderWayError
    if outcome is Refusal.GONE:
        raise GoneError
    _tell(outcome if isinstance(outcome, Change) else None, employee.pk, form.whom.employee_id)
    return answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def join(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Let all three talk: the citizen, the employee and whoever was asked."""
    employee = employee_of(request)
    contact = access_conversation(employee, contact_id, {State.CONSULTING})
    attempt = _answered(contact)
    change = run_here(do_event(contact.pk, Event.JOINED, now=clock.now(), data={"transfer": str(attempt.pk)}))
    return _done(request, employee, change, attempt)


@allowed(Role.EMPLOYEE)
@require_POST
def hand_over(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Leave the citizen to whoever was asked: a colleague takes the contact over."""
    employee = employee_of(request)
    contact = access_conversation(employee, contact_id, _WITH_ANOTHER)
    attempt = _answered(contact)
    return _done(request, employee, run_here(do_hand_over(contact.pk, now=clock.now())), attempt)


@allowed(Role.EMPLOYEE)
@require_POST
def let_go(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """End the conversation with whoever was asked, or stop ringing them: the citizen stays with the employee."""
    return _end(request, contact_id, TransferEnd.CANCELLED)


@allowed(Role.EMPLOYEE)
@require_POST
def machine(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Note that an answering machine answered: nobody is left with the citizen there."""
    return _end(request, contact_id, TransferEnd.VOICEMAIL)


@allowed(Role.EMPLOYEE)
@require_POST
def refuse(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Tell a colleague who asks that one cannot now: the citizen stays with them."""
    employee = employee_of(request)
    attempt = asked_of(employee)
    if attempt is None or attempt.pk != transfer_id or attempt.answered_at is not None:
        raise GoneError
    change = run_here(do_fail(attempt.pk, TransferEnd.DECLINED.value, now=clock.now()))
    return _done(request, employee, change, attempt)


def access_conversation(employee: Employee, contact_id: UUID, states: Collection[State]) -> Contact:
    """Return a conversation of the employee's, locked, in one of these states. Raises GoneError when it is not (any more)."""
    mine = Contact.objects.select_related("line", "home_authority", "authority", "subject_item")
    mine = mine.select_for_update(no_key=True, of=("self",))
    contact = mine.filter(pk=contact_id, employee=employee, state__in=states).first()
    if contact is None:
        raise GoneError
    return contact


def do_leave_colleague(employee: Employee) -> bool:
    """End the help of an employee who was asked by a colleague; False when nobody asked, or they have not answered."""
    attempt = asked_of(employee)
    if attempt is None or attempt.answered_at is None:
        return False
    change = run_here(do_fail(attempt.pk, TransferEnd.ANSWERED.value, now=clock.now()))
    _tell(change, attempt.employee_id, employee.pk)
    return True


def _event(request: HttpRequest, contact_id: UUID, event: Event, states: Collection[State]) -> HttpResponse:
    employee = employee_of(request)
    contact = access_conversation(employee, contact_id, states)
    attempt = under_way(attempts_of(contact))
    return _done(request, employee, run_here(do_event(contact.pk, event, now=clock.now())), attempt)


def _end(request: HttpRequest, contact_id: UUID, ended_as: TransferEnd) -> HttpResponse:
    employee = employee_of(request)
    contact = access_conversation(employee, contact_id, IN_CONVERSATION)
    attempt = under_way(attempts_of(contact))
    if attempt is None:
        raise GoneError
    return _done(request, employee, run_here(do_fail(attempt.pk, ended_as.value, now=clock.now())), attempt)


def _answered(contact: Contact) -> Transfer:
    """Return the contact's attempt whose other side is on the line. Raises NotAnsweredError, GoneError."""
    attempt = under_way(attempts_of(contact))
    if attempt is None:
        raise GoneError
    if attempt.answered_at is None:
        raise NotAnsweredError
    return attempt


def _keep_note(contact: Contact, form: TransferForm) -> None:
    """Keep what is written at this moment: it travels along."""
    if "note" in form.data:
        values = form.cleaned_data
        Contact.objects.filter(pk=contact.pk).update(
            note=values["note"], subject=values["subject"], note_saved_at=clock.now()
        )


def _send_to_line(request: HttpRequest, employee: Employee, contact: Contact, line: Line) -> HttpResponse:
    # The citizen may go to people whose rows this employee does not see: both sides of this one step are seen while it is made.
    mine: list[int] = request.authorities  # type: ignore[attr-defined] # set by staff.permission.allowed
    theirs = [each for each in (line.owner_id, contact.home_authority_id) if each is not None]
    set_fence(user_id=request.user.pk, authorities=[*mine, *theirs])
    change = run_here(do_send_to_line(contact.pk, line.pk, now=clock.now()))
    set_fence(user_id=request.user.pk, authorities=mine)
    response = _done(request, employee, change, None)
    said = _("Borgeren venter nu på linjen %(line)s og har beholdt sin plads.") % {"line": line.name}
    response["HX-Trigger"] = json.dumps({"bl:said": {"text": said}})
    return response


def _done(request: HttpRequest, employee: Employee, change: Change | None, attempt: Transfer | None) -> HttpResponse:
    if change is None or not change.expected:
        raise GoneError
    _tell(change, employee.pk, attempt.employee_id if attempt else None, attempt.target_id if attempt else None)
    return answer(request, employee)


def _tell(change: Change | None, *employee_ids: int | None) -> None:
    """Let the telephone act, and the desks of everybody concerned look, once it is committed."""
    desks = {f"desk:{each}" for each in employee_ids if each is not None}
    hints.send_on_commit(*(change.topics if change else ("queue",)), *sorted(desks))
