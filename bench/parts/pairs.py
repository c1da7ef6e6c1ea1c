"""Two telephone servers against one: how many calls a second a pair of Asterisk and telephone process carries, and two pairs together.

Each pair may run for the same share of the time, on a core of its own, whether the other one works or not: two machines as far as one can
have them on one. The database, the dispatcher and the callers are shared and not limited. Citizens call again as soon as their call is over,
so many at a time at each pair that it is never idle; employees answer, and hang up when they hear the citizen. Counted are the calls answered in the rows.
"""

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.parts import rig, share, sipp, usage
from bench.parts.rig import Rig
from borgerlinje.channels.phone.robot.call import Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import clock
from tests.support.telephone import Telephone, joined, running_asterisk, until, wait_for_speech, wait_until

TARGET_RATIO = 1.8
SHARE = 0.3
CALLERS = 24
EMPLOYEES = 96
_PHONES_ADDRESS = "127.0.0.6"
_WARM_SECONDS = 3.0
_LONGEST_CALL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Pair:
    """An Asterisk and its telephone process."""

    name: str
    telephone: Telephone

    @property
    def pids(self) -> tuple[int, int]:
        """The processes of the pair."""
        return self.telephone.server.pid, self.telephone.processes["phone"].pid


@dataclass(frozen=True, slots=True)
class Round:
    """Calls answered in a second with some pairs at work, how much of a core each pair took, and calls that did not end well."""

    names: str
    per_second: float
    cores: tuple[float, ...]
    calls: int
    lost: int

    def print(self) -> None:
        """Print one line."""
        cores = ", ".join(f"{core:.2f}" for core in self.cores)
        print(
            f"{self.names:12}{self.per_second:9.1f}/s  of a core per pair: {cores}; {self.calls} calls, {self.lost} lost",
            flush=True,
        )


@dataclass(frozen=True, slots=True)
class Result:
    """All rounds."""

    rounds: tuple[Round, ...]

    @property
    def is_met(self) -> bool:
        """Two carry enough more than one, and no call was lost."""
        return self.ratio >= TARGET_RATIO and not any(each.lost for each in self.rounds)

    @property
    def ratio(self) -> float:
        """What two carry by what one carries, by the medians."""
        return self._median(2) / (self._median(1) or 1.0)

    def _median(self, pairs: int) -> float:
        return statistics.median(each.per_second for each in self.rounds if len(each.cores) == pairs)

    def print(self) -> None:
        """Print both sides and the ratio."""
        print("\ncalls a second, medians of the rounds")
        print(f"{'one Asterisk':14}{self._median(1):9.1f}\n{'two':14}{self._median(2):9.1f}")
        print(
            f"{'met    ' if self.is_met else 'NOT MET'} ratio {self.ratio:.2f} (target at least {TARGET_RATIO}), no call lost"
        )


@dataclass
class Load:
    """Citizens who call one after the other."""

    pair: Pair
    citizens: Robot
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    failed: int = 0

    async def run(self) -> None:
        """Call until it is over, so many at a time; returns when the last call has ended."""
        await asyncio.gather(*(self._call_again_and_again() for _ in range(CALLERS)))

    async def _call_again_and_again(self) -> None:
        while not self.is_over.is_set():
            call = await self.citizens.call(rig.NUMBER, **self.pair.telephone.address)
            try:
                async with asyncio.timeout(_LONGEST_CALL_SECONDS):
                    await call.ended.wait()
            except TimeoutError:
                self.failed += 1
                await call.hang_up()


async def _employee(call: Incoming) -> None:
    """Answer, and hang up as soon as the citizen is heard: before that nobody has talked, and another employee would be rung."""
    call.ring()
    call.answer()
    call.audio.send_to(None)
    if await call.reached("first_audio", within=_LONGEST_CALL_SECONDS):
        await call.hang_up(within=_LONGEST_CALL_SECONDS)


def measure(rounds: int, seconds: float) -> Result:
    """Measure each pair alone and both together, in turns."""
    port = sipp.free_port(_PHONES_ADDRESS)
    with rig.running(EMPLOYEES, f"sip:employee@{_PHONES_ADDRESS}:{port}") as bench, _second(bench) as second:
        pairs = [Pair("A", bench.telephone), Pair("B", second)]
        cores = sorted(os.sched_getaffinity(0))
        for pair, core in zip(pairs, (cores[0], cores[-1]), strict=True):
            for pid in pair.pids:
                share.pin(pid, core)
        print(
            f"\neach pair of Asterisk and telephone process on one core (A on {cores[0]}, B on {cores[-1]}) and stopped by signals but for"
            f" {SHARE:.0%} of each {share.PERIOD_SECONDS * 1000:.0f} ms; database, dispatcher and callers are not limited",
            flush=True,
        )
        with share.limited([pair.pids for pair in pairs], SHARE):
            return asyncio.run(_run(bench, pairs, port, rounds=rounds, seconds=seconds))


@contextmanager
def _second(bench: Rig) -> Iterator[Telephone]:
    """Run another Asterisk with a telephone process on the same database, which knows all employees' phones."""
    folder = Path(tempfile.mkdtemp(prefix="bl-bench-b-"))
    database = bench.telephone.database
    assert database is not None
    try:
        with running_asterisk(folder) as asterisk, joined(asterisk, database, server="b", names=("phone",)) as second:
            wait_until(lambda: _accounts(second) >= EMPLOYEES, within=120)
            wait_for_speech(second)
            yield second
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _accounts(telephone: Telephone) -> int:
    return sum(each["resource"].startswith("bl-r-") for each in telephone.rest("GET", "/endpoints/PJSIP"))


async def _run(bench: Rig, pairs: list[Pair], port: int, *, rounds: int, seconds: float) -> Result:
    done = []
    async with (
        Robot("46120000", local_host="127.0.0.2") as citizens,
        Robot("employee", local_host=_PHONES_ADDRESS, port=port, on_invite=_employee),
    ):
        for _ in range(rounds):
            for working in ([pairs[0]], pairs, [pairs[1]], pairs):
                done.append(await _round(bench, working, citizens, seconds))
                done[-1].print()
    return Result(tuple(done))


async def _round(bench: Rig, working: list[Pair], citizens: Robot, seconds: float) -> Round:
    begun = clock.now()
    loads = [Load(pair, citizens) for pair in working]
    running = [asyncio.create_task(load.run()) for load in loads]
    await asyncio.sleep(_WARM_SECONDS)
    since, before, at = clock.now(), [usage.cpu_seconds(pair.pids) for pair in working], time.monotonic()
    await asyncio.sleep(seconds)
    to, after, elapsed = clock.now(), [usage.cpu_seconds(pair.pids) for pair in working], time.monotonic() - at
    for load in loads:
        load.is_over.set()
    await asyncio.gather(*running)
    return Round(
        names=" and ".join(pair.name for pair in working),
        per_second=await asyncio.to_thread(_answered, bench, since, to) / elapsed,
        cores=tuple((now - then) / elapsed for now, then in zip(after, before, strict=True)),
        calls=await asyncio.to_thread(bench.value, _ARRIVED, since=begun),
        lost=sum(load.failed for load in loads) + await _unclosed(bench, begun),
    )


_ARRIVED = "SELECT count(*) FROM contacts_contact WHERE arrived_at >= %(since)s"
_NOT_WELL = _ARRIVED + " AND (state <> 'closed' OR closed_as <> 'answered')"


def _answered(bench: Rig, since: datetime, to: datetime) -> int:
    sql = "SELECT count(*) FROM contacts_contact WHERE answered_at >= %(since)s AND answered_at < %(to)s"
    return bench.value(sql, since=since, to=to)


async def _unclosed(bench: Rig, since: datetime) -> int:
    """Return how many calls have not been closed as answered, after some time for the last ones."""
    try:
        await until(lambda: bench.value(_NOT_WELL, since=since) == 0, within=15)
    except TimeoutError:
        return bench.value(_NOT_WELL, since=since)
    return 0
