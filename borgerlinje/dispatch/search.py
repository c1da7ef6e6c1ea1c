"""One tick's search for who takes what. Pure; `pool.Pool` prepares it.

The heads of the queues are dealt with in this order: who has waited longest comes first, with the line's and the contact's head
start counted as waited, and less what `LineRule.crowd_seconds` takes from members with many waiting. The choice among those who can:
the employee who had the contact before; one of the citizen's own authority, unless that leaves somebody with nobody who has
waited `own_authority_wait_seconds`; then the longest idle, but for so long not one whose own citizens wait too.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from uuid import UUID

from borgerlinje.dispatch import reasons
from borgerlinje.dispatch.matching import (
    Free,
    LineRule,
    Match,
    Requirement,
    Rules,
    Waiting,
    requirement,
    steps_in_force,
)

# So many of the longest idle are looked at for one whose own citizens do not wait.
_LOOKED_AT = 8


class Queue:
    """Contacts that are alike, oldest place first, and how far this tick has come in them."""

    def __init__(
        self,
        places: Sequence[tuple[float, UUID]],
        rule: LineRule,
        contacts: Mapping[UUID, Waiting],
        crowd: int,
        now: datetime,
    ) -> None:
        self.places, self.rule, self.contacts, self.crowd, self.now = places, rule, contacts, crowd, now
        self.index = 0
        first = contacts[places[0][1]]
        self.home_id = first.home_id
        head_start = rule.head_start_seconds + first.head_start_seconds
        self.shift = reasons.crowd_seconds(rule, crowd) - head_start
        self._needs: dict[int, tuple[Requirement, Able]] = {}

    def head(self) -> Waiting | None:
        """Return the first contact that has not been dealt with, None at the end. A callback that is not due is passed over."""
        while self.index < len(self.places):
            contact = self.contacts[self.places[self.index][1]]
            if contact.due_at is None or contact.due_at <= self.now:
                return contact
            self.index += 1
        return None

    def order(self) -> tuple[float, UUID]:
        """Return where the head stands among those of all queues."""
        at, contact_id = self.places[self.index]
        return at + self.shift, contact_id

    def needs(self, contact: Waiting, rules: Rules, candidates: "Candidates") -> "tuple[Requirement, Able]":
        """Return what a contact of this queue requires, and who meets it; only the relaxations in force make a difference."""
        steps = len(steps_in_force(self.rule, self.waited(contact))) if self.rule.steps else 0
        found = self._needs.get(steps)
        if found is None:
            needs = requirement(contact, rules, now=self.now)
            found = self._needs[steps] = needs, candidates.able(needs)
        return found

    def waited(self, contact: Waiting) -> float:
        """Return how long a contact has waited, in seconds."""
        return (self.now - contact.waiting_since).total_seconds()


class _Line:
    """Employees, longest idle first; those taken fall away from the front."""

    def __init__(self, employees: list[Free]) -> None:
        self._employees = employees
        self._first = 0

    def free(self, taken: set[int]) -> Iterator[Free]:
        """Yield those who have not been taken."""
        employees = self._employees
        while self._first < len(employees) and employees[self._first].employee_id in taken:
            self._first += 1
        for number in range(self._first, len(employees)):
            if employees[number].employee_id not in taken:
                yield employees[number]


class Able:
    """The employees who meet one requirement, and how many of them are left in this tick."""

    def __init__(self, employees: list[Free], taken: set[int]) -> None:
        self.ids = {employee.employee_id for employee in employees}
        self.left = len(self.ids - taken)
        self.all = _Line(employees)
        by_employer: dict[int, list[Free]] = {}
        for employee in employees:
            by_employer.setdefault(employee.employer_id, []).append(employee)
        self.by_employer = {employer: _Line(group) for employer, group in by_employer.items()}


class Candidates:
    """Everybody free in this tick, and who of them meets which requirement."""

    def __init__(self, employees: Mapping[int, Free], idle: Sequence[tuple[datetime, int, int]]) -> None:
        self.employees = employees
        self.taken: set[int] = set()
        self._idle = idle
        self._found: dict[Requirement, Able] = {}

    def able(self, needs: Requirement) -> Able:
        """Return those who meet a requirement; asked once for each profile, not for each employee."""
        found = self._found.get(needs)
        if found is None:
            meets: dict[int, bool] = {}
            chosen = []
            for _, employee_id, profile in self._idle:
                is_met = meets.get(profile)
                if is_met is None:
                    is_met = meets[profile] = needs.is_met_by(self.employees[employee_id])
                if is_met:
                    chosen.append(self.employees[employee_id])
            found = self._found[needs] = Able(chosen, self.taken)
        return found

    def take(self, employee: Free) -> None:
        """Count an employee as busy."""
        self.taken.add(employee.employee_id)
        for able in self._found.values():
            if employee.employee_id in able.ids:
                able.left -= 1

    @property
    def left(self) -> int:
        """How many are free still."""
        return len(self.employees) - len(self.taken)


class Search:
    """One tick's search."""

    def __init__(self, queues: list[Queue], candidates: Candidates, rules: Rules, *, now: datetime) -> None:
        self.queues, self.candidates, self.rules, self.now = queues, candidates, rules, now
        self.heap: list[tuple[float, UUID, int]] = []
        self.waiting_count = sum(len(queue.places) for queue in queues)
        self._by_home: dict[int, list[Queue]] = {}
        for queue in queues:
            if queue.home_id is not None:
                self._by_home.setdefault(queue.home_id, []).append(queue)

    def run(self, limit: int) -> list[Match]:
        """Go through the heads in order until nobody is left who could take one."""
        matches: list[Match] = []
        # The second round gives what courtesy left over: nobody waits beside an idle employee who can.
        for is_courteous in (True, False):
            self.heap = []
            for number in range(len(self.queues)):
                self._push(number)
            if not self._round(matches, limit, is_courteous=is_courteous):
                break
        return matches

    def _push(self, number: int) -> None:
        if self.queues[number].head() is not None:
            heapq.heappush(self.heap, (*self.queues[number].order(), number))

    def _round(self, matches: list[Match], limit: int, *, is_courteous: bool) -> bool:
        """Match the heads in order; return whether a contact was held back out of courtesy."""
        is_any_held_back = False
        while self.heap and len(matches) < limit and self.candidates.left:
            queue = self.queues[number := heapq.heappop(self.heap)[2]]
            contact = queue.head()
            if contact is None:
                continue
            able = self._needs(queue, contact)[1]
            if not able.left:
                # Those behind ask for the same or for more.
                continue
            choice = self._choose(contact, queue, able, is_courteous=is_courteous)
            if choice is None:
                is_any_held_back = True
                continue
            matches.append(self._match(contact, queue, choice))
            queue.index += 1
            self._push(number)
        return is_any_held_back

    def _needs(self, queue: Queue, contact: Waiting) -> tuple[Requirement, Able]:
        return queue.needs(contact, self.rules, self.candidates)

    def _choose(self, contact: Waiting, queue: Queue, able: Able, *, is_courteous: bool) -> tuple[Free, str] | None:
        """Return the employee to ask and by which rule; None when those who are left are kept for their own citizens."""
        taken = self.candidates.taken
        previous = contact.previous_employee_id
        if previous in able.ids and previous not in taken:
            return self.candidates.employees[previous], "continued"
        rule = "longest_idle" if able.left > 1 else "only"
        longest = next(able.all.free(taken))
        if contact.home_id in able.by_employer:
            own = next(able.by_employer[contact.home_id].free(taken), None)
            if own is not None and (own is longest or not self._costs(own)):
                return own, "own_authority" if able.left > 1 else rule
        is_patient = is_courteous and queue.waited(contact) < queue.rule.own_authority_wait_seconds
        if not is_patient or not self._is_awaited(longest, contact):
            return longest, rule
        others = islice(able.all.free(taken), 1, _LOOKED_AT)
        other = next((one for one in others if not self._is_awaited(one, contact)), None)
        if other is None and able.left <= _LOOKED_AT:
            return None
        return other or longest, rule

    def _costs(self, employee: Free) -> bool:
        """Tell whether somebody who has waited too long for it would be left with nobody if this employee were taken."""
        return any(
            able.left == 1
            and employee.employee_id in able.ids
            and any(self._is_overdue(queue, able) for queue in queues)
            for able, queues in self._demand
        )

    @cached_property
    def _demand(self) -> list[tuple[Able, list[Queue]]]:
        """Who meets what the heads require, and the queues that require it, as this tick found them."""
        demand: dict[int, tuple[Able, list[Queue]]] = {}
        for queue in self.queues:
            contact = queue.head()
            if contact is not None:
                able = self._needs(queue, contact)[1]
                demand.setdefault(id(able), (able, []))[1].append(queue)
        return list(demand.values())

    def _is_overdue(self, queue: Queue, able: Able) -> bool:
        contact = queue.head()
        if contact is None or self._needs(queue, contact)[1] is not able:
            return False
        return queue.waited(contact) >= queue.rule.own_authority_wait_seconds

    def _is_awaited(self, employee: Free, instead_of: Waiting) -> bool:
        """Tell whether a citizen of the employee's own authority waits too, whom the employee can help."""
        if instead_of.home_id == employee.employer_id:
            return False
        for queue in self._by_home.get(employee.employer_id, ()):
            contact = queue.head()
            if contact is not None and employee.employee_id in self._needs(queue, contact)[1].ids:
                return True
        return False

    def _match(self, contact: Waiting, queue: Queue, choice: tuple[Free, str]) -> Match:
        (chosen, rule), (needs, able) = choice, self._needs(queue, contact)
        why = reasons.why(
            contact,
            queue.rule,
            needs,
            chosen,
            rule=rule,
            candidates=reasons.in_order(contact, chosen, able.all.free(self.candidates.taken)),
            candidate_count=able.left,
            crowd=queue.crowd,
            waiting_count=self.waiting_count,
            next_contact_id=self._next_for(chosen),
            now=self.now,
        )
        self.candidates.take(chosen)
        self.waiting_count -= 1
        return Match(contact.contact_id, chosen.employee_id, why)

    def _next_for(self, employee: Free) -> UUID | None:
        """Return the contact that comes next in the order, when the employee could have had that one instead."""
        if not self.heap:
            return None
        queue = self.queues[self.heap[0][2]]
        contact = queue.head()
        if contact is None or employee.employee_id not in self._needs(queue, contact)[1].ids:
            return None
        return contact.contact_id
