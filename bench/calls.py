"""`make bench ROOM=calls`: sixty calls a second set up until both hear each other, and kept; then many at once with sound.

Through a real Asterisk and a durable PostgreSQL, by our telephone and dispatch processes as they always run. sipp calls and
sipp answers; every call is held until all are connected, and hung up. Processor time is the kernel's count for the whole life
of the calls, from the first INVITE until the last contact is closed in the rows. Asterisk's own app_queue does the same in turns
with us: with one member who takes any number of calls, which spares it the search, and nothing stored. The sound is our robot
phones': a tone each way, every packet counted at both ends. Where the machine is shared the best of the rounds counts; all are
printed, and in none of them may a call be lost.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.parts import rig, sipp, sound
from bench.parts.rig import Rig
from bench.parts.sipp import Load
from borgerlinje.kit import clock
from tests.support.telephone import wait_until

TARGET_MILLISECONDS_PER_CALL = 8.0
TARGET_PER_SECOND = 60
TARGET_CALLS_WITH_SOUND = 150
TARGET_LOSS = 0.01
CITIZENS_ADDRESS, PHONES_ADDRESS = "127.0.0.2", "127.0.0.6"
OURS = ("phone", "dispatch")
QUEUE_NUMBER = "8001"
_SET_UP_SHARE = 0.95  # The rate is met when the set-ups take at most 1/0.95 of the time the calls arrive in.


@dataclass(frozen=True)
class Round:
    """One round of calls. `spent` is processor time in seconds by part, `answered` each call's INVITE to answer."""

    load: Load
    connected: int
    bridged: int
    contacts: int
    closed: int
    offers: int
    story: dict[str, int]
    is_clean: bool
    set_up_per_second: float
    answered_milliseconds: list[float]
    spent: dict[str, float]

    @property
    def app_milliseconds(self) -> float:
        """Our processes' processor time for a call."""
        return sum(self.spent[name] for name in OURS) * 1000 / self.load.calls

    @property
    def is_kept(self) -> bool:
        """Every call was connected while all others were; each step is in the rows once."""
        count = self.load.calls
        steps = ("arrived", "greeted", "offered", "answered")
        return [self.connected, self.bridged, self.offers, *(self.story.get(name) for name in steps)] == [count] * 7

    @property
    def is_stored(self) -> bool:
        """Every call became a contact and was closed, whether or not anybody answered before the citizen left; nothing remains."""
        return self.is_clean and self.contacts == self.closed == self.load.calls

    def print(self, number: int) -> None:
        cuts = statistics.quantiles(self.answered_milliseconds, n=100, method="inclusive")
        parts = ", ".join(f"{name} {seconds * 1000 / self.load.calls:.2f}" for name, seconds in self.spent.items())
        print(
            f"round {number}: {self.connected}/{self.load.calls} connected at once, {self.bridged} bridges of two, "
            f"{self.closed} closed; {self.set_up_per_second:.1f}/s; INVITE to answer p50 {cuts[49]:.0f} "
            f"p99 {cuts[98]:.0f} ms\n"
            f"         app {self.app_milliseconds:.2f} ms of processor time a call ({parts}); steps {self.story}",
            flush=True,
        )


def measure(bench: Rig, load: Load, folder: Path) -> Round:
    """Let the citizens call, hold and hang up, and read from the rows what became of them."""
    since = clock.now()
    instance = bench.telephone.instance
    before = bench.spent()
    citizens = sipp.citizens(
        folder,
        load,
        number=rig.NUMBER,
        target=f"{instance.sip_host}:{instance.ports.sip}",
        address=CITIZENS_ADDRESS,
    )
    time.sleep(load.calls / load.per_second + 1)
    connected, bridged = _standing(bench, load.calls)
    is_clean = citizens.wait() == 0
    unfinished = "SELECT count(*) FROM contacts_contact WHERE state <> 'closed'"
    try:
        wait_until(lambda: bench.value(unfinished) == 0, within=10)
        wait_until(bench.telephone.is_empty, within=10)
    except AssertionError:
        is_clean = False
    after = bench.spent()
    return Round(
        load=load,
        connected=connected,
        bridged=bridged,
        contacts=bench.value("SELECT count(*) FROM contacts_contact WHERE arrived_at >= %(since)s", since=since),
        closed=bench.value(
            "SELECT count(*) FROM contacts_contact WHERE state = 'closed' AND arrived_at >= %(since)s", since=since
        ),
        offers=bench.value(
            "SELECT count(*) FROM dispatch_offer WHERE ended_as = 'answered' AND made_at >= %(since)s", since=since
        ),
        story={
            row["name"]: row["n"]
            for row in bench.telephone.rows(
                "SELECT name, count(*) AS n FROM contacts_contactevent WHERE at >= %(since)s GROUP BY name ORDER BY min(id)",
                since=since,
            )
        },
        is_clean=is_clean,
        set_up_per_second=_rate(bench, since),
        answered_milliseconds=_answer_times(bench, folder, since),
        spent={name: after[name] - before[name] for name in after},
    )


def queue_files(port: int) -> tuple[tuple[str, str], ...]:
    """Return the configuration of app_queue: one member, who takes any number of calls."""
    phone = f"""[bench-member]
type=endpoint
context=from-employees
disallow=all
allow=alaw
direct_media=no
aors=bench-member
[bench-member]
type=aor
contact=sip:employee@{PHONES_ADDRESS}:{port}
"""
    queue = """[general]
persistentmembers=no
[bench]
strategy=rrmemory
timeout=20
retry=1
wrapuptime=0
autofill=yes
ringinuse=yes
member => PJSIP/bench-member
"""
    plan = f"\n[from-net](+)\nexten => {QUEUE_NUMBER},1,Answer(,i)\n same => n,Queue(bench)\n"
    return ("pjsip.conf", phone), ("queues.conf", queue), ("extensions.conf", plan)


def measure_queue(bench: Rig, load: Load, folder: Path) -> None:
    """Let the citizens call app_queue, and print how many were connected at once and what that cost Asterisk."""
    instance, before = bench.telephone.instance, bench.spent()["Asterisk"]
    citizens = sipp.citizens(
        folder,
        load,
        number=QUEUE_NUMBER,
        target=f"{instance.sip_host}:{instance.ports.sip}",
        address=CITIZENS_ADDRESS,
    )
    time.sleep(load.calls / load.per_second + 3)
    connected = bench.telephone.ask("bridge show all").count("basic")
    citizens.wait()
    wait_until(bench.telephone.is_empty, within=20)
    spent = (bench.spent()["Asterisk"] - before) * 1000 / load.calls
    print(f"         app_queue: {connected}/{load.calls} connected at once; Asterisk {spent:.2f} ms a call", flush=True)


def _standing(bench: Rig, wanted: int) -> tuple[int, int]:
    """Return how many contacts are connected and how many bridges hold two channels, once all are or the time is up."""
    deadline = time.monotonic() + 7
    while True:
        connected = bench.value("SELECT count(*) FROM contacts_contact WHERE state = 'connected'")
        if connected == wanted or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    bridges = bench.telephone.rest("GET", "/bridges")
    return connected, sum(len(bridge["channels"]) == 2 for bridge in bridges)


def _rate(bench: Rig, since: datetime) -> float:
    """Return the calls answered in a second, from the first answer to the last."""
    rows = bench.telephone.rows(
        "SELECT count(*) AS n, extract(epoch FROM max(answered_at) - min(answered_at))::float AS seconds"
        " FROM contacts_contact WHERE answered_at >= %(since)s",
        since=since,
    )
    return (rows[0]["n"] - 1) / rows[0]["seconds"] if rows[0]["seconds"] else 0.0


def _answer_times(bench: Rig, folder: Path, since: datetime) -> list[float]:
    """Return the milliseconds from each INVITE that left to the answer in the rows."""
    invited = sipp.invited_at(folder)
    rows = bench.telephone.rows(
        "SELECT caller_number, answered_at FROM contacts_contact WHERE answered_at >= %(since)s", since=since
    )
    return [
        (row["answered_at"] - invited[row["caller_number"]]).total_seconds() * 1000
        for row in rows
        if row["caller_number"] in invited
    ] or [0.0, 0.0]


async def listen(bench: Rig, count: int, port: int, seconds: float) -> sound.Heard:
    """Hold so many conversations with sound and count what arrives."""
    async with sound.conversations(
        count, number=rig.NUMBER, **bench.telephone.address, phone=(PHONES_ADDRESS, port), per_second=15
    ) as talking:
        await asyncio.sleep(1)
        before, began = bench.spent(), time.monotonic()
        heard = await talking.listen(seconds)
        after, elapsed = bench.spent(), time.monotonic() - began
    shares = ", ".join(f"{name} {(after[name] - before[name]) / elapsed:.1%}" for name in after)
    print(
        f"{heard.calls} calls at once with sound for {seconds:.0f} s: {heard.citizens_hear} citizens and "
        f"{heard.employees_hear} employees hear the other's tone; {heard.received} of {heard.sent} packets arrived, "
        f"loss {heard.loss:.3%}, the worst leg got {heard.worst_received:.1%}; of a core: {shares}",
        flush=True,
    )
    return heard


def judge(rounds: list[Round], heard: sound.Heard) -> int:
    """Print the targets and whether they are met; return 0 when they are."""
    best = min(rounds, key=lambda one: (not one.is_kept, one.app_milliseconds))
    is_met = {
        "no call lost in any round: each a contact, and closed": all(one.is_stored for one in rounds),
        f"all {best.load.calls} calls connected and kept at once": best.is_kept,
        f"{TARGET_PER_SECOND} calls a second set up ({best.set_up_per_second:.1f})": best.set_up_per_second
        >= TARGET_PER_SECOND * _SET_UP_SHARE,
        f"app at most {TARGET_MILLISECONDS_PER_CALL:.0f} ms of processor time a call ({best.app_milliseconds:.2f})": best.app_milliseconds
        <= TARGET_MILLISECONDS_PER_CALL,
        f"{TARGET_CALLS_WITH_SOUND} calls with sound both ways, loss at most {TARGET_LOSS:.0%} ({heard.loss:.3%})": (
            heard.citizens_hear == heard.employees_hear == heard.calls == TARGET_CALLS_WITH_SOUND
            and heard.loss <= TARGET_LOSS
        ),
    }
    print()
    for text, is_good in is_met.items():
        print(f"{'met    ' if is_good else 'NOT MET'} {text}")
    print("targets met" if all(is_met.values()) else "TARGETS NOT MET")
    return 0 if all(is_met.values()) else 1


def main() -> int:
    """Set up, measure, print, and leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run")
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    load = Load(180, 60, 6) if options.quick else Load(600, 60, 19)
    port = sipp.free_port(PHONES_ADDRESS)
    with (
        tempfile.TemporaryDirectory(prefix="bl-sipp-") as name,
        rig.running(
            max(load.calls, TARGET_CALLS_WITH_SOUND),
            f"sip:employee@{PHONES_ADDRESS}:{port}",
            extra_modules=("app_queue",),
            extra_files=queue_files(port),
        ) as bench,
    ):
        folder = Path(name)
        rounds = []
        with sipp.phones(folder, PHONES_ADDRESS, port):
            # Connections are made and statements prepared by then.
            measure(bench, Load(60, TARGET_PER_SECOND, 2), folder)
            for number in range(1, (options.rounds or (2 if options.quick else 4)) + 1):
                rounds.append(measure(bench, load, folder))
                rounds[-1].print(number)
                measure_queue(bench, load, folder)
        heard = asyncio.run(listen(bench, TARGET_CALLS_WITH_SOUND, port, 5 if options.quick else 20))
        return judge(rounds, heard)


if __name__ == "__main__":
    sys.exit(main())
