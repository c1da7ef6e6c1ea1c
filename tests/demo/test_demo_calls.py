"""Robot citizens call robot employees through a real Asterisk."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from borgerlinje.channels.phone.robot.call import Cause
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.demo import robots
from borgerlinje.demo.citizen import CALLBACK_MENU_KEY, MESSAGE_MENU_KEY, SUBJECT_MENU_KEY, Habits
from borgerlinje.demo.robots import Crew
from borgerlinje.demo.traffic import NoTelephoneError, Town
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.kit import clock, unprivileged
from borgerlinje.kit.database import run
from borgerlinje.lines.menus.tree import PERSON_KEY
from tests.demo.conftest import ask_for_a_person
from tests.support.telephone import Telephone, until, wait_until

pytestmark = pytest.mark.telephone
PRESENCE = "SELECT state, count(*) AS n FROM dispatch_presence GROUP BY state"


PATIENT = Habits(patience=600, talk=(30, 30), listens=(0.5, 1.0), message=(25, 25), keys={PERSON_KEY: 1})


async def test_every_call_is_answered_and_lands_with_its_authority(demo: Telephone, crew: Crew) -> None:
    calls = 6
    async with Town(habits=PATIENT, dice=random.Random(4)) as town:
        await town.call_for(per_hour=7200, seconds=None, calls=calls)
    assert dict(town.tally.ends) == {"helped": calls}
    await until(lambda: all(row["state"] == "closed" for row in demo.rows("SELECT state FROM contacts_contact")))
    contacts = demo.rows("""
        SELECT c.closed_as, c.subject, c.outcome, c.caller_number, c.dialled, c.is_test, e.is_robot,
               a.code AS authority, h.code AS home, o.code AS owner
          FROM contacts_contact c
          JOIN cooperation_authority a ON a.id = c.authority_id
          JOIN lines_line l ON l.id = c.line_id
          JOIN cooperation_authority o ON o.id = l.owner_id
          LEFT JOIN staff_employee e ON e.id = c.employee_id
          LEFT JOIN cooperation_authority h ON h.id = c.home_authority_id
    """)
    assert len(contacts) == calls
    for contact in contacts:
        assert (contact["closed_as"], contact["is_robot"], contact["is_test"]) == ("answered", True, False)
        assert contact["subject"]
        assert contact["outcome"]
        assert contact["caller_number"].startswith("00009")
        if contact["dialled"].startswith("00000"):
            assert contact["authority"] == contact["home"] == contact["dialled"].removeprefix("00000")
        elif contact["dialled"] == "46313020":
            assert contact["authority"] == contact["home"] == "370"
        else:
            assert (contact["authority"], contact["home"], contact["owner"]) == ("digst", None, "digst")
    assert {contact["dialled"] in {"1881", "70101881"} for contact in contacts} == {True, False}


@pytest.mark.usefixtures("outside")
async def test_citizens_ask_to_be_called_back_leave_a_message_or_say_what_it_is_about(demo: Telephone) -> None:
    """Nobody is at work: who only waits gives up, and the others need not wait."""
    ends = {
        CALLBACK_MENU_KEY: "asked to be called back",
        MESSAGE_MENU_KEY: "left a message",
        SUBJECT_MENU_KEY: "gave up",
    }
    # Each time somebody else: who calls again takes their own callback back.
    for seed, (key, end) in enumerate(ends.items()):
        async with Town(
            habits=replace(PATIENT, keys={key: 1}, patience=4, listens=(4, 5)), dice=random.Random(seed)
        ) as town:
            await town.call_for(per_hour=7200, seconds=None, calls=1)
        assert dict(town.tally.ends) == {end: 1}
    contacts = "SELECT state, is_callback, subject FROM contacts_contact ORDER BY arrived_at"
    await until(lambda: all(row["state"] in {"callback", "closed"} for row in demo.rows(contacts)))
    asked, left, said = demo.rows(contacts)
    assert (asked["state"], asked["is_callback"]) == ("callback", True)
    assert left["state"] == "callback"
    assert demo.rows("SELECT kind FROM phone_recording") == [{"kind": "message"}]
    assert said["subject"] == "MitID"


async def test_robots_leave_the_call_to_a_person_who_is_ready(demo: Telephone, crew: Crew) -> None:
    """The newcomer has no telephone here, so the offer cannot ring: who it was made to is the proof."""
    newcomer = demo.rows("SELECT id FROM staff_employee WHERE NOT is_robot")[0]["id"]
    with demo.connection() as connection:
        run(do_ready(newcomer, now=clock.now()), connection.cursor())
        connection.execute("SELECT pg_notify('bl_hint', 'dispatch')")
    await until(lambda: {row["state"]: row["n"] for row in demo.rows(PRESENCE)} == {"ready": 1, "paused": 5})
    async with Robot("00009999") as citizen:
        await ask_for_a_person(citizen, "46313020")
        offers = "SELECT employee_id FROM dispatch_offer ORDER BY made_at LIMIT 1"
        await until(lambda: demo.rows(offers), within=20)
        assert demo.rows(offers)[0]["employee_id"] == newcomer
        # Without a telephone the newcomer does not answer: a robot comes forward for the citizen.
        await until(lambda: demo.contact()["state"] == "connected", within=20)
        assert demo.contact()["employee_id"] != newcomer


async def test_traffic_that_is_stopped_hangs_up_every_call(demo: Telephone) -> None:
    """Nobody answers: all citizens are waiting when the town is closed."""
    async with Town(habits=PATIENT) as town:
        calling = asyncio.create_task(town.call_for(per_hour=7200, seconds=None))
        waiting = "SELECT 1 FROM contacts_contact WHERE state = 'waiting'"
        await until(lambda: len(demo.rows(waiting)) >= 3, within=30)
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)
    await until(lambda: demo.channel_count() == 0)
    await until(lambda: not demo.rows("SELECT 1 FROM contacts_contact WHERE state <> 'closed'"))
    assert {row["closed_as"] for row in demo.rows("SELECT closed_as FROM contacts_contact")} == {"abandoned"}


async def test_robots_told_to_stop_end_their_calls_and_go_home(demo: Telephone) -> None:
    process = await asyncio.to_thread(
        subprocess.Popen,
        unprivileged.command([sys.executable, "-m", "borgerlinje", "demo", "robots"], die_with_parent=True),
        env={**os.environ, "BORGERLINJE_DATABASE_ROLE": "bl_engine"},
    )
    try:
        await until(lambda: len(demo.rows("SELECT 1 FROM dispatch_presence WHERE state = 'ready'")) == 5, within=30)
        async with Robot("00009998") as citizen:
            call = await ask_for_a_person(citizen, "1881")
            await until(lambda: demo.contact().get("state") == "connected", within=20)
            assert await call.audio.hears_sound(within=5)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 10) == 0
            async with asyncio.timeout(5):
                await call.ended.wait()
            assert call.cause is Cause.REMOTE_HUNG_UP
        assert {row["state"] for row in demo.rows(PRESENCE)} == {"signed_out"}
        wait_until(lambda: demo.contact()["state"] == "closed", within=5)
        assert demo.contact()["closed_as"] == "answered"
        assert demo.channel_count() == 0
    finally:
        process.kill()
        process.wait()


async def test_robots_kept_at_home_take_no_calls(demo: Telephone, monkeypatch: pytest.MonkeyPatch) -> None:
    robot = demo.rows("SELECT min(id) AS id FROM staff_employee WHERE is_robot AND is_demo")[0]["id"]
    with demo.connection() as connection:
        run(do_ready(robot, now=clock.now()), connection.cursor())  # as a killed process would have left it
    monkeypatch.setenv("BORGERLINJE_DEMO_ROBOTS", "0")
    process = asyncio.create_task(robots.main())
    try:
        await until(lambda: {row["state"] for row in demo.rows(PRESENCE)} == {"signed_out"})
    finally:
        process.cancel()
        await asyncio.gather(process, return_exceptions=True)


async def test_traffic_without_a_telephone_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BORGERLINJE_SIP_PORT", raising=False)
    with pytest.raises(NoTelephoneError):
        async with Town():
            pass
