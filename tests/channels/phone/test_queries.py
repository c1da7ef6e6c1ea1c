"""What the telephone process reads of the rows."""

from uuid import UUID

from django.db import connection

from borgerlinje.channels.phone.queries import unfinished_calls
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event, do_offer
from borgerlinje.dispatch.callbacks import do_take
from borgerlinje.dispatch.matching import Match
from borgerlinje.kit.database import Steps, T, run
from tests.support.cast import Cast, later


def do(steps: Steps[T]) -> T:
    with connection.cursor() as cursor:
        return run(steps, cursor)


def unfinished() -> set[UUID]:
    return {row["id"] for row in do(unfinished_calls())}


def called_back(cast: Cast, data: dict[str, str]) -> UUID:
    """Store a citizen who asked to be called and was reached."""
    contact_id = cast.wait()
    cast.event(contact_id, Event.CALLBACK_ASKED, at=later(3))
    cast.ready(cast.employee)
    assert do(do_take(contact_id, employee_id=cast.employee.pk, now=later(5)))
    assert do(do_event(contact_id, Event.CITIZEN_REACHED, now=later(9), data=data))
    assert cast.contact(contact_id).state == "connected"
    return contact_id


def test_conversation_with_a_channel_here_is_taken_over(cast: Cast) -> None:
    waiting, talking = cast.wait(), cast.wait()
    cast.ready(cast.employee)
    do(do_offer([Match(talking, cast.employee.pk, {"rule": "test"})], now=later(1)))
    cast.event(talking, Event.ANSWERED, at=later(2))
    assert unfinished() == {waiting, talking}


def test_citizen_called_from_the_employees_own_telephone_is_left_alone(cast: Cast) -> None:
    waiting = cast.wait()
    called_back(cast, {"by": "hand"})
    assert unfinished() == {waiting}


def test_citizen_called_back_over_our_own_telephone_is_taken_over(cast: Cast) -> None:
    contact_id = called_back(cast, {})
    assert unfinished() == {contact_id}
