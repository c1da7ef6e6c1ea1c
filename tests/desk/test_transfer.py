"""Asking a colleague first, over HTTP: what both see and do, and what becomes of the citizen."""

from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client

from borgerlinje.dispatch.models import Transfer
from borgerlinje.kit import clock
from tests.desk.acts import get, post, state
from tests.desk.transfers import act, answered, ask_colleague, panel, unanswered
from tests.support.cast import Cast, later


def test_asked_colleague_sees_whose_citizen_it_is_the_subject_and_the_note(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    ask_colleague(cast, web, contact_id)
    assert (cast.contact(contact_id).state, state(cast.colleague)) == ("consulting", "offered")
    page = get(colleague_web, "/bord/nu/").content.decode()
    assert 'data-state="asked"' in page
    assert "Karen K. spørger om en borger fra Næstved:" in page
    assert "Har MitID." in page
    assert "46120000" not in page
    mine = get(web, "/bord/nu/").content.decode()
    assert "Ringer til Birgit B." in mine
    assert "Hører musik, mens det ringer" in mine


def test_answered_colleague_is_talked_with_while_the_citizen_hears_music(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    answered(ask_colleague(cast, web, contact_id))
    mine, theirs = (get(each, "/bord/nu/").content.decode() for each in (web, colleague_web))
    assert "Du taler med Birgit B." in mine
    assert "kan ikke høre jer" in mine
    assert 'data-state="helping"' in theirs
    assert state(cast.colleague) == "talking"


def test_colleague_takes_over_and_the_first_is_free_and_told(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    answered(ask_colleague(cast, web, contact_id))
    page = act(web, contact_id, "overlad", was=str(contact_id))
    contact = cast.contact(contact_id)
    assert (contact.state, contact.employee, contact.note) == ("connected", cast.colleague, "Har MitID.")
    assert (state(cast.employee), state(cast.colleague)) == ("ready", "talking")
    assert "Birgit B. har overtaget borgeren" in page
    theirs = get(colleague_web, "/bord/nu/").content.decode()
    assert 'data-state="connected"' in theirs
    assert "Har MitID." in theirs


def test_all_three_talk_and_whoever_leaves_leaves_the_citizen_with_the_colleague(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    answered(ask_colleague(cast, web, contact_id))
    assert "Alle tre hører hinanden" in act(web, contact_id, "alle-tre")
    assert "Alle tre hører hinanden" in get(colleague_web, "/bord/nu/").content.decode()
    act(web, contact_id, "overlad")
    assert cast.contact(contact_id).employee == cast.colleague


def test_page_loaded_anew_in_a_conversation_of_three_leaves_the_citizen_with_the_colleague(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    answered(ask_colleague(cast, web, contact_id))
    act(web, contact_id, "alle-tre")
    post(web, "/bord/laeg-paa/")
    assert (cast.contact(contact_id).state, cast.contact(contact_id).employee) == ("connected", cast.colleague)


def test_ending_with_the_colleague_leaves_the_citizen_on_hold_here(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    answered(ask_colleague(cast, web, contact_id))
    page = act(web, contact_id, "slip")
    assert (cast.contact(contact_id).state, state(cast.colleague)) == ("held", "ready")
    assert "Tag fra hold" in page
    assert 'id="failed"' not in page


def test_colleague_who_ends_leaves_the_citizen_where_they_are(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    answered(ask_colleague(cast, web, contact_id))
    post(colleague_web, "/bord/laeg-paa/")
    assert (cast.contact(contact_id).state, state(cast.colleague)) == ("held", "ready")
    assert 'data-state="held"' in get(web, "/bord/nu/").content.decode()


def test_back_to_the_citizen_lets_the_colleague_go(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    transfer = ask_colleague(cast, web, contact_id)
    act(web, contact_id, "tag-fra-hold")
    transfer.refresh_from_db()
    assert (cast.contact(contact_id).state, transfer.ended_as) == ("connected", "cancelled")
    assert state(cast.colleague) == "ready"


def test_nobody_is_left_with_a_citizen_before_they_have_answered(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    ask_colleague(cast, web, contact_id)
    for name in ("overlad", "alle-tre"):
        answer = post(web, f"/bord/henvendelse/{contact_id}/{name}/")
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "De har ikke svaret endnu" in answer.content.decode()
    assert cast.contact(contact_id).state == "consulting"


@pytest.mark.parametrize(
    ("ended_as", "said"),
    [("no_answer", "svarede ikke"), ("busy", "er optaget"), ("declined", "kunne ikke tage den")],
)
def test_attempt_that_fails_is_told_in_three_parts_and_the_citizen_is_still_here(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client, ended_as: str, said: str
) -> None:
    del colleague_web
    unanswered(ask_colleague(cast, web, contact_id), ended_as)
    page = panel(web, contact_id)
    assert cast.contact(contact_id).state == "held"
    assert f"Birgit B. {said}" in page
    assert "Borgeren er på hold hos dig og hører musik. Prøv en anden, eller tag borgeren fra hold." in page
    assert "Du prøvede kl. 14.00" in page


def test_failure_is_told_until_something_else_happens(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    unanswered(ask_colleague(cast, web, contact_id))
    assert 'id="failed"' in get(web, "/bord/nu/").content.decode()
    with clock.turned(later(12)):
        assert 'id="failed"' not in act(web, contact_id, "tag-fra-hold")


def test_colleague_who_cannot_now_is_paused_and_the_citizen_stays(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    transfer = ask_colleague(cast, web, contact_id)
    post(colleague_web, f"/bord/spoergsmaal/{transfer.pk}/afvis/")
    transfer.refresh_from_db()
    assert (transfer.ended_as, cast.contact(contact_id).state, state(cast.colleague)) == ("declined", "held", "paused")
    assert post(colleague_web, f"/bord/spoergsmaal/{transfer.pk}/afvis/").status_code == HTTPStatus.CONFLICT


def test_question_to_a_colleague_is_not_refused_by_me(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    transfer = ask_colleague(cast, web, contact_id)
    assert post(web, f"/bord/spoergsmaal/{transfer.pk}/afvis/").status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "consulting"


def test_second_question_at_once_is_refused_and_nothing_of_it_is_left(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    ask_colleague(cast, web, contact_id)
    answer = post(
        web, f"/bord/henvendelse/{contact_id}/viderestil/", target=f"e{cast.colleague.pk}", mode="ask", note="Andet"
    )
    assert answer.status_code == HTTPStatus.CONFLICT
    assert Transfer.objects.count() == 1


def test_note_with_a_cpr_number_does_not_travel(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    answer = post(
        web,
        f"/bord/henvendelse/{contact_id}/viderestil/",
        target=f"e{cast.colleague.pk}",
        mode="ask",
        note="Er 010190-1234",
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "CPR-nummer" in answer.content.decode()
    assert not Transfer.objects.exists()
