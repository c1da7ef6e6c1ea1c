from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.contacts.lifecycle import (
    IN_HAND,
    POOL,
    PRESENT,
    ClosedAs,
    Context,
    Decision,
    Event,
    Presence,
    State,
    decide,
    transitions,
)

NONE = Context(wrap_up_seconds=0, is_documented=True)
CALLBACK = Context(is_callback=True)
contexts = st.builds(
    Context,
    wrap_up_seconds=st.sampled_from([0, 60]),
    is_callback=st.booleans(),
    is_documented=st.booleans(),
    is_transferred=st.booleans(),
    attempts_left=st.booleans(),
)
employee_free = {Presence.FREE, Presence.PAUSED, Presence.NOT_ANSWERING, Presence.CONNECTION_LOST}


@given(contexts)
def test_every_pair_has_an_answer(context: Context) -> None:
    for state, event in product(State, Event):
        decision = decide(state, event, context=context)
        if not decision.expected:
            assert decision == Decision(state, expected=False)
        assert (decision.closed_as is not None) == (decision.state is State.CLOSED and state is not State.CLOSED)


@given(st.lists(st.tuples(st.sampled_from(Event), contexts)))
def test_closed_contacts_stay_closed(events: list[tuple[Event, Context]]) -> None:
    state = State.ARRIVED
    for event, context in events:
        decision = decide(state, event, context=context)
        assert state is not State.CLOSED or not decision.expected
        state = decision.state


def test_every_state_can_be_reached_and_left() -> None:
    reached = {State.ARRIVED} | {decision.state for _, _, decision in transitions()} | {State.CALLING_BACK}
    assert reached == set(State)
    assert {state for state, _, _ in transitions()} == set(State) - {State.CLOSED}


@pytest.mark.parametrize("state", sorted(PRESENT - {State.TRANSFERRED}))
def test_citizen_who_hangs_up_is_expected_wherever_they_are(state: State) -> None:
    assert decide(state, Event.CITIZEN_LEFT).expected


@pytest.mark.parametrize("state", sorted(IN_HAND - {State.WRAP_UP, State.THREE_WAY}))
def test_lost_employee_sends_the_citizen_back_to_the_pool(state: State) -> None:
    decision = decide(state, Event.EMPLOYEE_LOST)
    assert decision.state in POOL
    assert decision.presence is Presence.CONNECTION_LOST


def test_lost_employee_of_three_leaves_the_other_two_talking() -> None:
    decision = decide(State.THREE_WAY, Event.EMPLOYEE_LOST)
    assert decision.state is State.TRANSFERRED


@pytest.mark.parametrize("state", [State.HELD, State.CONSULTING])
def test_employee_who_hangs_up_on_a_held_citizen_does_not_lose_them(state: State) -> None:
    decision = decide(state, Event.EMPLOYEE_LEFT)
    assert (decision.state, decision.presence) == (State.WAITING, Presence.FREE)


@pytest.mark.parametrize("event", [Event.OFFER_EXPIRED, Event.OFFER_DECLINED, Event.OFFER_FAILED, Event.EMPLOYEE_LOST])
def test_offer_not_taken_leads_back_to_the_pool(event: Event) -> None:
    decision = decide(State.OFFERED, event)
    assert decision.state is State.WAITING
    assert decision.presence in employee_free - {Presence.FREE}
    assert decide(State.OFFERED, event, context=CALLBACK).state is State.CALLBACK


def test_callback_rings_the_citizen_when_somebody_takes_it() -> None:
    decision = decide(State.OFFERED, Event.ANSWERED, context=CALLBACK)
    assert decision.state is State.CALLING_BACK
    assert decide(State.CALLING_BACK, Event.CITIZEN_REACHED).state is State.CONNECTED


def test_citizen_who_asked_to_be_called_may_hang_up() -> None:
    assert decide(State.CALLBACK, Event.CITIZEN_LEFT) == Decision(State.CALLBACK)
    assert decide(State.OFFERED, Event.CITIZEN_LEFT, context=CALLBACK) == Decision(State.OFFERED)


def test_citizen_not_reached_is_called_again_until_the_attempts_are_used() -> None:
    assert decide(State.CALLING_BACK, Event.CITIZEN_UNREACHED).state is State.CALLBACK
    last = decide(State.CALLING_BACK, Event.CITIZEN_UNREACHED, context=Context(attempts_left=False))
    assert (last.state, last.closed_as, last.presence) == (State.CLOSED, ClosedAs.UNREACHED, Presence.FREE)


@pytest.mark.parametrize("event", [Event.EMPLOYEE_LEFT, Event.EMPLOYEE_LOST, Event.TECHNICAL_FAULT])
def test_attempt_that_our_side_ended_is_none(event: Event) -> None:
    assert decide(State.CALLING_BACK, event, context=Context(attempts_left=False)).state is State.CALLBACK


def test_message_becomes_a_callback_and_none_is_an_abandoned_call() -> None:
    assert decide(State.VOICEMAIL, Event.MESSAGE_LEFT).state is State.CALLBACK
    assert decide(State.VOICEMAIL, Event.CITIZEN_LEFT).closed_as is ClosedAs.ABANDONED


def test_transferred_contact_closes_when_both_are_done_whoever_is_first() -> None:
    documented = Context(is_documented=True, is_transferred=True)
    first = decide(State.TRANSFERRED, Event.COMPLETED, context=Context(is_transferred=True))
    assert (first.state, first.presence) == (State.TRANSFERRED, Presence.FREE)
    assert decide(State.TRANSFERRED, Event.PARTY_LEFT, context=documented).closed_as is ClosedAs.TRANSFERRED
    assert decide(State.TRANSFERRED, Event.CITIZEN_LEFT, context=Context(is_transferred=True)).state is State.WRAP_UP
    last = decide(State.WRAP_UP, Event.COMPLETED, context=Context(is_transferred=True))
    assert last.closed_as is ClosedAs.TRANSFERRED


def test_failed_transfer_keeps_the_citizen() -> None:
    decision = decide(State.TRANSFERRED, Event.TRANSFER_FAILED)
    assert (decision.state, decision.presence) == (State.WAITING, Presence.FREE)
    documented = decide(State.TRANSFERRED, Event.TRANSFER_FAILED, context=Context(is_documented=True))
    assert (documented.state, documented.presence) == (State.WAITING, None)


def test_conversation_on_a_line_without_after_call_work_closes_at_once() -> None:
    decision = decide(State.CONNECTED, Event.CITIZEN_LEFT, context=NONE)
    assert decision == Decision(State.CLOSED, ClosedAs.ANSWERED, Presence.FREE)
    assert decide(State.CONNECTED, Event.TRANSFERRED, context=NONE).presence is Presence.FREE


@pytest.mark.parametrize("state", sorted(PRESENT))
def test_technical_fault_ends_every_call(state: State) -> None:
    decision = decide(state, Event.TECHNICAL_FAULT)
    assert decision.state in {State.CLOSED, State.WRAP_UP}
    assert (decision.state is State.WRAP_UP) == (state in IN_HAND | {State.TRANSFERRED})


@pytest.mark.parametrize("state", sorted(POOL | {State.OFFERED, State.CALLING_BACK}))
def test_technical_fault_never_loses_a_callback(state: State) -> None:
    decision = decide(state, Event.TECHNICAL_FAULT, context=CALLBACK)
    assert state is State.WAITING or decision.state is State.CALLBACK
