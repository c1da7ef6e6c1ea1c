"""Whatever the network says of the caller's number, the call is taken; a number that was withheld is not stored."""

from collections.abc import AsyncIterator

import pytest

from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.channels.phone.robot.sip import Headers
from tests.support.house import HOTLINE, House, eventually, sound

pytestmark = [pytest.mark.telephone, pytest.mark.whole]

WITHHELD = (("p-asserted-identity", "<sip:46129999@127.0.0.1>"), ("privacy", "id"))
SHOWN = (("p-asserted-identity", "<sip:46128888@127.0.0.1>"),)


@pytest.fixture
async def citizen() -> AsyncIterator[Robot]:
    async with Robot("citizen", local_host="127.0.0.2") as citizen:
        yield citizen


@pytest.mark.parametrize(
    ("caller", "headers", "stored"),
    [
        ("anonymous", (), ""),
        ("anonymous", WITHHELD, ""),
        ("46129999", WITHHELD, ""),
        ("anonymous", SHOWN, "46128888"),
        ("unknown", (), ""),
        ("+4546127777", (), "46127777"),
        ("004790123456", (), "004790123456"),
        ("+4790123456", (), "+4790123456"),
        ("1", (), ""),
        ("9" * 120, (), "9" * 16),
        ("x'%3bDROP%20TABLE%20x%3b--", (), ""),
        ("%00%01%ff", (), ""),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, str) else "",
)
async def test_number_is_odd_and_the_call_is_taken(
    house: House, citizen: Robot, caller: str, headers: Headers, stored: str
) -> None:
    known = len(house.rows("SELECT 1 FROM contacts_contact"))
    call = await citizen.call(HOTLINE, caller=caller, headers=headers, display='"; DROP', **house.address)
    assert await call.reached("answered", within=5)
    newest = "SELECT state, caller_number FROM contacts_contact ORDER BY arrived_at DESC LIMIT 1"
    await eventually(lambda: len(house.rows("SELECT 1 FROM contacts_contact")) == known + 1)
    await eventually(lambda: house.rows(newest)[0]["state"] == "waiting")
    assert house.rows(newest)[0]["caller_number"] == stored
    await call.hang_up()
    await eventually(lambda: house.rows(newest)[0]["state"] == "closed")
    await eventually(house.is_empty)
    await sound(house)
