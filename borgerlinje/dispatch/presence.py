"""The lifecycle of an employee at work. Pure: `decide(standing, event)` answers every pair of state and event.

A call or a visit at the counter takes the whole person and is what `state` is about. Chats and letters are shared attention: an
employee with room for one more is still ready, and the standing counts what each has in hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class State(StrEnum):
    """What an employee is doing."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    NOT_ANSWERING = "not_answering"
    CONNECTION_LOST = "connection_lost"


class Event(StrEnum):
    """What can happen to an employee."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    READY_ASKED = "ready_asked"
    PAUSE_ASKED = "pause_asked"
    OFFERED = "offered"
    TAKEN = "taken"
    ENDED = "ended"
    FREED = "freed"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    NOT_ANSWERED = "not_answered"
    CONNECTION_LOST = "connection_lost"
    CONNECTION_BACK = "connection_back"


BUSY = frozenset({State.OFFERED, State.TALKING, State.WRAP_UP})
SHARED = frozenset({"chat", "mail"})
_ABSENT = frozenset({State.SIGNED_OUT, State.PAUSED, State.NOT_ANSWERING, State.CONNECTION_LOST})
# From which states a contact takes the employee on, and to which.
_FOLLOWS: dict[Event, tuple[frozenset[State], State]] = {
    Event.OFFERED: (frozenset({State.READY}), State.OFFERED),
    Event.TAKEN: (
        frozenset({State.OFFERED, State.READY, State.PAUSED, State.NOT_ANSWERING, State.WRAP_UP}),
        State.TALKING,
    ),
    Event.ENDED: (frozenset({State.TALKING, State.OFFERED}), State.WRAP_UP),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An employee's state and what they have in hand.

    `pause_after` asks for a pause when the present contact is done. `load` counts the open contacts of each shared channel.
    """

    state: State
    pause_after: bool = False
    load: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of an employee. `is_idle_anew`: they go to the back of the longest idle. `expected`: as in a contact's."""

    standing: Standing
    is_idle_anew: bool = False
    expected: bool = True


def decide(standing: Standing, event: Event, *, channel: str = "phone") -> Answer:
    """Answer an event; `channel` is that of the contact it is about."""
    if channel in SHARED and event in {Event.TAKEN, Event.ENDED, Event.FREED}:
        return _shared(standing, event, channel)
    return _ANSWERS[event](standing, event)


def _go_on(standing: Standing, event: Event) -> Answer:
    """Follow the contact in hand; an employee who is elsewhere by now (signed out, say) stays there."""
    states, to = _FOLLOWS[event]
    if standing.state not in states:
        return Answer(standing, expected=False)
    return Answer(replace(standing, state=to))


def _let_go(standing: Standing, event: Event) -> Answer:
    """Answer for an employee whose contact is theirs no more."""
    if standing.state not in BUSY:
        # Gone home, or paused by an offer before: they stay as they are.
        return Answer(standing, expected=False)
    match event:
        case Event.DECLINED:
            return Answer(Standing(State.PAUSED, load=standing.load))
        case Event.NOT_ANSWERED:
            return Answer(Standing(State.NOT_ANSWERING, load=standing.load))
    return _free(standing, is_idle_anew=event is Event.FREED)


def _free(standing: Standing, *, is_idle_anew: bool) -> Answer:
    """Make an employee ready, or let the pause begin that they asked for."""
    state = State.PAUSED if standing.pause_after else State.READY
    return Answer(Standing(state, load=standing.load), is_idle_anew=is_idle_anew and state is State.READY)


def _come(standing: Standing, event: Event) -> Answer:
    """Answer for an employee who says, or whose browser shows, that they are there."""
    if standing.state in BUSY:
        is_ready = event is Event.READY_ASKED
        return Answer(replace(standing, pause_after=False) if is_ready else standing, expected=is_ready)
    if event is Event.READY_ASKED:
        is_new = standing.state is not State.READY
        return Answer(Standing(State.READY, load=standing.load), is_idle_anew=is_new)
    if event is Event.SIGNED_IN and standing.state is State.SIGNED_OUT:
        return Answer(Standing(State.PAUSED, load=standing.load))
    if event is Event.CONNECTION_BACK and standing.state is State.CONNECTION_LOST:
        return _free(standing, is_idle_anew=True)
    return Answer(standing, expected=standing.state is not State.SIGNED_OUT)


def _leave(standing: Standing, _event: Event) -> Answer:
    """Answer for an employee who goes home; a conversation goes on without their state."""
    return Answer(replace(standing, state=State.SIGNED_OUT, pause_after=False))


def _pause(standing: Standing, _event: Event) -> Answer:
    if standing.state is State.SIGNED_OUT:
        return Answer(standing, expected=False)
    if standing.state in BUSY:
        return Answer(replace(standing, pause_after=True))
    return Answer(Standing(State.PAUSED, load=standing.load))


def _lose(standing: Standing, _event: Event) -> Answer:
    """Answer for an employee whose browser or telephone is gone; after-call work and pauses need neither."""
    if standing.state in _ABSENT or standing.state is State.WRAP_UP:
        return Answer(standing, expected=False)
    return Answer(replace(standing, state=State.CONNECTION_LOST))


def _shared(standing: Standing, event: Event, channel: str) -> Answer:
    """Answer for a chat or a letter: it adds to the load, and leaves room for others."""
    in_hand = standing.load.get(channel, 0)
    if event is Event.ENDED:
        return Answer(standing)
    if event is Event.FREED:
        if in_hand == 0:
            return Answer(standing, expected=False)
        return Answer(replace(standing, load={**standing.load, channel: in_hand - 1}), is_idle_anew=True)
    more = replace(standing, load={**standing.load, channel: in_hand + 1})
    if standing.state is State.OFFERED:
        return Answer(replace(_free(more, is_idle_anew=False).standing, load=more.load))
    return Answer(more)


_ANSWERS: dict[Event, Callable[[Standing, Event], Answer]] = {
    Event.SIGNED_IN: _come,
    Event.SIGNED_OUT: _leave,
    Event.READY_ASKED: _come,
    Event.PAUSE_ASKED: _pause,
    Event.OFFERED: _go_on,
    Event.TAKEN: _go_on,
    Event.ENDED: _go_on,
    Event.FREED: _let_go,
    Event.WITHDRAWN: _let_go,
    Event.DECLINED: _let_go,
    Event.NOT_ANSWERED: _let_go,
    Event.CONNECTION_LOST: _lose,
    Event.CONNECTION_BACK: _come,
}
