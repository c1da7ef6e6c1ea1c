"""The product's clock jumps by hours while citizens are in each state: offers end, nobody is stuck, places keep their order."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.test_processes import told
from tests.support.house import DEADLINE_SECONDS, House, Scene, eventually, sound
from tests.support.product import Product

pytestmark = [pytest.mark.telephone, pytest.mark.whole]

Turn = Callable[[float], None]
HOURS = 3600.0


@pytest.fixture(scope="module")
def clock_file() -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix="bl-clock-")
    os.close(handle)
    file = Path(name)
    file.write_text("0")
    file.chmod(0o644)
    yield file
    file.unlink()


@pytest.fixture(scope="module")
def house(clock_file: Path) -> Iterator[House]:
    """A product whose clock the tests turn."""
    with Product(BORGERLINJE_CLOCK_OFFSET_FILE=str(clock_file)) as product:
        product.start()
        yield House.of(product)


@pytest.fixture
def turn(clock_file: Path) -> Turn:
    """Turn the clock of every process to so many seconds beside the machine's."""

    def to(seconds: float) -> None:
        draft = clock_file.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.chmod(0o644)
        draft.replace(clock_file)

    return to


async def test_clock_jumps_forward_and_the_offer_ends_and_rings_again(house: House, scene: Scene, turn: Turn) -> None:
    turn(2 * HOURS)
    told("two hours later", await scene.probe())
    assert await scene.rung.reached("ended", within=DEADLINE_SECONDS)
    await eventually(lambda: house.state_of(scene.ringing) == "waiting")
    assert house.presence(house.people["birgit"]) == "not_answering"
    await asyncio.to_thread(house.ready, house.people["birgit"])
    await scene.goes_on()


async def test_clock_jumps_back_and_every_call_goes_on(house: House, scene: Scene, turn: Turn) -> None:
    turn(0)
    told("two hours earlier", await scene.probe())
    await scene.goes_on()


async def test_clock_jumps_back_and_the_telephone_dies_and_the_offer_ends_all_the_same(
    house: House, scene: Scene, turn: Turn
) -> None:
    turn(-2 * HOURS)
    os.kill(house.product.pid("phone"), signal.SIGKILL)
    told("two hours earlier, with a new telephone process", await scene.probe())
    await scene.goes_on()


@pytest.mark.parametrize("hours", [2, -2])
async def test_asterisk_restarts_beside_another_clock_and_knows_every_employee(
    house: House, scene: Scene, turn: Turn, hours: int
) -> None:
    turn(hours * HOURS)
    os.kill(house.product.pid("asterisk"), signal.SIGKILL)
    told(f"asterisk SIGKILL, {hours} hours off", await scene.probe(within=30))
    for call in (scene.ringing, scene.waiting, scene.greeted):
        await eventually(lambda call=call: "technical" in house.endings_of(call))
    await sound(house)
