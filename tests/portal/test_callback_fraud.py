"""What somebody gets who wants our telephones to call a thousand times: the ledger says how many calls would have gone out."""

from collections import Counter
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.core import signing

from borgerlinje.channels.phone.callbacks.asked import Asked, do_ask_callback
from borgerlinje.channels.phone.models import OutgoingCall, OutgoingPolicy
from borgerlinje.channels.phone.outgoing.policy import Refusal
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.callbacks import do_take
from borgerlinje.portal import callback_limits
from tests.channels.phone.ledger import at_once, begin, do, store, with_trunk
from tests.portal.asking import PAGE, Citizen, hidden, ready
from tests.support.cast import NOW, Cast, later
from tests.support.database import TestDatabase

THOUSAND = 1000
# Enough to get past every limit, where a thousand would only take longer.
MANY = 150


@pytest.fixture
def hotline(cast: Cast) -> Cast:
    with_trunk(max_calls=THOUSAND)
    return ready(cast)


def confirmed(number: str) -> str:
    """Return what the page that says a number back would have us send."""
    return signing.dumps({"n": number, "w": "", "d": "46313020"}, salt="portal.callback.ask")


def promise(payload: str, address: str = "192.0.2.7", *, after: float = 15) -> int:
    return int(Citizen(address).post(f"{PAGE}bekraeft/", after=after, payload=payload).status_code)


def address(number: int) -> str:
    """Return an address of a network of its own."""
    return f"198.18.{number // 250}.{number % 250}"


def calls_made(*, at: float = 60, times: int = 20) -> int:
    """Call everybody who waits for a call so many times, if the ledger lets us, and return how many calls went out."""
    for contact in Contact.objects.filter(state="callback"):
        for attempt in range(times):
            begin(contact.pk, contact.callback_number, at=later(at + attempt))
    return OutgoingCall.objects.filter(refused="").count()


def test_thousand_wishes_from_one_page_are_one_callback_and_six_calls(hotline: Cast) -> None:
    payload = hidden(Citizen().types(), "payload")
    codes = Counter(promise(payload) for _ in range(THOUSAND))
    assert codes[HTTPStatus.FOUND] == 1
    assert codes[HTTPStatus.TOO_MANY_REQUESTS] > THOUSAND - 10
    assert (Contact.objects.count(), calls_made()) == (1, 6)


def test_many_visitors_who_want_one_number_called_are_one_callback(hotline: Cast) -> None:
    payload = confirmed("+4546120000")
    codes = Counter(promise(payload, address(number)) for number in range(MANY))
    assert codes == {HTTPStatus.FOUND: 1, HTTPStatus.OK: 2, HTTPStatus.TOO_MANY_REQUESTS: MANY - 3}
    assert (Contact.objects.count(), calls_made()) == (1, 6)


def test_number_that_is_asked_for_anew_after_each_call_is_called_six_times_a_day(hotline: Cast) -> None:
    payload, asked = confirmed("+4546120000"), 0
    for number in range(20):
        asked += promise(payload, address(number), after=15 + 100 * number) == HTTPStatus.FOUND
        for contact in Contact.objects.filter(state="callback"):
            begin(contact.pk, contact.callback_number, at=later(20 + 100 * number))
            answered(hotline, contact.pk, at=20 + 100 * number)
    assert asked == callback_limits.ASKS_PER_NUMBER
    assert OutgoingCall.objects.filter(refused="").count() == 3


def answered(cast: Cast, contact_id: UUID, *, at: float) -> None:
    """Let an employee reach the citizen, who hangs up."""
    cast.line.wrap_up_seconds = 0
    cast.line.save()
    cast.ready(cast.employee, at=later(at))
    assert do(do_take(contact_id, employee_id=cast.employee.pk, now=later(at + 1)))
    cast.event(contact_id, Event.CITIZEN_REACHED, at=later(at + 2))
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(at + 3))


def test_many_numbers_from_one_page_are_five_callbacks(hotline: Cast) -> None:
    codes = Counter(promise(confirmed(f"+454612{number:04d}")) for number in range(MANY))
    assert codes[HTTPStatus.FOUND] == callback_limits.ASKS_PER_ADDRESS == Contact.objects.count()


def test_household_of_the_new_protocol_is_one_address(hotline: Cast) -> None:
    codes = [promise(confirmed(f"+454612{number:04d}"), f"2001:db8:1:2::{number:x}") for number in range(10)]
    assert codes.count(HTTPStatus.FOUND) == callback_limits.ASKS_PER_ADDRESS
    assert promise(confirmed("+4546129999"), "2001:db8:1:3::1") == HTTPStatus.FOUND


def test_many_numbers_from_as_many_visitors_are_what_the_line_promises_in_an_hour(hotline: Cast) -> None:
    codes = Counter(promise(confirmed(f"+454612{number:04d}"), address(number)) for number in range(MANY))
    assert codes[HTTPStatus.FOUND] == callback_limits.ASKS_PER_LINE
    assert codes[HTTPStatus.SERVICE_UNAVAILABLE] == MANY - callback_limits.ASKS_PER_LINE
    OutgoingPolicy.objects.create(centre=hotline.centre, per_hour=50)
    assert calls_made(times=1) == 50


@pytest.mark.parametrize(
    "number",
    [
        *("+88212345678", "+88112345678", "+870773111632", "0088212345678", "+97912345678"),
        *("90123456", "+4590123456", "004590123456", "1", "12", "112", "1813", "+45112"),
        *("+18765551234", "+46701234567", "+37190012345", "0046701234567"),
        *("٤٦١٢٠٠٠٠", "\uff14\uff16\uff11\uff12\uff10\uff10\uff10\uff10", "४६१२००००"),
        *(
            "tel:+4546120000",
            "tel:46120000;phone-context=+882",
            "46120000;ext=1",
            "46120000,9",
            "46120000@evil.example",
        ),
        *("+45ABCDEFGH", "+45" + "4" * 500, "9" * 5000, "00000370", "46313020", "\x0046120000", "sip:46120000"),
    ],
)
def test_number_that_costs_or_is_none_is_never_called(hotline: Cast, number: str) -> None:
    for status in (Citizen().asks(number).status_code, promise(confirmed(number))):
        assert status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (Contact.objects.count(), calls_made()) == (0, 0)


def test_form_sent_at_once_or_with_its_trap_filled_came_from_no_person(hotline: Cast) -> None:
    assert Citizen().types(after=1).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert Citizen().types(website="https://evil.example").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    forged = Citizen().post(PAGE, number="46120000", started="1764000000")
    assert forged.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    slow = Citizen()
    started = hidden(slow.post(PAGE, number="46120000", started=""), "started")
    assert slow.post(PAGE, after=5, number="46120000", started=started).status_code == HTTPStatus.OK


def test_numbers_typed_from_one_address_are_counted_even_when_they_are_wrong(hotline: Cast) -> None:
    citizen = Citizen()
    codes = Counter(citizen.post(PAGE, number=f"9012{number:04d}").status_code for number in range(100))
    assert codes[HTTPStatus.UNPROCESSABLE_ENTITY] == callback_limits.TRIES_PER_ADDRESS


def test_address_is_kept_as_a_count_under_a_name_that_changes_daily(hotline: Cast) -> None:
    from django.db import connection

    def names() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT key FROM kit_throttle")
            return {row[0] for row in cursor.fetchall()}

    promise(confirmed("+4546120000"))
    first = names()
    assert not any("192.0.2.7" in name or "46120000" in name for name in first)
    promise(confirmed("+4546120001"), after=24 * 3600)
    assert len([name for name in names() if name.startswith("callback-ask:")]) == 2


def test_wishes_at_the_same_moment_are_one_callback(database: TestDatabase, django_db_blocker: Any) -> None:
    store(database, django_db_blocker)
    written = ["46120077", "+45 46 12 00 77", "004546120077", "4546120077"] * 10
    given = at_once(database, [partial(do_ask_callback, text, dialled="46313020", now=NOW) for text in written])
    assert [isinstance(each, Refusal) for each in given] == [False] * 40
    assert len({each.contact_id for each in given if isinstance(each, Asked)}) == 1
    assert [each.is_new for each in given if isinstance(each, Asked)].count(True) == 1
