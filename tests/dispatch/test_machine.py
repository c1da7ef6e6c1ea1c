"""Anything may happen in any order: contacts, employees, rules, the clock and faults, on a real database with real commits.

After every step everything must hold that `support.row_invariants` says of the rows, the leader's memory must be what the rows say,
and at the end nobody may wait beside somebody who can help them. The numbers a rule draws stand for nothing by themselves: the world
looks up what they mean in its rows, so that one run is like the other.
"""

import asyncio

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.support import scene
from tests.support.database import TestDatabase
from tests.support.faulty_world import FaultyWorld

BUDGET = settings(
    max_examples=20,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

numbers = st.integers(0, 59)
lines, homes = st.integers(1, scene.LINES), st.integers(0, scene.MEMBERS)


class Machine(RuleBasedStateMachine):
    """The steps, each one thing that can happen in a centre or to its processes."""

    runner: asyncio.Runner
    world: FaultyWorld

    @initialize(rounds=st.lists(numbers, min_size=1, max_size=4))
    def begins(self, rounds: list[int]) -> None:
        self.is_sound = True
        self.run(self.world.begin())
        for number in rounds:
            self.run(self.world.goes_on(number))

    def run(self, step) -> object:
        self.is_sound = False
        result = self.runner.run(step)
        self.is_sound = True
        return result

    @rule(number=numbers, line=lines, home=homes)
    def arrives(self, number: int, line: int, home: int) -> None:
        self.run(self.world.arrive(number, line=line, home=home))

    @rule(number=numbers, line=lines, home=homes)
    def waits(self, number: int, line: int, home: int) -> None:
        self.run(self.world.arrives_and_waits(number, line=line, home=home))

    @rule(number=numbers)
    def goes_on(self, number: int) -> None:
        self.run(self.world.goes_on(number))

    @rule(number=numbers)
    def goes_on_again(self, number: int) -> None:
        self.run(self.world.goes_on(number))

    @rule(who=numbers, what=numbers)
    def one_goes_on(self, who: int, what: int) -> None:
        self.run(self._does(self.world.something_that_belongs, who, what))

    @rule(who=numbers, what=numbers)
    def anything_happens(self, who: int, what: int) -> None:
        self.run(self._does(self.world.anything, who, what))

    @rule(who=numbers, what=numbers)
    def somebody_does(self, who: int, what: int) -> None:
        self.run(self.world.do(self.world.somebody_does(who, what)))

    @rule(who=numbers, what=numbers)
    def somebody_takes(self, who: int, what: int) -> None:
        self.run(self._does(self.world.somebody_takes, who, what))

    @rule(who=numbers, what=numbers)
    def somebody_brings(self, who: int, what: int) -> None:
        self.run(self.world.a_conversation(who))
        self.run(self._does(self.world.somebody_brings, who, what))

    @rule(who=numbers, what=numbers)
    def somebody_is_brought(self, who: int, what: int) -> None:
        self.run(self._does(self.world.somebody_brings, who, what))

    @rule()
    def ticks(self) -> None:
        self.run(self._tick())

    @rule(seconds=st.integers(1, 90))
    def time_passes_and_ticks(self, seconds: int) -> None:
        self.world.passes(seconds)
        self.run(self._tick())

    @rule()
    def sweeps(self) -> None:
        self.run(self.world.sweep())

    @rule(hours=st.integers(-30, 30))
    def clock_jumps(self, hours: int) -> None:
        self.world.passes(hours * 3600)

    @rule(number=numbers, is_read=st.booleans())
    def rules_change(self, number: int, *, is_read: bool) -> None:
        self.run(self.world.changes_the_rules(number))
        if is_read:
            self.run(self.world.reads_the_rules())

    @rule()
    def leader_reads_the_rules(self) -> None:
        self.run(self.world.reads_the_rules())

    @rule(number=numbers)
    def capacity_changes(self, number: int) -> None:
        self.run(self.world.changes_a_capacity(number))

    @rule()
    def calms_down(self) -> None:
        self.run(self.world.calm_down())

    @rule(number=numbers, in_transaction=st.booleans())
    def leader_dies(self, number: int, *, in_transaction: bool) -> None:
        self.run(self.world.something_to_offer(number))
        self.run(self.world.leader_dies_in_its_transaction() if in_transaction else self.world.leader_dies())

    @rule(number=numbers)
    def two_leaders_tick(self, number: int) -> None:
        self.run(self.world.something_to_offer(number))
        self.run(self.world.two_leaders())

    @rule(who=numbers, what=numbers, other=numbers, with_tick=st.booleans())
    def two_things_happen_at_once(self, who: int, what: int, other: int, *, with_tick: bool) -> None:
        self.run(self._at_once(who, what, other, with_tick=with_tick))

    @rule(who=numbers, what=numbers)
    def process_is_killed_before_its_commit(self, who: int, what: int) -> None:
        self.run(self._fault(self.world.killed_before_commit, who, what))

    @rule(who=numbers, what=numbers)
    def answer_of_a_commit_is_lost(self, who: int, what: int) -> None:
        self.run(self._fault(self.world.answer_lost, who, what))

    @rule(who=numbers)
    def ticks_beside_locks(self, who: int) -> None:
        self.run(self.world.something_to_offer(who))
        self.run(self.world.tick_beside_locks(who))

    @rule(who=numbers, what=numbers, is_read_again=st.booleans())
    def ticks_with_an_old_view(self, who: int, what: int, *, is_read_again: bool) -> None:
        self.run(self.world.something_to_offer(what))
        self.run(self._fault(self.world.stale_tick, who, what, is_read_again=is_read_again))

    @rule(who=numbers, what=numbers, ticks=st.integers(1, 2))
    def ticks_while_a_change_is_not_committed(self, who: int, what: int, ticks: int) -> None:
        self.run(self._out_of_sight(who, what, ticks))

    @invariant()
    def everything_holds(self) -> None:
        self.run(self.world.check())

    def teardown(self) -> None:
        if self.is_sound:
            self.runner.run(self.world.calm_down())
            self.runner.run(self.world.check())

    async def _tick(self) -> None:
        await self.world.tick()

    async def _does(self, choose, who: int, what: int) -> None:
        await self.world.do(await choose(who, what))

    async def _fault(self, fault, who: int, what: int, **options: bool) -> None:
        await fault(await self.world.something(who, what), **options)

    async def _at_once(self, who: int, what: int, other: int, *, with_tick: bool) -> None:
        one, two = await self.world.something(who, what), await self.world.something(other, what)
        await self.world.at_once(one, two, with_tick=with_tick)

    async def _out_of_sight(self, who: int, what: int, ticks: int) -> None:
        action = await self.world.something(who, what)
        await self.world.something_to_offer(what)
        await self.world.changed_out_of_sight(action, ticks=ticks)


def test_nothing_is_lost_whatever_happens(database: TestDatabase) -> None:
    with asyncio.Runner() as runner:
        world = runner.run(FaultyWorld.open(database))
        machine = type("Run", (Machine,), {"runner": runner, "world": world})
        try:
            run_state_machine_as_test(machine, settings=BUDGET)
        finally:
            runner.run(world.disconnect())
