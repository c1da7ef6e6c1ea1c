"""The demo's telephone network: a robot telephone behind a trunk, so that callbacks and transfers ring somewhere and reach nobody real.

The last digit of the number that is called decides: 7 is busy, 8 rings and is never answered, everything else answers after some seconds. A
specialist's number answers as that unit, other invented numbers (000…) as a citizen, and a number that somebody might really have says that
this is a demo. The way out for invented numbers is a trunk that is marked as the demo's, and no other (`phone.endpoint`).
"""

import random
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, Self

import structlog

from borgerlinje.channels.phone.robot import sip
from borgerlinje.channels.phone.robot.call import Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.demo import voices
from borgerlinje.demo.calls import ended_within, own_address
from borgerlinje.kit import database
from borgerlinje.kit.database import Query, Steps
from borgerlinje.kit.hints import Hints

log = structlog.get_logger("robots")

TRUNK: Final = "Demo-telefonnet"
BUSY_DIGIT, SILENT_DIGIT = "7", "8"
_INVENTED: Final = "000"
_BUSY_STATUS: Final = 486
# A network of no telephone (RFC 5737). The robots who call in share this one's address, and their calls are not the trunk's.
_NOBODY: Final = "192.0.2.1"

# What somebody has set about the trunk, such as taking it out of use, stays.
_KEEP_TRUNK: Final = """
INSERT INTO phone_trunk AS t (name, host, port, transport, srtp, registers, username, from_domain, number_format, matches, max_calls,
                              is_active, is_demo, changed_at)
VALUES (%(name)s, %(host)s, %(port)s, 'udp', false, false, '', '', 'e164_plus', ARRAY[%(nobody)s], 30, true, true, now())
ON CONFLICT (name) DO UPDATE SET host = excluded.host, port = excluded.port, changed_at = excluded.changed_at WHERE t.is_demo
"""


class Manner(Enum):
    """What becomes of a call."""

    ANSWERS = auto()
    BUSY = auto()
    SILENT = auto()


@dataclass(frozen=True, slots=True)
class Pace:
    """How long those who are called take, in seconds from and to."""

    answer: tuple[float, float] = (3.0, 8.0)
    talk: tuple[float, float] = (60.0, 180.0)


def manner(digits: str) -> Manner:
    """Tell what becomes of a call to a number. Pure."""
    return {BUSY_DIGIT: Manner.BUSY, SILENT_DIGIT: Manner.SILENT}.get(digits[-1:], Manner.ANSWERS)


def do_keep_trunk(host: str, port: int) -> Steps[None]:
    """Let invented numbers be reached at a robot's address. Send the hints "line:0" and "phone" afterwards."""
    yield Query(_KEEP_TRUNK, {"name": TRUNK, "host": host, "port": port, "nobody": _NOBODY})


@dataclass
class Network:
    """Whoever is called outside. Use it as `async with`: on leaving, every call ends."""

    pace: Pace = field(default_factory=Pace)
    dice: random.Random = field(default_factory=random.Random)

    async def __aenter__(self) -> Self:
        self._phone = Robot("network", local_host=own_address(), on_invite=self._take)
        await self._phone.start()
        host, port = self._phone.address
        hints = await Hints.connect(database.dsn("bl_engine"))
        try:
            async with await database.connect(name="network") as connection:
                await database.arun(do_keep_trunk(host, port), connection)
            hints.send("line:0", "phone")
        finally:
            await hints.close()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._phone.stop()

    async def _take(self, call: Incoming) -> None:
        """Carry one call from ringing to its end."""
        uri = sip.Uri.read(call.request.uri)
        digits = uri.user if uri else ""
        how = manner(digits)
        log.info("called_outside", digits=digits, how=how.name.lower())
        if how is Manner.BUSY:
            call.decline(_BUSY_STATUS)
            return
        call.ring()
        if how is Manner.SILENT:
            await call.ended.wait()
            return
        says = await self._says(digits)
        if await ended_within(call, self.dice.uniform(*self.pace.answer)):
            return
        call.answer()
        call.play(says, again=True)
        if not await ended_within(call, self.dice.uniform(*self.pace.talk)):
            await call.hang_up()

    async def _says(self, digits: str) -> bytes:
        voice = self.dice.choice(voices.CITIZEN_VOICES)
        if not digits.startswith(_INVENTED):
            return await voices.conversation(voices.NETWORK_LINES, voice, dice=self.dice)
        unit = await _unit(digits)
        texts = voices.unit_lines(unit) if unit else self.dice.choice(voices.CITIZEN_LINES)
        return await voices.conversation(texts, voice, dice=self.dice)


async def _unit(digits: str) -> str:
    """Return the name of the specialists who have a number, an empty text where they are none."""
    async with await database.connect(name="network") as connection:
        found = await connection.execute(
            "SELECT name FROM lines_specialist WHERE digits = %(d)s LIMIT 1", {"d": digits}
        )
        row = await found.fetchone()
    return str(row["name"]) if row else ""
