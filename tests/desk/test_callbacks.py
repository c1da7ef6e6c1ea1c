"""Citizens who wait to be called back: listed, taken by hand, reached or not."""

from http import HTTPStatus
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.actions import do_offer
from borgerlinje.dispatch.matching import Match
from borgerlinje.kit.database import run
from borgerlinje.staff.models import EmployeeCentre
from tests.desk.acts import get, post, state, talking
from tests.support.cast import NOW, Cast, later


@pytest.fixture
def contact_id(cast: Cast, web: Client) -> UUID:
    """Let a citizen ask to be called back, with the employee at work in a pause."""
    get(web, "/bord/")
    contact_id = cast.wait()
    cast.event(contact_id, Event.CALLBACK_ASKED, at=later(3))
    return contact_id


def act(web: Client, contact_id: UUID, name: str) -> str:
    answer = post(web, f"/bord/henvendelse/{contact_id}/{name}/")
    return str(answer.content.decode())


def test_callback_is_listed_with_what_it_waits_for_and_not_among_those_on_the_line(
    web: Client, contact_id: UUID
) -> None:
    page = get(web, "/bord/nu/").content.decode()
    assert f'id="tilbage-{contact_id}"' in page
    assert "Har bedt om at blive ringet op" in page
    assert f'id="ko-{contact_id}"' not in page


def test_promise_after_a_technical_fault_says_so(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    lost = cast.wait()
    cast.event(lost, Event.TECHNICAL_FAULT, at=later(3))
    (promise,) = Contact.objects.filter(origin_id=lost)
    page = get(web, "/bord/nu/").content.decode()
    assert "Lovet tilbagekald efter teknisk fejl" in page
    assert (promise.state, promise.waiting_since) == ("callback", NOW)


def test_message_left_is_why_and_the_button_names_the_citizen(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    contact_id = cast.wait()
    cast.event(contact_id, Event.VOICEMAIL_STARTED, at=later(3))
    cast.event(contact_id, Event.MESSAGE_LEFT, at=later(9))
    page = get(web, "/bord/nu/").content.decode()
    assert "Har indtalt en besked" in page
    assert 'aria-label="Ring op: Næstved, Borger 46 12' in page
    assert "Har indtalt en besked" in act(web, contact_id, "ring-op")


def test_citizen_of_a_centre_where_one_does_not_work_is_not_taken(cast: Cast, web: Client, contact_id: UUID) -> None:
    EmployeeCentre.objects.filter(employee=cast.employee).update(to_on=NOW.date())
    assert Contact.objects.filter(pk=contact_id).exists()
    assert post(web, f"/bord/henvendelse/{contact_id}/ring-op/").status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "callback"


def test_number_is_shown_to_who_has_taken_it_and_to_nobody_before(cast: Cast, web: Client, contact_id: UUID) -> None:
    assert "46 12 00 00" not in get(web, "/bord/nu/").content.decode()
    page = act(web, contact_id, "ring-op")
    assert "46 12 00 00" in page
    assert "Fik fat i borgeren" in page
    assert (cast.contact(contact_id).state, state(cast.employee)) == ("calling_back", "talking")


def test_reached_citizen_is_talked_with_and_closed_like_any_other(cast: Cast, web: Client, contact_id: UUID) -> None:
    act(web, contact_id, "ring-op")
    assert "Afslut samtale" in act(web, contact_id, "naaet")
    assert cast.contact(contact_id).state == "connected"
    assert "Hvordan gik det?" in post(web, "/bord/laeg-paa/").content.decode()
    post(
        web,
        f"/bord/henvendelse/{contact_id}/luk/",
        outcome="resolved",
        nature="information",
        home="confirmed",
    )
    assert (cast.contact(contact_id).closed_as, state(cast.employee)) == ("answered", "ready")


def test_citizen_who_does_not_answer_is_tried_again_later(cast: Cast, web: Client, contact_id: UUID) -> None:
    act(web, contact_id, "ring-op")
    act(web, contact_id, "intet-svar")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.attempts, contact.due_at) == ("callback", 1, later(10 + 900))
    assert "1 forsøg" in get(web, "/bord/nu/").content.decode()
    assert state(cast.employee) == "ready"


def test_last_attempt_closes_it_as_unreached(cast: Cast, web: Client, contact_id: UUID) -> None:
    for _ in range(cast.line.callback_attempts):
        act(web, contact_id, "ring-op")
        act(web, contact_id, "intet-svar")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.closed_as) == ("closed", "unreached")


def test_one_who_was_faster_has_it(cast: Cast, web: Client, contact_id: UUID) -> None:
    Contact.objects.filter(pk=contact_id).update(state="calling_back", employee=cast.colleague)
    assert post(web, f"/bord/henvendelse/{contact_id}/ring-op/").status_code == HTTPStatus.CONFLICT
    assert post(web, f"/bord/henvendelse/{contact_id}/naaet/").status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "calling_back"


def test_employee_with_a_citizen_takes_no_other(cast: Cast, web: Client, contact_id: UUID) -> None:
    talking(cast, cast.employee)
    assert post(web, f"/bord/henvendelse/{contact_id}/ring-op/").status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "callback"


def test_citizen_on_the_line_is_not_taken_past_those_before(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    waiting = cast.wait()
    assert post(web, f"/bord/henvendelse/{waiting}/ring-op/").status_code == HTTPStatus.CONFLICT
    assert cast.contact(waiting).state == "waiting"


def test_desk_that_is_loaded_anew_keeps_a_conversation_on_another_telephone(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    act(web, contact_id, "ring-op")
    for shown in ("calling_back", "connected"):
        account = post(web, "/bord/telefon/", fresh="1").json()["name"]
        post(web, "/bord/vaek/", name=account)
        assert cast.contact(contact_id).state == shown
        assert f'data-state="{shown}"' in post(web, "/bord/tilbage/").content.decode()
        assert state(cast.employee) == "talking"
        act(web, contact_id, "naaet")


def test_offered_callback_is_rung_up_by_who_accepts_it(cast: Cast, web: Client, contact_id: UUID) -> None:
    cast.ready(cast.employee)
    with connection.cursor() as cursor:
        (offer,) = run(do_offer([Match(contact_id, cast.employee.pk, {})], now=NOW), cursor)
    page = get(web, "/bord/nu/").content.decode()
    assert "data-accept" in page
    assert 'data-do="answer"' not in page
    post(web, f"/bord/tilbud/{offer['id']}/ring-op/")
    assert cast.contact(contact_id).state == "calling_back"
