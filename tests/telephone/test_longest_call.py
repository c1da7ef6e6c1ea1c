"""A call that goes out ends when the centre's rules say so, by Asterisk itself: nobody pays for a forgotten telephone."""

import pytest

from borgerlinje.channels.phone.robot.phone import Robot
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until
from tests.telephone.test_calling import network, promise, ready, trunk

__all__ = ["network", "ready", "trunk"]
pytestmark = pytest.mark.telephone


@pytest.mark.usefixtures("ready")
async def test_call_back_ends_by_itself_when_it_has_lasted_so_long(
    telephone: Telephone, people: Cast, desk_phone: Robot, network: Robot
):
    telephone.write(
        "INSERT INTO phone_outgoingpolicy (centre_id, countries, allowed_prefixes, barred_prefixes, per_number_per_day, per_hour,"
        " longest_minutes) VALUES (%(centre)s, '{}', '{}', '{}', 6, 600, 90)",
        centre=people.centre.pk,
    )
    promise(telephone, people)
    ringing = await desk_phone.next_call(within=10)
    ringing.answer()
    citizen = await network.next_call(within=10)
    citizen.answer()
    await until(lambda: telephone.contact()["state"] == "connected")
    [call] = telephone.rows("SELECT id FROM phone_outgoingcall")
    address = f"/channels/bl-o-{call['id']}/variable"
    left = telephone.rest("GET", f"{address}?variable=TIMEOUT(absolute)")
    assert 80 * 60 < float(left["value"]) <= 90 * 60
    # As if most of it were over.
    telephone.rest("POST", f"{address}?variable=TIMEOUT(absolute)&value=1")
    assert await citizen.reached("ended", within=10)
    await until(lambda: telephone.presence(people.employee.pk) == "wrap_up")
    await until(telephone.is_empty)
