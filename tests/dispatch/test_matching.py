"""The matching alone: every rule by an example, and what must hold for any pool."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borgerlinje.dispatch.matching import (
    Free,
    LineRule,
    Match,
    Rules,
    Step,
    SubjectRule,
    Waiting,
    requirement,
)
from borgerlinje.dispatch.pool import Pool, match
from borgerlinje.lines.tasks import Task

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # a Tuesday, 14.00 in Denmark
NAESTVED, SLAGELSE, FAXE = 370, 330, 320
PASS, MITID = 7, 8


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def call(number: int, waited: float, **fields: Any) -> Waiting:
    return Waiting(UUID(int=number), 1, ago(waited), **fields)


def someone(employee_id: int, idle: float, **fields: Any) -> Free:
    usual: dict[str, Any] = {"employer_id": FAXE, "idle_since": ago(idle), "clearances": {1: 1}, "skills": {PASS: 2}}
    return Free(employee_id, **(usual | fields))


LINE = LineRule(1, 1, skill_id=PASS, skill_level=2)


def offers(waiting: Sequence[Waiting], free: Sequence[Free], **line: Any) -> dict[int, int]:
    """Return who gets which contact, by number."""
    return {
        found.contact_id.int: found.employee_id
        for found in match(waiting, free, Rules({1: replace(LINE, **line)}), now=NOW)
    }


def only(waiting: Sequence[Waiting], free: Sequence[Free], **line: Any) -> Match:
    (found,) = match(waiting, free, Rules({1: replace(LINE, **line)}), now=NOW)
    return found


# --- who can


def test_longest_idle_of_the_skilled_takes_the_oldest_call() -> None:
    idle = [someone(1, 900, skills={PASS: 1}), someone(2, 300), someone(3, 600, skills={PASS: 3})]
    found = only([call(1, 20)], idle)
    assert found.employee_id == 3
    assert found.why["rule"] == "longest_idle"
    assert found.why["candidates"] == [3, 2]
    assert (found.why["idle_seconds"], found.why["waited_seconds"], found.why["next"]) == (600, 20, 2)


@pytest.mark.parametrize(
    "employee",
    [
        someone(1, 9, clearances={2: 1}),
        someone(1, 9, skills={}),
        someone(1, 9, skills={PASS: 1}),
        someone(1, 9, channels=frozenset({"chat"})),
        someone(1, 9, kept_for=frozenset({2})),
    ],
    ids=["other centre", "no skill", "too low", "no room for a call", "kept for another line"],
)
def test_who_lacks_something_is_not_asked(employee: Free) -> None:
    assert offers([call(1, 20)], [employee]) == {}


def test_language_of_the_contact_beats_the_lines() -> None:
    english = someone(2, 10, languages=frozenset({"en"}))
    assert offers([call(1, 20, language="en")], [someone(1, 99), english]) == {1: 2}
    assert offers([call(1, 20, language="da")], [someone(1, 99)], language="en") == {1: 1}


def test_subject_asks_for_its_own_skill_instead_of_the_lines() -> None:
    rules = Rules({1: LINE}, {5: SubjectRule(MITID, 3), 6: SubjectRule()})
    idle = [someone(1, 99), someone(2, 10, skills={MITID: 3})]
    assert [found.employee_id for found in match([call(1, 20, subject_id=5)], idle, rules, now=NOW)] == [2]
    assert [found.employee_id for found in match([call(1, 20, subject_id=6)], idle, rules, now=NOW)] == [1]


def test_evening_needs_less_than_the_day_where_the_catalogue_says_so() -> None:
    guide = someone(1, 9, clearances={1: 0})
    day = Task(None, 0, 4, time(9), time(15), "light_casework")
    assert offers([call(1, 20)], [guide], tasks=(day,)) == {}
    assert offers([call(1, 20)], [guide], tasks=(replace(day, closes=time(14)),)) == {1: 1}


def test_employee_kept_for_the_line_takes_it_and_its_offer_says_so() -> None:
    found = only([call(1, 20)], [someone(1, 9, kept_for=frozenset({1}))])
    assert found.why["reserved"] is True


# --- relaxation


@pytest.mark.parametrize(
    ("employee", "step"),
    [
        (someone(1, 9, skills={PASS: 1}), Step(60, lower_level_by=1)),
        (someone(1, 9, skills={}), Step(60, any_skill=True)),
        (someone(1, 9, kept_for=frozenset({2})), Step(60, use_reserved=True)),
        (someone(1, 9), Step(60, any_language=True)),
    ],
)
def test_step_counts_from_its_second_on_and_is_told(employee: Free, step: Step) -> None:
    language = "en" if step.any_language else ""
    assert offers([call(1, 59.9, language=language)], [employee], steps=(step,)) == {}
    found = only([call(1, 60, language=language)], [employee], steps=(step,))
    assert found.why["relaxed"] == [60]


def test_no_relaxation_reaches_another_centre_or_scope() -> None:
    steps = (Step(1, 3, any_skill=True, any_language=True, use_reserved=True),)
    assert offers([call(1, 99)], [someone(1, 9, clearances={2: 1})], steps=steps) == {}
    assert offers([call(1, 99)], [someone(1, 9, clearances={1: 0})], steps=steps, scope="light_casework") == {}


# --- own citizens


def test_own_authority_is_preferred_to_the_longest_idle() -> None:
    idle = [someone(1, 900), someone(2, 5, employer_id=NAESTVED)]
    found = only([call(1, 20, home_id=NAESTVED)], idle)
    assert (found.employee_id, found.why["rule"], found.why["own_authority"]) == (2, "own_authority", True)


def test_own_authority_is_not_preferred_where_it_leaves_a_long_wait_with_nobody() -> None:
    both = someone(1, 5, employer_id=NAESTVED, languages=frozenset({"en"}))
    idle = [both, someone(2, 900)]
    english_later = call(2, 11, language="en")
    assert offers([call(1, 20, home_id=NAESTVED), english_later], idle) == {1: 2, 2: 1}
    just_come = call(2, 9, language="en")
    assert offers([call(1, 20, home_id=NAESTVED), just_come], idle) == {1: 1}


def test_one_whose_own_citizen_waits_is_left_to_them_for_a_while() -> None:
    idle = [someone(1, 900, employer_id=SLAGELSE), someone(2, 5)]
    slagelse = call(2, 1, home_id=SLAGELSE)
    assert offers([call(1, 8, home_id=NAESTVED), slagelse], idle) == {1: 2, 2: 1}
    assert offers([call(1, 8, home_id=NAESTVED), slagelse], idle[:1]) == {2: 1}
    assert offers([call(1, 10, home_id=NAESTVED), slagelse], idle[:1]) == {1: 1}


def test_courtesy_leaves_nobody_idle() -> None:
    # The only employee is awaited by a citizen who gets somebody else first: the courtesy was in vain.
    idle = [someone(1, 9, employer_id=SLAGELSE), someone(2, 9, employer_id=SLAGELSE)]
    waiting = [call(1, 5, home_id=NAESTVED), call(2, 1, home_id=SLAGELSE)]
    assert offers(waiting, idle) == {1: 2, 2: 1}


def test_who_had_the_contact_before_gets_it_back() -> None:
    idle = [someone(1, 900, employer_id=NAESTVED), someone(2, 1)]
    found = only([call(1, 200, home_id=NAESTVED, previous_employee_id=2)], idle)
    assert (found.employee_id, found.why["rule"]) == (2, "continued")


# --- order


def test_call_without_anybody_able_does_not_hold_up_the_next() -> None:
    rules = Rules({1: LINE, 2: replace(LINE, line_id=2, skill_id=9)})
    waiting = [replace(call(1, 90), line_id=2), call(2, 10)]
    assert [found.contact_id.int for found in match(waiting, [someone(1, 5)], rules, now=NOW)] == [2]


def test_head_start_counts_as_waited() -> None:
    rules = Rules({1: LINE, 2: replace(LINE, line_id=2, head_start_seconds=60)})
    waiting = [call(1, 50), replace(call(2, 1), line_id=2)]
    (found,) = match(waiting, [someone(1, 5)], rules, now=NOW)
    assert (found.contact_id.int, found.why["head_start_seconds"]) == (2, 60)
    assert found.why["next_contact"] == str(UUID(int=1))


def test_rush_of_one_member_does_not_hold_up_the_others() -> None:
    rush = [call(number, 100 + number, home_id=NAESTVED) for number in range(1, 41)]
    small = call(99, 70, home_id=SLAGELSE)
    (found,) = match([*rush, small], [someone(1, 5)], Rules({1: LINE}), now=NOW)
    assert found.contact_id.int == 99
    # Strictly by arrival where the line wants it so; and the surcharge has a limit.
    assert offers([*rush, small], [someone(1, 5)], crowd_seconds=0) == {40: 1}
    assert offers([*rush, call(99, 15, home_id=SLAGELSE)], [someone(1, 5)]) == {40: 1}


def test_rush_is_told_in_the_offer() -> None:
    rush = [call(number, 100, home_id=NAESTVED) for number in range(1, 4)]
    (found,) = match(rush, [someone(1, 5)], Rules({1: LINE}), now=NOW)
    assert (found.why["member_waiting"], found.why["crowd_seconds"], found.why["waiting_count"]) == (3, 4.0, 3)


def test_callback_waits_for_its_time_and_for_a_line_that_offers_it() -> None:
    callback = call(1, 500, is_callback=True)
    assert offers([callback], [someone(1, 5)]) == {}
    assert offers([callback], [someone(1, 5)], offers_callbacks=True) == {1: 1}
    later = replace(callback, due_at=NOW + timedelta(seconds=1))
    assert offers([later, call(2, 3, is_callback=True)], [someone(1, 5)], offers_callbacks=True) == {2: 1}


def test_limit_takes_the_oldest() -> None:
    waiting = [call(number, number) for number in range(1, 9)]
    found = match(waiting, [someone(number, number) for number in range(1, 9)], Rules({1: LINE}), now=NOW, limit=3)
    assert [one.contact_id.int for one in found] == [8, 7, 6]


# --- for any pool

# Pools are big values to make up; on a busy machine that alone takes a while.
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
members = st.none() | st.sampled_from([NAESTVED, SLAGELSE, FAXE])
seconds = st.integers(0, 300)
line_rules = st.builds(
    LineRule,
    line_id=st.just(0),
    centre_id=st.integers(1, 2),
    scope=st.sampled_from(["guidance_only", "light_casework"]),
    skill_id=st.none() | st.integers(1, 3),
    skill_level=st.integers(1, 3),
    language=st.sampled_from(["da", "en"]),
    head_start_seconds=st.integers(0, 90),
    own_authority_wait_seconds=st.integers(0, 60),
    crowd_seconds=st.integers(0, 20),
    crowd_cap_seconds=st.integers(0, 60),
    offers_callbacks=st.booleans(),
    steps=st.lists(
        st.builds(
            Step, seconds, st.integers(0, 2), st.booleans(), any_language=st.booleans(), use_reserved=st.booleans()
        ),
        max_size=2,
    ).map(lambda steps: tuple(sorted(steps, key=lambda step: step.after_seconds))),
)
all_rules = st.lists(line_rules, min_size=1, max_size=3).map(
    lambda lines: Rules({number: replace(line, line_id=number) for number, line in enumerate(lines)})
)
waiting_lists = st.lists(
    st.builds(
        Waiting,
        contact_id=st.integers(1, 40).map(lambda number: UUID(int=number)),
        line_id=st.integers(0, 2),
        waiting_since=seconds.map(ago),
        channel=st.sampled_from(["phone", "chat"]),
        home_id=members,
        language=st.sampled_from(["", "da", "en"]),
        head_start_seconds=st.sampled_from([0, 30]),
        is_callback=st.booleans(),
        due_at=st.none() | st.integers(-9, 9).map(ago),
        previous_employee_id=st.none() | st.integers(1, 12),
    ),
    unique_by=lambda contact: contact.contact_id,
    max_size=16,
)
free_lists = st.lists(
    st.builds(
        Free,
        employee_id=st.integers(1, 12),
        employer_id=st.sampled_from([NAESTVED, SLAGELSE, FAXE]),
        idle_since=seconds.map(ago),
        clearances=st.dictionaries(st.integers(1, 2), st.integers(0, 1)),
        skills=st.dictionaries(st.integers(1, 3), st.integers(1, 3)),
        languages=st.frozensets(st.just("en")),
        channels=st.frozensets(st.sampled_from(["phone", "chat"])),
        kept_for=st.frozensets(st.integers(0, 2), max_size=1),
    ),
    unique_by=lambda employee: employee.employee_id,
    max_size=12,
)


def offerable(contact: Waiting, rules: Rules) -> bool:
    rule = rules.lines.get(contact.line_id)
    if rule is None:
        return False
    is_due = contact.due_at is None or contact.due_at <= NOW
    return is_due and (rule.offers_callbacks or not contact.is_callback)


@some
@given(waiting_lists, free_lists, all_rules)
def test_nobody_and_nothing_is_matched_twice_and_only_the_able(
    waiting: list[Waiting], free: list[Free], rules: Rules
) -> None:
    matches = match(waiting, free, rules, now=NOW)
    contacts = {contact.contact_id: contact for contact in waiting}
    employees = {employee.employee_id: employee for employee in free}
    assert len({found.contact_id for found in matches}) == len(matches)
    assert len({found.employee_id for found in matches}) == len(matches)
    for found in matches:
        contact = contacts[found.contact_id]
        assert offerable(contact, rules)
        assert requirement(contact, rules, now=NOW).is_met_by(employees[found.employee_id])


@some
@given(waiting_lists, free_lists, all_rules)
def test_nobody_waits_beside_an_idle_employee_who_can(waiting: list[Waiting], free: list[Free], rules: Rules) -> None:
    matches = match(waiting, free, rules, now=NOW)
    matched = {found.contact_id for found in matches}
    busy = {found.employee_id for found in matches}
    left = [contact for contact in waiting if contact.contact_id not in matched and offerable(contact, rules)]
    rest = [employee for employee in free if employee.employee_id not in busy]
    assert not any(requirement(contact, rules, now=NOW).is_met_by(one) for contact in left for one in rest)


@some
@given(waiting_lists, free_lists, all_rules, st.randoms(use_true_random=False))
def test_order_of_the_input_does_not_matter(
    waiting: list[Waiting], free: list[Free], rules: Rules, shuffler: random.Random
) -> None:
    before = match(waiting, free, rules, now=NOW)
    shuffler.shuffle(waiting)
    shuffler.shuffle(free)
    assert match(waiting, free, rules, now=NOW) == before


@some
@given(waiting_lists, free_lists, waiting_lists, free_lists, all_rules)
def test_pool_that_was_kept_up_to_date_answers_as_a_new_one(
    old: list[Waiting], gone: list[Free], waiting: list[Waiting], free: list[Free], rules: Rules
) -> None:
    pool = Pool(rules)
    for contact in (*old, *waiting):
        pool.put_contact(contact)
    for employee in (*gone, *free):
        pool.put_employee(employee)
    for contact_id in {one.contact_id for one in old} - {one.contact_id for one in waiting}:
        pool.drop_contact(contact_id)
    for employee_id in {one.employee_id for one in gone} - {one.employee_id for one in free}:
        pool.drop_employee(employee_id)
    assert pool.match(now=NOW) == match(waiting, free, rules, now=NOW)


@some
@given(waiting_lists, free_lists, all_rules, st.integers(0, 5))
def test_limited_tick_begins_like_an_unlimited_one(
    waiting: list[Waiting], free: list[Free], rules: Rules, limit: int
) -> None:
    assert match(waiting, free, rules, now=NOW, limit=limit) == match(waiting, free, rules, now=NOW)[:limit]
