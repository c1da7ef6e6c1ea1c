"""The disk with everything on it is full: conversations go on, nobody is hung up on silently, and room again is all it takes."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator

import psycopg
import pytest

from borgerlinje.kit import embedded
from tests.faults.test_processes import told
from tests.support.house import DEADLINE_SECONDS, HOTLINE, House, Scene, eventually, new_number
from tests.support.product import Product
from tests.support.small_disk import SmallDisk, small_disk

pytestmark = [pytest.mark.telephone, pytest.mark.whole]


@pytest.fixture(scope="module")
def disk() -> Iterator[SmallDisk]:
    with small_disk(900) as disk:
        yield disk


@pytest.fixture(scope="module")
def house(disk: SmallDisk) -> Iterator[House]:
    """The product with its home on a disk of its own."""
    with Product(folder=disk.path) as product:
        product.start()
        yield House.of(product)


def use_up_the_log(house: House) -> None:
    """Write until PostgreSQL has no room for its log either, and gives up."""
    assert house.database is not None
    until = time.monotonic() + DEADLINE_SECONDS
    with contextlib.suppress(psycopg.OperationalError):
        while time.monotonic() < until:
            with house.database.cluster.connect(embedded.DATABASE, embedded.SUPERUSER) as connection:
                connection.execute("SELECT pg_logical_emit_message(true, 'x', repeat('x', 1000000)), pg_switch_wal()")


async def test_disk_is_full_and_every_call_goes_on(house: House, scene: Scene, disk: SmallDisk) -> None:
    disk.fill()
    try:
        await asyncio.to_thread(use_up_the_log, house)
        await scene.both_hear_each_other()
        os.kill(house.product.pid("phone"), signal.SIGKILL)
        call = await scene.citizens.call(HOTLINE, caller=new_number(), **house.address)
        assert await call.audio.hears_sound(within=10)
        for _ in range(5):
            assert await asyncio.to_thread(house.product.wait_for, "is full: make room)", 30), house.product.said
        await scene.both_hear_each_other()
        assert disk.free_bytes < 1_000_000
    finally:
        disk.empty(400)
    told("room again", await scene.probe())
    await eventually(lambda: house.state_of(call) == "waiting")
    await call.hang_up()
    await scene.goes_on()
    assert sum(use.command == "borgerlinje phone" for use in house.product.processes()) == 1
