"""Closing a contact: what an employee says of it, and what is refused."""

from datetime import time
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact, Outcome
from borgerlinje.desk.choices import OUTCOME_HELP
from borgerlinje.kit import clock
from borgerlinje.lines.models import LineTask, Subject
from tests.desk.acts import get, post, state, talking, wrapping_up
from tests.support.cast import Cast, later

USUAL = {"outcome": "resolved", "nature": "information", "home": "confirmed", "subject": "", "note": ""}


def close(web: Client, contact_id: UUID, **values: str) -> Any:
    return post(web, f"/bord/henvendelse/{contact_id}/luk/", **(USUAL | values))


@pytest.fixture
def contact_id(cast: Cast) -> UUID:
    return wrapping_up(cast, cast.employee)


def told(contact: Contact) -> tuple[str, ...]:
    return contact.state, contact.outcome, contact.nature, contact.home_check, contact.help_reason


def test_closing_stores_what_was_said_and_makes_one_ready(cast: Cast, web: Client, contact_id: UUID) -> None:
    close(web, contact_id, outcome="guided", nature="transaction", help_reason="sign_in", subject="Pas", note="Nyt.")
    contact = cast.contact(contact_id)
    assert told(contact) == ("closed", "guided", "transaction", "confirmed", "sign_in")
    assert (contact.subject, contact.note, contact.home_authority) == ("Pas", "Nyt.", cast.own)
    assert state(cast.employee) == "ready"


def test_closing_into_a_pause(cast: Cast, web: Client, contact_id: UUID) -> None:
    close(web, contact_id, then="pause")
    assert state(cast.employee) == "paused"


def test_defaults_of_the_form_close_it(cast: Cast, web: Client, contact_id: UUID) -> None:
    page = get(web, "/bord/nu/").content.decode()
    for chosen in ('value="guided" checked', 'value="transaction" checked', 'value="confirmed" selected'):
        assert chosen in page
    assert close(web, contact_id, outcome="guided", nature="transaction").status_code == HTTPStatus.OK


def test_reason_for_help_is_kept_only_for_guidance(cast: Cast, web: Client, contact_id: UUID) -> None:
    close(web, contact_id, outcome="resolved", help_reason="fault")
    assert cast.contact(contact_id).help_reason == ""


def test_corrected_home_answers_for_the_contact_from_then_on(cast: Cast, web: Client, contact_id: UUID) -> None:
    close(web, contact_id, home=str(cast.colleague_authority.pk))
    contact = cast.contact(contact_id)
    assert (contact.home_check, contact.home_source) == ("corrected", "stated")
    assert contact.home_authority == contact.authority == cast.colleague_authority
    corrected = contact.events.get(name="home_corrected")
    assert corrected.data == {"from": cast.own.pk, "to": cast.colleague_authority.pk}


def test_home_corrected_to_what_it_is_is_confirmed(cast: Cast, web: Client, contact_id: UUID) -> None:
    close(web, contact_id, home=str(cast.own.pk))
    assert cast.contact(contact_id).home_check == "confirmed"


def test_home_outside_the_cooperation_is_stored_and_the_member_still_answers_for_it(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    close(web, contact_id, home="outside", outside=str(cast.outside.pk))
    contact = cast.contact(contact_id)
    assert (contact.home_check, contact.home_authority, contact.authority) == ("outside", cast.outside, cast.own)


def test_home_may_be_outside_without_saying_where_or_unknown(cast: Cast, web: Client, contact_id: UUID) -> None:
    close(web, contact_id, home="outside")
    contact = cast.contact(contact_id)
    assert (contact.home_check, contact.home_authority) == ("outside", None)


def test_unknown_home_of_a_common_number_is_the_default(cast: Cast, web: Client) -> None:
    cast.ready(cast.employee)
    contact_id = talking(cast, cast.employee, digits="1881")
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(9))
    page = get(web, "/bord/nu/").content.decode()
    assert 'value="unknown" selected' in page
    assert 'value="confirmed"' not in page
    assert close(web, contact_id, home="confirmed").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    close(web, contact_id, home="unknown")
    assert told(cast.contact(contact_id))[3] == "unknown"


def test_authority_outside_the_centre_is_no_correction(web: Client, cast: Cast, contact_id: UUID) -> None:
    assert close(web, contact_id, home=str(cast.outside.pk)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_every_fault_is_said_at_once_and_nothing_is_stored(cast: Cast, web: Client, contact_id: UUID) -> None:
    answer = post(
        web,
        f"/bord/henvendelse/{contact_id}/luk/",
        outcome="nonsense",
        home="",
        subject="010190-1234",
        note="Er 010190-1234",
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    said = answer.content.decode()
    for field in ("outcome", "nature", "home", "subject", "note"):
        assert f'data-fault="{field}"' in said
    contact = cast.contact(contact_id)
    assert (contact.state, contact.subject, contact.note) == ("wrap_up", "", "")


def test_text_that_looks_like_a_cpr_number_is_refused_with_an_explanation(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    answer = close(web, contact_id, note="Er 010190-1234")
    assert "CPR-nummer" in answer.content.decode()
    assert cast.contact(contact_id).note == ""


def test_note_that_is_not_sent_stays_as_it_was_saved(cast: Cast, web: Client, contact_id: UUID) -> None:
    Contact.objects.filter(pk=contact_id).update(note="Gemt før.")
    values = {name: value for name, value in USUAL.items() if name != "note"}
    post(web, f"/bord/henvendelse/{contact_id}/luk/", **values)
    assert cast.contact(contact_id).note == "Gemt før."


def test_light_casework_is_refused_on_a_line_for_guidance(cast: Cast, web: Client, contact_id: UUID) -> None:
    answer = close(web, contact_id, outcome="light_casework")
    assert 'data-fault="outcome"' in answer.content.decode()
    assert cast.contact(contact_id).state == "wrap_up"


def test_light_casework_goes_in_a_band_of_the_task_catalogue(cast: Cast, web: Client, contact_id: UUID) -> None:
    LineTask.objects.create(line=cast.line, opens=time(8), closes=time(18), scope="light_casework")
    assert close(web, contact_id, outcome="light_casework").status_code == HTTPStatus.OK


def test_light_casework_is_refused_outside_the_band(web: Client, cast: Cast, contact_id: UUID) -> None:
    LineTask.objects.create(line=cast.line, opens=time(18), closes=time(0), scope="light_casework")
    assert close(web, contact_id, outcome="light_casework").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_subject_of_discretion_is_never_light_casework(cast: Cast, web: Client, contact_id: UUID) -> None:
    Subject.objects.create(code="merudgifter", name="Merudgifter", needs_discretion=True)
    LineTask.objects.create(line=cast.line, opens=time(8), closes=time(18), scope="light_casework")
    answer = close(web, contact_id, outcome="light_casework", subject="merudgifter")
    assert "fagforvaltningens skøn" in answer.content.decode()
    assert close(web, contact_id, outcome="referred", subject="merudgifter").status_code == HTTPStatus.OK


def test_text_that_names_a_subject_is_that_subject(cast: Cast, web: Client, contact_id: UUID) -> None:
    passport = Subject.objects.create(code="pas", name="Pas")
    close(web, contact_id, subject=" pas ")
    assert cast.contact(contact_id).subject_item == passport


def test_closing_twice_tells_that_it_is_done(web: Client, contact_id: UUID) -> None:
    for expected in (HTTPStatus.OK, HTTPStatus.CONFLICT):
        assert close(web, contact_id).status_code == expected


def test_conversation_in_progress_cannot_be_closed(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    assert close(web, contact_id).status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "connected"


def test_colleagues_contact_cannot_be_closed_by_me(cast: Cast, web: Client) -> None:
    contact_id = wrapping_up(cast, cast.colleague)
    assert close(web, contact_id).status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "wrap_up"


def test_transferred_contact_is_documented_with_that_outcome_suggested(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    cast.event(contact_id, Event.TRANSFERRED, at=later(9))
    assert 'value="transferred" checked' in get(web, "/bord/nu/").content.decode()
    close(web, contact_id, outcome="transferred")
    contact = cast.contact(contact_id)
    assert (contact.outcome, contact.documented_at is not None) == ("transferred", True)
    assert state(cast.employee) == "ready"


def correct(web: Client, contact_id: UUID, outcome: str, *, after: float = 30) -> Any:
    with clock.turned(later(10 + after)):
        return post(web, f"/bord/henvendelse/{contact_id}/ret-udfald/", outcome=outcome, was=str(contact_id))


def test_closing_is_confirmed_and_the_outcome_can_be_put_right_at_once(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    page = close(web, contact_id, outcome="guided", help_reason="sign_in", was=str(contact_id)).content.decode()
    assert "Lukket som »Vejledt til selvbetjening«" in page
    closed_at = cast.contact(contact_id).closed_at
    page = correct(web, contact_id, "transferred").content.decode()
    assert "Lukket som »Viderestillet«" in page
    contact = cast.contact(contact_id)
    # It was never open again: what changed is the answer, and that is told.
    assert told(contact) == ("closed", "transferred", "information", "confirmed", "")
    assert contact.closed_at == closed_at
    event = contact.events.get(name="outcome_corrected")
    assert (event.data, event.employee) == ({"from": "guided", "to": "transferred"}, cast.employee)
    assert (event.from_state, event.to_state) == ("closed", "closed")
    assert state(cast.employee) == "ready"


def test_outcome_put_right_to_what_it_is_leaves_no_trace(cast: Cast, web: Client, contact_id: UUID) -> None:
    close(web, contact_id)
    assert correct(web, contact_id, "resolved").status_code == HTTPStatus.OK
    assert not cast.contact(contact_id).events.filter(name="outcome_corrected").exists()


def test_outcome_is_not_put_right_later_nor_before_it_is_said(cast: Cast, web: Client, contact_id: UUID) -> None:
    assert correct(web, contact_id, "referred").status_code == HTTPStatus.CONFLICT
    close(web, contact_id)
    assert correct(web, contact_id, "referred", after=301).status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).outcome == "resolved"


def test_outcome_of_a_colleague_is_not_put_right(
    cast: Cast, web: Client, colleague_web: Client, contact_id: UUID
) -> None:
    close(web, contact_id)
    assert correct(colleague_web, contact_id, "referred").status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).outcome == "resolved"


@pytest.mark.parametrize(
    ("outcome", "fault"), [("", "Vælg, hvordan det gik."), ("light_casework", "kun til vejledning")]
)
def test_outcome_that_the_line_does_not_allow_is_no_correction(
    cast: Cast, web: Client, contact_id: UUID, outcome: str, fault: str
) -> None:
    close(web, contact_id)
    answer = correct(web, contact_id, outcome)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert fault in answer.content.decode()
    assert cast.contact(contact_id).outcome == "resolved"


def test_confirmation_is_gone_with_the_next_citizen_and_after_a_minute(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    close(web, contact_id)
    path = f"/bord/nu/?was={contact_id}"
    assert 'id="closed"' in get(web, path).content.decode()
    with clock.turned(later(75)):
        assert 'id="closed"' not in get(web, path).content.decode()
    talking(cast, cast.employee)
    assert 'id="closed"' not in get(web, path).content.decode()


def test_each_outcome_says_what_it_means_where_it_is_chosen(web: Client, contact_id: UUID) -> None:
    del contact_id
    page = get(web, "/bord/nu/").content.decode()
    for outcome in Outcome:
        assert f'aria-describedby="udfald-{outcome.value}"' in page
        assert f'id="udfald-{outcome.value}">{OUTCOME_HELP[outcome]}<' in page


def test_demo_people_are_marked_among_the_colleagues(cast: Cast, web: Client) -> None:
    cast.ready(cast.colleague)
    assert "Demo" not in get(web, "/bord/nu/").content.decode()
    cast.colleague.is_demo = True
    cast.colleague.save()
    assert '<span class="bl-tag bl-tag--warn">Demo</span>' in get(web, "/bord/nu/").content.decode()
    cast.colleague.is_robot = True
    cast.colleague.save()
    assert "Demo-robot" in get(web, "/bord/nu/").content.decode()
    contact_id = talking(cast, cast.employee)
    assert "Demo-robot" in get(web, f"/bord/nu/?open={contact_id}").content.decode()
