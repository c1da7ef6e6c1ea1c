"""Two hundred citizens call at once: each has a contact, and when all have hung up each is closed."""

import asyncio
import time

import pytest

from borgerlinje.channels.phone.robot.phone import Robot
from tests.support.house import HOTLINE, House, caller_of, eventually, new_number, sound

pytestmark = [pytest.mark.telephone, pytest.mark.whole]

CALLS = 200


async def test_two_hundred_call_at_once_and_none_is_lost(house: House) -> None:
    async with Robot("citizens", local_host="127.0.0.2") as citizens:
        began_at = time.monotonic()
        calls = [await citizens.call(HOTLINE, caller=new_number(), **house.address) for _ in range(CALLS)]
        waiting = "SELECT caller_number FROM contacts_contact WHERE state = 'waiting'"
        await eventually(lambda: len(house.rows(waiting)) == CALLS, within=60)
        print(f"{CALLS} calls wait after {time.monotonic() - began_at:.2f} s")  # noqa: T201 - the figure is of interest
        assert {row["caller_number"] for row in house.rows(waiting)} == {caller_of(call) for call in calls}
        await sound(house)
        await asyncio.gather(*(call.hang_up(within=20) for call in calls))
        await eventually(lambda: house.unfinished() == 0, within=60)
    endings = house.rows(
        "SELECT closed_as, count(*) AS n FROM contacts_contact WHERE caller_number = ANY(%(callers)s) GROUP BY closed_as",
        callers=[caller_of(call) for call in calls],
    )
    assert endings == [{"closed_as": "abandoned", "n": CALLS}]
    await eventually(house.is_empty)
    await sound(house)
