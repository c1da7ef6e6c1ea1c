"""Asterisk dies or freezes: the one fault that ends calls. They are closed as what they are, who waited is promised a call,
and the next call comes through.
"""

import asyncio
import os
import signal

import pytest

from tests.faults.test_processes import told
from tests.support.house import House, Scene, caller_of, eventually, sound

_WAITED = "SELECT state, waiting_since FROM contacts_contact WHERE caller_number = %(caller)s ORDER BY state"

pytestmark = [pytest.mark.telephone, pytest.mark.whole]


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_asterisk_is_gone_and_its_calls_end_as_technical_with_a_promise_to_call(
    house: House, scene: Scene, blow: signal.Signals
) -> None:
    before = house.product.pid("asterisk")
    os.kill(before, blow)
    said = "asterisk has been silent" if blow is signal.SIGSTOP else "asterisk ended by SIGKILL"
    assert await asyncio.to_thread(house.product.wait_for, said, 30), house.product.said
    told(f"asterisk {blow.name}", await scene.probe(within=30))
    assert house.product.pid("asterisk") != before
    for call in (scene.ringing, scene.waiting, scene.greeted, scene.choosing):
        await eventually(lambda call=call: "technical" in house.endings_of(call))
    waited = house.rows(_WAITED, caller=caller_of(scene.waiting))
    assert [row["state"] for row in waited] == ["callback", "closed"]
    assert waited[0]["waiting_since"] == waited[1]["waiting_since"], "the promise to call keeps the place"
    await eventually(lambda: house.state_of(scene.talking) == "wrap_up")
    assert house.story_of(scene.talking)[-1] == "technical_fault"
    assert house.presence(house.people["karen"]) == "wrap_up"
    assert house.presence(house.people["birgit"]) == "ready"
    await eventually(lambda: house.state_of(scene.on_hold) == "wrap_up")
    assert house.presence(house.people["anna"]) == "wrap_up"
    assert house.presence(house.people["bo"]) == "ready"
    ended = "SELECT ended_as FROM dispatch_transfer WHERE contact_id = %(id)s"
    assert house.rows(ended, id=house.contact_of(scene.on_hold)["id"]) == [{"ended_as": "answered"}]
    await sound(house)
