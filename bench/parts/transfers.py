"""A hundred attended transfers at once: as many employees talk with a citizen each, all ask a colleague, and all hand over.

The acts are the desk's own write paths, each in its own transaction with its hints afterwards. Measured are the times from an act's commit
to the colleague's INVITE, and from the commit of the handing over to the first packet of the citizen's sound at the colleague: nobody else
sends sound to a colleague, for the employees' phones are silent here. Some colleagues speak, so that tones prove both ways.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.parts import rig, sipp
from bench.parts.rig import Rig
from borgerlinje.channels.phone.robot import sip
from borgerlinje.channels.phone.robot.call import Incoming, Outgoing
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.dispatch import transfers
from borgerlinje.dispatch.actions import Change
from borgerlinje.dispatch.transfers import Mode, Target
from borgerlinje.kit import clock, database
from borgerlinje.kit.database import Steps
from borgerlinje.kit.hints import Hints
from tests.support.telephone import until

CITIZEN_HERTZ, COLLEAGUE_HERTZ = 440, 1000
SPEAKERS = 10
_PHONES_ADDRESS = "127.0.0.6"
_DESKS = 16
_CALLS_PER_SECOND = 12
_POLL_SECONDS = 0.002
_TALKING = """
SELECT id, employee_id, caller_number FROM contacts_contact WHERE state = 'connected' ORDER BY answered_at
"""


@dataclass
class Phones:
    """Everybody's telephones, at one address: whose is rung stands in the request. Employees are silent, some colleagues speak."""

    calls: dict[int, Incoming] = field(default_factory=dict)
    speaking: set[int] = field(default_factory=set)

    async def take(self, call: Incoming) -> None:
        """Ring, and answer at once."""
        uri = sip.Uri.read(call.request.uri)
        employee_id = int(uri.user) if uri else 0
        self.calls[employee_id] = call
        call.ring()
        call.answer()
        if employee_id in self.speaking:
            call.play(COLLEAGUE_HERTZ)
        else:
            call.audio.send_to(None)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a desk: what was asked, and when it was committed (monotonic seconds); None: it was refused."""

    contact_id: UUID
    colleague_id: int
    committed_at: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it, in milliseconds where it is times."""

    wanted: int
    rung: list[float]
    heard: list[float]
    citizens_hear: int
    colleagues_hear: int
    speakers: int
    handed_over: int
    closed_answered: int
    is_empty: bool

    @property
    def is_met(self) -> bool:
        """Nobody was lost, and nothing is left."""
        whole = [len(self.rung), len(self.heard), self.handed_over, self.closed_answered]
        both_ways = self.citizens_hear == self.colleagues_hear == self.speakers
        return whole == [self.wanted] * 4 and both_ways and self.is_empty

    def print(self) -> None:
        """Print the figures and what was lost."""
        print(f"\n{self.wanted} attended transfers at once, milliseconds")
        print(f"{'':34}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}{'calls':>9}")
        for name, times in (
            ("asked -> colleague's phone rings", self.rung),
            ("handed over -> sound arrives", self.heard),
        ):
            cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else [0.0] * 99
            figures = (cuts[49], cuts[94], cuts[98], max(times, default=0.0))
            print(f"{name:34}" + "".join(f"{value:9.1f}" for value in figures) + f"{len(times):9}")
        print(
            f"{self.handed_over} of {self.wanted} handed over, {self.closed_answered} closed as answered; of {self.speakers} listened to, "
            f"{self.citizens_hear} citizens hear the colleague and {self.colleagues_hear} colleagues the citizen; "
            f"{'nothing is left in Asterisk' if self.is_empty else 'SOMETHING IS LEFT IN ASTERISK'}"
        )
        print(f"{'met    ' if self.is_met else 'NOT MET'} {self.wanted} transfers at once, none lost, nothing left")


def measure(count: int) -> Result:
    """Run so many transfers at once on a rig of their own."""
    port = sipp.free_port(_PHONES_ADDRESS)
    with rig.running(count * 2, f"sip:{{id}}@{_PHONES_ADDRESS}:{port}") as bench:
        os.environ.update(bench.telephone.environment)
        return asyncio.run(_run(bench, count, port))


async def _run(bench: Rig, count: int, port: int) -> Result:
    phones = Phones()
    async with AsyncExitStack() as opened:
        citizens = await opened.enter_async_context(Robot("citizens", local_host="127.0.0.2"))
        robot = Robot("employees", local_host=_PHONES_ADDRESS, port=port, on_invite=phones.take)
        await opened.enter_async_context(robot)
        hints = await Hints.connect(database.dsn("bl_engine"))
        opened.push_async_callback(hints.close)
        desks = Desks(
            hints, [await opened.enter_async_context(await database.connect(name=f"desk{n}")) for n in range(_DESKS)]
        )
        calls = await _call(bench, citizens, count)
        talking = await asyncio.to_thread(bench.telephone.rows, _TALKING)
        free = await asyncio.to_thread(_ready, bench)
        pairs = [(row, free[index]) for index, row in enumerate(talking)]
        phones.speaking.update(colleague_id for _, colleague_id in pairs[:SPEAKERS])
        print(f"{len(talking)} citizens talk, {len(free)} colleagues are ready", flush=True)
        asked = await desks.ask(pairs)
        await _until_all(
            lambda: _count(bench, "SELECT count(*) FROM dispatch_transfer WHERE answered_at IS NOT NULL"), count
        )
        rung = [
            (phones.calls[act.colleague_id].at["invited"] - act.committed_at) * 1000
            for act in asked
            if act.committed_at is not None and act.colleague_id in phones.calls
        ]
        # Everybody talks with a colleague: no sound of the citizen's is to be on its way any more.
        await asyncio.sleep(1)
        hearing = Hearing(phones, [colleague_id for _, colleague_id in pairs])
        listening = asyncio.create_task(hearing.run(within=20))
        over = await desks.hand_over(pairs)
        await listening
        heard = [
            (hearing.at[act.colleague_id] - act.committed_at) * 1000
            for act in over
            if act.committed_at is not None and act.colleague_id in hearing.at
        ]
        by_number = {call.dialog.local.uri.partition(":")[2].partition("@")[0]: call for call in calls}
        sampled = pairs[:SPEAKERS]
        colleagues_hear = await _listen([phones.calls[one] for _, one in sampled if one in phones.calls], CITIZEN_HERTZ)
        citizens_hear = await _listen([by_number[row["caller_number"]] for row, _ in sampled], COLLEAGUE_HERTZ)
        await asyncio.gather(*(call.hang_up() for call in calls))
        closed = "SELECT count(*) FROM contacts_contact WHERE state = 'closed' AND closed_as = 'answered'"
        await _until_all(lambda: _count(bench, closed), count)
        return Result(
            wanted=count,
            rung=rung,
            heard=heard,
            citizens_hear=citizens_hear,
            colleagues_hear=colleagues_hear,
            speakers=min(SPEAKERS, count),
            handed_over=_count(bench, "SELECT count(*) FROM dispatch_transfer WHERE ended_as = 'handed_over'"),
            closed_answered=_count(bench, closed),
            is_empty=await _came_true(bench.telephone.is_empty),
        )


async def _call(bench: Rig, citizens: Robot, count: int) -> list[Outgoing]:
    """Let so many citizens call, and wait until all talk."""
    calls = []
    for number in range(count):
        call = await citizens.call(rig.NUMBER, caller=f"4612{number:04}", **bench.telephone.address)
        call.play(CITIZEN_HERTZ)
        calls.append(call)
        await asyncio.sleep(1 / _CALLS_PER_SECOND)
    await _until_all(lambda: _count(bench, "SELECT count(*) FROM contacts_contact WHERE state = 'connected'"), count)
    return calls


@dataclass
class Desks:
    """The employees' desks: so many of their acts are committed side by side."""

    hints: Hints
    connections: list[Any]

    async def ask(self, pairs: list[tuple[dict[str, Any], int]]) -> list[Act]:
        """Let every employee ask the colleague."""

        def steps(row: dict[str, Any], colleague_id: int) -> Steps[Any]:
            target = Target("Kollega", employee_id=colleague_id)
            return transfers.do_start(row["id"], target, employee_id=row["employee_id"], mode=Mode.ASK, now=clock.now())

        return await self._all(pairs, steps)

    async def hand_over(self, pairs: list[tuple[dict[str, Any], int]]) -> list[Act]:
        """Let every employee leave the citizen to the colleague."""
        return await self._all(pairs, lambda row, _: transfers.do_hand_over(row["id"], now=clock.now()))

    async def _all(
        self, pairs: list[tuple[dict[str, Any], int]], steps: Callable[[dict[str, Any], int], Steps[Any]]
    ) -> list[Act]:
        left = list(reversed(pairs))
        done: list[Act] = []

        async def desk(connection: Any) -> None:
            while left:
                row, colleague_id = left.pop()
                async with connection.transaction():
                    change = await database.arun(steps(row, colleague_id), connection)
                committed_at = time.monotonic() if isinstance(change, Change) else None
                if isinstance(change, Change):
                    self.hints.send(*change.topics)
                done.append(Act(row["id"], colleague_id, committed_at))

        await asyncio.gather(*(desk(connection) for connection in self.connections))
        return done


class Hearing:
    """Notes when the first packet of sound reaches each colleague from now on (monotonic seconds)."""

    def __init__(self, phones: Phones, colleague_ids: list[int]) -> None:
        self.at: dict[int, float] = {}
        self._streams = {one: phones.calls[one].audio for one in colleague_ids if one in phones.calls}
        self._before = {one: stream.counters.received for one, stream in self._streams.items()}

    async def run(self, *, within: float) -> None:
        """Look until all have been reached, or so many seconds long."""
        deadline = time.monotonic() + within
        while self._streams and time.monotonic() < deadline:
            now = time.monotonic()
            for one in [one for one, each in self._streams.items() if each.counters.received > self._before[one]]:
                self.at[one] = now
                del self._streams[one]
            await asyncio.sleep(_POLL_SECONDS)


async def _listen(calls: list[Any], hertz: float) -> int:
    """Return how many of these hear a tone."""
    for call in calls:
        call.audio.forget()
    return sum(await asyncio.gather(*(call.hears(hertz, within=5) for call in calls)))


def _ready(bench: Rig) -> list[int]:
    rows = bench.telephone.rows("SELECT employee_id FROM dispatch_presence WHERE state = 'ready' ORDER BY employee_id")
    return [int(row["employee_id"]) for row in rows]


def _count(bench: Rig, sql: str) -> int:
    return bench.value(sql)


async def _until_all(count: Callable[[], int], wanted: int) -> None:
    """Wait until so many are counted, or for half a minute: who is missing shows in the figures."""
    await _came_true(lambda: count() >= wanted)


async def _came_true(condition: Callable[[], object | Awaitable[object]], within: float = 30) -> bool:
    try:
        await until(condition, within=within)
    except TimeoutError:
        return False
    return True
