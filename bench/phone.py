"""`make bench ROOM=phone`: three figures of the telephone; `ARGS="--part free"` (or transfers, pairs) measures one of them.

First, how long an employee who becomes free (BYE) waits until their phone rings again (INVITE): through one real Asterisk, in alternating rounds: our telephone and dispatch processes on a durable PostgreSQL, and Asterisk's own
app_queue. In each round eight citizens wait before the first is answered; the employee talks for a random time, so that no
poll is met in step. Measured at the employee's phone, in the same process and by the same clock for both.

Second, a hundred attended transfers at once (`bench/parts/transfers.py`). Third, what two Asterisks carry against one
(`bench/parts/pairs.py`).
"""

import argparse
import asyncio
import random
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.parts import pairs, transfers
from bench.parts.rig import keep_keys, migrate
from borgerlinje.channels.phone.accounts.actions import do_keep_robot_endpoint
from borgerlinje.channels.phone.robot.call import Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.channels.phone.selftest import do_set_scene
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.kit import clock, embedded, unprivileged
from borgerlinje.kit.database import run
from borgerlinje.kit.home import Home
from tests.support.database import Cluster, TestDatabase
from tests.support.telephone import Telephone, joined, running_asterisk, wait_for_speech

WAITING = 8
TARGET_RATIO = 0.1
TARGET_P99_MILLISECONDS = 50.0
TRANSFERS, TRANSFERS_QUICK = 100, 30
OUR_NUMBER, QUEUE_NUMBER = "00123456", "8001"

QUEUE_FILES = (
    (
        "queues.conf",
        """[general]
persistentmembers=no
[bench]
strategy=rrmemory
timeout=20
retry=1
wrapuptime=0
autofill=yes
ringinuse=no
musicclass=default
member => PJSIP/bench-member
""",
    ),
    ("extensions.conf", f"\n[from-net](+)\nexten => {QUEUE_NUMBER},1,Answer(,i)\n same => n,Queue(bench)\n"),
)


def member_file(port: int) -> tuple[str, str]:
    """Return the SIP objects of app_queue's one member."""
    text = f"""[bench-member]
type=endpoint
context=from-employees
disallow=all
allow=alaw
direct_media=no
aors=bench-member
[bench-member]
type=aor
contact=sip:bench-member@127.0.0.4:{port}
"""
    return ("pjsip.conf", text)


class Side:
    """One of the two that are compared: its number, its employee's phone, and what was measured."""

    def __init__(self, name: str, number: str, employee: Robot, is_full: Callable[[], bool]) -> None:
        self.name, self.number, self.employee, self.is_full = name, number, employee, is_full
        self.milliseconds: list[float] = []

    async def round(self, citizen: Robot, telephone: Telephone) -> None:
        """Let the citizens wait, then serve them one after the other."""
        calls = [await citizen.call(self.number, **telephone.address) for _ in range(WAITING)]
        ringing = await self.employee.next_call(within=20)
        async with asyncio.timeout(15):
            while not await asyncio.to_thread(self.is_full):  # noqa: ASYNC110 - other processes write what is looked at
                await asyncio.sleep(0.05)
        for number in range(WAITING):
            ringing.answer()
            # Who hangs up before the citizen is there was lost, not done, and is offered nobody until they come back.
            assert await ringing.reached("first_audio", within=5)
            await asyncio.sleep(random.uniform(0.05, 0.6))
            freed_at = time.monotonic()
            hanging_up = asyncio.create_task(ringing.hang_up())
            if number < WAITING - 1:
                ringing = await self._next(freed_at)
            await hanging_up
        for call in calls:
            assert await call.reached("ended", within=5)

    async def _next(self, freed_at: float) -> Incoming:
        ringing = await self.employee.next_call(within=20)
        self.milliseconds.append((ringing.at["invited"] - freed_at) * 1000)
        return ringing

    def figures(self) -> dict[str, float]:
        """Return median, p95, p99 and worst in milliseconds."""
        cuts = statistics.quantiles(self.milliseconds, n=100, method="inclusive")
        return {"median": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(self.milliseconds)}


async def measure(telephone: Telephone, rounds: int, member_port: int) -> tuple[Side, Side]:
    """Run the rounds of both in turn."""
    async with (
        Robot("46120000", local_host="127.0.0.2") as citizen,
        Robot("bench-ours", local_host="127.0.0.3") as our_phone,
        Robot("bench-member", local_host="127.0.0.4", port=member_port) as queue_phone,
    ):
        with telephone.connection() as connection:
            scene = run(do_set_scene(OUR_NUMBER, today=clock.today()), connection.cursor())
            run(do_keep_robot_endpoint(scene.employee_id, our_phone.uri, now=clock.now()), connection.cursor())
            connection.execute("SELECT pg_notify('bl_hint', 'phone')")
        await asyncio.sleep(1)
        with telephone.connection() as connection:
            run(do_ready(scene.employee_id, now=clock.now()), connection.cursor())
        ours = Side("borgerlinje", OUR_NUMBER, our_phone, lambda: waiting_contacts(telephone) == WAITING)
        theirs = Side(
            "app_queue", QUEUE_NUMBER, queue_phone, lambda: telephone.ask("queue show bench").count("wait:") == WAITING
        )
        for number in range(rounds):
            for side in (ours, theirs) if number % 2 == 0 else (theirs, ours):
                await side.round(citizen, telephone)
            print(f"round {number + 1}/{rounds}", flush=True)
    return ours, theirs


def waiting_contacts(telephone: Telephone) -> int:
    """Return how many contacts wait or are offered."""
    return int(
        telephone.rows("SELECT count(*) AS n FROM contacts_contact WHERE state IN ('waiting', 'offered')")[0]["n"]
    )


def report(ours: Side, theirs: Side) -> int:
    """Print both and the comparison; return 0 when the targets are met."""
    figures = {side.name: side.figures() for side in (ours, theirs)}
    print("\nemployee free -> phone rings, milliseconds")
    print(f"{'':14}{'median':>9}{'p95':>9}{'p99':>9}{'max':>9}{'calls':>9}")
    for side in (ours, theirs):
        print(
            f"{side.name:14}"
            + "".join(f"{value:9.1f}" for value in figures[side.name].values())
            + f"{len(side.milliseconds):9}"
        )
    ratio = figures[ours.name]["median"] / figures[theirs.name]["median"]
    is_met = ratio <= TARGET_RATIO and figures[ours.name]["p99"] < TARGET_P99_MILLISECONDS
    print(
        f"ratio of the medians {ratio:.3f} (target at most {TARGET_RATIO}); p99 target below {TARGET_P99_MILLISECONDS:.0f} ms"
    )
    print("targets met" if is_met else "TARGETS NOT MET")
    return 0 if is_met else 1


def free_port(address: str) -> int:
    """Return a UDP port nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Measure all three, or the one that is named; return 0 when every target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run")
    parser.add_argument("--part", choices=("free", "transfers", "pairs"), help="only this one")
    options = parser.parse_args()
    outcomes = []
    if options.part in {None, "free"}:
        outcomes.append(measure_free(4 if options.quick else 30) == 0)
    if options.part in {None, "transfers"}:
        transferred = transfers.measure(TRANSFERS_QUICK if options.quick else TRANSFERS)
        transferred.print()
        outcomes.append(transferred.is_met)
    if options.part in {None, "pairs"}:
        carried = pairs.measure(*((1, 8.0) if options.quick else (3, 20.0)))
        carried.print()
        outcomes.append(carried.is_met)
    return 0 if all(outcomes) else 1


def measure_free(rounds: int) -> int:
    """Set up, measure, print, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="bl-bench-"))
    home = Home(folder)
    port = free_port("127.0.0.4")
    try:
        unprivileged.give(folder)
        embedded.prepare(home)
        keep_keys(home)
        server = embedded.Server(home, die_with_parent=True)
        server.start()
        try:
            database = TestDatabase(Cluster(home), embedded.DATABASE)
            migrate(database, home)
            files = (*QUEUE_FILES, member_file(port))
            with (
                running_asterisk(folder, extra_modules=("app_queue",), extra_files=files) as asterisk,
                joined(asterisk, database) as telephone,
            ):
                wait_for_speech(telephone)
                return report(*asyncio.run(measure(telephone, rounds, port)))
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
