"""Processes die in the middle of things: calls go on, and afterwards the rows say what is."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from borgerlinje.channels.phone.calls.switchboard import ADOPTED
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock, embedded, running
from borgerlinje.kit.database import run
from borgerlinje.kit.ids import uuid7
from tests.support.cast import Cast
from tests.support.database import TestDatabase
from tests.support.telephone import Telephone, until, wait_for_phone
from tests.telephone.test_call import CITIZEN_HERTZ, EMPLOYEE_HERTZ, connect

pytestmark = pytest.mark.telephone


async def restart(telephone: Telephone) -> None:
    await asyncio.to_thread(telephone.start, "phone")
    await asyncio.to_thread(wait_for_phone, telephone)


async def test_phone_process_is_killed_while_talking_and_the_call_goes_on(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    await asyncio.to_thread(telephone.kill, "phone")
    call.audio.forget()
    ringing.audio.forget()
    assert await ringing.hears(CITIZEN_HERTZ, within=3)
    assert await call.hears(EMPLOYEE_HERTZ, within=3)
    await restart(telephone)
    assert telephone.contact()["state"] == "connected"
    assert telephone.presence(people.employee.pk) == "talking"
    assert await ringing.hears(CITIZEN_HERTZ, within=3)
    await ringing.hang_up()
    assert await call.reached("ended", within=3)
    await until(lambda: telephone.contact()["state"] == "wrap_up")
    assert telephone.story()[-1] == "employee_left"


async def test_citizen_hangs_up_while_the_phone_process_is_dead_and_the_employee_is_freed(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    await asyncio.to_thread(telephone.kill, "phone")
    await call.hang_up()
    await restart(telephone)
    assert await ringing.reached("ended", within=5)
    await until(lambda: telephone.presence(people.employee.pk) == "wrap_up")
    assert telephone.story()[-1] == "citizen_left"
    await until(telephone.is_empty)


async def test_employee_answers_while_the_phone_process_is_dead_and_is_rung_again(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    telephone.write("UPDATE lines_line SET ring_seconds = 60")
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call = await citizen.call("46313020", **telephone.address)
    ringing = await desk_phone.next_call(within=10)
    ringing.ring()
    await asyncio.to_thread(telephone.kill, "phone")
    ringing.answer()
    assert await ringing.reached("ended", within=3)
    await restart(telephone)
    again = await desk_phone.next_call(within=5)
    again.answer()
    again.play(EMPLOYEE_HERTZ)
    assert await call.hears(EMPLOYEE_HERTZ, within=5)
    assert telephone.contact()["state"] == "connected"


async def test_call_comes_while_no_phone_process_runs_and_is_taken_by_the_next(telephone: Telephone, citizen: Robot):
    await asyncio.to_thread(telephone.kill, "phone")
    call = await citizen.call("46313020", **telephone.address)
    assert await call.reached("answered", within=5)
    assert await call.audio.hears_sound(within=5)
    await restart(telephone)
    await until(lambda: telephone.contact().get("state") == "waiting", within=30)


async def test_phone_process_is_frozen_and_the_citizen_hears_the_announcement(telephone: Telephone, citizen: Robot):
    telephone.processes["phone"].send_signal(signal.SIGSTOP)
    call = await citizen.call("46313020", **telephone.address)
    assert await call.reached("answered", within=5)
    assert await call.audio.hears_sound(within=5)
    telephone.processes["phone"].send_signal(signal.SIGCONT)
    await until(lambda: telephone.contact().get("state") == "waiting", within=30)


async def test_selftest_makes_a_real_call_and_leaves_nothing_behind(telephone: Telephone, people: Cast):
    process = running.Process.of(os.getpid())
    assert process is not None
    assert telephone.database is not None
    up = running.Running(
        process=process,
        web_port=1,
        web_url="",
        database_url=telephone.database.url(),
        database=None,
        asterisk=telephone.instance.as_running(),
        started_at=clock.now().isoformat(),
        ready=True,
    )
    running.write(telephone.home, up)
    os.chown(telephone.home.run / "up.json", *telephone.owner)
    try:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "borgerlinje", "selftest", "call", "--json"],
            env={**os.environ, **telephone.environment, "BORGERLINJE_DATABASE_ROLE": "bl_engine"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        running.remove(telephone.home)
    print(done.stdout, done.stderr)  # noqa: T201
    assert done.returncode == 0
    assert '"ok": true' in done.stdout
    contact = telephone.contact()
    assert (contact["is_test"], contact["closed_as"]) == (True, "answered")
    assert not telephone.rows("SELECT 1 FROM dispatch_presence WHERE state <> 'signed_out'")
    assert not telephone.rows(
        "SELECT 1 FROM lines_linenumber n JOIN lines_line l ON l.id = n.line_id WHERE l.is_hidden"
    )
    assert people.line.pk


async def test_asterisk_has_started_anew_and_its_calls_are_closed_as_technical(
    telephone: Telephone, people: Cast, database: TestDatabase
):
    del people
    await asyncio.to_thread(telephone.kill, "phone")
    # As a call looks whose Asterisk is gone: its channel is no more, and this Asterisk has not been taken over before.
    telephone.rest("POST", f"/asterisk/variable?variable={ADOPTED}&value=")
    long_ago = clock.now() - timedelta(hours=1)
    lost = uuid7(long_ago)
    with database.as_owner() as connection:
        cursor = connection.cursor()
        run(do_arrive(lost, dialled="46313020", caller="46120000", channel_ref="1.1", now=long_ago), cursor)
        run(do_event(lost, Event.GREETED, now=long_ago), cursor)
    await restart(telephone)
    lost_call = "SELECT closed_as FROM contacts_contact WHERE id = %(id)s"
    await until(lambda: telephone.rows(lost_call, id=lost)[0]["closed_as"] == "technical")
    assert telephone.story()[-2:] == ["technical_fault", "callback_offered"]
    assert telephone.contact()["state"] == "callback"


async def test_database_is_away_for_a_moment_and_what_happened_is_written_afterwards(
    telephone: Telephone, people: Cast, database: TestDatabase, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call, ringing = await connect(telephone, citizen, desk_phone)
    with database.cluster.connect("postgres", embedded.SUPERUSER) as connection:
        connection.execute("ALTER ROLE bl_engine NOLOGIN")
        try:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'bl_engine'")
            await call.hang_up()
            await until(lambda: "database_away" in telephone.log_of("phone"))
        finally:
            connection.execute("ALTER ROLE bl_engine LOGIN")
    assert await ringing.reached("ended", within=10)
    await until(lambda: telephone.presence(people.employee.pk) == "wrap_up", within=10)
    assert telephone.story()[-1] == "citizen_left"
    await until(telephone.is_empty)


async def test_database_is_busy_when_a_call_comes_and_the_citizen_hears_music(telephone: Telephone, citizen: Robot):
    with telephone.connection() as connection:
        with connection.transaction():
            connection.execute("LOCK TABLE contacts_contact IN ACCESS EXCLUSIVE MODE")
            call = await citizen.call("46313020", **telephone.address)
            assert await call.reached("answered", within=3)
            assert await call.audio.hears_sound(within=3)
        await until(lambda: telephone.contact().get("state") == "waiting", within=10)
    await call.hang_up()
    await until(telephone.is_empty)


async def test_nothing_can_be_written_and_the_citizen_is_told_and_not_kept(telephone: Telephone, citizen: Robot):
    telephone.write("REVOKE INSERT, UPDATE ON contacts_contact FROM bl_engine")
    call = await citizen.call("46313020", **telephone.address)
    assert await call.audio.hears_sound(within=5)
    assert await call.reached("ended", within=15)
    assert call.cause == "remote_hung_up"
    assert telephone.contact() == {}
    await until(telephone.is_empty)
