from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.dispatch.presence import BUSY, Answer, Event, Standing, State, decide

standings = st.builds(
    Standing,
    st.sampled_from(State),
    st.booleans(),
    st.fixed_dictionaries({"chat": st.integers(0, 2), "mail": st.integers(0, 2)}),
)
channels = st.sampled_from(["phone", "counter", "chat", "mail"])


@given(standings, channels)
def test_every_pair_has_an_answer_and_an_unexpected_one_changes_nothing(standing: Standing, channel: str) -> None:
    for event in Event:
        answer = decide(standing, event, channel=channel)
        if not answer.expected:
            assert answer.standing == standing
        assert min(answer.standing.load.values()) >= 0


@given(standings, st.lists(st.tuples(st.sampled_from(Event), channels)))
def test_employee_who_says_ready_gets_out_of_any_state_but_a_contact(
    standing: Standing, events: list[tuple[Event, str]]
) -> None:
    for event, channel in events:
        standing = decide(standing, event, channel=channel).standing
    after = decide(standing, Event.READY_ASKED).standing
    assert after.state is State.READY or (after.state in BUSY and after.state is standing.state)


@pytest.mark.parametrize("state", sorted(BUSY))
def test_pause_asked_in_a_contact_begins_after_it(state: State) -> None:
    asked = decide(Standing(state), Event.PAUSE_ASKED).standing
    assert asked == Standing(state, pause_after=True)
    assert decide(asked, Event.FREED) == Answer(Standing(State.PAUSED))


def test_freed_employee_goes_to_the_back_of_the_idle_and_a_withdrawn_offer_costs_no_place() -> None:
    assert decide(Standing(State.WRAP_UP), Event.FREED) == Answer(Standing(State.READY), is_idle_anew=True)
    assert decide(Standing(State.OFFERED), Event.WITHDRAWN) == Answer(Standing(State.READY))


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (Event.DECLINED, State.PAUSED),
        (Event.NOT_ANSWERED, State.NOT_ANSWERING),
        (Event.CONNECTION_LOST, State.CONNECTION_LOST),
        (Event.TAKEN, State.TALKING),
    ],
)
def test_offer_ends_in_the_state_it_deserves(event: Event, state: State) -> None:
    assert decide(Standing(State.OFFERED), event).standing.state is state


@pytest.mark.parametrize("event", [Event.TAKEN, Event.ENDED, Event.FREED, Event.DECLINED, Event.NOT_ANSWERED])
def test_who_signed_out_while_talking_stays_signed_out(event: Event) -> None:
    gone = decide(Standing(State.TALKING), Event.SIGNED_OUT).standing
    assert gone.state is State.SIGNED_OUT
    assert decide(gone, event).standing.state is State.SIGNED_OUT


def test_lost_connection_comes_back_to_ready_but_not_for_who_has_gone_home() -> None:
    lost = decide(Standing(State.READY), Event.CONNECTION_LOST).standing
    assert lost.state is State.CONNECTION_LOST
    assert decide(lost, Event.CONNECTION_BACK) == Answer(Standing(State.READY), is_idle_anew=True)
    assert not decide(Standing(State.SIGNED_OUT), Event.CONNECTION_BACK).expected


@pytest.mark.parametrize("state", [State.WRAP_UP, State.PAUSED, State.SIGNED_OUT])
def test_lost_connection_does_not_disturb_who_needs_none(state: State) -> None:
    assert decide(Standing(state), Event.CONNECTION_LOST).standing.state is state


def test_chat_leaves_room_for_another_and_counts() -> None:
    none = {"chat": 0, "mail": 0}
    offered = decide(Standing(State.READY, load=none), Event.OFFERED, channel="chat").standing
    talking = decide(offered, Event.TAKEN, channel="chat").standing
    assert talking == Standing(State.READY, load={"chat": 1, "mail": 0})
    assert decide(talking, Event.ENDED, channel="chat").standing == talking
    assert decide(talking, Event.FREED, channel="chat").standing == Standing(State.READY, load=none)


def test_pause_asked_while_a_chat_rings_begins_with_it_and_lets_it_finish() -> None:
    asked = decide(Standing(State.OFFERED, load={"chat": 0, "mail": 0}), Event.PAUSE_ASKED).standing
    taken = decide(asked, Event.TAKEN, channel="chat").standing
    assert (taken.state, taken.load["chat"]) == (State.PAUSED, 1)
    assert decide(taken, Event.FREED, channel="chat").standing.state is State.PAUSED


def test_all_pairs_are_covered_by_the_table() -> None:
    assert all(decide(Standing(state), event) for state, event in product(State, Event))
