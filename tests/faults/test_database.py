"""PostgreSQL is restarted or has no room while citizens are in each state: they are kept, and all goes on by itself."""

import asyncio
import os
import signal

import pytest

from tests.faults.test_processes import told
from tests.support.house import House, Scene

pytestmark = [pytest.mark.telephone, pytest.mark.whole]


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL], ids=["fast", "immediate", "killed"])
async def test_database_restarts_and_every_call_goes_on(house: House, scene: Scene, order: signal.Signals) -> None:
    before = house.product.pid("postgres")
    os.kill(before, order)
    told(f"PostgreSQL {order.name}", await scene.probe())
    await scene.both_hear_each_other()
    assert await asyncio.to_thread(house.product.wait_for, "PostgreSQL ready", 30), house.product.said
    assert house.product.pid("postgres") != before
    await scene.goes_on()
