"""The demo's citizens: robots that make real calls to the demo's numbers, as many an hour as one likes.

They arrive at random (a Poisson process), call their own municipality's number, lose patience, talk and hang up. Their
numbers begin with 00: no subscriber has such a number.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Self

from psycopg.rows import DictRow

from borgerlinje.channels.phone.robot.call import Outgoing
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.demo import voices
from borgerlinje.demo.calls import own_address
from borgerlinje.demo.citizen import Citizen, Habits, Seen
from borgerlinje.kit import clock, database
from borgerlinje.kit.clock import COPENHAGEN
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.hints import Hints
from borgerlinje.lines.numbers import display

_FIRST_CALLER, _CALLERS = 9000, 200
_MOST_AT_ONCE = 60
_SLAGELSE_SHARE = 0.25  # "ca 25%" of the hotline's calls (Slagelse, budget 2016)

_NUMBERS = """
SELECT n.digits, l.slug, coalesce(a.name, l.name) AS name, a.code
  FROM lines_linenumber n JOIN lines_line l ON l.id = n.line_id
  LEFT JOIN cooperation_authority a ON a.id = n.home_authority_id
 WHERE l.is_demo AND NOT l.is_hidden AND l.audience = 'citizens' ORDER BY n.digits
"""
# A citizen may ask to be called back once the line has offered it, which takes a moment to say.
_STATES = """
SELECT c.caller_number, c.state,
       c.state = 'waiting' AND l.callback_after_seconds IS NOT NULL
       AND c.waiting_since < now() - make_interval(secs => l.callback_after_seconds + 8) AS may_ask
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
 WHERE c.caller_number = ANY(%(callers)s) AND c.state <> 'closed' AND NOT c.is_callback
"""
_PROMISED = """
SELECT 1 FROM contacts_contact WHERE caller_number = ANY(%(callers)s) AND is_callback AND state IN ('callback', 'offered', 'calling_back')
"""


class NoDemoError(BorgerlinjeError):
    """There is nobody to call."""

    code = "no_demo"
    status = 409
    message = "There is no demo here to call: start one with `borgerlinje up --demo`."


class NoTelephoneError(BorgerlinjeError):
    """Asterisk does not answer."""

    code = "no_telephone"
    status = 503
    message = "The telephone does not answer: is `borgerlinje up --demo` running on this home?"


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call: its digits, whose citizens call it, and how often relative to the others."""

    digits: str
    name: str
    weight: float


@dataclass
class Tally:
    """What became of the calls."""

    ends: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        said = ", ".join(f"{count} {end}" for end, count in self.ends.most_common()) or "no calls"
        waited = f"; median wait {median(self.waits):.1f} s" if self.waits else ""
        return f"{sum(self.ends.values())} calls: {said}{waited}"


@dataclass
class Town:
    """All robot citizens. Use it as `async with`: on leaving, every call is hung up."""

    habits: Habits = field(default_factory=Habits)
    dice: random.Random = field(default_factory=random.Random)
    tally: Tally = field(default_factory=Tally)

    async def __aenter__(self) -> Self:
        # No default: on port 5060 of this machine somebody else's telephone may answer.
        if "BORGERLINJE_SIP_PORT" not in os.environ:
            raise NoTelephoneError
        self._host, self._port = os.environ["BORGERLINJE_SIP_HOST"], int(os.environ["BORGERLINJE_SIP_PORT"])
        self._seen: dict[str, Seen] = {}
        async with AsyncExitStack() as opened:
            self._connection = await database.connect(name="traffic")
            opened.push_async_callback(self._connection.close)
            self._numbers = weighed(await self._rows(_NUMBERS, {}))
            if not self._numbers:
                raise NoDemoError
            self._hints = await Hints.connect(database.dsn("bl_engine"))
            opened.push_async_callback(self._hints.close)
            self._phone = await opened.enter_async_context(Robot("citizens", local_host=own_address()))
            if await self._phone.options(host=self._host, port=self._port) is None:
                raise NoTelephoneError
            self._says = [
                await voices.conversation(texts, voice, dice=self.dice)
                for texts, voice in zip(voices.CITIZEN_LINES, voices.CITIZEN_VOICES, strict=True)
            ]
            self._message = await voices.conversation(voices.CITIZEN_MESSAGE, voices.CITIZEN_VOICES[0], dice=self.dice)
            self._open = opened.pop_all()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._open.aclose()

    async def call_for(self, *, per_hour: float, seconds: float | None, calls: int | None = None) -> None:
        """Let citizens call at random for so long or so many times, and wait until the last has hung up."""
        async with asyncio.TaskGroup() as beside:
            watching = beside.create_task(self._watch(), name="traffic-watch")
            async with asyncio.TaskGroup() as people:
                async for caller in self._arrivals(per_hour=per_hour, seconds=seconds, calls=calls):
                    people.create_task(self._call(caller), name="citizen")
            watching.cancel()

    async def _arrivals(self, *, per_hour: float, seconds: float | None, calls: int | None) -> AsyncIterator[str]:
        """Yield the number of each citizen who calls, when they call."""
        loop = asyncio.get_running_loop()
        until = None if seconds is None else loop.time() + seconds
        made = 0
        while calls is None or made < calls:
            pause = self.dice.expovariate(per_hour / 3600)
            if until is not None and loop.time() + pause > until:
                return
            await asyncio.sleep(pause)
            caller = self._free_caller()
            if caller is not None:
                made += 1
                yield caller

    async def _call(self, caller: str) -> None:
        """Live through one citizen's call."""
        seen = self._seen[caller] = Seen()
        end = "cut short"
        try:
            number = self.dice.choices(self._numbers, [number.weight for number in self._numbers])[0]
            _say(caller, f"calls {display(number.digits)} ({number.name})")
            call = await self._phone.call(number.digits, host=self._host, port=self._port, caller=caller)
            end = await self._life(call, seen, caller)
            _say(caller, f"{end}, {(call.milliseconds('ended') or 0) / 1000:.0f} s after dialling")
        finally:
            self.tally.ends[end] += 1
            self._seen.pop(caller, None)

    async def _life(self, call: Outgoing, seen: Seen, caller: str) -> str:
        says = self.dice.choice(self._says)
        citizen = Citizen(call, seen, self.habits, self.dice, says, self._message, lambda text: _say(caller, text))
        end = await citizen.live()
        if citizen.waited_seconds is not None:
            self.tally.waits.append(citizen.waited_seconds)
        if end == "sent away":
            promised = await self._rows(_PROMISED, {"callers": [caller]})
            return "asked to be called back" if promised else "turned away"
        return end

    async def _watch(self) -> None:
        """Tell the citizens how they stand."""
        async for _ in self._hints.listen("queue", timeout_seconds=1.0):
            for row in await self._rows(_STATES, {"callers": list(self._seen)}):
                if row["caller_number"] in self._seen:
                    self._seen[row["caller_number"]].note(row)

    async def _rows(self, sql: str, params: dict[str, list[str]]) -> list[DictRow]:
        return await (await self._connection.execute(sql, params)).fetchall()

    def _free_caller(self) -> str | None:
        if len(self._seen) >= _MOST_AT_ONCE:
            return None
        taken = set(self._seen)
        free = [number for number in map(_caller, range(_CALLERS)) if number not in taken]
        return self.dice.choice(free)


def weighed(rows: Sequence[DictRow]) -> list[Number]:
    """Give each number its share: Slagelse a quarter of the hotline's calls, the others of a line alike."""
    per_line = Counter(row["slug"] for row in rows)
    lines_with_slagelse = {row["slug"] for row in rows if row["code"] == "330"}
    numbers = []
    for row in rows:
        others = per_line[row["slug"]] - 1
        if row["code"] == "330" and others:
            weight = _SLAGELSE_SHARE
        elif row["slug"] in lines_with_slagelse and others:
            weight = (1 - _SLAGELSE_SHARE) / others
        else:
            weight = 1 / per_line[row["slug"]]
        numbers.append(Number(row["digits"], row["name"], weight))
    return numbers


async def main(*, per_hour: float = 60.0, minutes: float | None = None, calls: int | None = None) -> None:
    """Run `borgerlinje demo traffic` until the minutes or calls are up, or until it is cancelled."""
    tally = Tally()
    try:
        async with Town(tally=tally) as town:
            await town.call_for(per_hour=per_hour, seconds=None if minutes is None else minutes * 60, calls=calls)
    finally:
        print(tally, flush=True)


def _caller(index: int) -> str:
    return f"0000{_FIRST_CALLER + index}"


def _say(caller: str, text: str) -> None:
    at = clock.now().astimezone(COPENHAGEN)
    print(f"{at:%H:%M:%S}  {display(caller)}  {text}", flush=True)
