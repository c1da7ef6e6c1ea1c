"""Calls through a real Asterisk: what the citizen and the employee hear, and what the rows say afterwards."""

import asyncio
import signal

import pytest

from borgerlinje.channels.phone.robot.call import Call, Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until

pytestmark = pytest.mark.telephone

CITIZEN_HERTZ, EMPLOYEE_HERTZ = 440, 1000


async def connect(telephone: Telephone, citizen: Robot, desk_phone: Robot) -> tuple[Call, Incoming]:
    """Let a citizen call and an employee answer, and prove that both hear each other."""
    call = await citizen.call("46313020", **telephone.address)
    call.play(CITIZEN_HERTZ)
    ringing = await desk_phone.next_call(within=10)
    ringing.ring()
    ringing.answer()
    ringing.play(EMPLOYEE_HERTZ)
    assert await ringing.hears(CITIZEN_HERTZ, within=3)
    assert await call.hears(EMPLOYEE_HERTZ, within=3)
    return call, ringing


async def test_employee_answers_both_hear_each_other_and_the_story_is_stored(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    assert telephone.contact()["state"] == "connected"
    assert telephone.presence(people.employee.pk) == "talking"
    await ringing.hang_up()
    assert await call.reached("ended", within=3)
    await until(lambda: telephone.presence(people.employee.pk) == "wrap_up")
    contact = telephone.contact()
    assert (contact["state"], contact["caller_number"], contact["dialled"]) == ("wrap_up", "46120000", "46313020")
    assert telephone.story() == ["arrived", "greeted", "offered", "answered", "employee_left"]
    assert telephone.rows("SELECT 1 FROM dispatch_offer WHERE rung_at IS NOT NULL")
    await until(telephone.is_empty)


async def test_citizen_hangs_up_while_talking_and_nobody_is_left_on_the_line(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    await call.hang_up()
    assert await ringing.reached("ended", within=3)
    await until(lambda: telephone.presence(people.employee.pk) == "wrap_up")
    assert telephone.story()[-1] == "citizen_left"
    await until(telephone.is_empty)


async def test_citizen_hangs_up_while_waiting_and_is_abandoned(telephone: Telephone, citizen: Robot):
    call = await citizen.call("46313020", **telephone.address)
    await until(lambda: telephone.contact().get("state") == "waiting", within=10)
    await call.hang_up()
    await until(lambda: telephone.contact()["closed_as"] == "abandoned")
    await until(telephone.is_empty)


async def test_citizen_hangs_up_during_the_greeting_and_is_abandoned(telephone: Telephone, citizen: Robot):
    call = await citizen.call("46313020", **telephone.address)
    assert await call.reached("answered", within=5)
    await until(lambda: telephone.contact().get("state") == "arrived")
    await call.hang_up()
    await until(lambda: telephone.contact()["closed_as"] == "abandoned")
    assert telephone.story() == ["arrived", "citizen_left"]
    await until(telephone.is_empty)


async def test_citizen_hangs_up_while_it_rings_and_the_employee_is_ready_again(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call = await citizen.call("46313020", **telephone.address)
    ringing = await desk_phone.next_call(within=10)
    ringing.ring()
    assert telephone.presence(people.employee.pk) == "offered"
    await call.hang_up()
    assert await ringing.reached("ended", within=3)
    await until(lambda: telephone.offers() == ["withdrawn"])
    assert telephone.presence(people.employee.pk) == "ready"
    assert telephone.contact()["closed_as"] == "abandoned"
    await until(telephone.is_empty)


async def test_nobody_answers_and_the_citizen_keeps_the_place(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    telephone.write("UPDATE lines_line SET ring_seconds = 3")
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call = await citizen.call("46313020", **telephone.address)
    ringing = await desk_phone.next_call(within=10)
    ringing.ring()
    place = telephone.contact()["waiting_since"]
    assert await ringing.reached("ended", within=6)
    await until(lambda: telephone.offers() == ["expired"])
    assert telephone.presence(people.employee.pk) == "not_answering"
    contact = telephone.contact()
    assert (contact["state"], contact["waiting_since"]) == ("waiting", place)
    await asyncio.to_thread(telephone.ready, people.employee.pk)
    again = await desk_phone.next_call(within=5)
    again.answer()
    again.play(EMPLOYEE_HERTZ)
    assert await call.hears(EMPLOYEE_HERTZ, within=3)
    await call.hang_up()
    await until(telephone.is_empty)


@pytest.mark.parametrize(
    "refusal", [(486, "failed", "not_answering"), (603, "declined", "paused"), (480, "expired", "not_answering")]
)
async def test_the_phone_refuses_and_the_citizen_waits_on(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, refusal: tuple[int, str, str]
):
    code, ended_as, presence = refusal
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call = await citizen.call("46313020", **telephone.address)
    ringing = await desk_phone.next_call(within=10)
    ringing.decline(code)
    await until(lambda: telephone.offers() == [ended_as])
    assert telephone.presence(people.employee.pk) == presence
    assert telephone.contact()["state"] == "waiting"
    await until(lambda: telephone.rest("GET", "/bridges") == [])
    await call.hang_up()
    await until(telephone.is_empty)


async def test_the_employee_has_no_phone_and_the_citizen_waits_on(telephone: Telephone, people: Cast, citizen: Robot):
    telephone.ready(people.employee.pk)
    await citizen.call("46313020", **telephone.address)
    await until(lambda: telephone.offers() == ["failed"], within=10)
    assert telephone.presence(people.employee.pk) == "not_answering"
    assert telephone.contact()["state"] == "waiting"


async def test_the_offer_is_withdrawn_elsewhere_and_the_phone_stops_ringing(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    await citizen.call("46313020", **telephone.address)
    ringing = await desk_phone.next_call(within=10)
    ringing.ring()
    telephone.sign_out(people.employee.pk)
    assert await ringing.reached("ended", within=3)
    assert telephone.offers() == ["declined"]
    assert telephone.contact()["state"] == "waiting"
    await until(lambda: telephone.rest("GET", "/bridges") == [])


async def test_another_employee_is_offered_the_call_at_once_and_the_first_phone_stops_ringing(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    async with Robot("other", local_host="127.0.0.4") as other_phone:
        await asyncio.to_thread(telephone.employ, people.colleague.pk, other_phone.uri)
        telephone.sign_out(people.colleague.pk)
        await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
        call = await citizen.call("46313020", **telephone.address)
        ringing = await desk_phone.next_call(within=10)
        ringing.ring()
        # The telephone process sees the end of the one offer and the beginning of the other at one look.
        telephone.processes["phone"].send_signal(signal.SIGSTOP)
        try:
            await asyncio.to_thread(telephone.sign_out, people.employee.pk)
            await asyncio.to_thread(telephone.ready, people.colleague.pk)
            await until(lambda: telephone.offers() == ["declined", ""])
        finally:
            telephone.processes["phone"].send_signal(signal.SIGCONT)
        assert await ringing.reached("ended", within=2)
        again = await other_phone.next_call(within=3)
        again.answer()
        again.play(EMPLOYEE_HERTZ)
        assert await call.hears(EMPLOYEE_HERTZ, within=3)
        await again.hang_up()
        await until(telephone.is_empty)


async def test_the_bridge_is_gone_when_the_employee_answers_and_is_made_again(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call = await citizen.call("46313020", **telephone.address)
    call.play(CITIZEN_HERTZ)
    ringing = await desk_phone.next_call(within=10)
    ringing.ring()
    bridges = await asyncio.to_thread(telephone.rest, "GET", "/bridges")
    await asyncio.to_thread(telephone.rest, "DELETE", f"/bridges/{bridges[0]['id']}")
    ringing.answer()
    ringing.play(EMPLOYEE_HERTZ)
    assert await ringing.hears(CITIZEN_HERTZ, within=3)
    assert await call.hears(EMPLOYEE_HERTZ, within=3)
    await call.hang_up()
    await until(telephone.is_empty)


@pytest.fixture
def closed(people: Cast, database):
    with database.as_owner() as connection:
        connection.execute("UPDATE lines_line SET always_open = false, always_open_reason = ''")
    return people.line


async def test_the_line_is_closed_and_the_citizen_is_told(closed, telephone: Telephone, citizen: Robot):
    call = await citizen.call("46313020", **telephone.address)
    assert await call.audio.hears_sound(within=5)
    assert await call.reached("ended", within=10)
    assert call.cause == "remote_hung_up"
    contact = telephone.contact()
    assert (contact["state"], contact["closed_as"]) == ("closed", "closed_hours")
    assert telephone.story() == ["arrived", "line_closed"]
    await until(telephone.is_empty)


async def test_nobody_has_the_number_and_the_citizen_is_told(telephone: Telephone, citizen: Robot):
    call = await citizen.call("70999999", **telephone.address)
    assert await call.audio.hears_sound(within=5)
    assert await call.reached("ended", within=20)
    assert telephone.contact() == {}
    await until(telephone.is_empty)
