"""A line that was made a moment ago: it is called, greets and is answered; and one that is closed for good says so."""

import asyncio
from datetime import time

import pytest

from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import clock
from borgerlinje.lines.new_line import MadeLine, NewLine, do_create_line
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until

pytestmark = pytest.mark.telephone

CITIZEN_HERTZ, EMPLOYEE_HERTZ = 440, 1000
NUMBER, MEMBERS_NUMBER = "55550000", "55550330"


def make(telephone: Telephone, people: Cast) -> MadeLine:
    """Make a line that is open round the clock, as the console does, with its hints."""
    made: MadeLine = telephone.act(
        do_create_line(
            NewLine(
                "Paslinjen",
                people.centre.pk,
                people.own.pk,
                {NUMBER: None, MEMBERS_NUMBER: people.colleague_authority.pk},
                week={day: [(time(0), time(0))] for day in range(7)},
            ),
            now=clock.now(),
        )
    )
    tell(telephone, made)
    return made


def tell(telephone: Telephone, line: MadeLine) -> None:
    for topic in (f"line:{line.line_id}", "dispatch", "queue"):
        telephone.write("SELECT pg_notify('bl_hint', %(topic)s)", topic=topic)


async def test_call_to_a_new_line_is_greeted_queued_and_answered(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
) -> None:
    made = await asyncio.to_thread(make, telephone, people)
    # Whoever works for the centre: the line asks for no skill.
    telephone.write("DELETE FROM staff_employeeskill")
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call = await citizen.call(MEMBERS_NUMBER, **telephone.address)
    call.play(CITIZEN_HERTZ)
    ringing = await desk_phone.next_call(within=20)
    ringing.answer()
    ringing.play(EMPLOYEE_HERTZ)
    assert await ringing.hears(CITIZEN_HERTZ, within=5)
    assert await call.hears(EMPLOYEE_HERTZ, within=5)
    contact = telephone.contact()
    assert (contact["line_id"], contact["state"]) == (made.line_id, "connected")
    assert contact["home_authority_id"] == people.colleague_authority.pk
    assert telephone.story() == ["arrived", "greeted", "offered", "answered"]
    await call.hang_up()
    await until(telephone.is_empty)


async def test_call_to_a_line_closed_for_good_is_told_so_and_ends(
    telephone: Telephone, people: Cast, citizen: Robot
) -> None:
    made = await asyncio.to_thread(make, telephone, people)
    telephone.write(
        "UPDATE lines_line SET ended_on = %(on)s, when_closed = 'voicemail' WHERE id = %(line)s",
        on=clock.today(),
        line=made.line_id,
    )
    await asyncio.to_thread(tell, telephone, made)
    call = await citizen.call(NUMBER, **telephone.address)
    assert await call.audio.hears_sound(within=10)
    assert await call.reached("ended", within=30)
    await until(lambda: telephone.contact().get("closed_as") == "closed_hours", within=15)
    assert telephone.story() == ["arrived", "line_closed"]
    await until(telephone.is_empty)
