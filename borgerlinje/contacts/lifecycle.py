"""The lifecycle of a contact. Pure: `decide(state, event)` answers every pair, an unexpected event with a value.

The states and what leads from one to the next:

    arrived -> waiting -> offered -> connected -> wrap_up -> closed

An offer that is not taken leads back to `waiting`, at the contact's old place. How a contact closed is data (`ClosedAs`).
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a contact is."""

    ARRIVED = "arrived"
    WAITING = "waiting"
    OFFERED = "offered"
    CONNECTED = "connected"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


class ClosedAs(StrEnum):
    """How a contact came to be closed."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    CLOSED_HOURS = "closed_hours"
    TECHNICAL = "technical"


class Event(StrEnum):
    """What can happen to a contact."""

    LINE_CLOSED = "line_closed"
    GREETED = "greeted"
    OFFERED = "offered"
    OFFER_EXPIRED = "offer_expired"
    OFFER_DECLINED = "offer_declined"
    OFFER_FAILED = "offer_failed"
    ANSWERED = "answered"
    CITIZEN_LEFT = "citizen_left"
    EMPLOYEE_LEFT = "employee_left"
    COMPLETED = "completed"
    TECHNICAL_FAULT = "technical_fault"


class Effect(StrEnum):
    """What the channel must do once the change is committed. Each can be rebuilt from the rows."""

    SAY_CLOSED = "say_closed"
    START_WAITING = "start_waiting"
    RING_EMPLOYEE = "ring_employee"
    STOP_RINGING = "stop_ringing"
    CONNECT = "connect"
    RELEASE_CITIZEN = "release_citizen"
    RELEASE_EMPLOYEE = "release_employee"


class Presence(StrEnum):
    """What becomes of the employee who has or was offered the contact."""

    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    FREE = "free"
    PAUSED = "paused"
    NOT_ANSWERING = "not_answering"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one event.

    `presence` is None when the employee's state does not change. `expected` is False for an event that does not belong in the
    state: nothing changes then, and the caller stores the fact.
    """

    state: State
    closed_as: ClosedAs | None = None
    presence: Presence | None = None
    effects: tuple[Effect, ...] = ()
    expected: bool = True


_TABLE: dict[tuple[State, Event], Decision] = {
    (State.ARRIVED, Event.LINE_CLOSED): Decision(State.CLOSED, ClosedAs.CLOSED_HOURS, effects=(Effect.SAY_CLOSED,)),
    (State.ARRIVED, Event.GREETED): Decision(State.WAITING, effects=(Effect.START_WAITING,)),
    (State.ARRIVED, Event.CITIZEN_LEFT): Decision(State.CLOSED, ClosedAs.ABANDONED),
    (State.WAITING, Event.OFFERED): Decision(State.OFFERED, presence=Presence.OFFERED, effects=(Effect.RING_EMPLOYEE,)),
    (State.WAITING, Event.CITIZEN_LEFT): Decision(State.CLOSED, ClosedAs.ABANDONED),
    (State.OFFERED, Event.OFFER_EXPIRED): Decision(
        State.WAITING, presence=Presence.NOT_ANSWERING, effects=(Effect.STOP_RINGING,)
    ),
    (State.OFFERED, Event.OFFER_DECLINED): Decision(
        State.WAITING, presence=Presence.PAUSED, effects=(Effect.STOP_RINGING,)
    ),
    (State.OFFERED, Event.OFFER_FAILED): Decision(
        State.WAITING, presence=Presence.NOT_ANSWERING, effects=(Effect.STOP_RINGING,)
    ),
    (State.OFFERED, Event.ANSWERED): Decision(State.CONNECTED, presence=Presence.TALKING, effects=(Effect.CONNECT,)),
    (State.OFFERED, Event.CITIZEN_LEFT): Decision(
        State.CLOSED, ClosedAs.ABANDONED, Presence.FREE, (Effect.STOP_RINGING,)
    ),
    (State.CONNECTED, Event.CITIZEN_LEFT): Decision(
        State.WRAP_UP, presence=Presence.WRAP_UP, effects=(Effect.RELEASE_EMPLOYEE,)
    ),
    (State.CONNECTED, Event.EMPLOYEE_LEFT): Decision(
        State.WRAP_UP, presence=Presence.WRAP_UP, effects=(Effect.RELEASE_CITIZEN, Effect.RELEASE_EMPLOYEE)
    ),
    (State.WRAP_UP, Event.COMPLETED): Decision(State.CLOSED, ClosedAs.ANSWERED, Presence.FREE),
}

# A fault of the media server itself ends what it carried; a contact in after-call work has been served and stays there.
_TECHNICAL: dict[State, Decision] = {
    State.ARRIVED: Decision(State.CLOSED, ClosedAs.TECHNICAL, effects=(Effect.RELEASE_CITIZEN,)),
    State.WAITING: Decision(State.CLOSED, ClosedAs.TECHNICAL, effects=(Effect.RELEASE_CITIZEN,)),
    State.OFFERED: Decision(
        State.CLOSED, ClosedAs.TECHNICAL, Presence.FREE, (Effect.STOP_RINGING, Effect.RELEASE_CITIZEN)
    ),
    State.CONNECTED: Decision(
        State.WRAP_UP, presence=Presence.WRAP_UP, effects=(Effect.RELEASE_CITIZEN, Effect.RELEASE_EMPLOYEE)
    ),
}


def decide(state: State, event: Event, *, wrap_up_seconds: int = 60) -> Decision:
    """Answer an event in a state.

    `wrap_up_seconds` is the line's: 0 closes a conversation at once and frees the employee.
    """
    decision = _TECHNICAL.get(state) if event is Event.TECHNICAL_FAULT else _TABLE.get((state, event))
    if decision is None:
        return Decision(state, expected=False)
    if decision.state is State.WRAP_UP and wrap_up_seconds == 0:
        return Decision(State.CLOSED, ClosedAs.ANSWERED, Presence.FREE, decision.effects)
    return decision
