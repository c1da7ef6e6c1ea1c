"""Who is to be called back, how it comes to that, and what closing a contact says of it."""

from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection

from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import ClosedAs, Event, State
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.dispatch.actions import do_complete, do_offer
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.dispatch.callbacks import do_take
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.models import Offer, Presence
from borgerlinje.kit.database import Steps, T, run
from borgerlinje.staff.models import Employee
from tests.support.cast import NOW, Cast, later


def do(steps: Steps[T]) -> T:
    with connection.cursor() as cursor:
        return run(steps, cursor)


def ask_back(cast: Cast, *, at: datetime = NOW) -> UUID:
    contact_id = cast.wait(at=at)
    cast.event(contact_id, Event.CALLBACK_ASKED, at=at)
    return contact_id


def take(cast: Cast, contact_id: UUID, employee: Employee, *, at: datetime) -> bool:
    do(do_ready(employee.pk, now=at))
    change = do(do_take(contact_id, employee_id=employee.pk, now=at))
    return change is not None


def offer(contact_id: UUID, employee: Employee, *, at: datetime) -> UUID:
    (row,) = do(do_offer([Match(contact_id, employee.pk, {"rule": "test"})], now=at))
    return UUID(str(row["id"]))


def state_of(employee: Employee) -> str:
    return Presence.objects.get(employee=employee).state


def test_callback_keeps_the_place_and_survives_the_hang_up(cast: Cast) -> None:
    contact_id = ask_back(cast)
    assert cast.event(contact_id, Event.CITIZEN_LEFT, at=later(5)).state is State.CALLBACK
    contact = cast.contact(contact_id)
    assert (contact.is_callback, contact.waiting_since) == (True, NOW)


def test_taken_callback_is_one_employees_and_ends_as_a_conversation(cast: Cast) -> None:
    contact_id = ask_back(cast)
    assert take(cast, contact_id, cast.employee, at=later(60))
    assert not take(cast, contact_id, cast.colleague, at=later(61))
    assert (cast.contact(contact_id).state, state_of(cast.employee)) == ("calling_back", "talking")
    assert Offer.objects.get(contact_id=contact_id).why["rule"] == "taken"
    cast.event(contact_id, Event.CITIZEN_REACHED, at=later(70))
    contact = cast.contact(contact_id)
    assert (contact.state, contact.is_callback, contact.answered_at) == ("connected", False, later(70))


def test_employee_with_a_citizen_takes_no_callback(cast: Cast) -> None:
    waiting = cast.wait()
    do(do_ready(cast.employee.pk, now=NOW))
    offer(waiting, cast.employee, at=later(1))
    cast.event(waiting, Event.ANSWERED, at=later(2))
    assert not take(cast, ask_back(cast), cast.employee, at=later(3))


def test_citizen_who_is_on_the_line_cannot_be_taken_past_the_queue(cast: Cast) -> None:
    assert not take(cast, cast.wait(), cast.employee, at=later(1))


def test_citizen_not_reached_is_due_later_and_given_up_after_the_last_attempt(cast: Cast) -> None:
    contact_id = ask_back(cast)
    for attempt in (1, 2):
        at = later(1000 * attempt)
        assert take(cast, contact_id, cast.employee, at=at)
        cast.event(contact_id, Event.CITIZEN_UNREACHED, at=at)
        contact = cast.contact(contact_id)
        assert (contact.state, contact.attempts, contact.due_at) == ("callback", attempt, later(1000 * attempt + 900))
        assert state_of(cast.employee) == "ready"
    assert take(cast, contact_id, cast.employee, at=later(3000))
    assert cast.event(contact_id, Event.CITIZEN_UNREACHED, at=later(3010)).closed_as is ClosedAs.UNREACHED


def test_fault_promises_to_call_a_citizen_whose_number_is_known(cast: Cast) -> None:
    contact_id = cast.wait()
    cast.event(contact_id, Event.TECHNICAL_FAULT, at=later(30))
    assert cast.contact(contact_id).closed_as == ClosedAs.TECHNICAL
    promised = Contact.objects.get(origin_id=contact_id)
    assert (promised.state, promised.waiting_since, promised.caller_number) == ("callback", NOW, "46120000")
    assert list(ContactEvent.objects.filter(contact=promised).values_list("name", "to_state")) == [
        ("callback_offered", "callback")
    ]


def test_fault_cannot_promise_anything_to_a_withheld_number(cast: Cast) -> None:
    contact_id = cast.arrive(caller="")
    cast.event(contact_id, Event.TECHNICAL_FAULT, at=later(3))
    assert not Contact.objects.exclude(pk=contact_id).exists()


def test_second_fault_promises_no_second_call(cast: Cast) -> None:
    for _ in range(2):
        cast.event(cast.wait(), Event.TECHNICAL_FAULT, at=later(30))
    assert Contact.objects.filter(is_callback=True).count() == 1


def test_promise_that_is_being_offered_is_withdrawn_too(cast: Cast) -> None:
    first = cast.wait()
    cast.event(first, Event.TECHNICAL_FAULT, at=later(30))
    promised = Contact.objects.get(origin_id=first)
    do(do_ready(cast.colleague.pk, now=later(40)))
    offer(promised.pk, cast.colleague, at=later(41))
    again = cast.wait(at=later(60))
    do(do_ready(cast.employee.pk, now=later(60)))
    offer(again, cast.employee, at=later(61))
    cast.event(again, Event.ANSWERED, at=later(62))
    cast.event(again, Event.CITIZEN_LEFT, at=later(90))
    change = do(do_complete(again, Closing("guided"), employee_id=cast.employee.pk, now=later(95)))
    assert change is not None
    assert f"desk:{cast.colleague.pk}" in change.topics
    assert (cast.contact(promised.pk).state, state_of(cast.colleague)) == ("closed", "ready")


def test_employee_of_another_centre_takes_no_callback(cast: Cast) -> None:
    assert not take(cast, ask_back(cast), cast.outsider, at=later(60))


def test_contact_that_was_handed_on_is_not_asked_of_the_same_employee_again(cast: Cast) -> None:
    contact_id = cast.wait()
    do(do_ready(cast.employee.pk, now=NOW))
    offer(contact_id, cast.employee, at=later(1))
    cast.event(contact_id, Event.ANSWERED, at=later(2))
    cast.event(contact_id, Event.REQUEUED, at=later(3))
    assert cast.contact(contact_id).employee is None


def test_promised_callback_is_over_when_the_citizen_called_again_and_was_helped(cast: Cast) -> None:
    first = cast.wait()
    cast.event(first, Event.TECHNICAL_FAULT, at=later(30))
    again = cast.wait(at=later(60))
    do(do_ready(cast.employee.pk, now=later(60)))
    offer(again, cast.employee, at=later(61))
    cast.event(again, Event.ANSWERED, at=later(62))
    cast.event(again, Event.CITIZEN_LEFT, at=later(90))
    assert do(do_complete(again, Closing("guided"), employee_id=cast.employee.pk, now=later(95)))
    promised = Contact.objects.get(origin_id=first)
    assert (promised.state, promised.closed_as) == ("closed", ClosedAs.ABANDONED)
    assert promised.events.last().data == {"because": "answered"}  # type: ignore[union-attr]


@pytest.fixture
def in_wrap_up(cast: Cast) -> UUID:
    contact_id = cast.wait()
    do(do_ready(cast.employee.pk, now=NOW))
    offer(contact_id, cast.employee, at=later(1))
    cast.event(contact_id, Event.ANSWERED, at=later(2))
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(60))
    return contact_id


@pytest.mark.parametrize(
    ("check", "home", "after", "source", "answers_for_it"),
    [
        ("confirmed", None, "own", "number", "own"),
        ("corrected", "colleague_authority", "colleague_authority", "stated", "colleague_authority"),
        ("outside", "outside", "outside", "stated", "own"),
        ("outside", None, None, "stated", "own"),
        ("unknown", None, None, "unknown", "own"),
    ],
)
def test_home_authority_as_the_employee_says(
    cast: Cast, in_wrap_up: UUID, check: str, home: str | None, after: str | None, source: str, answers_for_it: str
) -> None:
    closing = Closing(
        "guided",
        "Pas",
        nature="information",
        home_check=check,
        home_authority_id=getattr(cast, home).pk if home else None,
        help_reason="not_found",
    )
    assert do(do_complete(in_wrap_up, closing, employee_id=cast.employee.pk, now=later(70)))
    contact = cast.contact(in_wrap_up)
    assert contact.home_authority == (getattr(cast, after) if after else None)
    assert (contact.home_source, contact.home_check) == (source, check)
    assert contact.authority == getattr(cast, answers_for_it)
    assert (contact.nature, contact.help_reason) == ("information", "not_found")
    corrections = list(contact.events.filter(name="home_corrected").values_list("data", flat=True))
    changed = [{"from": cast.own.pk, "to": contact.home_authority_id}]
    assert corrections == (changed if check != "confirmed" else [])
