"""Hold at the desk, over HTTP: what the employee sees and does, and what becomes of the citizen."""

from http import HTTPStatus
from uuid import UUID

from django.test import Client

from borgerlinje.dispatch.models import Transfer
from borgerlinje.kit import clock
from tests.desk.acts import get, post, talking
from tests.desk.transfers import act, ask_colleague, unanswered
from tests.support.cast import Cast, later


def test_hold_says_what_the_citizen_hears_and_when_one_is_reminded(cast: Cast, web: Client, contact_id: UUID) -> None:
    page = act(web, contact_id, "hold")
    assert cast.contact(contact_id).state == "held"
    assert "Hører musik. Påmindelse ved 1.00" in page
    assert "Tag fra hold" in page
    assert f'data-reminds-at="{later(70).isoformat()}"' in page


def test_taken_from_hold_the_citizen_is_talked_with_again(cast: Cast, web: Client, contact_id: UUID) -> None:
    act(web, contact_id, "hold")
    page = act(web, contact_id, "tag-fra-hold")
    assert cast.contact(contact_id).state == "connected"
    assert "bl-call--hold" not in page


def test_hold_is_counted_without_a_break_over_a_failed_attempt(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    act(web, contact_id, "hold")
    with clock.turned(later(40)):
        transfer = ask_colleague(cast, web, contact_id)
    with clock.turned(later(60)):
        unanswered(transfer)
        assert f'data-since="{later(10).isoformat()}"' in get(web, "/bord/nu/").content.decode()


def test_colleagues_conversation_is_not_held_by_me(cast: Cast, web: Client) -> None:
    theirs = talking(cast, cast.colleague)
    for name in ("hold", "viderestil", "alle-tre", "overlad", "slip", "telefonsvarer", "tag-fra-hold"):
        answer = post(web, f"/bord/henvendelse/{theirs}/{name}/", target=f"e{cast.employee.pk}", mode="ask")
        assert answer.status_code == HTTPStatus.CONFLICT
    assert cast.contact(theirs).state == "connected"
    assert not Transfer.objects.exists()
