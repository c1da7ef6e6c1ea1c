"""Two robot phones on this machine."""

from collections.abc import AsyncIterator

import pytest

from borgerlinje.channels.phone.robot.phone import Robot


@pytest.fixture
async def anna() -> AsyncIterator[Robot]:
    async with Robot("anna") as robot:
        yield robot


@pytest.fixture
async def bo() -> AsyncIterator[Robot]:
    async with Robot("bo") as robot:
        yield robot
