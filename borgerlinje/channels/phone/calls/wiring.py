"""Who talks with whom in each state of a call, and the commands that bring Asterisk there. Pure.

The rows say the state; the state says who is to talk, who hears music and who may be rung. Whoever changed the row, and whoever died on the
way, the call is brought in line by the difference between what is and what should be.
"""

from dataclasses import dataclass
from typing import Final

from borgerlinje.channels.phone.rules import Command, Legs
from borgerlinje.contacts.lifecycle import State

_NOBODY: Final = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Wiring:
    """Channels by what they are part of: `talking` in the bridge together, `music` on hold, and all that are `there` or being rung."""

    there: frozenset[str] = _NOBODY
    talking: frozenset[str] = _NOBODY
    music: frozenset[str] = _NOBODY


def wanted(state: State, legs: Legs) -> Wiring:  # noqa: PLR0911 - one answer per state
    """Say what a call is to be in a state. A leg that is not there, or has not answered, talks with nobody."""
    citizen, employee, party = _some(legs.citizen), _some(legs.employee), _some(legs.party)
    party_up = party if legs.is_party_up else _NOBODY
    match state:
        case State.ARRIVED | State.IN_MENU | State.VOICEMAIL:
            return Wiring(citizen)
        case State.WAITING:
            return Wiring(citizen, _NOBODY, citizen)
        case State.OFFERED:
            return Wiring(citizen | employee, _NOBODY, citizen)
        case State.CONNECTED:
            return Wiring(citizen | employee | party, citizen | employee | party_up)
        case State.HELD:
            return Wiring(citizen | employee, employee, citizen)
        case State.CONSULTING:
            return Wiring(citizen | employee | party, employee | party_up, citizen)
        case State.THREE_WAY:
            return Wiring(citizen | employee | party, citizen | employee | party_up)
        case State.TRANSFERRED:
            return (
                Wiring(citizen | party, citizen | party_up, _NOBODY)
                if party_up
                else Wiring(citizen | party, _NOBODY, citizen)
            )
        case State.CALLING_BACK:
            return Wiring(citizen | employee, employee if legs.is_employee_up else _NOBODY)
    return Wiring()


def difference(before: Wiring, after: Wiring, bridge: str) -> tuple[Command, ...]:
    """Return the commands that lead from one wiring to another, in order; rings nobody: who is rung needs more than an id.

    Who leaves a conversation leaves it before anybody else comes in, music ends before a conversation begins, and the channels that
    are not wanted any more are hung up first.
    """
    gone = before.there - after.there
    stay = before.talking - gone
    commands = [Command("DELETE", f"/channels/{channel}") for channel in sorted(gone)]
    if leaving := sorted(stay - after.talking):
        commands.append(Command("POST", f"/bridges/{bridge}/removeChannel", {"channel": ",".join(leaving)}))
    commands += [Command("DELETE", f"/channels/{channel}/moh") for channel in sorted(before.music - after.music - gone)]
    if coming := sorted(after.talking - before.talking):
        commands.append(Command("POST", f"/bridges/{bridge}/addChannel", {"channel": ",".join(coming)}))
    commands += [
        Command("POST", f"/channels/{channel}/moh", {"mohClass": "default"})
        for channel in sorted(after.music - before.music)
    ]
    return tuple(commands)


def needs_bridge(wiring: Wiring) -> bool:
    """Tell whether somebody talks, or is rung to talk: more than the citizen is there."""
    return bool(wiring.talking) or len(wiring.there) > 1


def _some(channel: str) -> frozenset[str]:
    return frozenset({channel}) if channel else _NOBODY
