"""What choices on the telephone write beside their event, and which numbers may be called back."""

import pytest
from django.db import connection

from borgerlinje.channels.phone.calls import menu_choices
from borgerlinje.channels.phone.outgoing.policy import Number, Reason, Refusal
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.kit.database import Steps, T, run
from borgerlinje.lines.models import Subject
from tests.support.cast import NOW, Cast, later

pytestmark = pytest.mark.django_db


def done(steps: Steps[T]) -> T:
    with connection.cursor() as cursor:
        return run(steps, cursor)


def ask(cast: Cast, text: str, contact_id) -> Number | Refusal | None:
    return done(
        menu_choices.may_be_called(text, contact_id=contact_id, centre_id=cast.centre.pk, dialled="46313020", now=NOW)
    )


def test_subject_and_language_are_noted_and_a_subject_that_is_gone_changes_nothing(cast: Cast) -> None:
    subject = Subject.objects.create(code="pas", name="Pas")
    contact_id = cast.arrive()
    done(menu_choices.do_choose(contact_id, language="en", subject="pas"))
    done(menu_choices.do_choose(contact_id, language="en", subject="væk"))
    contact = cast.contact(contact_id)
    assert (contact.language, contact.subject_item_id, contact.subject) == ("en", subject.pk, "Pas")


def test_promise_keeps_number_and_hour(cast: Cast) -> None:
    contact_id = cast.arrive()
    cast.event(contact_id, Event.CALLBACK_ASKED)
    done(menu_choices.do_promise(contact_id, number="20123456", due_at=later(3600), language="da", now=NOW))
    contact = cast.contact(contact_id)
    assert (contact.callback_number, contact.due_at, contact.is_callback) == ("20123456", later(3600), True)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("90123456", Reason.COSTLY),
        ("0046812345678", Reason.FOREIGN),
        ("1813", Reason.SHORT),
        ("112", Reason.SHORT),
        ("46313020", Reason.OWN),
        ("123", Reason.SHORT),
        ("1", Reason.NOT_A_NUMBER),
        ("", Reason.NOT_A_NUMBER),
    ],
)
def test_number_that_is_not_called_is_refused(cast: Cast, typed: str, reason: Reason) -> None:
    answer = ask(cast, typed, cast.arrive())
    assert isinstance(answer, Refusal)
    assert answer.reason is reason


def test_number_is_promised_once(cast: Cast) -> None:
    first, second = cast.arrive(caller="20123456"), cast.arrive(caller="")
    assert isinstance(ask(cast, "20123456", first), Number)
    cast.event(first, Event.CALLBACK_ASKED)
    done(menu_choices.do_promise(first, number="20123456", due_at=None, language="da", now=NOW))
    assert ask(cast, "20123456", second) is None
    # One's own promise stands in nobody's way.
    assert isinstance(ask(cast, "20123456", first), Number)
    assert isinstance(ask(cast, "20123457", second), Number)


def test_menus_a_contact_has_come_to_are_counted(cast: Cast) -> None:
    contact_id = cast.arrive()
    assert done(menu_choices.entries_so_far(contact_id)) == 0
    for _ in range(3):
        cast.event(contact_id, Event.MENU_ENTERED)
    assert done(menu_choices.entries_so_far(contact_id)) == 3
    assert Contact.objects.get(pk=contact_id).state == "in_menu"
