from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.contacts.lifecycle import ClosedAs, Decision, Effect, Event, Presence, State, decide

PAIRS = list(product(State, Event))


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_every_pair_has_an_answer(state: State, event: Event) -> None:
    decision = decide(state, event)
    if not decision.expected:
        assert decision == Decision(state, expected=False)


@given(st.lists(st.sampled_from(Event)), st.sampled_from([0, 60]))
def test_whatever_happens_closed_contacts_stay_closed_and_say_how(events: list[Event], wrap_up_seconds: int) -> None:
    state, closed_as = State.ARRIVED, None
    for event in events:
        decision = decide(state, event, wrap_up_seconds=wrap_up_seconds)
        if state is State.CLOSED:
            assert not decision.expected
        if decision.expected:
            assert (decision.closed_as is None) == (decision.state is not State.CLOSED)
            closed_as = decision.closed_as
        state = decision.state
    assert (closed_as is None) == (state is not State.CLOSED)


@pytest.mark.parametrize("state", [State.ARRIVED, State.WAITING, State.OFFERED, State.CONNECTED])
def test_citizen_who_hangs_up_is_expected_in_every_state_with_a_call(state: State) -> None:
    assert decide(state, Event.CITIZEN_LEFT).expected


@pytest.mark.parametrize("event", [Event.OFFER_EXPIRED, Event.OFFER_DECLINED, Event.OFFER_FAILED])
def test_offer_not_taken_leads_back_to_waiting_and_stops_the_ringing(event: Event) -> None:
    decision = decide(State.OFFERED, event)
    assert decision.state is State.WAITING
    assert Effect.STOP_RINGING in decision.effects
    assert decision.presence in {Presence.NOT_ANSWERING, Presence.PAUSED}


def test_conversation_on_a_line_without_after_call_work_closes_at_once() -> None:
    decision = decide(State.CONNECTED, Event.CITIZEN_LEFT, wrap_up_seconds=0)
    assert decision == Decision(State.CLOSED, ClosedAs.ANSWERED, Presence.FREE, (Effect.RELEASE_EMPLOYEE,))


@pytest.mark.parametrize("state", [state for state in State if state not in {State.WRAP_UP, State.CLOSED}])
def test_technical_fault_ends_every_call_and_leaves_no_leg_behind(state: State) -> None:
    decision = decide(state, Event.TECHNICAL_FAULT)
    assert Effect.RELEASE_CITIZEN in decision.effects
    assert decision.state in {State.CLOSED, State.WRAP_UP}
