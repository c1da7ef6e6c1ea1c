"""Calling citizens through a real Asterisk and a provider that is a small SIP phone: the employee first, then the citizen."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from borgerlinje.channels.phone.robot import manners
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event
from borgerlinje.dispatch.callbacks import do_dial, do_take
from borgerlinje.kit import clock
from borgerlinje.kit.ids import uuid7
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until, wait_for_phone
from tests.telephone.test_call import CITIZEN_HERTZ, EMPLOYEE_HERTZ
from tests.telephone.test_transfer import hears

pytestmark = pytest.mark.telephone

NUMBER = "46120000"


@pytest.fixture
async def network() -> AsyncIterator[Robot]:
    """Be the provider: whoever is called outside is called here."""
    async with Robot("network", local_host="127.0.0.5") as robot:
        yield robot


@pytest.fixture
def trunk(telephone: Telephone, network: Robot) -> None:
    host, port = network.address
    telephone.write(
        "INSERT INTO phone_trunk (name, host, port, transport, srtp, registers, username, from_domain, number_format, matches, max_calls,"
        " is_active, is_demo, changed_at) VALUES ('Udbyder', %(host)s, %(port)s, 'udp', false, false, '', '', 'e164_plus', '{}', 10, true,"
        " false, now())",
        host=host,
        port=port,
    )
    with telephone.connection() as connection:
        connection.execute("SELECT pg_notify('bl_hint', 'line:0')")
        connection.execute("SELECT pg_notify('bl_hint', 'phone')")


async def knows_the_trunk(telephone: Telephone) -> None:
    def is_known() -> bool:
        names = [each["resource"] for each in telephone.rest("GET", "/endpoints/PJSIP")]
        return any(name.startswith("bl-out-") for name in names)

    await until(is_known, within=20)


def promise(telephone: Telephone, people: Cast) -> UUID:
    """Store a citizen who has asked to be called back, taken by the employee, who asks for the call."""
    contact_id, now = uuid7(), clock.now()
    telephone.act(do_arrive(contact_id, dialled="46313020", caller=NUMBER, channel_ref="", now=now))
    telephone.act(do_event(contact_id, Event.CALLBACK_ASKED, now=now))
    assert telephone.act(do_take(contact_id, employee_id=people.employee.pk, now=now)).expected
    telephone.act(do_dial(contact_id, employee_id=people.employee.pk, now=now))
    return contact_id


@pytest.fixture
async def ready(telephone: Telephone, people: Cast, desk_phone: Robot, trunk: None) -> None:
    del trunk
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    await knows_the_trunk(telephone)


@pytest.mark.usefixtures("ready")
async def test_employee_is_rung_first_then_the_citizen_and_they_talk(
    telephone: Telephone, people: Cast, desk_phone: Robot, network: Robot
):
    promise(telephone, people)
    ringing = await desk_phone.next_call(within=10)
    assert network.calls == ()
    ringing.answer()
    ringing.play(EMPLOYEE_HERTZ)
    citizen = await network.next_call(within=10)
    assert citizen.request.uri.startswith(f"sip:+45{NUMBER}@")
    assert "46313020" in citizen.peer
    citizen.ring()
    assert telephone.contact()["state"] == "calling_back"
    citizen.answer()
    citizen.play(CITIZEN_HERTZ)
    await hears(citizen, EMPLOYEE_HERTZ)
    await hears(ringing, CITIZEN_HERTZ)
    assert telephone.contact()["state"] == "connected"
    await citizen.hang_up()
    assert await ringing.reached("ended", within=5)
    await until(lambda: telephone.presence(people.employee.pk) == "wrap_up")
    await until(telephone.is_empty)
    [call] = telephone.rows("SELECT * FROM phone_outgoingcall")
    assert (call["digits"], call["shown_number"], call["refused"]) == (f"+45{NUMBER}", "+4546313020", "")
    assert call["answered_at"]
    assert call["ended_at"]


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(("code", "outcome"), [(486, "busy"), (480, "no_answer"), (603, "declined")])
async def test_citizen_who_does_not_answer_is_called_again_later(
    telephone: Telephone, people: Cast, desk_phone: Robot, network: Robot, code: int, outcome: str
):
    network.on_invite = manners.refusing(code)
    contact_id = promise(telephone, people)
    ringing = await desk_phone.next_call(within=10)
    ringing.answer()
    assert await ringing.reached("ended", within=10)
    await until(lambda: telephone.contact()["state"] == "callback")
    contact = telephone.contact()
    assert (contact["id"], contact["attempts"]) == (contact_id, 1)
    assert contact["due_at"] > clock.now()
    [event] = telephone.rows("SELECT data FROM contacts_contactevent WHERE name = 'citizen_unreached'")
    assert event["data"]["outcome"] == outcome
    await until(lambda: telephone.presence(people.employee.pk) == "ready")
    await until(telephone.is_empty)


@pytest.mark.usefixtures("ready")
async def test_employee_whose_own_phone_is_not_answered_calls_nobody_and_may_ask_again(
    telephone: Telephone, people: Cast, desk_phone: Robot, network: Robot
):
    contact_id = promise(telephone, people)
    ringing = await desk_phone.next_call(within=10)
    ringing.decline(480)
    await until(lambda: telephone.contact()["dial_asked_at"] is None, within=10)
    assert telephone.contact()["state"] == "calling_back"
    assert network.calls == ()
    telephone.act(do_dial(contact_id, employee_id=people.employee.pk, now=clock.now()))
    again = await desk_phone.next_call(within=10)
    again.answer()
    citizen = await network.next_call(within=10)
    citizen.answer()
    await until(lambda: telephone.contact()["state"] == "connected")


@pytest.mark.usefixtures("ready")
async def test_barred_number_is_not_called_and_the_callback_ends_with_the_reason(
    telephone: Telephone, people: Cast, desk_phone: Robot, network: Robot
):
    telephone.write(
        "INSERT INTO phone_outgoingpolicy (centre_id, countries, allowed_prefixes, barred_prefixes, per_number_per_day,"
        " per_hour, longest_minutes) SELECT id, '{}', '{}', '{+4546}', 6, 600, 120 FROM cooperation_centre"
    )
    promise(telephone, people)
    ringing = await desk_phone.next_call(within=10)
    ringing.answer()
    assert await ringing.reached("ended", within=10)
    await until(lambda: telephone.contact()["state"] == "closed")
    assert network.calls == ()
    [call] = telephone.rows("SELECT refused FROM phone_outgoingcall")
    assert call["refused"] == "barred"
    await until(lambda: telephone.presence(people.employee.pk) == "ready")


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("moment", ["employee_rings", "citizen_rings", "they_talk"])
async def test_phone_process_dies_while_a_citizen_is_called_and_it_goes_on(
    telephone: Telephone, people: Cast, desk_phone: Robot, network: Robot, moment: str
):
    promise(telephone, people)
    ringing = await desk_phone.next_call(within=10)
    citizen = None
    if moment != "employee_rings":
        ringing.answer()
        citizen = await network.next_call(within=10)
        citizen.ring()
    if moment == "they_talk" and citizen:
        citizen.answer()
        await until(lambda: telephone.contact()["state"] == "connected")
    await asyncio.to_thread(telephone.kill, "phone")
    await asyncio.to_thread(telephone.start, "phone")
    await asyncio.to_thread(wait_for_phone, telephone)
    if citizen is None:
        ringing.answer()
        citizen = await network.next_call(within=10)
    if moment != "they_talk":
        citizen.answer()
    citizen.play(CITIZEN_HERTZ)
    ringing.play(EMPLOYEE_HERTZ)
    await hears(citizen, EMPLOYEE_HERTZ)
    await hears(ringing, CITIZEN_HERTZ)
    assert telephone.contact()["state"] == "connected"


@pytest.mark.usefixtures("ready")
async def test_citizen_calls_while_they_are_being_called_and_nobody_rings_for_them_any_more(
    telephone: Telephone, people: Cast, desk_phone: Robot, network: Robot, citizen: Robot
):
    callback_id = promise(telephone, people)
    ringing = await desk_phone.next_call(within=10)
    ringing.answer()
    rung = await network.next_call(within=10)
    rung.ring()
    call = await citizen.call("46313020", caller=NUMBER, **telephone.address)
    call.play(CITIZEN_HERTZ)
    assert await rung.reached("ended", within=15)
    assert await ringing.reached("ended", within=5)
    [old] = telephone.rows("SELECT state, closed_as FROM contacts_contact WHERE id = %(id)s", id=callback_id)
    assert (old["state"], old["closed_as"]) == ("closed", "abandoned")
    again = await desk_phone.next_call(within=10)
    again.answer()
    await hears(again, CITIZEN_HERTZ)
