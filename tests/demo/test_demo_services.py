"""The demo's telephone network and specialists, and robots who call back and are asked, through a real Asterisk."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from borgerlinje.channels.phone.book import Way
from borgerlinje.channels.phone.pbx.endpoint import way_out
from borgerlinje.channels.phone.robot.call import Incoming, Outgoing
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.demo.callbacks import assign
from borgerlinje.demo.network import Manner, Network, manner
from borgerlinje.demo.robots import Crew
from borgerlinje.dispatch import transfers
from borgerlinje.dispatch.actions import Change, do_event
from borgerlinje.dispatch.transfers import Mode, Target
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps, run
from borgerlinje.kit.ids import uuid7
from tests.demo.conftest import FAST_OUTSIDE, ask_for_a_person
from tests.support.telephone import Telephone, until

EMPLOYEE_HERTZ = 1000


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("00009001", Manner.ANSWERS), ("00009007", Manner.BUSY), ("00009008", Manner.SILENT), ("", Manner.ANSWERS)],
)
def test_last_digit_decides_what_becomes_of_a_call(digits: str, expected: Manner) -> None:
    assert manner(digits) is expected


def test_each_callback_gets_a_robot_of_its_own_centre_as_far_as_they_reach() -> None:
    first, second, third = (uuid7() for _ in range(3))
    due = [{"id": first, "centre_id": 1}, {"id": second, "centre_id": 2}, {"id": third, "centre_id": 1}]
    assert assign(due, {1: [11], 2: [21, 22]}) == [(first, 11), (second, 21)]


def test_invented_number_goes_out_by_the_demos_way_only_and_a_real_one_by_a_real_way_first() -> None:
    real, demo = Way(1, "e164_plus", 30), Way(2, "e164_plus", 30, is_demo=True)
    assert way_out("00009001", (real, demo)) is demo
    assert way_out("00009001", (real,)) is None
    assert way_out("+4546120000", (demo, real)) is real
    assert way_out("+4546120000", (demo,)) is demo
    assert way_out("+4546120000", ()) is None


def act(demo: Telephone, steps: Steps[Any]) -> Any:
    with demo.connection() as connection:
        with connection.transaction():
            result = run(steps, connection.cursor())
        for topic in result.topics if isinstance(result, Change) else ():
            connection.execute("SELECT pg_notify('bl_hint', %s)", (topic,))
    return result


def promise(demo: Telephone, caller: str) -> UUID:
    contact_id, now = uuid7(), clock.now()
    act(demo, do_arrive(contact_id, dialled="46313020", caller=caller, channel_ref="", now=now))
    act(demo, do_event(contact_id, Event.CALLBACK_ASKED, now=now))
    return contact_id


@pytest.mark.telephone
@pytest.mark.usefixtures("outside", "crew")
async def test_robot_calls_a_citizen_back_and_closes_the_contact(demo: Telephone) -> None:
    promise(demo, "00009001")
    await until(lambda: demo.contact()["state"] == "closed", within=30)
    assert demo.contact()["closed_as"] == "answered"
    assert demo.contact()["subject"]
    [call] = demo.rows("SELECT digits, answered_at, refused FROM phone_outgoingcall")
    assert (call["digits"], call["refused"]) == ("00009001", "")
    assert call["answered_at"]
    await until(demo.is_empty)


@pytest.mark.telephone
@pytest.mark.usefixtures("outside", "crew")
async def test_citizen_who_is_busy_is_called_again_later(demo: Telephone) -> None:
    promise(demo, "00009007")
    await until(lambda: demo.contact()["attempts"] == 1, within=30)
    assert demo.contact()["state"] == "callback"
    assert demo.contact()["due_at"] > clock.now()
    [event] = demo.rows("SELECT data FROM contacts_contactevent WHERE name = 'citizen_unreached'")
    assert event["data"]["outcome"] == "busy"


@pytest.fixture
async def newcomer(demo: Telephone) -> AsyncIterator[Robot]:
    """Be the newcomer's telephone."""
    async with Robot("newcomer", local_host="127.0.0.3") as phone:
        [row] = demo.rows("SELECT id FROM staff_employee WHERE NOT is_robot")
        await asyncio.to_thread(demo.employ, row["id"], phone.uri)
        yield phone


async def talk(demo: Telephone, newcomer: Robot, citizen: Robot) -> tuple[Outgoing, Incoming]:
    """Let a citizen talk with the newcomer."""
    call = await ask_for_a_person(citizen, "46313020")
    ringing = await newcomer.next_call(within=20)
    ringing.answer()
    ringing.play(EMPLOYEE_HERTZ)
    assert await call.hears(EMPLOYEE_HERTZ, within=10)
    return call, ringing


@pytest.mark.telephone
async def test_robot_colleague_is_asked_and_takes_the_citizen_over(
    demo: Telephone, crew: Crew, newcomer: Robot
) -> None:
    assert crew.pace.talk
    async with Robot("00009031") as citizen:
        call, ringing = await talk(demo, newcomer, citizen)
        contact = demo.contact()
        # Nobody else is ready while the newcomer talks: the robots come forward.
        colleagues = """
            SELECT e.id FROM dispatch_presence p JOIN staff_employee e ON e.id = p.employee_id AND e.is_robot
              JOIN staff_employeecentre w ON w.employee_id = e.id
              JOIN lines_line l ON l.centre_id = w.centre_id AND l.id = %(line)s
             WHERE p.state = 'ready' ORDER BY e.id LIMIT 1"""
        await until(lambda: demo.rows(colleagues, line=contact["line_id"]), within=10)
        robot_id = demo.rows(colleagues, line=contact["line_id"])[0]["id"]
        target = Target("Robot", employee_id=robot_id)
        steps = transfers.do_start(
            contact["id"], target, employee_id=contact["employee_id"], mode=Mode.ASK, now=clock.now()
        )
        assert isinstance(act(demo, steps), Change)
        answered = "SELECT 1 FROM dispatch_transfer WHERE answered_at IS NOT NULL"
        await until(lambda: demo.rows(answered), within=10)
        act(demo, transfers.do_hand_over(contact["id"], now=clock.now()))
        assert await ringing.reached("ended", within=10)
        assert demo.contact()["employee_id"] == robot_id
        assert await call.reached("ended", within=20)
        await until(lambda: demo.contact()["state"] == "closed", within=20)
        assert (demo.contact()["closed_as"], demo.contact()["employee_id"]) == ("answered", robot_id)
        await until(demo.is_empty)


@pytest.mark.telephone
@pytest.mark.usefixtures("outside")
async def test_specialist_of_the_demo_answers(demo: Telephone, newcomer: Robot) -> None:
    async with Robot("00009032") as citizen:
        call, ringing = await talk(demo, newcomer, citizen)
        contact = demo.contact()
        [unit] = demo.rows("""
            SELECT s.digits, s.name FROM lines_specialist s JOIN cooperation_authority a ON a.id = s.authority_id
             WHERE a.name = 'Næstved' AND s.name = 'Sygesikring'""")
        target = Target(unit["name"], digits=unit["digits"])
        steps = transfers.do_start(
            contact["id"], target, employee_id=contact["employee_id"], mode=Mode.ASK, now=clock.now()
        )
        assert isinstance(act(demo, steps), Change)
        answered = "SELECT 1 FROM dispatch_transfer WHERE answered_at IS NOT NULL"
        await until(lambda: demo.rows(answered), within=10)
        assert await ringing.audio.hears_sound(within=5)
        act(demo, transfers.do_hand_over(contact["id"], now=clock.now()))
        assert await ringing.reached("ended", within=10)
        await until(lambda: demo.contact()["state"] == "transferred")
        await call.hang_up()
        await until(demo.is_empty)


@pytest.mark.telephone
async def test_network_finds_its_trunk_again_and_leaves_what_was_set_alone(demo: Telephone) -> None:
    async with Network(pace=FAST_OUTSIDE):
        demo.write("UPDATE phone_trunk SET is_active = false")
        [before] = demo.rows("SELECT * FROM phone_trunk")
    async with Network(pace=FAST_OUTSIDE):
        [after] = demo.rows("SELECT * FROM phone_trunk")
    assert (after["id"], after["name"], after["is_demo"], after["is_active"]) == (
        before["id"],
        "Demo-telefonnet",
        True,
        False,
    )
    assert after["port"] != before["port"]
