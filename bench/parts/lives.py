"""What happens next to citizens and employees, drawn at random: whole lives, most of them ordinary, all of them possible."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import POOL, Event, State
from borgerlinje.dispatch.actions import do_complete, do_event
from borgerlinje.dispatch.attendance import do_lose, do_pause, do_ready, do_return, do_sign_out
from borgerlinje.dispatch.callbacks import do_take
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.kit.ids import uuid7
from tests.support import scene
from tests.support.world import STARTS

# Out of a hundred rounds in which something could happen to such a contact; what is not named has an even share of `_OTHERWISE`.
_OFTEN: dict[State, dict[Event, float]] = {
    State.ARRIVED: {Event.GREETED: 80, Event.MENU_ENTERED: 8, Event.CITIZEN_LEFT: 3},
    State.IN_MENU: {Event.MENU_CHOSEN: 80, Event.CITIZEN_LEFT: 5},
    State.WAITING: {Event.CITIZEN_LEFT: 8, Event.CALLBACK_ASKED: 2, Event.OVERFLOWED: 1},
    State.OFFERED: {Event.ANSWERED: 80, Event.OFFER_EXPIRED: 3, Event.CITIZEN_LEFT: 3, Event.OFFER_DECLINED: 2},
    State.CONNECTED: {Event.CITIZEN_LEFT: 40, Event.EMPLOYEE_LEFT: 30, Event.TRANSFERRED: 4, Event.HELD: 4},
    State.CALLING_BACK: {Event.CITIZEN_REACHED: 60, Event.CITIZEN_UNREACHED: 15},
    State.CALLBACK: {Event.CALLBACK_CANCELLED: 6},
    State.WRAP_UP: {},
}
_OTHERWISE = {State.WAITING: 1.0, State.CALLBACK: 0.0, State.WRAP_UP: 0.0}
_MOSTLY_ALL = 6.0
_COMPLETES = {State.WRAP_UP: 75.0, State.TRANSFERRED: 40.0}
_ABSENT = frozenset({"paused", "not_answering", "connection_lost", "signed_out"})


def _weights(state: State) -> tuple[Sequence[Event], Sequence[float], float]:
    often = _OFTEN.get(state, {})
    events = tuple(dict.fromkeys(scene.BELONGS[state]))
    rest = [event for event in events if event not in often and event is not Event.COMPLETED]
    share = _OTHERWISE.get(state, _MOSTLY_ALL if often else 70.0) / max(len(rest), 1)
    weights: dict[Event, float] = often | dict.fromkeys(rest, share)
    return tuple(weights), tuple(weights.values()), sum(weights.values())


_WEIGHTS: dict[State, tuple[Sequence[Event], Sequence[float], float]] = {
    state: _weights(state) for state in State if state is not State.CLOSED
}


class Lives:
    """Draws what happens. `now` is set by who drives."""

    def __init__(self, random: Random, *, employees: int) -> None:
        self.random, self.employees = random, employees
        self.now = STARTS

    def arrivals(self, number: int) -> Iterator[Steps[Any]]:
        """Return so many citizens reaching a line on some channel."""
        for _ in range(number):
            yield self._arrives()

    def _arrives(self) -> Steps[None]:
        number = self.random.randrange(2520)
        contact_id = uuid7(self.now)
        yield from do_arrive(
            contact_id,
            dialled=f"70{self.random.randint(1, scene.LINES)}{self.random.randint(0, scene.MEMBERS)}",
            caller=str(self.random.randrange(10**7, 10**8)),
            channel_ref=f"c-{contact_id}",
            now=self.now,
            channel=scene.CHANNELS[number % len(scene.CHANNELS)],
        )
        if number % 3 == 0:
            yield Query(
                "UPDATE contacts_contact SET subject_item_id = nullif(%(subject)s::int, 0), language = %(language)s WHERE id = %(id)s",
                {
                    "subject": number % (scene.SUBJECTS + 1),
                    "language": scene.LANGUAGES[number % len(scene.LANGUAGES)],
                    "id": contact_id,
                },
            )

    def next(self, contacts: Sequence[Row], presences: Sequence[Row]) -> Iterator[tuple[bool, Steps[Any]]]:
        """Return what happens in one round, each contact and each employee once, and whether it needs a transaction of its own."""
        busy: set[int] = set()
        callers: set[str] = set()
        free = [row["employee_id"] for row in presences if row["state"] == "ready"]
        for contact in contacts:
            state = State(contact["state"])
            employee = contact["employee_id"] if state not in POOL else None
            if employee in busy or contact["caller_number"] in callers:
                continue
            if state is State.CALLBACK and free and self.random.random() < 0.03:
                employee = free.pop()
                if employee in busy:
                    continue
                path: Steps[Any] | None = do_take(contact["id"], employee_id=employee, now=self.now)
            else:
                path = self._happens(contact, state)
            if path is not None:
                busy |= {employee} if employee else set()
                callers.add(contact["caller_number"])
                yield False, path
        for row in presences:
            if row["employee_id"] not in busy and (doing := self._does(row)) is not None:
                yield row["state"] not in _ABSENT, doing

    def _happens(self, contact: Row, state: State) -> Steps[Any] | None:
        drawn = self.random.random() * 100
        if drawn < _COMPLETES.get(state, 0) and contact["documented_at"] is None and contact["employee_id"]:
            return self._completes(contact)
        events, weights, total = _WEIGHTS[state]
        if drawn >= total or not events:
            return None
        event = self.random.choices(events, weights)[0]
        return do_event(contact["id"], event, now=self.now, offer_id=contact["offer_id"])

    def _completes(self, contact: Row) -> Steps[Any]:
        number = self.random.randrange(30)
        closing = Closing(
            ("guided", "resolved", "light_casework")[number % 3],
            subject_item_id=1 + number % scene.SUBJECTS if number % 2 else None,
            home_check=("confirmed", "confirmed", "corrected", "unknown", "")[number % 5],
            home_authority_id=1 + number % 5 if number % 5 == 2 else None,
        )
        return do_complete(contact["id"], closing, employee_id=contact["employee_id"], now=self.now, pause=number == 0)

    def _does(self, presence: Row) -> Steps[Any] | None:
        drawn, employee = self.random.random(), presence["employee_id"]
        if presence["state"] in _ABSENT:
            if drawn > 0.5:
                return None
            lost = presence["state"] == "connection_lost" and drawn < 0.25
            return do_return(employee, now=self.now) if lost else do_ready(employee, now=self.now)
        if drawn < 0.996:
            return None
        actions = (do_pause, do_sign_out, do_lose)
        if self.random.random() < 0.3:
            return do_lose(employee, now=self.now, with_calls=True)
        return self.random.choice(actions)(employee, now=self.now)
