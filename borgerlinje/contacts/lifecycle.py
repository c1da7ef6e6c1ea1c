"""The lifecycle of a contact, over all channels. Pure: `decide(state, event)` answers every pair.

What does not belong in a state is answered too, with a value whose `expected` is False: nothing changes, and the caller notes it.
How a contact closed is data (`ClosedAs`). Three rules shape the table:

- Whoever waits keeps the place: each way back into the pool leads to `waiting` (or `callback`), never to the end of the queue.
- Nobody is dropped because an employee's connection died: the citizen goes back to the pool, and only Asterisk's own death ends a call.
- A citizen who is with somebody outside the pool (`transferred`) is still ours until they are done, while the employee documents.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """Where a contact is."""

    ARRIVED = "arrived"
    IN_MENU = "in_menu"
    WAITING = "waiting"
    OFFERED = "offered"
    CONNECTED = "connected"
    HELD = "held"
    CONSULTING = "consulting"
    THREE_WAY = "three_way"
    TRANSFERRED = "transferred"
    CALLBACK = "callback"
    CALLING_BACK = "calling_back"
    VOICEMAIL = "voicemail"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


# Waits for an employee: with the citizen on the line, or without.
POOL = frozenset({State.WAITING, State.CALLBACK})
# An employee has the contact in hand.
IN_HAND = frozenset({State.CONNECTED, State.HELD, State.CONSULTING, State.THREE_WAY, State.CALLING_BACK, State.WRAP_UP})
# The citizen is on the line (or in the chat, or at the counter).
PRESENT = frozenset(
    {
        State.ARRIVED,
        State.IN_MENU,
        State.WAITING,
        State.OFFERED,
        State.CONNECTED,
        State.HELD,
        State.CONSULTING,
        State.THREE_WAY,
        State.TRANSFERRED,
        State.VOICEMAIL,
    }
)

# The citizen waits for an employee, whether one is being rung for them or not.
IN_POOL = frozenset({State.WAITING, State.OFFERED})

# Citizen and employee are on the line with each other, whoever hears music meanwhile.
IN_CONVERSATION = frozenset({State.CONNECTED, State.HELD, State.CONSULTING, State.THREE_WAY})
# Somebody else is, or is being, brought to the citizen.
WITH_PARTY = frozenset({State.CONSULTING, State.THREE_WAY, State.TRANSFERRED})


class ClosedAs(StrEnum):
    """How a contact came to be closed."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    CLOSED_HOURS = "closed_hours"
    TECHNICAL = "technical"
    TRANSFERRED = "transferred"
    FULL = "full"
    UNREACHED = "unreached"


class Event(StrEnum):
    """What can happen to a contact."""

    LINE_CLOSED = "line_closed"
    LINE_FULL = "line_full"
    MENU_ENTERED = "menu_entered"
    MENU_CHOSEN = "menu_chosen"
    GREETED = "greeted"
    OVERFLOWED = "overflowed"
    OFFERED = "offered"
    OFFER_EXPIRED = "offer_expired"
    OFFER_DECLINED = "offer_declined"
    OFFER_FAILED = "offer_failed"
    ANSWERED = "answered"
    HELD = "held"
    RETRIEVED = "retrieved"
    CONSULT_STARTED = "consult_started"
    JOINED = "joined"
    PARTY_LEFT = "party_left"
    HANDED_OVER = "handed_over"
    TRANSFERRED = "transferred"
    TRANSFER_FAILED = "transfer_failed"
    REQUEUED = "requeued"
    CALLBACK_ASKED = "callback_asked"
    CALLBACK_CANCELLED = "callback_cancelled"
    CITIZEN_REACHED = "citizen_reached"
    CITIZEN_UNREACHED = "citizen_unreached"
    CALLED_AGAIN = "called_again"
    SETTLED = "settled"
    VOICEMAIL_STARTED = "voicemail_started"
    MESSAGE_LEFT = "message_left"
    CITIZEN_LEFT = "citizen_left"
    EMPLOYEE_LEFT = "employee_left"
    EMPLOYEE_LOST = "employee_lost"
    COMPLETED = "completed"
    TECHNICAL_FAULT = "technical_fault"


class Presence(StrEnum):
    """What becomes of the employee who has or was offered the contact."""

    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    FREE = "free"
    PAUSED = "paused"
    NOT_ANSWERING = "not_answering"
    CONNECTION_LOST = "connection_lost"


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision depends on besides the state.

    `wrap_up_seconds` is the line's: 0 closes a conversation at once. `is_callback`: the citizen is not on the line but is called
    when somebody is free. `is_documented`: the employee has said how it went, or need not. `is_transferred`: somebody outside the pool has had
    the citizen. `attempts_left`: a citizen who is not reached may be called again.
    """

    wrap_up_seconds: int = 60
    is_callback: bool = False
    is_documented: bool = False
    is_transferred: bool = False
    attempts_left: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one event.

    `presence` is None when the employee's state does not change. `expected` is False for an event that does not belong in the
    state: nothing changes then, and the caller notes the fact.
    """

    state: State
    closed_as: ClosedAs | None = None
    presence: Presence | None = None
    expected: bool = True


def _closed(closed_as: ClosedAs, presence: Presence | None = None) -> Decision:
    return Decision(State.CLOSED, closed_as, presence)


def _to(state: State, presence: Presence | None = None) -> Decision:
    return Decision(state, None, presence)


_DEFAULT = Context()
# What counts as an attempt to reach a citizen who is called back.
UNREACHED = frozenset({Event.CITIZEN_UNREACHED, Event.CITIZEN_LEFT})
_PICK_UP = _to(State.WAITING)
_ABANDONED = _closed(ClosedAs.ABANDONED)
_ASKED_BACK = _to(State.CALLBACK)
_RECORD = _to(State.VOICEMAIL)
_SHUT = _closed(ClosedAs.CLOSED_HOURS)
_FULL = _closed(ClosedAs.FULL)
_CITIZEN_GONE = _to(State.WRAP_UP, Presence.WRAP_UP)
_BACK_TO_POOL = _to(State.WAITING, Presence.FREE)
_EMPLOYEE_LOST = _to(State.WAITING, Presence.CONNECTION_LOST)
_SENT_ON = _to(State.TRANSFERRED, Presence.WRAP_UP)
# A colleague of the pool takes the citizen over, and with them the documentation: who hands over is done.
_TAKEN_OVER = _to(State.CONNECTED, Presence.FREE)

_BEFORE_THE_POOL = {
    Event.LINE_CLOSED: _SHUT,
    Event.LINE_FULL: _FULL,
    Event.OVERFLOWED: _PICK_UP,
    Event.CALLBACK_ASKED: _ASKED_BACK,
    Event.VOICEMAIL_STARTED: _RECORD,
    Event.CITIZEN_LEFT: _ABANDONED,
    Event.TECHNICAL_FAULT: _closed(ClosedAs.TECHNICAL),
}

_TABLE: dict[State, dict[Event, Decision]] = {
    State.ARRIVED: {
        **_BEFORE_THE_POOL,
        Event.MENU_ENTERED: _to(State.IN_MENU),
        Event.GREETED: _PICK_UP,
    },
    # The menu of another language or of another line begins anew.
    State.IN_MENU: {
        **_BEFORE_THE_POOL,
        Event.MENU_ENTERED: _to(State.IN_MENU),
        Event.MENU_CHOSEN: _PICK_UP,
    },
    State.WAITING: {
        Event.OFFERED: _to(State.OFFERED, Presence.OFFERED),
        Event.OVERFLOWED: _PICK_UP,
        Event.LINE_CLOSED: _SHUT,
        Event.CALLBACK_ASKED: _ASKED_BACK,
        Event.VOICEMAIL_STARTED: _RECORD,
        Event.CITIZEN_LEFT: _ABANDONED,
        Event.TECHNICAL_FAULT: _BEFORE_THE_POOL[Event.TECHNICAL_FAULT],
    },
    State.OFFERED: {
        Event.OFFER_EXPIRED: _to(State.WAITING, Presence.NOT_ANSWERING),
        Event.OFFER_DECLINED: _to(State.WAITING, Presence.PAUSED),
        Event.OFFER_FAILED: _to(State.WAITING, Presence.NOT_ANSWERING),
        Event.EMPLOYEE_LOST: _to(State.WAITING, Presence.CONNECTION_LOST),
        Event.ANSWERED: _to(State.CONNECTED, Presence.TALKING),
        Event.CALLBACK_ASKED: _to(State.CALLBACK, Presence.FREE),
        Event.VOICEMAIL_STARTED: _to(State.VOICEMAIL, Presence.FREE),
        Event.CALLBACK_CANCELLED: _closed(ClosedAs.ABANDONED, Presence.FREE),
        Event.CITIZEN_LEFT: _closed(ClosedAs.ABANDONED, Presence.FREE),
        Event.TECHNICAL_FAULT: _closed(ClosedAs.TECHNICAL, Presence.FREE),
    },
    State.CONNECTED: {
        Event.HELD: _to(State.HELD),
        Event.CONSULT_STARTED: _to(State.CONSULTING),
        Event.TRANSFERRED: _SENT_ON,
        Event.REQUEUED: _BACK_TO_POOL,
        Event.CALLBACK_ASKED: _to(State.CALLBACK, Presence.FREE),
        Event.CITIZEN_LEFT: _CITIZEN_GONE,
        Event.EMPLOYEE_LEFT: _to(State.WRAP_UP, Presence.WRAP_UP),
        Event.EMPLOYEE_LOST: _EMPLOYEE_LOST,
        Event.TECHNICAL_FAULT: _to(State.WRAP_UP, Presence.WRAP_UP),
    },
    # An employee who hangs up on a citizen in hold has forgotten them: they go back to the pool, and ring there again first.
    State.HELD: {
        Event.RETRIEVED: _to(State.CONNECTED),
        Event.CONSULT_STARTED: _to(State.CONSULTING),
        Event.TRANSFERRED: _SENT_ON,
        Event.REQUEUED: _BACK_TO_POOL,
        Event.CITIZEN_LEFT: _CITIZEN_GONE,
        Event.EMPLOYEE_LEFT: _BACK_TO_POOL,
        Event.EMPLOYEE_LOST: _EMPLOYEE_LOST,
        Event.TECHNICAL_FAULT: _to(State.WRAP_UP, Presence.WRAP_UP),
    },
    State.CONSULTING: {
        Event.RETRIEVED: _to(State.CONNECTED),
        Event.JOINED: _to(State.THREE_WAY),
        Event.PARTY_LEFT: _to(State.HELD),
        Event.HANDED_OVER: _TAKEN_OVER,
        Event.TRANSFERRED: _SENT_ON,
        Event.REQUEUED: _to(State.WAITING, Presence.FREE),
        Event.CITIZEN_LEFT: _to(State.WRAP_UP, Presence.WRAP_UP),
        Event.EMPLOYEE_LEFT: _to(State.WAITING, Presence.FREE),
        Event.EMPLOYEE_LOST: _to(
            State.WAITING,
            Presence.CONNECTION_LOST,
        ),
        Event.TECHNICAL_FAULT: _to(
            State.WRAP_UP,
            Presence.WRAP_UP,
        ),
    },
    State.THREE_WAY: {
        Event.PARTY_LEFT: _to(State.CONNECTED),
        Event.HANDED_OVER: _TAKEN_OVER,
        Event.TRANSFERRED: _SENT_ON,
        Event.EMPLOYEE_LEFT: _SENT_ON,
        Event.EMPLOYEE_LOST: _to(State.TRANSFERRED, Presence.WRAP_UP),
        Event.CITIZEN_LEFT: _to(State.WRAP_UP, Presence.WRAP_UP),
        Event.TECHNICAL_FAULT: _to(
            State.WRAP_UP,
            Presence.WRAP_UP,
        ),
    },
    # The employee documents meanwhile: `_after_transfer` says what that changes.
    State.TRANSFERRED: {
        Event.COMPLETED: _to(State.TRANSFERRED, Presence.FREE),
        Event.HANDED_OVER: _to(State.CONNECTED, Presence.FREE),
        Event.TRANSFER_FAILED: _to(State.WAITING, Presence.FREE),
        Event.PARTY_LEFT: _to(State.WRAP_UP),
        Event.CITIZEN_LEFT: _to(State.WRAP_UP),
        Event.TECHNICAL_FAULT: _to(State.WRAP_UP),
    },
    State.CALLBACK: {
        Event.OFFERED: _to(State.OFFERED, Presence.OFFERED),
        Event.CALLBACK_CANCELLED: _ABANDONED,
        # Who has asked to be called hangs up: that is how it should be.
        Event.CITIZEN_LEFT: _to(State.CALLBACK),
    },
    State.CALLING_BACK: {
        Event.CITIZEN_REACHED: _to(State.CONNECTED),
        Event.CITIZEN_UNREACHED: _to(State.CALLBACK, Presence.FREE),
        Event.CITIZEN_LEFT: _to(State.CALLBACK, Presence.FREE),
        # There was nothing to call for: the message has said it all, or the matter is settled already.
        Event.SETTLED: _to(State.WRAP_UP, Presence.WRAP_UP),
        Event.EMPLOYEE_LEFT: _to(State.CALLBACK, Presence.PAUSED),
        Event.EMPLOYEE_LOST: _to(State.CALLBACK, Presence.CONNECTION_LOST),
        Event.CALLBACK_CANCELLED: _closed(ClosedAs.ABANDONED, Presence.FREE),
        Event.TECHNICAL_FAULT: _to(State.CALLBACK, Presence.FREE),
    },
    State.VOICEMAIL: {
        Event.MESSAGE_LEFT: _to(State.CALLBACK),
        Event.CITIZEN_LEFT: _ABANDONED,
        Event.TECHNICAL_FAULT: _BEFORE_THE_POOL[Event.TECHNICAL_FAULT],
    },
    State.WRAP_UP: {
        Event.COMPLETED: _closed(ClosedAs.ANSWERED, Presence.FREE),
        Event.CALLED_AGAIN: _to(State.CALLING_BACK, Presence.TALKING),
    },
    State.CLOSED: {},
}


def decide(state: State, event: Event, *, context: Context = _DEFAULT) -> Decision:
    """Answer an event in a state."""
    decision = _TABLE[state].get(event)
    if decision is None:
        return Decision(state, expected=False)
    if state is State.OFFERED and context.is_callback:
        decision = _of_a_callback(decision, event)
    elif state is State.CALLING_BACK and event in UNREACHED and not context.attempts_left:
        decision = replace(decision, state=State.CLOSED, closed_as=ClosedAs.UNREACHED)
    elif state is State.TRANSFERRED:
        decision = _after_transfer(decision, event, context)
    return _without_after_call_work(decision, context)


def _of_a_callback(decision: Decision, event: Event) -> Decision:
    """Answer for an offer whose citizen is not on the line."""
    match event:
        case Event.ANSWERED:
            return replace(decision, state=State.CALLING_BACK)
        case Event.CITIZEN_LEFT | Event.CALLBACK_ASKED:
            return Decision(State.OFFERED)
        case Event.VOICEMAIL_STARTED:
            return Decision(State.OFFERED, expected=False)
        case Event.TECHNICAL_FAULT:
            return Decision(State.CALLBACK, None, Presence.FREE)
    return replace(decision, state=State.CALLBACK) if decision.state is State.WAITING else decision


def _after_transfer(decision: Decision, event: Event, context: Context) -> Decision:
    """Answer for a citizen who is with somebody outside, depending on whether the employee has documented it already."""
    if not context.is_documented:
        return decision
    if event is Event.COMPLETED:
        return Decision(State.TRANSFERRED, expected=False)
    if decision.state is State.WRAP_UP:
        return replace(decision, state=State.CLOSED, closed_as=ClosedAs.TRANSFERRED)
    return replace(decision, presence=None)


def _without_after_call_work(decision: Decision, context: Context) -> Decision:
    """Close a conversation at once on a line without after-call work, and name a transfer for what it was."""
    closed_as = ClosedAs.TRANSFERRED if context.is_transferred else ClosedAs.ANSWERED
    if context.wrap_up_seconds == 0 and decision.state is State.WRAP_UP:
        return Decision(State.CLOSED, closed_as, Presence.FREE)
    if context.wrap_up_seconds == 0 and decision.presence is Presence.WRAP_UP:
        return replace(decision, presence=Presence.FREE)
    if decision.closed_as is ClosedAs.ANSWERED:
        return replace(decision, closed_as=closed_as)
    return decision


def transitions() -> Iterator[tuple[State, Event, Decision]]:
    """Yield every expected transition of the table, for the diagram and for those who check it."""
    for state, answers in _TABLE.items():
        for event, decision in answers.items():
            yield state, event, decision
