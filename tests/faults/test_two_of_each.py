"""Two dispatchers that both lead, two telephone processes at one Asterisk: nobody rings twice, and one of them goes."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

import pytest

from borgerlinje.channels.phone.robot.call import Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import unprivileged
from borgerlinje.up.children import FOLDER
from tests.support.house import CITIZEN_HERTZ, HOTLINE, House, Scene, caller_of, eventually, new_number, sound

pytestmark = [pytest.mark.telephone, pytest.mark.whole]

CALLS = 24
_ENDINGS = """
SELECT c.closed_as, (SELECT count(*) FROM dispatch_offer o WHERE o.contact_id = c.id) AS offered
  FROM contacts_contact c WHERE c.caller_number = ANY(%(callers)s)
"""
# Another lock: it never learns that somebody else leads.
SECOND_LEADER = "import asyncio, borgerlinje.dispatch.loop as loop; loop.LOCK += 1; asyncio.run(loop.main())"


@contextmanager
def another_process(house: House, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process beside those of the product, joined to it."""
    environment = house.product.env | house.product.running().environment(house.home)
    process = subprocess.Popen(
        unprivileged.command([sys.executable, *arguments], die_with_parent=True),
        env=environment | {"BORGERLINJE_DATABASE_ROLE": "bl_engine"},
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Desk:
    """An employee's phone that answers, hears the citizen and hangs up; it counts, and notes a ring during a call."""

    def __init__(self) -> None:
        self.rung = 0
        self.rung_while_busy = 0
        self._is_busy = False

    async def take(self, call: Incoming) -> None:
        """Carry one call."""
        self.rung += 1
        self.rung_while_busy += self._is_busy
        self._is_busy = True
        call.answer()
        await call.hears(CITIZEN_HERTZ, within=10)
        # Free from the moment it says goodbye: the next call may come before the answer to that.
        self._is_busy = False
        await call.hang_up()


async def test_two_dispatchers_lead_and_nobody_rings_twice(house: House) -> None:
    house.write("UPDATE lines_line SET wrap_up_seconds = 0")
    desks = {name: Desk() for name in ("karen", "birgit")}
    async with AsyncExitStack() as stack:
        stack.enter_context(another_process(house, "-c", SECOND_LEADER))
        citizens = await stack.enter_async_context(Robot("citizens", local_host="127.0.0.2"))
        leaders = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND granted"
        await eventually(lambda: house.rows(leaders)[0]["n"] >= 2)
        for number, (name, desk) in enumerate(desks.items(), 3):
            phone = Robot(name, local_host=f"127.0.0.{number}", on_invite=desk.take)
            await stack.enter_async_context(phone)
            await asyncio.to_thread(house.employ, house.people[name], phone.uri)
        calls = [await citizens.call(HOTLINE, caller=new_number(), **house.address) for _ in range(CALLS)]
        for call in calls:
            call.play(CITIZEN_HERTZ)
        for call in calls:
            assert await call.reached("ended", within=60)
        await eventually(lambda: house.unfinished() == 0)
        endings = house.rows(_ENDINGS, callers=[caller_of(call) for call in calls])
        assert endings == [{"closed_as": "answered", "offered": 1}] * CALLS
        assert sum(desk.rung for desk in desks.values()) == CALLS
        assert [desk.rung_while_busy for desk in desks.values()] == [0, 0]
        await sound(house)
        await asyncio.to_thread(house.everybody_goes_home)
    house.write("UPDATE lines_line SET wrap_up_seconds = 120 WHERE slug <> 'probe'")


async def test_second_telephone_process_comes_and_one_of_them_goes(house: House, scene: Scene) -> None:
    before = house.product.pid("phone")
    with another_process(house, "-m", "borgerlinje", "phone") as second:
        # The newer one takes over, and the older one ends; the supervisor starts it again, and it is the newer one then.
        assert await asyncio.to_thread(house.product.wait_for, "phone ready again", 30), house.product.said
        assert await asyncio.to_thread(second.wait, 30) != 0
    assert house.product.pid("phone") != before
    await scene.probe()
    await scene.goes_on()
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
