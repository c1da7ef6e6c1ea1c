"""The pool of waiting contacts and of free employees, kept in memory. Pure: no clock, no I/O; `search` finds who takes what.

Contacts that are alike (line, channel, home authority, subject, language) stand in one queue. What they require can only become
less as they wait, so a queue whose head finds nobody is passed over whole, and a tick looks at no more contacts than it has offers
to make: 10,000 who wait cost no more than 100.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from borgerlinje.dispatch.crew import Crew
from borgerlinje.dispatch.matching import Free, Match, Rules, Waiting
from borgerlinje.dispatch.search import Head, Key, Queue, Search


class Pool:
    """Everybody who waits and everybody who is ready. Keeping it up to date is the caller's."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.contacts: dict[UUID, Waiting] = {}
        self.crew = Crew()
        self._queues: dict[Key, Queue] = {}
        self._crowds: Counter[tuple[int, int]] = Counter()

    @property
    def employees(self) -> list[Free]:
        """Everybody who is ready, in no order."""
        return [member.employee for member in self.crew.members.values()]

    def put_contact(self, contact: Waiting) -> None:
        """Add a contact, or replace what was known of it; one of a line without rules is left out."""
        known = self.contacts.get(contact.contact_id)
        if known is not None:
            if known == contact:
                return
            self.drop_contact(contact.contact_id)
        rule = self.rules.lines.get(contact.line_id)
        if rule is None:
            return
        self.contacts[contact.contact_id] = contact
        key = Key.of(contact)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = Queue(key, rule)
        insort(queue.places, (*_place(contact), contact))
        self._count(contact, 1)

    def drop_contact(self, contact_id: UUID) -> None:
        """Take a contact out; nothing when it is not there."""
        contact = self.contacts.pop(contact_id, None)
        if contact is None:
            return
        key = Key.of(contact)
        queue = self._queues[key]
        del queue.places[bisect_left(queue.places, _place(contact))]
        if not queue.places:
            del self._queues[key]
        self._count(contact, -1)

    def put_employee(self, employee: Free) -> None:
        """Add an employee who is ready, or replace what was known of them."""
        self.crew.put(employee)

    def drop_employee(self, employee_id: int) -> None:
        """Take an employee out; nothing when they are not there."""
        self.crew.drop(employee_id)

    def match(self, *, now: datetime, limit: int | None = None) -> list[Match]:
        """Return the offers to make now, at most `limit`; the pool itself stays as it is."""
        if not self.contacts or not self.crew.members:
            return []
        heads = [
            Head(queue, self._crowds[queue.rule.centre_id, key.home_id] if key.home_id is not None else 0, now)
            for key, queue in self._queues.items()
            if queue.rule.offers_callbacks or not key.is_callback
        ]
        search = Search(heads, self.crew, self.rules, now=now)
        return search.run(len(self.crew.members) if limit is None else limit)

    def _count(self, contact: Waiting, by: int) -> None:
        # Who is to be called back holds no line, and holds up nobody.
        if contact.home_id is not None and not contact.is_callback:
            member = (self.rules.lines[contact.line_id].centre_id, contact.home_id)
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


def _place(contact: Waiting) -> tuple[float, UUID]:
    return contact.waiting_since.timestamp(), contact.contact_id
