"""`make bench ROOM=live`: what a change costs and how long it takes until every browser's stream carries it.

Rounds in turn, each with a fresh server process on the same durable PostgreSQL: ours (`borgerlinje web`, real sessions, all
changes through the real hints), and a server that sends an event for every change to every stream. That one cannot carry
1,000 changes a second to 2,000 streams (two million events), so it is measured twice, as many streams at a rate it sustains
and at the same rate with few streams, and the cheaper of the two counts, per change delivered to a stream.

A change counts as delivered when a frame that names its topic comes after it. Its delay is taken on topics that change so
seldom that each frame belongs to one change, while all the others go on: a frame on its way cannot pass for a later change's.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.parts import usage
from bench.parts.live_clients import Order
from bench.parts.live_scene import PROBES, Scene, make_scene
from borgerlinje.kit import embedded, running, unprivileged
from borgerlinje.kit.hints import Hints
from borgerlinje.kit.home import Home
from tests.support.database import Cluster, TestDatabase
from tests.support.telephone import wait_until

STREAMS, CHANGES_PER_SECOND = 2000, 1000
# What the other server sustains on one core, with room to spare: events per second.
PEER_EVENTS_PER_SECOND = 10_000
# Each of the topics that the delays are taken on changes once in so many seconds.
PROBE_SECONDS = (1.0, 1.5)
FIRST_STREAMS, OPEN_SECONDS = 50, 120
DRAIN_SECONDS = 2.0
TARGET_TIMES_LESS, TARGET_P99_MILLISECONDS = 100.0, 500.0


@dataclass(frozen=True)
class Side:
    """One way to measure: which server, how many streams, how many changes a second."""

    name: str
    module: tuple[str, ...]
    streams: int
    rate: float


@dataclass
class Figures:
    """What one side came to over all its rounds."""

    cpu_seconds: float = 0.0
    delivered: int = 0
    frames: int = 0
    wanted: int = 0
    seconds: float = 0.0
    delays: list[np.ndarray] = field(default_factory=list)
    kilobytes_per_stream: list[float] = field(default_factory=list)

    @property
    def microseconds(self) -> float:
        """Processor time per change delivered to a stream."""
        return self.cpu_seconds / self.delivered * 1e6


@dataclass(frozen=True)
class Sent:
    """The changes of one round: when each was hinted and the number of its topic."""

    times: np.ndarray
    topics: np.ndarray


@contextlib.contextmanager
def server(side: Side, environment: dict[str, str], port: int) -> Iterator[int]:
    """Run a server process until the block ends; give its pid."""
    argv = [sys.executable, "-m", *side.module, "--port", str(port)]
    with subprocess.Popen(
        unprivileged.command(argv, die_with_parent=True), env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until(lambda: answers(port), within=30)
            yield process.pid
        finally:
            process.kill()


def answers(port: int) -> bool:
    """Tell whether somebody listens."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def kilobytes(pid: int) -> int:
    """Return a process's proportional set size."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


async def change(hints: Hints, scene: Scene, rate: float, seconds: float) -> Sent:
    """Hint at a steady rate, at topics by chance; the topics of the delays seldom, each on its own."""
    common = list(range(len(PROBES), len(scene.topics)))
    began = time.monotonic()
    probes = [began + random.uniform(*PROBE_SECONDS) for _ in PROBES]
    times, topics = list[float](), list[int]()

    def hint(number: int) -> None:
        times.append(time.monotonic())
        topics.append(number)
        hints.send(scene.topics[number])

    while (now := time.monotonic()) < began + seconds:
        while len(times) < (now - began) * rate:
            hint(random.choice(common))
        for number, due in enumerate(probes):
            if now >= due:
                hint(number)
                probes[number] = now + random.uniform(*PROBE_SECONDS)
        await asyncio.sleep(min(0.001, 1 / rate))
    await asyncio.sleep(DRAIN_SECONDS)
    return Sent(np.array(times), np.array(topics))


async def measure(side: Side, figures: Figures, scene: Scene, folder: Path, seconds: float) -> None:
    """Run one round."""
    port, into, order = free_port(), folder / "arrivals.npz", folder / "order.json"
    steps = sorted({min(FIRST_STREAMS, side.streams), side.streams})
    Order(port, scene.cookies[: side.streams], steps, scene.topics, str(into)).write(order)
    with server(side, scene.environment, port) as pid:
        clients = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.parts.live_clients", str(order),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert clients.stdin
        assert clients.stdout
        sizes = []
        for step in steps:
            async with asyncio.timeout(OPEN_SECONDS):
                assert await clients.stdout.readline() == f"open {step}\n".encode()
            sizes.append(kilobytes(pid))
            if step != side.streams:
                clients.stdin.write(b"\n")
        if len(steps) > 1:
            figures.kilobytes_per_stream.append((sizes[1] - sizes[0]) / (steps[1] - steps[0]))
        hints = await Hints.connect(scene.database_url)
        # What happens at the opening, such as the first "again", is over.
        await asyncio.sleep(1)
        before, began = usage.cpu_seconds([pid]), time.monotonic()
        sent = await change(hints, scene, side.rate, seconds)
        figures.cpu_seconds += usage.cpu_seconds([pid]) - before
        figures.seconds += time.monotonic() - began
        await hints.close()
        clients.stdin.write(b"\n")
        assert await clients.wait() == 0
    count(figures, sent, np.load(into), side)


def count(figures: Figures, sent: Sent, arrived: "np.lib.npyio.NpzFile", side: Side) -> None:
    """Add up what one round delivered, and how late."""
    assert not np.isnan(arrived["times"]).any(), "a stream ended while it was measured"
    is_each = side.module[0] != "borgerlinje"
    bounds = np.concatenate([[0], np.cumsum(arrived["lengths"])])
    by_topic = [sent.times[sent.topics == number] for number in range(int(sent.topics.max()) + 1)]
    figures.wanted += len(sent.times) * side.streams
    for start, end in itertools.pairwise(bounds):
        times, masks = arrived["times"][start:end], arrived["masks"][start:end]
        after = times > sent.times[0]
        figures.frames += int(after.sum())
        if is_each:
            # Its events are what it delivered: the hints may have made one of two changes of a topic at the same moment.
            figures.delivered += int(after.sum())
            continue
        for number, changes in enumerate(by_topic):
            named = times[after & ((masks >> np.uint64(number)) & np.uint64(1)).astype(bool)]
            if len(named):
                figures.delivered += int(np.searchsorted(changes, named[-1]))
            if number < len(PROBES):
                # A missing frame makes the delay unknown, which is never good enough.
                whole = len(named) == len(changes)
                figures.delays.append(named - changes if whole else np.full(len(changes), np.inf))


def report(ours: Figures, peers: dict[str, Figures]) -> int:
    """Print the figures and the comparison; return 0 when the targets are met."""
    print("\nserver's processor time per change delivered to a stream")
    print(f"{'':46}{'µs':>9}{'delivered':>14}{'frames/s':>10}{'core':>7}")
    for name, each in {"borgerlinje": ours, **peers}.items():
        frames, core = each.frames / each.seconds, each.cpu_seconds / each.seconds
        print(f"{name:46}{each.microseconds:9.3f}{each.delivered:14,}{frames:10,.0f}{core:7.0%}")
    delays = np.concatenate(ours.delays) * 1000
    p50, p99 = np.percentile(delays, [50, 99])
    times_less = min(each.microseconds for each in peers.values()) / ours.microseconds
    print(
        f"hint to receipt, milliseconds: p50 {p50:.0f}, p99 {p99:.0f}, max {delays.max():.0f} ({len(delays):,} measured)"
    )
    print(f"memory per stream: {statistics.mean(ours.kilobytes_per_stream):.1f} kB")
    lost = ours.wanted - ours.delivered
    print(f"{times_less:.0f} times less processor time (target {TARGET_TIMES_LESS:.0f}); p99 target below", end=" ")
    print(f"{TARGET_P99_MILLISECONDS:.0f} ms; {lost} of {ours.wanted:,} changes not delivered")
    is_met = times_less >= TARGET_TIMES_LESS and p99 < TARGET_P99_MILLISECONDS and lost == 0
    print("targets met" if is_met else "TARGETS NOT MET")
    return 0 if is_met else 1


async def compare(scene: Scene, folder: Path, *, rounds: int, seconds: float) -> int:
    """Run the rounds in turn."""
    ours = Side("borgerlinje", ("borgerlinje", "web"), STREAMS, CHANGES_PER_SECOND)
    peer = ("bench.parts.live_peer",)
    few, slow = PEER_EVENTS_PER_SECOND // CHANGES_PER_SECOND, PEER_EVENTS_PER_SECOND / STREAMS
    sides = [
        ours,
        Side(f"an event each: {STREAMS} streams, {slow:.0f} changes/s", peer, STREAMS, slow),
        Side(f"an event each: {few} streams, {CHANGES_PER_SECOND} changes/s", peer, few, CHANGES_PER_SECOND),
    ]
    figures = {side.name: Figures() for side in sides}
    for number in range(rounds):
        for side in sides:
            await measure(side, figures[side.name], scene, folder, seconds)
        p99 = np.percentile(np.concatenate(figures[ours.name].delays[-STREAMS * len(PROBES) :]), 99) * 1000
        print(f"round {number + 1}/{rounds}: p99 {p99:.0f} ms, load {os.getloadavg()[0]:.1f}", flush=True)
    return report(figures.pop(ours.name), figures)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Set up, measure, print, and leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run")
    quick = parser.parse_args().quick
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = Path(tempfile.mkdtemp(prefix="bl-bench-"))
    home = Home(folder)
    try:
        unprivileged.give(folder)
        embedded.prepare(home)
        postgres = embedded.Server(home, die_with_parent=True)
        postgres.start()
        try:
            database = TestDatabase(Cluster(home), embedded.DATABASE)
            os.environ |= running.environment(home, database.url())
            scene = make_scene(database.url("bl_engine"), STREAMS)
            rounds, seconds = (1, 6.0) if quick else (3, 20.0)
            return asyncio.run(compare(scene, folder, rounds=rounds, seconds=seconds))
        finally:
            postgres.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
