"""Helping from the live view, over HTTP, as the web's own database role: who may, what becomes of citizen and employee, and what is kept of it."""

from collections.abc import Iterator
from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import ContactEvent
from borgerlinje.dispatch.models import Offer
from borgerlinje.kit import clock
from borgerlinje.staff.models import ChangeNote, Employee
from borgerlinje.staff.roles import Role
from tests.console.test_console_pages import page_of, signed_in
from tests.desk.acts import offered, post, state, talking, wrapping_up
from tests.support.cast import NOW, Cast, later, make_employee


@pytest.fixture(autouse=True)
def _at_a_fixed_time() -> Iterator[None]:
    with clock.turned(later(20)):
        yield


@pytest.fixture
def helper(cast: Cast) -> Employee:
    return make_employee("Paula", cast.own, cast.centre, role=Role.PLANNER)


@pytest.fixture
def planner(helper: Employee) -> Client:
    return signed_in(helper)


def over(contact_id: UUID) -> str:
    return f"/konsol/lige-nu/henvendelse/{contact_id}/overtag/"


def right(employee: Employee) -> str:
    return f"/konsol/lige-nu/medarbejder/{employee.pk}/afslut-tilstand/"


def test_citizen_is_taken_over_and_rings_at_the_helpers_desk(cast: Cast, planner: Client, helper: Employee) -> None:
    contact_id = talking(cast, cast.employee)
    cast.ready(helper)
    assert f'href="{over(contact_id)}"' in page_of(planner, "/konsol/lige-nu/")
    assert "mister samtalen" in page_of(planner, over(contact_id))
    assert post(planner, over(contact_id), because="asked").status_code == HTTPStatus.FOUND
    contact = cast.contact(contact_id)
    assert (contact.state, contact.waiting_since) == ("offered", NOW)
    assert Offer.objects.get(contact=contact, ended_at=None).employee == helper
    assert (state(cast.employee), state(helper)) == ("ready", "offered")
    noted = ContactEvent.objects.get(contact=contact, name="requeued")
    assert (noted.employee, noted.data) == (cast.employee, {"help": "asked"})
    story = page_of(planner, f"/konsol/henvendelse/{contact_id}/")
    assert "Hjulpet fra »Lige nu«: Medarbejderen bad om hjælp." in story
    assert "Overtog selv henvendelsen fra »Lige nu«." in story
    assert "Paula" in story
    note = ChangeNote.objects.get(kind="contact", object_id=str(contact_id))
    assert (note.before["employee"], note.after["employee"]) == (str(cast.employee), str(helper))


def test_who_waits_is_taken_over_too(cast: Cast, planner: Client, helper: Employee) -> None:
    contact_id = cast.wait()
    cast.ready(helper)
    post(planner, over(contact_id), because="citizen")
    assert Offer.objects.get(contact_id=contact_id).employee == helper


def test_nothing_happens_without_a_reason_or_a_desk(cast: Cast, planner: Client, helper: Employee) -> None:
    contact_id = talking(cast, cast.employee)
    assert "Åbn dit bord" in page_of(planner, over(contact_id))
    post(planner, over(contact_id), because="asked")
    assert cast.contact(contact_id).state == "connected"
    cast.ready(helper)
    refused = post(planner, over(contact_id), because="other")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert cast.contact(contact_id).state == "connected"


@pytest.mark.parametrize("act", ["over", "right"])
def test_who_does_not_help_there_is_refused(cast: Cast, act: str) -> None:
    contact_id = talking(cast, cast.employee)
    path = over(contact_id) if act == "over" else right(cast.employee)
    elsewhere = signed_in(make_employee("Olga", cast.outside, None, role=Role.PLANNER))
    assert post(elsewhere, path, because="asked").status_code == HTTPStatus.NOT_FOUND
    assert post(signed_in(cast.colleague), path, because="asked").status_code == HTTPStatus.FORBIDDEN
    assert cast.contact(contact_id).state == "connected"
    assert "Overtag" not in page_of(signed_in(cast.colleague), "/konsol/lige-nu/")


def test_after_call_work_left_open_is_closed_and_the_employee_pauses(cast: Cast, planner: Client) -> None:
    contact_id = wrapping_up(cast, cast.employee)
    assert f'href="{right(cast.employee)}"' in page_of(planner, "/konsol/lige-nu/")
    assert "lukkes uden udfald" in page_of(planner, right(cast.employee))
    assert post(planner, right(cast.employee), because="left").status_code == HTTPStatus.FOUND
    contact = cast.contact(contact_id)
    assert (contact.state, contact.closed_as, contact.outcome) == ("closed", "answered", "")
    assert state(cast.employee) == "paused"
    assert "Vagten er slut" in page_of(planner, f"/konsol/henvendelse/{contact_id}/")
    noted = ChangeNote.objects.get(kind="employee", object_id=str(cast.employee.pk))
    assert (noted.before["state"], noted.after["state"]) == ("Efterbehandling", "Pause")


def test_lost_call_goes_back_to_its_place_and_nobody_is_dropped(cast: Cast, planner: Client) -> None:
    contact_id = talking(cast, cast.employee)
    post(planner, right(cast.employee), because="technical")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.waiting_since) == ("waiting", NOW)
    assert state(cast.employee) == "paused"


def test_offer_that_rings_in_vain_goes_back(cast: Cast, planner: Client) -> None:
    contact_id = offered(cast, cast.employee)
    post(planner, right(cast.employee), because="away")
    assert cast.contact(contact_id).state == "waiting"
    assert state(cast.employee) == "paused"


def test_who_did_not_answer_is_signed_out_and_who_is_ready_is_left_alone(cast: Cast, planner: Client) -> None:
    contact_id = offered(cast, cast.employee)
    cast.event(contact_id, Event.OFFER_EXPIRED, at=later(15))
    assert state(cast.employee) == "not_answering"
    post(planner, right(cast.employee), because="away")
    assert state(cast.employee) == "signed_out"
    cast.ready(cast.employee)
    assert "intet at afslutte" in page_of(planner, right(cast.employee))
    assert post(planner, right(cast.employee), because="away").status_code == HTTPStatus.CONFLICT
    assert state(cast.employee) == "ready"
