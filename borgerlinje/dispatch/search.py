"""One tick's search for who takes what. Pure; `pool.Pool` prepares it.

The heads of the queues are dealt with in this order: who has waited longest comes first, with the line's and the contact's head
start counted as waited, and less what `LineRule.crowd_seconds` takes from members with many waiting. The choice among those who can:
the employee who had the contact before; one of the citizen's own authority, unless that leaves somebody with nobody who has
waited `own_authority_wait_seconds`; then the longest idle, but for so long not one whose own citizens wait too.
"""

import heapq
from bisect import bisect_right
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import NamedTuple, Self
from uuid import UUID

from borgerlinje.dispatch import reasons
from borgerlinje.dispatch.crew import Able, Crew, Member
from borgerlinje.dispatch.matching import LineRule, Match, Requirement, Rules, Waiting, requirement

# So many of the longest idle are looked at for one whose own citizens do not wait.
_LOOKED_AT = 8


class Key(NamedTuple):
    """What contacts of one queue have in common."""

    line_id: int
    channel: str
    home_id: int | None
    subject_id: int | None
    language: str
    head_start_seconds: int
    is_callback: bool

    @classmethod
    def of(cls, contact: Waiting) -> Self:
        """Return the key of the queue a contact stands in."""
        return cls(
            contact.line_id,
            contact.channel,
            contact.home_id,
            contact.subject_id,
            contact.language,
            contact.head_start_seconds,
            contact.is_callback,
        )


Place = tuple[float, UUID, Waiting]


class Queue:
    """Contacts that are alike: since when each waits (seconds since the epoch), its id, and itself; oldest first."""

    def __init__(self, key: Key, rule: LineRule) -> None:
        self.key, self.rule = key, rule
        self.places: list[Place] = []
        self._thresholds = [step.after_seconds for step in rule.steps]
        self._needs: dict[int, tuple[Requirement, Able]] = {}
        self._generation = -1

    def needs(self, contact: Waiting, rules: Rules, crew: Crew, *, now: datetime) -> tuple[Requirement, Able]:
        """Return what a contact of this queue requires, and who meets it: but for the hour, only the relaxations make a difference."""
        waited = (now - contact.waiting_since).total_seconds()
        steps = bisect_right(self._thresholds, waited) if self._thresholds else 0
        if self.rule.tasks:
            needs = requirement(contact, rules, now=now)
            return needs, crew.able(needs)
        if self._generation != crew.generation:
            self._needs.clear()
        found = self._needs.get(steps)
        if found is None:
            needs = requirement(contact, rules, now=now)
            found = self._needs[steps] = needs, crew.able(needs)
            self._generation = crew.generation
        return found


class Head:
    """How far a tick has come in a queue. `crowd` is how many of the same home authority wait in the centre."""

    __slots__ = ("_last", "crowd", "index", "now", "places", "queue", "rule", "shift")

    def __init__(self, queue: Queue, crowd: int, now: datetime) -> None:
        self.queue, self.rule, self.places = queue, queue.rule, queue.places
        self.crowd, self.now, self.index = crowd, now, 0
        head_start = queue.rule.head_start_seconds + queue.key.head_start_seconds
        self.shift = (reasons.crowd_seconds(queue.rule, crowd) if crowd > 1 else 0.0) - head_start
        self._last: tuple[Waiting, tuple[Requirement, Able]] | None = None

    def first(self) -> Waiting | None:
        """Return the first contact that has not been dealt with, None at the end. A callback that is not due is passed over."""
        while self.index < len(self.places):
            contact = self.places[self.index][2]
            if contact.due_at is None or contact.due_at <= self.now:
                return contact
            self.index += 1
        return None

    def order(self) -> tuple[float, UUID]:
        """Return where the first contact stands among those of all queues."""
        place = self.places[self.index]
        return place[0] + self.shift, place[1]

    def needs(self, contact: Waiting, rules: Rules, crew: Crew) -> tuple[Requirement, Able]:
        """Return what a contact requires, and who meets it."""
        if self._last is None or self._last[0] is not contact:
            self._last = contact, self.queue.needs(contact, rules, crew, now=self.now)
        return self._last[1]

    def waited(self, contact: Waiting) -> float:
        """Return how long a contact has waited, in seconds."""
        return (self.now - contact.waiting_since).total_seconds()


class Search:
    """One tick's search."""

    def __init__(self, heads: list[Head], crew: Crew, rules: Rules, *, now: datetime) -> None:
        self.heads, self.crew, self.rules, self.now = heads, crew, rules, now
        self.waiting_count = sum(len(head.places) for head in heads)
        self.taken: set[int] = set()
        self.heap: list[tuple[float, UUID, int]] = []
        # Of those who meet a requirement, how many are taken: counted when it first comes up, however late in the search that is.
        self._taken_of: dict[Able, int] = {}

    def run(self, limit: int) -> list[Match]:
        """Go through the heads in order until nobody is left who could take one."""
        matches: list[Match] = []
        # The second round gives what courtesy left over: nobody waits beside an idle employee who can.
        for is_courteous in (True, False):
            self.heap = [(*head.order(), number) for number, head in enumerate(self.heads) if head.first() is not None]
            heapq.heapify(self.heap)
            if not self._round(matches, limit, is_courteous=is_courteous):
                break
        return matches

    def _round(self, matches: list[Match], limit: int, *, is_courteous: bool) -> bool:
        """Match the heads in order; return whether a contact was held back out of courtesy."""
        is_any_held_back = False
        while self.heap and len(matches) < limit and len(self.taken) < len(self.crew.members):
            number = heapq.heappop(self.heap)[2]
            head = self.heads[number]
            contact = head.first()
            if contact is None:
                continue
            able = self._able(head, contact)
            if not self._left(able):
                # Those behind ask for the same or for more.
                continue
            choice = self._choose(contact, head, able, is_courteous=is_courteous)
            if choice is None:
                is_any_held_back = True
                continue
            matches.append(self._match(contact, head, *choice))
            head.index += 1
            if head.first() is not None:
                heapq.heappush(self.heap, (*head.order(), number))
        return is_any_held_back

    def _able(self, head: Head, contact: Waiting) -> Able:
        return head.needs(contact, self.rules, self.crew)[1]

    def _left(self, able: Able) -> int:
        taken = self._taken_of.get(able)
        if taken is None:
            members = self.crew.members
            taken = sum(members[employee_id].profile in able.profiles for employee_id in self.taken)
            self._taken_of[able] = taken
        return able.count - taken

    def _choose(self, contact: Waiting, head: Head, able: Able, *, is_courteous: bool) -> tuple[Member, str] | None:
        """Return the employee to ask and by which rule; None when those who are left are kept for their own citizens."""
        previous = self.crew.members.get(contact.previous_employee_id) if contact.previous_employee_id else None
        if previous and previous.profile in able.profiles and contact.previous_employee_id not in self.taken:
            return previous, "continued"
        is_only = self._left(able) == 1
        rule = "only" if is_only else "longest_idle"
        longest = next(able.all.left(self, self.taken))
        own_row = able.by_employer.get(contact.home_id) if contact.home_id is not None else None
        if own_row is not None:
            own = next(own_row.left(self, self.taken), None)
            if own is not None and (own is longest or not self._costs(own)):
                return own, "only" if is_only else "own_authority"
        is_patient = is_courteous and head.waited(contact) < head.rule.own_authority_wait_seconds
        if not is_patient or not self._is_awaited(longest, contact):
            return longest, rule
        others = islice(able.all.left(self, self.taken), 1, _LOOKED_AT)
        other = next((one for one in others if not self._is_awaited(one, contact)), None)
        if other is None and self._left(able) <= _LOOKED_AT:
            return None
        return other or longest, rule

    def _costs(self, member: Member) -> bool:
        """Tell whether somebody who has waited too long for it would be left with nobody if this employee were taken."""
        return any(
            self._left(able) == 1
            and member.profile in able.profiles
            and any(self._is_overdue(head, able) for head in heads)
            for able, heads in self._demand
        )

    @cached_property
    def _demand(self) -> list[tuple[Able, list[Head]]]:
        """Who meets what the heads require, and the heads that require it, as this tick found them."""
        demand: dict[Able, list[Head]] = {}
        for head in self.heads:
            contact = head.first()
            if contact is not None:
                demand.setdefault(self._able(head, contact), []).append(head)
        return list(demand.items())

    def _is_overdue(self, head: Head, able: Able) -> bool:
        contact = head.first()
        if contact is None or self._able(head, contact) is not able:
            return False
        return head.waited(contact) >= head.rule.own_authority_wait_seconds

    @cached_property
    def _by_home(self) -> dict[int | None, list[Head]]:
        """The heads by the home authority of their contacts."""
        heads: dict[int | None, list[Head]] = {}
        for head in self.heads:
            heads.setdefault(head.queue.key.home_id, []).append(head)
        return heads

    def _is_awaited(self, member: Member, instead_of: Waiting) -> bool:
        """Tell whether a citizen of the employee's own authority waits too, whom the employee can help."""
        employer_id = member.employee.employer_id
        if instead_of.home_id == employer_id:
            return False
        for head in self._by_home.get(employer_id, ()):
            contact = head.first()
            if contact is not None and member.profile in self._able(head, contact).profiles:
                return True
        return False

    def _match(self, contact: Waiting, head: Head, chosen: Member, rule: str) -> Match:
        needs, able = head.needs(contact, self.rules, self.crew)
        why = reasons.why(
            contact,
            head.rule,
            needs,
            chosen.employee,
            rule=rule,
            candidates=reasons.in_order(contact, chosen, able.all.left(self, self.taken)),
            candidate_count=self._left(able),
            crowd=head.crowd,
            waiting_count=self.waiting_count,
            next_contact_id=self._next_for(chosen),
            now=self.now,
        )
        self.taken.add(chosen.employee.employee_id)
        for met in self._taken_of:
            self._taken_of[met] += chosen.profile in met.profiles
        self.waiting_count -= 1
        return Match(contact.contact_id, chosen.employee.employee_id, why)

    def _next_for(self, member: Member) -> UUID | None:
        """Return the contact that comes next in the order, when the employee could have had that one instead."""
        if not self.heap:
            return None
        head = self.heads[self.heap[0][2]]
        contact = head.first()
        if contact is None or member.profile not in self._able(head, contact).profiles:
            return None
        return contact.contact_id
