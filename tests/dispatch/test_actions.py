import pytest
from django.db import IntegrityError, connection, transaction

from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import ClosedAs, Event, State
from borgerlinje.contacts.models import ContactEvent
from borgerlinje.dispatch.actions import do_complete, do_event, do_offer
from borgerlinje.dispatch.attendance import do_pause, do_ready, do_sign_out
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.models import Offer, Presence
from borgerlinje.kit.database import Row, run
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.models import LineNumber
from borgerlinje.staff.models import Employee
from tests.support.cast import NOW, Cast, later


def offer(contact_id, employee: Employee, *, at=NOW) -> list[Row]:
    with connection.cursor() as cursor:
        return run(do_offer([Match(contact_id, employee.pk, {"rule": "test"})], now=at), cursor)


def presence(employee: Employee) -> Presence:
    return Presence.objects.get(employee=employee)


def test_arrival_knows_the_home_authority_from_the_number(cast: Cast) -> None:
    contact = cast.contact(cast.arrive("46313020"))
    assert (contact.authority, contact.home_authority, contact.home_source) == (cast.own, cast.own, "number")


def test_arrival_on_a_common_number_belongs_to_the_lines_owner_and_nobodys_citizen(cast: Cast) -> None:
    contact = cast.contact(cast.arrive("1881"))
    assert (contact.authority, contact.home_authority, contact.home_source) == (cast.own, None, "unknown")


def test_whole_call_leaves_its_story_in_order(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = cast.wait()
    (row,) = offer(contact_id, cast.employee, at=later(1))
    assert presence(cast.employee).state == "offered"
    answered = cast.event(contact_id, Event.ANSWERED, at=later(5), offer_id=row["id"])
    assert answered.state is State.CONNECTED
    ended = cast.event(contact_id, Event.CITIZEN_LEFT, at=later(65))
    assert ended.state is State.WRAP_UP
    with connection.cursor() as cursor:
        closed = run(
            do_complete(
                contact_id,
                Closing(outcome="guided", subject="Blåt EU-sygesikringskort", note="Har MitID."),
                employee_id=cast.employee.pk,
                now=later(90),
            ),
            cursor,
        )
    assert closed is not None
    assert closed.state is State.CLOSED
    contact = cast.contact(contact_id)
    assert (contact.closed_as, contact.outcome, contact.note) == (ClosedAs.ANSWERED, "guided", "Har MitID.")
    assert contact.waiting_since == NOW
    assert contact.answered_at == later(5)
    assert contact.ended_at == later(65)
    names = list(ContactEvent.objects.filter(contact=contact).values_list("name", flat=True))
    assert names == ["arrived", "greeted", "offered", "answered", "citizen_left", "completed"]
    assert presence(cast.employee).state == "ready"
    assert presence(cast.employee).idle_since == later(90)


@pytest.mark.parametrize(
    ("event", "ended_as", "state"),
    [
        (Event.OFFER_EXPIRED, "expired", "not_answering"),
        (Event.OFFER_FAILED, "failed", "not_answering"),
        (Event.OFFER_DECLINED, "declined", "paused"),
    ],
)
def test_offer_not_taken_keeps_the_old_place(cast: Cast, event: Event, ended_as: str, state: str) -> None:
    cast.ready(cast.employee)
    contact_id = cast.wait()
    (row,) = offer(contact_id, cast.employee, at=later(1))
    cast.event(contact_id, event, at=later(20), offer_id=row["id"])
    contact = cast.contact(contact_id)
    assert (contact.state, contact.waiting_since) == ("waiting", NOW)
    assert Offer.objects.get(pk=row["id"]).ended_as == ended_as
    assert presence(cast.employee).state == state


def test_citizen_who_leaves_while_it_rings_costs_the_employee_no_place(cast: Cast) -> None:
    cast.ready(cast.employee, at=later(-300))
    contact_id = cast.wait()
    offer(contact_id, cast.employee, at=later(1))
    change = cast.event(contact_id, Event.CITIZEN_LEFT, at=later(3))
    assert change.closed_as is ClosedAs.ABANDONED
    assert presence(cast.employee).state == "ready"
    assert presence(cast.employee).idle_since == later(-300)


def test_event_of_an_older_offer_changes_nothing(cast: Cast) -> None:
    cast.ready(cast.employee)
    cast.ready(cast.colleague)
    contact_id = cast.wait()
    (old,) = offer(contact_id, cast.employee, at=later(1))
    cast.event(contact_id, Event.OFFER_EXPIRED, at=later(20), offer_id=old["id"])
    offer(contact_id, cast.colleague, at=later(21))
    change = cast.event(contact_id, Event.ANSWERED, at=later(22), offer_id=old["id"])
    assert not change.expected
    assert cast.contact(contact_id).state == "offered"
    assert presence(cast.colleague).state == "offered"


def test_second_offer_of_one_contact_does_not_hold(cast: Cast) -> None:
    cast.ready(cast.employee)
    cast.ready(cast.colleague)
    contact_id = cast.wait()
    assert offer(contact_id, cast.employee)
    assert offer(contact_id, cast.colleague) == []
    assert presence(cast.colleague).state == "ready"


def test_database_itself_refuses_two_open_offers(cast: Cast) -> None:
    cast.ready(cast.employee)
    cast.ready(cast.colleague)
    contact_id = cast.wait()
    offer(contact_id, cast.employee)
    with pytest.raises(IntegrityError, match="offer_one_open_per_contact"), transaction.atomic():
        Offer.objects.create(
            id=uuid7(NOW),
            contact_id=contact_id,
            authority=cast.own,
            employee=cast.colleague,
            made_at=NOW,
            expires_at=later(20),
        )


def test_pause_in_a_call_begins_after_it(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = cast.wait()
    offer(contact_id, cast.employee)
    with connection.cursor() as cursor:
        run(do_event(contact_id, Event.ANSWERED, now=later(1)), cursor)
        assert run(do_pause(cast.employee.pk, now=later(2)), cursor) is False
        assert run(do_ready(cast.employee.pk, now=later(2)), cursor) is False
        run(do_pause(cast.employee.pk, now=later(3)), cursor)
        run(do_event(contact_id, Event.EMPLOYEE_LEFT, now=later(9)), cursor)
        run(
            do_complete(contact_id, Closing("resolved"), employee_id=cast.employee.pk, now=later(12)),
            cursor,
        )
    assert presence(cast.employee).state == "paused"
    assert presence(cast.employee).pause_after is False


def test_colleague_cannot_close_my_contact(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = cast.wait()
    offer(contact_id, cast.employee)
    cast.event(contact_id, Event.ANSWERED)
    cast.event(contact_id, Event.CITIZEN_LEFT)
    with connection.cursor() as cursor:
        mine = do_complete(contact_id, Closing("guided", "x"), employee_id=cast.colleague.pk, now=NOW)
        assert run(mine, cursor) is None
    assert cast.contact(contact_id).state == "wrap_up"


def test_signing_out_while_it_rings_puts_the_contact_back(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = cast.wait()
    offer(contact_id, cast.employee)
    with connection.cursor() as cursor:
        run(do_sign_out(cast.employee.pk, now=later(2)), cursor)
    assert cast.contact(contact_id).state == "waiting"
    assert presence(cast.employee).state == "signed_out"


def test_unexpected_event_changes_nothing(cast: Cast) -> None:
    contact_id = cast.wait()
    change = cast.event(contact_id, Event.ANSWERED)
    assert not change.expected
    assert cast.contact(contact_id).state == "waiting"
    assert ContactEvent.objects.filter(contact_id=contact_id).count() == 2


def test_number_that_outlives_a_membership_leaves_the_contact_with_the_lines_owner(cast: Cast) -> None:
    LineNumber.objects.create(line=cast.line, digits="33663366", home_authority=cast.outside)
    contact = cast.contact(cast.arrive("33663366"))
    assert (contact.authority, contact.home_authority) == (cast.own, cast.outside)


def test_employee_who_signed_out_in_a_call_comes_back_to_it(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = cast.wait()
    offer(contact_id, cast.employee)
    cast.event(contact_id, Event.ANSWERED, at=later(2))
    with connection.cursor() as cursor:
        run(do_sign_out(cast.employee.pk, now=later(3)), cursor)
        assert presence(cast.employee).state == "signed_out"
        assert run(do_ready(cast.employee.pk, now=later(4)), cursor) is False
    assert presence(cast.employee).state == "talking"
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(9))
    assert presence(cast.employee).state == "wrap_up"
