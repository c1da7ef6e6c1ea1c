"""What reports mean and what our channels are called, without an Asterisk."""

from uuid import UUID

import pytest

from borgerlinje.channels.phone import rules
from borgerlinje.contacts.lifecycle import Event

OFFER = UUID("01a200dc-f0ec-7689-bc25-36f53c578e5a")
CONTACT = UUID("01a200dc-f0ec-7689-bc25-36f53c578e5b")


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


def test_ids_tell_whose_they_are_and_others_tell_none():
    assert rules.contact_of(rules.bridge_of(CONTACT)) == CONTACT
    assert rules.contact_of(f"bl-p-{CONTACT}-1a-2") == CONTACT
    assert rules.contact_of("1795310266.0") is None
    assert rules.contact_of("bl-b-nonsense") is None
    assert rules.call_of(rules.outgoing_channel(OFFER)) == OFFER
    assert rules.call_of(rules.party_channel(OFFER)) == OFFER
    assert rules.call_of(rules.employee_channel(OFFER)) is None


@pytest.mark.parametrize(
    "channel", [rules.employee_channel(OFFER), rules.dialling_channel(CONTACT), rules.party_channel(OFFER)]
)
def test_channels_that_we_ring_are_told_from_those_that_come_in(channel: str):
    assert rules.is_ours(channel)
    assert not rules.is_ours("1795310266.0")


@pytest.mark.parametrize(("cause", "outcome"), [(17, "busy"), (21, "declined"), (19, "no_answer"), (0, "technical")])
def test_attempt_that_was_not_answered_has_a_typed_outcome(cause: int, outcome: str):
    assert rules.unanswered_party(cause) == outcome


def test_who_is_rung_is_rung_for_a_second_at_least():
    ring = rules.ring("bl-e-1", endpoint="PJSIP/x", seconds=0, caller_id="x", contact_id=CONTACT)
    assert (ring.path, ring.query["timeout"]) == ("/channels/bl-e-1", 1)
