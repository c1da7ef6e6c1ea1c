"""One of our processes dies or freezes while citizens are in each state: nobody is lost, and the next call comes through."""

import asyncio
import os
import signal

import pytest

from tests.support.house import CITIZEN_HERTZ, House, Scene, sound

pytestmark = [pytest.mark.telephone, pytest.mark.whole]
OURS = ("web", "dispatch", "dispatch-2", "phone", "worker")


def told(what: str, seconds: float) -> None:
    """Print how long it took until a new call reached an employee: five seconds are what is asked for."""
    print(f"{what}: the next call rings after {seconds:.2f} s")  # noqa: T201 - the figure is the point


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
@pytest.mark.parametrize("which", ["web", "leader", "phone", "worker"])
async def test_process_is_gone_and_every_call_goes_on(
    house: House, scene: Scene, which: str, blow: signal.Signals
) -> None:
    name = house.leader() if which == "leader" else which
    before = house.product.pid(name)
    os.kill(before, blow)
    told(f"{name} {blow.name}", await scene.probe())
    await scene.both_hear_each_other()
    assert await asyncio.to_thread(house.product.wait_for, f"{name} ready again", 30), house.product.said
    assert house.product.pid(name) != before
    await scene.goes_on()


async def test_supervisor_is_killed_and_the_next_one_takes_over_with_every_call(house: House, scene: Scene) -> None:
    before = {name: house.product.pid(name) for name in (*OURS, "asterisk", "postgres")}
    await asyncio.to_thread(house.product.crash)
    told("supervisor SIGKILL", await scene.probe())
    await house.start_again()
    after = {name: house.product.pid(name) for name in before}
    assert {name for name in before if before[name] == after[name]} == {"asterisk", "postgres"}
    told("a new supervisor", await scene.probe())
    await scene.goes_on()


async def test_supervisor_is_frozen_and_nothing_is_killed_when_it_wakes(house: House, scene: Scene) -> None:
    before = {name: house.product.pid(name) for name in (*OURS, "asterisk", "postgres")}
    supervisor = house.product.running().pid
    said = len(house.product.lines)
    os.kill(supervisor, signal.SIGSTOP)
    try:
        told("supervisor SIGSTOP", await scene.probe())
        # Longer than any silence that it would hold against a process.
        scene.talker.audio.forget()
        assert await scene.talker.hears(CITIZEN_HERTZ, within=15, seconds=6)
    finally:
        os.kill(supervisor, signal.SIGCONT)
    await scene.goes_on()
    assert {name: house.product.pid(name) for name in before} == before
    assert house.product.lines[said:] == []
    await sound(house)
