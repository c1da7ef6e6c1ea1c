from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.dispatch.matching import Free, Waiting, match

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
instants = st.integers(0, 600).map(lambda seconds: NOW - timedelta(seconds=seconds))
levels = st.integers(1, 3)
skills = st.integers(1, 3)
waiting = st.lists(
    st.builds(
        Waiting,
        contact_id=st.integers(1, 40).map(lambda number: UUID(int=number)),
        centre_id=st.integers(1, 2),
        waiting_since=instants,
        authority_id=st.integers(1, 3),
        skill_id=st.none() | skills,
        skill_level=levels,
    ),
    unique_by=lambda contact: contact.contact_id,
)
free = st.lists(
    st.builds(
        Free,
        employee_id=st.integers(1, 40),
        employer_id=st.integers(1, 3),
        idle_since=instants,
        centre_ids=st.frozensets(st.integers(1, 2)),
        skills=st.dictionaries(skills, levels),
    ),
    unique_by=lambda employee: employee.employee_id,
)


@given(waiting, free)
def test_nobody_and_nothing_is_matched_twice_and_only_the_able(contacts: list[Waiting], idle: list[Free]) -> None:
    matches = match(contacts, idle, now=NOW)
    by_contact = {contact.contact_id: contact for contact in contacts}
    by_employee = {employee.employee_id: employee for employee in idle}
    assert len({found.contact_id for found in matches}) == len(matches)
    assert len({found.employee_id for found in matches}) == len(matches)
    assert all(by_employee[found.employee_id].can(by_contact[found.contact_id]) for found in matches)


@given(waiting, free)
def test_nobody_waits_beside_an_idle_employee_who_can(contacts: list[Waiting], idle: list[Free]) -> None:
    matches = match(contacts, idle, now=NOW)
    matched = {found.contact_id for found in matches}
    busy = {found.employee_id for found in matches}
    left = [contact for contact in contacts if contact.contact_id not in matched]
    rest = [employee for employee in idle if employee.employee_id not in busy]
    assert not any(employee.can(contact) for contact in left for employee in rest)


@given(waiting, free, st.randoms())
def test_order_of_the_input_does_not_matter(contacts: list[Waiting], idle: list[Free], random) -> None:
    before = match(contacts, idle, now=NOW)
    random.shuffle(contacts)
    random.shuffle(idle)
    assert match(contacts, idle, now=NOW) == before


def someone(employee_id: int, idle: int, **skills: int) -> Free:
    held = {int(name.removeprefix("s")): level for name, level in skills.items()}
    return Free(employee_id, 1, NOW - timedelta(seconds=idle), frozenset({1}), held)


def call(number: int, waited: int, skill: int | None = 7) -> Waiting:
    return Waiting(UUID(int=number), 1, NOW - timedelta(seconds=waited), 1, skill, 2)


def test_longest_idle_of_the_skilled_takes_the_oldest_call() -> None:
    idle = [someone(1, 900, s7=1), someone(2, 300, s7=2), someone(3, 600, s7=3)]
    (found,) = match([call(1, 20)], idle, now=NOW)
    assert found.employee_id == 3
    assert found.why["candidates"] == [3, 2]
    assert found.why["idle_seconds"] == 600
    assert found.why["waited_seconds"] == 20


def test_call_without_anybody_able_does_not_hold_up_the_next() -> None:
    (found,) = match([call(1, 90, skill=9), call(2, 10)], [someone(1, 5, s7=2)], now=NOW)
    assert found.contact_id == UUID(int=2)
