"""Conversations with sound, both ends ours: a tone each way, every packet counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from borgerlinje.channels.phone.robot.call import Call, Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.channels.phone.robot.rtp import Stream

CITIZEN_HERTZ, EMPLOYEE_HERTZ = 440, 1000


@dataclass(frozen=True)
class Heard:
    """What came of the conversations: how many hear the other's tone, and what arrived of what was sent meanwhile."""

    calls: int
    citizens_hear: int
    employees_hear: int
    sent: int
    received: int
    worst_received: float

    @property
    def loss(self) -> float:
        """The part of the packets that did not arrive."""
        return max(0.0, 1 - self.received / self.sent) if self.sent else 1.0


class Conversations:
    """All calls in progress, both ends of each."""

    def __init__(self, citizens: list[Call], employees: list[Incoming]) -> None:
        self.citizens, self.employees = citizens, employees

    async def listen(self, seconds: float) -> Heard:
        """Count packets for so long, and listen at the end."""
        streams = [call.audio for call in (*self.citizens, *self.employees)]
        before = [(stream.counters.sent, stream.counters.received) for stream in streams]
        await asyncio.sleep(seconds)
        after = [(stream.counters.sent, stream.counters.received) for stream in streams]
        sent = [now[0] - then[0] for now, then in zip(after, before, strict=True)]
        received = [now[1] - then[1] for now, then in zip(after, before, strict=True)]
        return Heard(
            calls=len(self.citizens),
            citizens_hear=await _count(EMPLOYEE_HERTZ, [call.audio for call in self.citizens]),
            employees_hear=await _count(CITIZEN_HERTZ, [call.audio for call in self.employees]),
            sent=sum(sent),
            received=sum(received),
            worst_received=min(received) / (sum(sent) / len(sent)),
        )


async def _count(frequency_hz: float, streams: list[Stream]) -> int:
    heard = await asyncio.gather(*(stream.hears(frequency_hz, within=3) for stream in streams))
    return sum(heard)


@asynccontextmanager
async def conversations(
    count: int, *, number: str, host: str, port: int, phone: tuple[str, int], per_second: float
) -> AsyncIterator[Conversations]:
    """Set up so many calls to a number for the block; `phone` is where the employees' phones are. Hangs up afterwards."""
    employees: list[Incoming] = []

    def answer(call: Incoming) -> None:
        employees.append(call)
        call.ring()
        call.answer()
        call.play(EMPLOYEE_HERTZ)

    async with (
        Robot("46120000", local_host="127.0.0.2") as robot,
        Robot("employee", local_host=phone[0], port=phone[1], on_invite=answer),
    ):
        citizens: list[Call] = []
        for _ in range(count):
            call = await robot.call(number, host=host, port=port)
            call.play(CITIZEN_HERTZ)
            citizens.append(call)
            await asyncio.sleep(1 / per_second)
        async with asyncio.timeout(30):
            while sum("acknowledged" in call.at for call in employees) < count:  # noqa: ASYNC110 - many at once
                await asyncio.sleep(0.05)
        yield Conversations(citizens, employees)
        await asyncio.gather(*(call.hang_up() for call in citizens))
        async with asyncio.timeout(10):
            await asyncio.gather(*(call.ended.wait() for call in employees))
