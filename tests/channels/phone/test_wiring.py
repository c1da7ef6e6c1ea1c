"""Who talks with whom in each state, and how one gets from any state to any other. Without an Asterisk."""

from itertools import product
from uuid import UUID

import pytest

from borgerlinje.channels.phone.calls.wiring import Wiring, difference, needs_bridge, wanted
from borgerlinje.channels.phone.rules import Command, Legs
from borgerlinje.contacts.lifecycle import PRESENT, State

OFFER = UUID("01a200dc-f0ec-7689-bc25-36f53c578e5a")
ALL = Legs("citizen", "employee", "party", OFFER, OFFER, is_employee_up=True, is_party_up=True)
ALONE = Legs("citizen")
RINGING = Legs("citizen", "employee", "party")
BRIDGE = "bridge"


def carry_out(wiring: Wiring, commands: tuple[Command, ...]) -> Wiring:
    """Do to a wiring what Asterisk would do."""
    there, talking, music = set(wiring.there), set(wiring.talking), set(wiring.music)
    for command in commands:
        match command.method, command.path.split("/")[1:]:
            case "DELETE", ["channels", channel]:
                there.discard(channel)
                talking.discard(channel)
                music.discard(channel)
            case "DELETE", ["channels", channel, "moh"]:
                music.remove(channel)
            case "POST", ["channels", channel, "moh"]:
                assert channel not in talking, "who talks hears no music"
                music.add(channel)
            case "POST", ["bridges", _, "addChannel"]:
                for channel in str(command.query["channel"]).split(","):
                    assert channel not in music, "the music ends before the conversation begins"
                    talking.add(channel)
            case "POST", ["bridges", _, "removeChannel"]:
                talking -= set(str(command.query["channel"]).split(","))
    return Wiring(frozenset(there), frozenset(talking), frozenset(music))


@pytest.mark.parametrize(
    ("before", "after"), list(product([(s, legs) for s in State for legs in (ALL, ALONE, RINGING)], State)), ids=str
)
def test_every_state_is_reached_from_every_other(before: tuple[State, Legs], after: State):
    start = wanted(*before)
    for legs in (ALL, ALONE, RINGING):
        end = wanted(after, legs)
        reached = carry_out(start, difference(start, end, BRIDGE))
        assert (reached.talking, reached.music) == (end.talking, end.music)
        assert reached.there == start.there & end.there


@pytest.mark.parametrize("state", sorted(PRESENT - {State.ARRIVED, State.IN_MENU, State.VOICEMAIL}))
@pytest.mark.parametrize("legs", [ALL, ALONE, RINGING], ids=["all", "alone", "ringing"])
def test_citizen_is_never_in_silence(state: State, legs: Legs):
    wiring = wanted(state, legs)
    company = wiring.talking - {"citizen"}
    is_in_conversation = "citizen" in wiring.talking and (company or legs is ALONE)
    assert "citizen" in wiring.music or is_in_conversation


def test_nobody_hears_a_citizen_who_is_on_hold():
    for state in (State.HELD, State.CONSULTING):
        assert "citizen" not in wanted(state, ALL).talking
    assert wanted(State.CONSULTING, ALL).talking == {"employee", "party"}
    assert wanted(State.THREE_WAY, ALL).talking == {"citizen", "employee", "party"}


def test_nothing_is_done_where_nothing_changes():
    wiring = wanted(State.CONNECTED, ALL)
    assert difference(wiring, wiring, BRIDGE) == ()


def test_one_who_waits_needs_no_bridge():
    assert not needs_bridge(wanted(State.WAITING, ALONE))
    assert needs_bridge(wanted(State.OFFERED, RINGING))
