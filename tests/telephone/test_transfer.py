"""Bringing somebody else to a citizen, through a real Asterisk: tones say who hears whom at each step, and the rows how it ended."""

import asyncio
from typing import Any

import pytest

from borgerlinje.channels.phone.robot import manners
from borgerlinje.channels.phone.robot.call import Call, Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch import transfers
from borgerlinje.dispatch.actions import do_event
from borgerlinje.dispatch.transfers import Mode, Target
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until, wait_for_phone
from tests.telephone.test_call import CITIZEN_HERTZ, EMPLOYEE_HERTZ, connect

pytestmark = pytest.mark.telephone

OTHER_HERTZ = 700


@pytest.fixture
async def other_phone():
    async with Robot("other", local_host="127.0.0.4") as robot:
        yield robot


def bring(telephone: Telephone, people: Cast, mode: Mode, target: Target) -> Any:
    contact_id = telephone.contact()["id"]
    return telephone.act(
        transfers.do_start(
            contact_id, target, employee_id=people.employee.pk, mode=mode, now=clock.now(), note="Skal bruge et kort"
        ),
    )


def to_colleague(people: Cast) -> Target:
    return Target("Karen N.", employee_id=people.colleague.pk)


async def talk_and_employ(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
) -> tuple[Call, Incoming]:
    """Let a citizen and the employee talk, and the colleague be ready."""
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    await asyncio.to_thread(telephone.employ, people.colleague.pk, other_phone.uri)
    return call, ringing


async def hears(listener: Call, *hertz: int) -> None:
    listener.audio.forget()
    assert await listener.hears(*hertz, within=8)


async def hears_no(listener: Call, hertz: int) -> None:
    async with asyncio.timeout(10):
        while await listener.hears(hertz, within=0.6):
            listener.audio.forget()


def attempts(telephone: Telephone) -> list[str]:
    return [row["ended_as"] for row in telephone.rows("SELECT ended_as FROM dispatch_transfer ORDER BY made_at")]


async def test_held_citizen_hears_music_and_is_heard_by_nobody_until_taken_off_hold(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    contact_id = telephone.contact()["id"]
    telephone.act(do_event(contact_id, Event.HELD, now=clock.now()))
    await hears_no(ringing, CITIZEN_HERTZ)
    await hears_no(call, EMPLOYEE_HERTZ)
    call.audio.forget()
    assert await call.audio.hears_sound(within=5)
    telephone.act(do_event(contact_id, Event.RETRIEVED, now=clock.now()))
    await hears(call, EMPLOYEE_HERTZ)
    await hears(ringing, CITIZEN_HERTZ)
    await ringing.hang_up()
    assert await call.reached("ended", within=5)
    await until(telephone.is_empty)


async def test_colleague_is_asked_first_and_takes_the_citizen_over(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    bring(telephone, people, Mode.ASK, to_colleague(people))
    asked = await other_phone.next_call(within=10)
    asked.ring()
    await hears_no(call, EMPLOYEE_HERTZ)
    asked.answer()
    asked.play(OTHER_HERTZ)
    await hears(ringing, OTHER_HERTZ)
    await hears(asked, EMPLOYEE_HERTZ)
    await hears_no(asked, CITIZEN_HERTZ)
    assert (telephone.contact()["state"], telephone.presence(people.colleague.pk)) == ("consulting", "talking")
    telephone.act(transfers.do_hand_over(telephone.contact()["id"], now=clock.now()))
    await hears(call, OTHER_HERTZ)
    await hears(asked, CITIZEN_HERTZ)
    assert await ringing.reached("ended", within=5)
    contact = telephone.contact()
    assert (contact["state"], contact["employee_id"]) == ("connected", people.colleague.pk)
    assert telephone.presence(people.employee.pk) == "ready"
    assert attempts(telephone) == ["handed_over"]
    await asked.hang_up()
    assert await call.reached("ended", within=5)
    await until(lambda: telephone.presence(people.colleague.pk) == "wrap_up")
    await until(telephone.is_empty)


async def test_all_three_talk_and_the_citizen_stays_with_the_colleague(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    bring(telephone, people, Mode.THREE, to_colleague(people))
    asked = await other_phone.next_call(within=10)
    asked.answer()
    asked.play(OTHER_HERTZ)
    await until(lambda: telephone.contact()["state"] == "three_way")
    await hears(asked, CITIZEN_HERTZ, EMPLOYEE_HERTZ)
    await hears(ringing, CITIZEN_HERTZ, OTHER_HERTZ)
    await hears(call, EMPLOYEE_HERTZ, OTHER_HERTZ)
    await ringing.hang_up()
    await until(lambda: telephone.contact()["employee_id"] == people.colleague.pk)
    await hears(call, OTHER_HERTZ)
    await hears(asked, CITIZEN_HERTZ)
    await call.hang_up()
    assert await asked.reached("ended", within=5)
    await until(telephone.is_empty)


async def test_employee_takes_the_citizen_back_and_the_colleague_is_ready_again(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    bring(telephone, people, Mode.ASK, to_colleague(people))
    asked = await other_phone.next_call(within=10)
    asked.ring()
    telephone.act(do_event(telephone.contact()["id"], Event.RETRIEVED, now=clock.now()))
    assert await asked.reached("ended", within=5)
    await hears(call, EMPLOYEE_HERTZ)
    await hears(ringing, CITIZEN_HERTZ)
    assert attempts(telephone) == ["cancelled"]
    assert telephone.presence(people.colleague.pk) == "ready"


@pytest.mark.parametrize(
    ("code", "outcome", "presence"),
    [
        (486, "busy", "not_answering"),
        (603, "declined", "paused"),
        (480, "no_answer", "not_answering"),
        (503, "technical", "not_answering"),
    ],
)
async def test_colleague_who_does_not_answer_leaves_the_citizen_with_the_employee(
    telephone: Telephone,
    people: Cast,
    citizen: Robot,
    desk_phone: Robot,
    other_phone: Robot,
    code: int,
    outcome: str,
    presence: str,
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    other_phone.on_invite = manners.refusing(code)
    bring(telephone, people, Mode.ASK, to_colleague(people))
    await until(lambda: attempts(telephone) == [outcome], within=10)
    assert telephone.contact()["state"] == "held"
    assert telephone.presence(people.colleague.pk) == presence
    telephone.act(do_event(telephone.contact()["id"], Event.RETRIEVED, now=clock.now()))
    await hears(call, EMPLOYEE_HERTZ)
    await hears(ringing, CITIZEN_HERTZ)


async def test_citizen_is_sent_straight_to_a_colleague(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    bring(telephone, people, Mode.BLIND, to_colleague(people))
    assert await ringing.reached("ended", within=5)
    asked = await other_phone.next_call(within=10)
    call.audio.forget()
    assert await call.audio.hears_sound(within=5)
    asked.answer()
    asked.play(OTHER_HERTZ)
    await hears(call, OTHER_HERTZ)
    await hears(asked, CITIZEN_HERTZ)
    await until(lambda: telephone.presence(people.employee.pk) == "ready")
    assert telephone.contact()["employee_id"] == people.colleague.pk


async def test_citizen_sent_on_to_nobody_comes_back_to_the_queue_at_the_old_place(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    place = telephone.contact()["waiting_since"]
    other_phone.on_invite = manners.refusing(480)
    bring(telephone, people, Mode.BLIND, to_colleague(people))
    assert await ringing.reached("ended", within=5)
    await until(lambda: attempts(telephone) == ["no_answer"], within=10)
    again = await desk_phone.next_call(within=10)
    again.answer()
    again.play(EMPLOYEE_HERTZ)
    await hears(call, EMPLOYEE_HERTZ)
    assert telephone.contact()["waiting_since"] == place
    assert "transfer_failed" in telephone.story()


async def test_citizen_sent_on_and_refused_at_a_desk_rings_here_again_though_the_offer_is_heard_of_first(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    bring(telephone, people, Mode.BLIND, to_colleague(people))
    assert await ringing.reached("ended", within=5)
    await other_phone.next_call(within=10)
    (attempt,) = telephone.rows("SELECT id FROM dispatch_transfer")
    with telephone.connection() as connection:
        with connection.transaction():
            run(transfers.do_fail(attempt["id"], "declined", now=clock.now()), connection.cursor())
        # The dispatcher alone hears of it: what the telephone learns next is that the citizen is offered.
        connection.execute("SELECT pg_notify('bl_hint', 'dispatch')")
    again = await desk_phone.next_call(within=10)
    again.answer()
    again.play(EMPLOYEE_HERTZ)
    await hears(call, EMPLOYEE_HERTZ)
    assert attempts(telephone) == ["declined"]


async def test_citizen_hangs_up_while_a_colleague_is_asked_and_nobody_is_left_on_the_line(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    bring(telephone, people, Mode.ASK, to_colleague(people))
    asked = await other_phone.next_call(within=10)
    asked.answer()
    await until(lambda: telephone.presence(people.colleague.pk) == "talking")
    await call.hang_up()
    for side in (ringing, asked):
        assert await side.reached("ended", within=5)
    await until(lambda: telephone.presence(people.colleague.pk) == "ready")
    assert telephone.presence(people.employee.pk) == "wrap_up"
    await until(telephone.is_empty)


@pytest.mark.parametrize("answered", ["before", "meanwhile", "after"])
async def test_phone_process_dies_while_a_colleague_is_asked_and_it_goes_on(
    telephone: Telephone,
    people: Cast,
    citizen: Robot,
    desk_phone: Robot,
    other_phone: Robot,
    answered: str,
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    bring(telephone, people, Mode.ASK, to_colleague(people))
    asked = await other_phone.next_call(within=10)
    asked.ring()
    if answered == "before":
        asked.answer()
        await until(lambda: telephone.presence(people.colleague.pk) == "talking")
    await asyncio.to_thread(telephone.kill, "phone")
    if answered == "meanwhile":
        # Asterisk has nobody to hand an answered call to: it ends, and the next process rings anew.
        asked.answer()
        assert await asked.reached("ended", within=5)
    await asyncio.to_thread(telephone.start, "phone")
    await asyncio.to_thread(wait_for_phone, telephone)
    if answered == "meanwhile":
        asked = await other_phone.next_call(within=10)
    if answered != "before":
        asked.answer()
    asked.play(OTHER_HERTZ)
    await hears(ringing, OTHER_HERTZ)
    await hears_no(asked, CITIZEN_HERTZ)
    telephone.act(transfers.do_hand_over(telephone.contact()["id"], now=clock.now()))
    await hears(call, OTHER_HERTZ)
    await hears(asked, CITIZEN_HERTZ)


async def test_citizen_is_put_into_another_lines_queue_at_the_old_place(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, other_phone: Robot
):
    call, ringing = await talk_and_employ(telephone, people, citizen, desk_phone, other_phone)
    before = telephone.contact()
    telephone.act(transfers.do_send_to_line(before["id"], before["line_id"], now=clock.now()))
    assert await ringing.reached("ended", within=5)
    asked = await other_phone.next_call(within=10)
    asked.answer()
    asked.play(OTHER_HERTZ)
    await hears(call, OTHER_HERTZ)
    after = telephone.contact()
    assert (after["waiting_since"], after["employee_id"]) == (before["waiting_since"], people.colleague.pk)
