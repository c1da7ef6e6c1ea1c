"""What reports mean and what effects are, without an Asterisk."""

from uuid import UUID

import pytest

from borgerlinje.channels.phone import rules
from borgerlinje.channels.phone.rules import Legs
from borgerlinje.contacts.lifecycle import Effect, Event

OFFER = UUID("01a200dc-f0ec-7689-bc25-36f53c578e5a")
LEGS = Legs("1795310266.0", OFFER)


@pytest.mark.parametrize(
    ("cause", "is_overdue", "event"),
    [
        (17, False, Event.OFFER_FAILED),
        (20, False, Event.OFFER_FAILED),
        (0, False, Event.OFFER_FAILED),
        (21, False, Event.OFFER_DECLINED),
        (21, True, Event.OFFER_DECLINED),
        (19, False, Event.OFFER_EXPIRED),
        (16, True, Event.OFFER_EXPIRED),
    ],
)
def test_unanswered_phone_says_what_became_of_the_offer(cause: int, is_overdue: bool, event: Event):  # noqa: FBT001
    assert rules.unanswered(cause, is_overdue=is_overdue) is event


@pytest.mark.parametrize(
    ("cause", "event"),
    [(16, Event.EMPLOYEE_LEFT), (44, Event.EMPLOYEE_LOST), (41, Event.EMPLOYEE_LOST), (0, Event.EMPLOYEE_LOST)],
)
def test_only_who_hangs_up_has_ended_the_conversation(cause: int, event: Event):
    assert rules.left(cause) is event


def test_ids_tell_their_offer_and_others_tell_none():
    assert rules.offer_of(LEGS.employee) == OFFER
    assert rules.offer_of(LEGS.bridge) == OFFER
    assert rules.offer_of("1795310266.0") is None
    assert rules.offer_of("bl-e-nonsense") is None


def test_bridge_is_made_before_the_employee_is_rung():
    bridge, originate = rules.ring(LEGS, endpoint="bl-e-1", seconds=0, caller_id="x", contact_id=OFFER)
    assert bridge.path == f"/bridges/{LEGS.bridge}"
    assert originate.path == f"/channels/{LEGS.employee}"
    assert originate.query["timeout"] == 1


def test_connecting_stops_the_music_first():
    music, join = rules.commands(Effect.CONNECT, LEGS)
    assert (music.method, music.path) == ("DELETE", f"/channels/{LEGS.citizen}/moh")
    assert join.query == {"channel": f"{LEGS.citizen},{LEGS.employee}"}


@pytest.mark.parametrize("effect", [Effect.STOP_RINGING, Effect.RELEASE_EMPLOYEE])
def test_employee_without_an_offer_is_nobody_to_release(effect: Effect):
    assert rules.commands(effect, Legs("1795310266.0")) == ()
    assert len(rules.commands(effect, LEGS)) == 2


@pytest.mark.parametrize("effect", list(Effect))
def test_every_effect_has_an_answer(effect: Effect):
    assert isinstance(rules.commands(effect, LEGS), tuple)
