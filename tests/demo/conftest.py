"""An Asterisk with our processes on a database that holds the demo."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from borgerlinje.channels.phone.robot.call import Outgoing
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.demo import data, network
from borgerlinje.demo.network import Network
from borgerlinje.demo.robots import Crew, Pace
from borgerlinje.lines.menus.tree import PERSON_KEY
from tests.support.database import TestDatabase
from tests.support.telephone import Telephone, is_available, joined, running_asterisk, until

FAST = Pace(answer=(0.1, 0.3), talk=(0.5, 1.0), wrap_up=(0.1, 0.3), callback=0.0)
FAST_OUTSIDE = network.Pace(answer=(0.1, 0.3), talk=(30.0, 30.0))


@pytest.fixture(scope="session")
def server() -> Iterator[Telephone]:
    if not is_available():
        pytest.skip("no Asterisk on this machine")
    folder = Path(tempfile.mkdtemp(prefix="bl-demo-"))
    try:
        with running_asterisk(folder) as telephone:
            yield telephone
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def demo(
    server: Telephone, database: TestDatabase, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Telephone]:
    """Run the telephone and the dispatcher on the demo's data; this process's environment joins them."""
    monkeypatch.setenv("BORGERLINJE_HOME", str(server.home.path))
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = database.name
        try:
            data.create()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
    with joined(server, database) as telephone:
        for name, value in telephone.environment.items():
            monkeypatch.setenv(name, value)
        yield telephone


@pytest.fixture
async def crew(demo: Telephone) -> AsyncIterator[Crew]:
    """Let the robots work in this process, fast."""
    async with Crew(pace=FAST) as crew:
        work = asyncio.create_task(crew.work())
        ready = "SELECT 1 FROM dispatch_presence WHERE state = 'ready'"
        await until(lambda: len(demo.rows(ready)) == 5, within=30)
        yield crew
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@pytest.fixture
async def outside(demo: Telephone) -> AsyncIterator[Network]:
    """Be the demo's telephone network in this process, fast."""
    async with Network(pace=FAST_OUTSIDE) as outside:
        await wait_for_trunk(demo)
        yield outside


async def wait_for_trunk(demo: Telephone) -> None:
    """Wait until Asterisk has asked the network whether it is there, which it does some seconds after it was told of it."""
    reachable = "SELECT 1 FROM phone_trunkstate WHERE is_reachable"
    try:
        await until(lambda: demo.rows(reachable), within=30)
    except TimeoutError:
        trunks, states = demo.rows("SELECT * FROM phone_trunk"), demo.rows("SELECT * FROM phone_trunkstate")
        said = (demo.home.log / "phone.log").read_text(errors="replace")[-4000:]
        pytest.fail(f"the trunk was not reachable in time: {trunks}\n{states}\n{said}")


async def ask_for_a_person(citizen: Robot, number: str) -> Outgoing:
    """Call a line of the demo and press the key of a person, which works during the menu's first word."""
    host, port = os.environ["BORGERLINJE_SIP_HOST"], int(os.environ["BORGERLINJE_SIP_PORT"])
    call = await citizen.call(number, host=host, port=port)
    assert await call.reached("answered", within=15)
    await call.press(PERSON_KEY)
    return call
