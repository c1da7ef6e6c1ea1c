"""The employee's phone dies in a conversation: the citizen is told, stays, and is the next to be served."""

import asyncio

import pytest

from borgerlinje.channels.phone.pbx.ari import Address, Ari
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until
from tests.telephone.test_call import CITIZEN_HERTZ, EMPLOYEE_HERTZ, connect
from tests.telephone.test_recovery import restart

pytestmark = pytest.mark.telephone


async def notice_silence_soon(telephone: Telephone, endpoint: str) -> None:
    """Let Asterisk give a silent phone up after one second."""
    instance = telephone.instance
    address = Address(instance.ari_url, instance.ari_user, instance.ari_password)
    async with Ari.opened(address) as ari:
        answer = await ari.command(
            "PUT",
            f"/asterisk/config/dynamic/res_pjsip/endpoint/{endpoint}",
            body={"fields": [{"attribute": "rtp_timeout", "value": "1"}]},
        )
    assert answer.is_done


async def test_employees_phone_falls_silent_and_the_citizen_gets_the_next_employee(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    await notice_silence_soon(telephone, f"bl-r-{people.employee.pk}")
    call, _ = await connect(telephone, citizen, desk_phone)
    place = telephone.contact()["waiting_since"]
    desk_phone.vanish()
    await until(lambda: telephone.contact()["state"] == "waiting", within=10)
    call.audio.forget()
    assert await call.audio.hears_sound(within=5)
    assert telephone.story()[-1] == "employee_lost"
    assert telephone.contact()["waiting_since"] == place
    assert telephone.presence(people.employee.pk) == "connection_lost"
    async with Robot("other", local_host="127.0.0.4") as other_phone:
        await asyncio.to_thread(telephone.employ, people.colleague.pk, other_phone.uri)
        ringing = await other_phone.next_call(within=10)
        ringing.answer()
        ringing.play(EMPLOYEE_HERTZ)
        assert await call.hears(EMPLOYEE_HERTZ, within=5)
        assert await ringing.hears(CITIZEN_HERTZ, within=3)
        await ringing.hang_up()
    assert await call.reached("ended", within=5)
    await until(telephone.is_empty)


async def test_somebody_else_notes_that_the_employee_is_lost_and_the_telephone_follows(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    with telephone.connection() as connection, connection.transaction():
        run(do_event(telephone.contact()["id"], Event.EMPLOYEE_LOST, now=clock.now()), connection.cursor())
    assert await ringing.reached("ended", within=5)
    call.audio.forget()
    assert await call.audio.hears_sound(within=5)
    assert telephone.contact()["state"] == "waiting"
    assert telephone.presence(people.employee.pk) == "connection_lost"
    await call.hang_up()
    await until(telephone.is_empty)


async def test_employee_is_lost_and_the_next_is_rung_before_the_telephone_has_noticed(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    async with Robot("other", local_host="127.0.0.4") as other_phone:
        await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
        call, ringing = await connect(telephone, citizen, desk_phone)
        await asyncio.to_thread(telephone.employ, people.colleague.pk, other_phone.uri)
        with telephone.connection() as connection:
            with connection.transaction():
                run(do_event(telephone.contact()["id"], Event.EMPLOYEE_LOST, now=clock.now()), connection.cursor())
            connection.execute("SELECT pg_notify('bl_hint', 'dispatch')")
        again = await other_phone.next_call(within=10)
        again.answer()
        again.play(EMPLOYEE_HERTZ)
        assert await ringing.reached("ended", within=5)
        call.audio.forget()
        assert await call.hears(EMPLOYEE_HERTZ, within=5)
        await call.hang_up()
        await until(telephone.is_empty)


async def test_employees_phone_is_gone_when_the_telephone_starts_anew_and_the_citizen_stays(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    place = telephone.contact()["waiting_since"]
    await asyncio.to_thread(telephone.kill, "phone")
    await ringing.hang_up()
    await restart(telephone)
    await until(lambda: telephone.contact()["state"] == "waiting", within=10)
    call.audio.forget()
    assert await call.audio.hears_sound(within=5)
    assert telephone.story()[-1] == "employee_lost"
    assert telephone.contact()["waiting_since"] == place
    assert telephone.presence(people.employee.pk) == "connection_lost"
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    again = await desk_phone.next_call(within=10)
    again.answer()
    again.play(EMPLOYEE_HERTZ)
    call.audio.forget()
    assert await call.hears(EMPLOYEE_HERTZ, within=5)
    assert await again.hears(CITIZEN_HERTZ, within=3)
    await again.hang_up()
    assert await call.reached("ended", within=5)
    await until(telephone.is_empty)


@pytest.mark.parametrize("state", ["held", "consulting", "three_way", "transferred", "voicemail", "in_menu"])
async def test_telephone_starts_anew_and_a_living_call_goes_on_whatever_its_state(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, state: str
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    await asyncio.to_thread(telephone.kill, "phone")
    telephone.write("UPDATE contacts_contact SET state = %(state)s", state=state)
    await restart(telephone)
    assert f'"state": "{state}", "event": "adopted"' in telephone.log_of("phone")
    assert telephone.contact()["state"] == state
    channels = [channel["id"] for channel in await asyncio.to_thread(telephone.rest, "GET", "/channels")]
    assert telephone.contact()["channel_ref"] in channels
    # What the rows say is brought about: the citizen hears music while on hold, and the employee where all talk.
    if state in {"held", "consulting"}:
        # The music has every note in it now and then, but none that stands out for long.
        async with asyncio.timeout(10):
            while await call.hears(EMPLOYEE_HERTZ, within=1):
                call.audio.forget()
        assert await call.audio.hears_sound(within=5)
    elif state == "three_way":
        for side, hertz in ((call, EMPLOYEE_HERTZ), (ringing, CITIZEN_HERTZ)):
            side.audio.forget()
            assert await side.hears(hertz, within=5)
