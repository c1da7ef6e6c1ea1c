"""The pool of waiting contacts and of free employees, kept in memory. Pure: no clock, no I/O; `search` finds who takes what.

Contacts that are alike (line, channel, home authority, subject, language) stand in one queue. What they require can only become
less as they wait, so a queue whose head finds nobody is passed over whole, and a tick looks at no more contacts than it has offers
to make: 10,000 who wait cost no more than 100.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from borgerlinje.dispatch.matching import Free, Match, Rules, Waiting
from borgerlinje.dispatch.search import Candidates, Queue, Search

_Profile = tuple[object, ...]


class _Key(NamedTuple):
    """What contacts of one queue have in common."""

    line_id: int
    channel: str
    home_id: int | None
    subject_id: int | None
    language: str
    head_start_seconds: int
    is_callback: bool


class Pool:
    """Everybody who waits and everybody who is ready. Keeping it up to date is the caller's."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.contacts: dict[UUID, Waiting] = {}
        self.employees: dict[int, Free] = {}
        self._queues: dict[_Key, list[tuple[float, UUID]]] = {}
        self._crowds: Counter[tuple[int, int]] = Counter()
        # Employees, longest idle first, each with the number of their profile: equal profiles meet equal requirements.
        self._idle: list[tuple[datetime, int, int]] = []
        self._profiles: dict[_Profile, int] = {}

    def put_contact(self, contact: Waiting) -> None:
        """Add a contact, or replace what was known of it; one of a line without rules is left out."""
        if self.contacts.get(contact.contact_id) == contact:
            return
        self.drop_contact(contact.contact_id)
        if contact.line_id not in self.rules.lines:
            return
        self.contacts[contact.contact_id] = contact
        insort(self._queues.setdefault(_key(contact), []), _place(contact))
        self._count(contact, 1)

    def drop_contact(self, contact_id: UUID) -> None:
        """Take a contact out; nothing when it is not there."""
        contact = self.contacts.pop(contact_id, None)
        if contact is None:
            return
        key = _key(contact)
        queue = self._queues[key]
        del queue[bisect_left(queue, _place(contact))]
        if not queue:
            del self._queues[key]
        self._count(contact, -1)

    def put_employee(self, employee: Free) -> None:
        """Add an employee who is ready, or replace what was known of them."""
        if self.employees.get(employee.employee_id) == employee:
            return
        self.drop_employee(employee.employee_id)
        self.employees[employee.employee_id] = employee
        number = self._profiles.setdefault(_profile(employee), len(self._profiles))
        insort(self._idle, (employee.idle_since, employee.employee_id, number))

    def drop_employee(self, employee_id: int) -> None:
        """Take an employee out; nothing when they are not there."""
        employee = self.employees.pop(employee_id, None)
        if employee is not None:
            del self._idle[bisect_left(self._idle, (employee.idle_since, employee_id, 0))]

    def match(self, *, now: datetime, limit: int | None = None) -> list[Match]:
        """Return the offers to make now, at most `limit`; the pool itself stays as it is."""
        if not self.contacts or not self.employees:
            return []
        queues = [
            Queue(places, rule, self.contacts, self.crowd(self.contacts[places[0][1]]), now)
            for key, places in self._queues.items()
            if (rule := self.rules.lines[key.line_id]).offers_callbacks or not key.is_callback
        ]
        candidates = Candidates(self.employees, self._idle)
        return Search(queues, candidates, self.rules, now=now).run(len(self.employees) if limit is None else limit)

    def crowd(self, contact: Waiting) -> int:
        """Return how many citizens of a contact's home authority wait in its centre, itself among them; 0 when it is unknown."""
        return self._crowds[self._member(contact)] if contact.home_id is not None else 0

    def _member(self, contact: Waiting) -> tuple[int, int]:
        return self.rules.lines[contact.line_id].centre_id, contact.home_id or 0

    def _count(self, contact: Waiting, by: int) -> None:
        if contact.home_id is not None:
            member = self._member(contact)
            self._crowds[member] += by
            if not self._crowds[member]:
                del self._crowds[member]


def match(
    waiting: Iterable[Waiting], free: Iterable[Free], rules: Rules, *, now: datetime, limit: int | None = None
) -> list[Match]:
    """Return the offers to make now, at most one per contact and per employee, and at most `limit`.

    The order of the input does not matter: ties are broken by id.
    """
    pool = Pool(rules)
    for contact in waiting:
        pool.put_contact(contact)
    for employee in free:
        pool.put_employee(employee)
    return pool.match(now=now, limit=limit)


def _key(contact: Waiting) -> _Key:
    return _Key(
        contact.line_id,
        contact.channel,
        contact.home_id,
        contact.subject_id,
        contact.language,
        contact.head_start_seconds,
        contact.is_callback,
    )


def _place(contact: Waiting) -> tuple[float, UUID]:
    return contact.waiting_since.timestamp(), contact.contact_id


def _profile(employee: Free) -> _Profile:
    return (
        frozenset(employee.clearances.items()),
        frozenset(employee.skills.items()),
        employee.languages,
        employee.channels,
        employee.kept_for,
    )
