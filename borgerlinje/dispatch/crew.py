"""The employees who are ready, and who of them meets which requirement. Pure; kept up to date from tick to tick.

Employees with equal skills, languages, centres and channels share a profile, and a requirement is asked of a profile, once. For
each requirement that has come up the crew keeps its candidates in order, so that a tick searches nothing.
"""

from bisect import insort
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from borgerlinje.dispatch.matching import Free, Requirement

# Requirements differ by line, subject, language, relaxation and hour: some dozens. Far beyond that the old ones are of no use.
_KEPT = 5000
# So many who have left are carried along before a row is swept.
_SWEPT_AT = 32
_Order = tuple[datetime, int, int]


class Member:
    """An employee in the crew. `profile` is the number of their profile; `is_here` ends when they are taken out."""

    __slots__ = ("employee", "is_here", "order", "profile")

    def __init__(self, employee: Free, profile: int, serial: int) -> None:
        self.employee, self.profile, self.is_here = employee, profile, True
        self.order: _Order = (employee.idle_since, employee.employee_id, serial)


class Row:
    """Members in the order of their idling. Who has left is passed over, and swept away when there are many."""

    __slots__ = ("_cursor", "_gone", "_members", "_search")

    def __init__(self, members: list[Member]) -> None:
        self._members = sorted(members, key=_order)
        self._gone = 0
        self._search: object = None
        self._cursor = 0

    def put(self, member: Member) -> None:
        """Add a member."""
        insort(self._members, member, key=_order)
        self._search = None

    def note_gone(self) -> None:
        """Count one who has left."""
        self._gone += 1
        if self._gone > _SWEPT_AT and self._gone * 2 > len(self._members):
            self._members = [member for member in self._members if member.is_here]
            self._gone = 0
            self._search = None

    def left(self, search: object, taken: set[int]) -> Iterator[Member]:
        """Yield those whom a search has not taken, longest idle first; `search` is whatever the set of the taken belongs to."""
        members = self._members
        if self._search is not search:
            self._search, self._cursor = search, 0
        cursor, size = self._cursor, len(members)
        while cursor < size and (not members[cursor].is_here or members[cursor].employee.employee_id in taken):
            cursor += 1
        self._cursor = cursor
        for number in range(cursor, size):
            member = members[number]
            if member.is_here and member.employee.employee_id not in taken:
                yield member


def _order(member: Member) -> _Order:
    return member.order


class Able:
    """Everybody who meets one requirement: in all, and by employer."""

    __slots__ = ("all", "by_employer", "count", "profiles")

    def __init__(self, profiles: set[int], members: list[Member]) -> None:
        self.profiles, self.count = profiles, len(members)
        self.all = Row(members)
        groups: dict[int, list[Member]] = {}
        for member in members:
            groups.setdefault(member.employee.employer_id, []).append(member)
        self.by_employer = {employer: Row(group) for employer, group in groups.items()}

    def put(self, member: Member) -> None:
        """Add one who meets it."""
        self.count += 1
        self.all.put(member)
        row = self.by_employer.get(member.employee.employer_id)
        if row is None:
            self.by_employer[member.employee.employer_id] = Row([member])
        else:
            row.put(member)

    def note_gone(self, member: Member) -> None:
        """Count one out."""
        self.count -= 1
        self.all.note_gone()
        self.by_employer[member.employee.employer_id].note_gone()


class Crew:
    """Everybody who is ready."""

    def __init__(self) -> None:
        self.members: dict[int, Member] = {}
        # Counts up when what `able` returned before is not kept up to date any more.
        self.generation = 0
        self._numbers: dict[tuple[object, ...], int] = {}
        self._examples: list[Free] = []
        self._able: dict[Requirement, Able] = {}
        self._by_profile: dict[int, list[Able]] = {}
        self._serials = count()

    def put(self, employee: Free) -> None:
        """Add an employee, or replace what was known of them."""
        known = self.members.get(employee.employee_id)
        if known is not None:
            if known.employee == employee:
                return
            self.drop(employee.employee_id)
        member = Member(employee, self._number(employee), next(self._serials))
        self.members[employee.employee_id] = member
        for able in self._by_profile[member.profile]:
            able.put(member)

    def drop(self, employee_id: int) -> None:
        """Take an employee out; nothing when they are not there."""
        member = self.members.pop(employee_id, None)
        if member is None:
            return
        member.is_here = False
        for able in self._by_profile[member.profile]:
            able.note_gone(member)

    def able(self, needs: Requirement) -> Able:
        """Return those who meet a requirement."""
        found = self._able.get(needs)
        if found is None:
            if len(self._able) >= _KEPT:
                self._able.clear()
                self.generation += 1
                self._by_profile = {number: [] for number in self._by_profile}
            profiles = {number for number, example in enumerate(self._examples) if needs.is_met_by(example)}
            members = [member for member in self.members.values() if member.profile in profiles]
            found = self._able[needs] = Able(profiles, members)
            for number in profiles:
                self._by_profile[number].append(found)
        return found

    def _number(self, employee: Free) -> int:
        profile = (
            frozenset(employee.clearances.items()),
            frozenset(employee.skills.items()),
            employee.languages,
            employee.channels,
            employee.kept_for,
        )
        number = self._numbers.get(profile)
        if number is None:
            number = self._numbers[profile] = len(self._examples)
            self._examples.append(employee)
            self._by_profile[number] = [able for needs, able in self._able.items() if needs.is_met_by(employee)]
            for able in self._by_profile[number]:
                able.profiles.add(number)
        return number
