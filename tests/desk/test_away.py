"""The desk's page goes away and comes back: no citizen is lost, and the employee's state is right."""

from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client

from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.models import Offer, Presence, PresenceState
from tests.desk.acts import get, offered, post, state, talking, wrapping_up
from tests.support.cast import NOW, Cast, later


@pytest.fixture
def account(web: Client) -> str:
    """Open the desk's page, and return its telephone account."""
    get(web, "/bord/")
    return str(post(web, "/bord/telefon/", fresh="1").json()["name"])


def go(web: Client, account: str) -> None:
    assert post(web, "/bord/vaek/", name=account).status_code == HTTPStatus.NO_CONTENT


def come_back(web: Client) -> str:
    get(web, "/bord/")
    post(web, "/bord/telefon/", fresh="1")
    return str(post(web, "/bord/tilbage/").content.decode())


def test_ready_employee_who_goes_is_offered_nothing_and_is_ready_when_back(
    cast: Cast, web: Client, account: str
) -> None:
    post(web, "/bord/status/", status="ready")
    go(web, account)
    assert state(cast.employee) == "connection_lost"
    assert "Klar til næste borger" in come_back(web)
    assert state(cast.employee) == "ready"


def test_offered_citizen_goes_back_to_their_place(cast: Cast, web: Client, account: str) -> None:
    contact_id = offered(cast, cast.employee)
    go(web, account)
    contact = cast.contact(contact_id)
    assert (contact.state, contact.waiting_since) == ("waiting", NOW)
    assert Offer.objects.get(contact_id=contact_id).ended_as == "lost"
    assert state(cast.employee) == "connection_lost"


def test_citizen_in_conversation_goes_back_to_their_place_and_is_not_dropped(
    cast: Cast, web: Client, account: str
) -> None:
    contact_id = talking(cast, cast.employee)
    post(web, f"/bord/henvendelse/{contact_id}/notat/", note="Har MitID.", subject="Pas")
    go(web, account)
    contact = cast.contact(contact_id)
    assert (contact.state, contact.waiting_since, contact.note) == ("waiting", NOW, "Har MitID.")
    assert state(cast.employee) == "connection_lost"
    come_back(web)
    assert state(cast.employee) == "ready"


def test_note_sent_while_the_page_goes_is_kept(cast: Cast, web: Client, account: str) -> None:
    contact_id = talking(cast, cast.employee)
    go(web, account)
    post(web, f"/bord/henvendelse/{contact_id}/notat/", note="Sidste ord.", subject="")
    assert cast.contact(contact_id).note == "Sidste ord."


def test_after_call_work_waits_for_who_comes_back(cast: Cast, web: Client, account: str) -> None:
    contact_id = wrapping_up(cast, cast.employee)
    go(web, account)
    assert (cast.contact(contact_id).state, state(cast.employee)) == ("wrap_up", "wrap_up")
    assert "Hvordan gik det?" in come_back(web)


def test_pause_is_kept(cast: Cast, web: Client, account: str) -> None:
    go(web, account)
    come_back(web)
    assert state(cast.employee) == "paused"


def test_page_that_crashed_is_known_to_be_gone_when_the_next_one_opens(cast: Cast, web: Client, account: str) -> None:
    del account
    contact_id = talking(cast, cast.employee)
    get(web, "/bord/")
    assert cast.contact(contact_id).state == "connected"
    post(web, "/bord/telefon/", fresh="1")
    assert cast.contact(contact_id).state == "waiting"
    post(web, "/bord/tilbage/")
    assert state(cast.employee) == "ready"


def test_word_of_an_older_page_that_comes_late_takes_nobody_off_the_next_one(
    cast: Cast, web: Client, account: str
) -> None:
    come_back(web)
    contact_id = talking(cast, cast.employee)
    go(web, account)
    assert (cast.contact(contact_id).state, state(cast.employee)) == ("connected", "talking")


def test_account_of_a_colleague_says_nothing_about_me(cast: Cast, web: Client, account: str) -> None:
    del account
    contact_id = talking(cast, cast.employee)
    go(web, "bl-e-0123456789abcdef")
    assert cast.contact(contact_id).state == "connected"


def test_new_account_of_a_page_that_stays_leaves_the_conversation(cast: Cast, web: Client, account: str) -> None:
    del account
    contact_id = talking(cast, cast.employee)
    post(web, "/bord/telefon/")
    assert cast.contact(contact_id).state == "connected"


def test_telephone_out_of_reach_hands_the_offer_on_and_keeps_a_conversation(
    cast: Cast, web: Client, account: str
) -> None:
    contact_id = offered(cast, cast.employee)
    post(web, "/bord/vaek/", name=account, idle="1")
    assert (cast.contact(contact_id).state, state(cast.employee)) == ("waiting", "connection_lost")
    post(web, "/bord/tilbage/")
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(11))
    contact_id = talking(cast, cast.employee)
    post(web, "/bord/vaek/", name=account, idle="1")
    assert (cast.contact(contact_id).state, state(cast.employee)) == ("connected", "talking")


def test_whoever_signs_out_in_a_conversation_leaves_the_citizen_in_the_queue(
    cast: Cast, web: Client, account: str
) -> None:
    del account
    contact_id = talking(cast, cast.employee)
    post(web, "/konsol/log-af/")
    assert (cast.contact(contact_id).state, state(cast.employee)) == ("waiting", "signed_out")


@pytest.mark.parametrize("shown", list(State))
def test_no_state_of_a_contact_breaks_a_desk_or_the_live_view(cast: Cast, web: Client, shown: State) -> None:
    contact_id = talking(cast, cast.employee)
    _put(contact_id, shown)
    for path in ("/bord/", "/konsol/lige-nu/"):
        assert get(web, path).status_code == HTTPStatus.OK


@pytest.mark.parametrize("shown", list(PresenceState))
def test_no_state_of_an_employee_breaks_a_desk_or_the_live_view(cast: Cast, web: Client, shown: str) -> None:
    get(web, "/bord/")
    for employee in (cast.employee, cast.colleague):
        cast.ready(employee)
    Presence.objects.update(state=shown)
    for path in ("/bord/nu/", "/konsol/lige-nu/"):
        assert get(web, path).status_code == HTTPStatus.OK


def test_lost_connection_has_words(cast: Cast, web: Client, account: str) -> None:
    del cast
    post(web, "/bord/status/", status="ready")
    go(web, account)
    page = get(web, "/bord/nu/").content.decode()
    assert "Forbindelsen er væk" in page
    assert 'data-standing="connection_lost"' in page


def _put(contact_id: UUID, shown: State) -> None:
    closed = {"closed_at": NOW, "closed_as": "answered"} if shown is State.CLOSED else {}
    Contact.objects.filter(pk=contact_id).update(state=shown, **closed)
