"""A call between two robots with a tone each way."""

import asyncio

from borgerlinje.channels.phone.robot.call import Call, Incoming
from borgerlinje.channels.phone.robot.phone import Robot

CALLER_HERTZ, CALLED_HERTZ = 440, 1000


async def talk(caller: Robot, called: Robot) -> tuple[Call, Incoming]:
    """Let one call the other, and prove that both are heard."""
    call = await caller.call(called.uri)
    other = await called.next_call(within=2)
    other.answer()
    assert await call.reached("answered", within=2)
    call.play(CALLER_HERTZ)
    other.play(CALLED_HERTZ)
    assert all(await asyncio.gather(call.hears(CALLED_HERTZ, within=2), other.hears(CALLER_HERTZ, within=2)))
    return call, other
