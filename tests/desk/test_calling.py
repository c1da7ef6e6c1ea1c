"""Citizens who are called by the telephone: callbacks, messages, once more in after-call work, and of the employee's own accord."""

from http import HTTPStatus
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.channels.phone.models import DoNotCall, EmployeePhone, OutgoingPolicy, Trunk
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit.database import run
from borgerlinje.lines.models import LineNumber
from borgerlinje.staff.models import EmployeeCentre
from tests.desk.acts import get, post, state, talking, wrapping_up
from tests.support.cast import NOW, Cast, later


@pytest.fixture
def network(cast: Cast) -> Trunk:
    """Let calls go out by a provider."""
    OutgoingPolicy.objects.create(centre=cast.centre, countries=["DK"], allowed_prefixes=["000"])
    return Trunk.objects.create(name="prøve", host="127.0.0.1")


@pytest.fixture
def contact_id(cast: Cast, web: Client, network: Trunk) -> UUID:
    """Let a citizen ask to be called back, with the employee at work in a pause."""
    del network
    get(web, "/bord/")
    contact_id = cast.wait()
    cast.event(contact_id, Event.CALLBACK_ASKED, at=later(3))
    return contact_id


def act(web: Client, contact_id: UUID, name: str, **values: str) -> str:
    return str(post(web, f"/bord/henvendelse/{contact_id}/{name}/", **values).content.decode())


def shown_number(cast: Cast) -> str:
    return str(LineNumber.objects.get(line=cast.line, home_authority=cast.own).pk)


def message(cast: Cast, web: Client) -> UUID:
    get(web, "/bord/")
    contact_id = cast.wait()
    cast.event(contact_id, Event.VOICEMAIL_STARTED, at=later(3))
    cast.event(contact_id, Event.MESSAGE_LEFT, at=later(9))
    return contact_id


def test_taken_callback_is_dialled_and_the_page_expects_the_call(cast: Cast, web: Client, contact_id: UUID) -> None:
    page = act(web, contact_id, "ring-op")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.dial_asked_at) == ("calling_back", later(10))
    assert "data-expects-call" in page
    assert "Ringer til" in page
    assert "Fik fat i borgeren" not in page


def test_call_to_another_telephone_is_not_answered_by_the_page(cast: Cast, web: Client, contact_id: UUID) -> None:
    EmployeePhone.objects.create(employee=cast.employee, kind="number", digits="+4540000000", confirmed_at=NOW)
    page = act(web, contact_id, "ring-op")
    assert "data-expects-call" not in page
    assert "Din egen telefon ringer" in page


def test_call_that_is_broken_off_leaves_the_citizen_with_who_took_them(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    act(web, contact_id, "ring-op")
    page = act(web, contact_id, "afbryd")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.dial_asked_at, contact.employee) == ("calling_back", None, cast.employee)
    assert 'id="dial"' in page
    assert "data-expects-call" not in page
    assert post(web, f"/bord/henvendelse/{contact_id}/afbryd/").status_code == HTTPStatus.CONFLICT


def test_hung_up_before_anybody_answered_the_citizen_is_on_the_list_again(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    act(web, contact_id, "ring-op")
    post(web, "/bord/laeg-paa/")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.dial_asked_at, state(cast.employee)) == ("callback", None, "paused")


def test_citizen_who_does_not_answer_is_told_of_with_when_they_are_tried_again(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    act(web, contact_id, "ring-op")
    cast.event(contact_id, Event.CITIZEN_UNREACHED, at=later(10))
    page = get(web, f"/bord/nu/?was={contact_id}").content.decode()
    assert "Borgeren svarede ikke" in page
    assert "Prøves igen kl. " in page


def test_call_the_telephone_refuses_is_told_of_in_words(cast: Cast, web: Client, contact_id: UUID) -> None:
    act(web, contact_id, "ring-op")
    with connection.cursor() as cursor:
        because = {"because": "do_not_call"}
        run(do_event(contact_id, Event.CALLBACK_CANCELLED, now=later(10), data=because), cursor)
    page = get(web, f"/bord/nu/?was={contact_id}").content.decode()
    assert "Nummeret må ikke ringes op." in page
    assert "Borgeren står ikke længere på listen." in page
    assert cast.contact(contact_id).state == "closed"


def test_number_that_may_not_be_called_is_told_and_the_callback_can_be_given_up(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    DoNotCall.objects.create(authority=cast.own, digits="+4546120000", reason="ønske", made_at=NOW)
    page = act(web, contact_id, "ring-op")
    assert cast.contact(contact_id).dial_asked_at is None
    assert "må ikke ringes op" in page
    assert 'id="dial"' not in page
    answer = post(web, f"/bord/henvendelse/{contact_id}/annuller/")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    act(web, contact_id, "annuller", because="barred")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.closed_as) == ("closed", "abandoned")
    assert contact.events.get(name="callback_cancelled").data["because"] == "barred"
    assert state(cast.employee) == "ready"


def test_number_is_checked_again_when_one_asks_to_dial(cast: Cast, web: Client, contact_id: UUID) -> None:
    DoNotCall.objects.create(authority=cast.own, digits="+4546120000", reason="ønske", made_at=NOW)
    act(web, contact_id, "ring-op")
    answer = post(web, f"/bord/henvendelse/{contact_id}/ring/")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).dial_asked_at is None


def test_message_is_heard_before_anybody_rings(cast: Cast, web: Client, network: Trunk) -> None:
    del network
    contact_id = message(cast, web)
    page = act(web, contact_id, "ring-op")
    assert cast.contact(contact_id).dial_asked_at is None
    assert "Besked fra" in page
    assert "Færdig uden opkald" in page
    assert "Ringer til" in act(web, contact_id, "ring")
    assert cast.contact(contact_id).dial_asked_at == later(10)


def test_message_that_says_it_all_is_closed_like_a_conversation(cast: Cast, web: Client, network: Trunk) -> None:
    del network
    contact_id = message(cast, web)
    act(web, contact_id, "ring-op")
    assert "Hvordan gik det?" in act(web, contact_id, "faerdig")
    assert (cast.contact(contact_id).state, state(cast.employee)) == ("wrap_up", "wrap_up")


def test_call_under_way_is_neither_settled_nor_dialled_twice(cast: Cast, web: Client, contact_id: UUID) -> None:
    act(web, contact_id, "ring-op")
    for name in ("faerdig", "ring", "naaet", "intet-svar", "annuller"):
        assert post(web, f"/bord/henvendelse/{contact_id}/{name}/", because="helped").status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "calling_back"


def test_citizen_is_rung_once_more_in_after_call_work(cast: Cast, web: Client, network: Trunk) -> None:
    del network
    contact_id = wrapping_up(cast, cast.employee)
    assert "Ring til borgeren igen" in get(web, "/bord/nu/").content.decode()
    assert "data-expects-call" in act(web, contact_id, "ring-igen")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.dial_asked_at, state(cast.employee)) == ("calling_back", later(10), "talking")


def test_colleagues_citizen_is_not_rung_by_me(cast: Cast, web: Client, network: Trunk) -> None:
    del network
    contact_id = wrapping_up(cast, cast.colleague)
    for name in ("ring", "ring-igen", "faerdig", "annuller", "afbryd"):
        assert post(web, f"/bord/henvendelse/{contact_id}/{name}/", because="helped").status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "wrap_up"


def test_employee_calls_a_citizen_of_their_own_accord(cast: Cast, web: Client, network: Trunk) -> None:
    del network
    get(web, "/bord/")
    assert 'id="call-out"' in get(web, "/bord/nu/?open=ring").content.decode()
    answer = post(web, "/bord/ring-til/", digits="46 12 34 56", shown=shown_number(cast), subject="Pas")
    page = answer.content.decode()
    contact = Contact.objects.get(caller_number="46123456")
    assert (contact.state, contact.employee, contact.dial_asked_at) == ("calling_back", cast.employee, later(10))
    assert (contact.home_authority, contact.authority, contact.subject) == (cast.own, cast.own, "Pas")
    assert [event.name for event in contact.events.all()] == ["called_out", "offered", "answered"]
    assert "data-expects-call" in page
    assert "Du ringede tidligere" not in page


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "Skriv borgerens nummer"),
        ({"digits": "90123456"}, "overtakseret"),
        ({"digits": "46313020"}, "vores egne numre"),
        ({"digits": "46123456", "shown": "999999"}, "Vælg et nummer på listen"),
        ({"digits": "46123456", "subject": "Er 010190-1234"}, "CPR-nummer"),
    ],
)
def test_call_that_may_not_be_made_is_refused_in_words(
    cast: Cast, web: Client, network: Trunk, values: dict[str, str], why: str
) -> None:
    del network
    get(web, "/bord/")
    answer = post(web, "/bord/ring-til/", **({"shown": shown_number(cast)} | values))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert why in answer.content.decode()
    assert not Contact.objects.exists()


def test_nobody_shows_a_number_of_a_line_they_do_not_answer(cast: Cast, web: Client, network: Trunk) -> None:
    del network
    get(web, "/bord/")
    number = shown_number(cast)
    EmployeeCentre.objects.filter(employee=cast.employee).update(to_on=NOW.date())
    answer = post(web, "/bord/ring-til/", digits="46123456", shown=number)
    assert answer.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FORBIDDEN}
    assert not Contact.objects.exists()


def test_employee_with_a_citizen_calls_no_other(cast: Cast, web: Client, network: Trunk) -> None:
    del network
    talking(cast, cast.employee)
    answer = post(web, "/bord/ring-til/", digits="46123456", shown=shown_number(cast))
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Du har en borger i forvejen" in answer.content.decode()
    assert Contact.objects.count() == 1


def test_without_a_way_out_nobody_is_offered_to_dial(cast: Cast, web: Client) -> None:
    contact_id = wrapping_up(cast, cast.employee)
    page = get(web, "/bord/nu/?open=ring").content.decode()
    assert "Ring til borgeren igen" not in page
    assert 'id="call-out"' not in page
    assert post(web, f"/bord/henvendelse/{contact_id}/ring-igen/").status_code == HTTPStatus.CONFLICT
