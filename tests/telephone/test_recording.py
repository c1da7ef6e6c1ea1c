"""Conversations recorded through a real Asterisk: only by the citizen's own key press, and only what the citizen says and hears."""

import asyncio
import contextlib
import wave
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from borgerlinje.channels.phone.recording.recordings import LOST, SEALED_FOR, do_stop
from borgerlinje.channels.phone.robot import sound
from borgerlinje.channels.phone.robot.call import Call, Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock, sealed
from borgerlinje.kit.database import run
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until
from tests.telephone.test_recovery import restart

pytestmark = pytest.mark.telephone

CITIZEN_HERTZ, EMPLOYEE_HERTZ = 440, 1000
Talk = tuple[Call, Incoming]
PURPOSE = "uddannelse af medarbejdere"


@pytest.fixture
def recording(people: Cast, database) -> Cast:
    """Let the line record, for a purpose."""
    with database.as_owner() as connection:
        connection.execute(
            "UPDATE lines_line SET recording_purpose = %s, says_wait = false, says_place = false", (PURPOSE,)
        )
    return people


async def allow(telephone: Telephone, call: Call) -> None:
    """Press the key until it counts: it does from when the question is asked."""
    async with asyncio.timeout(30):
        while telephone.contact()["recording_consent_at"] is None:
            await call.press("5")
            with contextlib.suppress(TimeoutError):
                await until(lambda: telephone.contact()["recording_consent_at"] is not None, within=3)


async def talk(telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot, *, says_yes: bool = True) -> Talk:
    """Let a citizen wait, answer the question or not, and talk with an employee."""
    call = await citizen.call("46313020", **telephone.address)
    await until(lambda: telephone.contact().get("state") == "waiting", within=10)
    if says_yes:
        await allow(telephone, call)
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call.play(CITIZEN_HERTZ)
    ringing = await desk_phone.next_call(within=10)
    ringing.ring()
    ringing.answer()
    ringing.play(EMPLOYEE_HERTZ)
    assert await ringing.hears(CITIZEN_HERTZ, within=5)
    return call, ringing


def row(telephone: Telephone) -> dict[str, Any]:
    """Return the one recording there is, an empty dictionary before."""
    rows = telephone.rows("SELECT * FROM phone_recording")
    return rows[0] if rows else {}


def files(telephone: Telephone) -> list[str]:
    """Return what lies beside Asterisk."""
    return [each["name"] for each in telephone.rest("GET", "/recordings/stored")]


def heard(recorded: dict[str, Any]) -> sound.Samples:
    """Open a recording and return its samples."""
    held = bytes(recorded["sealed"])
    assert b"RIFF" not in held
    with wave.open(BytesIO(sealed.unseal(held, purpose=SEALED_FOR))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def shares(samples: sound.Samples, hertz: float) -> list[float]:
    """Return how much of each half second is a tone."""
    return [sound.share(samples[start : start + 4000], hertz) for start in range(0, len(samples) - 4000, 4000)]


async def say(telephone: Telephone, event: Event) -> None:
    """Let the employee do something, as the web does: the row first, then the hint."""
    contact_id = telephone.contact()["id"]

    def write() -> None:
        with telephone.connection() as connection, connection.transaction():
            run(do_event(contact_id, event, now=clock.now()), connection.cursor())
            connection.execute("SELECT pg_notify('bl_hint', 'phone')")

    await asyncio.to_thread(write)


async def until_silent(call: Call, hertz: float) -> None:
    """Wait until a tone is not heard any more."""
    async with asyncio.timeout(20):
        while not await call.hears_nothing(hertz, seconds=1.0, within=5):
            pass


async def until_both_are_in_it(telephone: Telephone, call: Call, ringing: Incoming) -> None:
    """Let both speak into the recording for a while."""
    await until(lambda: row(telephone) and files(telephone))
    for _ in range(2):
        call.audio.forget()
        ringing.audio.forget()
        assert await call.hears(EMPLOYEE_HERTZ, within=10, seconds=1.0)
        assert await ringing.hears(CITIZEN_HERTZ, within=10, seconds=1.0)


async def test_with_the_citizens_yes_both_are_recorded_sealed_and_nothing_is_left_beside(
    recording: Cast, telephone: Telephone, citizen: Robot, desk_phone: Robot
):
    call, ringing = await talk(telephone, recording, citizen, desk_phone)
    await until_both_are_in_it(telephone, call, ringing)
    assert "recording_allowed" in telephone.story()
    await call.hang_up()
    await until(lambda: row(telephone)["sealed"] is not None, within=15)
    found = row(telephone)
    assert (found["kind"], found["purpose"], found["deleted_at"]) == ("conversation", PURPOSE, None)
    samples = heard(found)
    assert (
        max(a + b for a, b in zip(shares(samples, CITIZEN_HERTZ), shares(samples, EMPLOYEE_HERTZ), strict=True)) > 0.8
    )
    assert max(shares(samples, CITIZEN_HERTZ)) > 0.2
    assert max(shares(samples, EMPLOYEE_HERTZ)) > 0.2
    await until(lambda: files(telephone) == [])
    await until(telephone.is_empty)


async def test_without_a_key_press_nothing_is_recorded(
    recording: Cast, telephone: Telephone, citizen: Robot, desk_phone: Robot
):
    call, ringing = await talk(telephone, recording, citizen, desk_phone, says_yes=False)
    assert await call.hears(EMPLOYEE_HERTZ, within=5, seconds=1.0)
    assert (row(telephone), files(telephone)) == ({}, [])
    await ringing.hang_up()


async def test_the_employee_stops_it_and_what_was_recorded_goes_with_it(
    recording: Cast, telephone: Telephone, citizen: Robot, desk_phone: Robot
):
    call, ringing = await talk(telephone, recording, citizen, desk_phone)
    await until_both_are_in_it(telephone, call, ringing)
    contact_id = telephone.contact()["id"]

    def stop() -> None:
        with telephone.connection() as connection, connection.transaction():
            steps = do_stop(contact_id, employee_id=recording.employee.pk, keeps=False, now=clock.now())
            assert run(steps, connection.cursor())

    await asyncio.to_thread(stop)
    await until(lambda: files(telephone) == [], within=15)
    found = row(telephone)
    assert (found["sealed"], found["stopped_by_id"]) == (None, recording.employee.pk)
    assert telephone.contact()["state"] == "connected"
    call.audio.forget()
    assert await call.hears(EMPLOYEE_HERTZ, within=10)
    await call.hang_up()


async def test_on_hold_nobody_is_recorded_and_afterwards_it_goes_on(
    recording: Cast, telephone: Telephone, citizen: Robot, desk_phone: Robot
):
    call, ringing = await talk(telephone, recording, citizen, desk_phone)
    await until_both_are_in_it(telephone, call, ringing)
    await say(telephone, Event.HELD)
    await until_silent(call, EMPLOYEE_HERTZ)
    # What the citizen says to the music is nobody's business.
    call.play(2000)
    ringing.play(2500)
    assert await call.hears_nothing(2500, seconds=2.0, within=10)
    call.play(CITIZEN_HERTZ)
    ringing.play(EMPLOYEE_HERTZ)
    await say(telephone, Event.RETRIEVED)
    assert await call.hears(EMPLOYEE_HERTZ, within=10, seconds=1.0)
    call.play(3000)
    for _ in range(2):
        ringing.audio.forget()
        assert await ringing.hears(3000, within=10, seconds=1.5)
    await call.hang_up()
    await until(lambda: row(telephone)["sealed"] is not None, within=15)
    samples = heard(row(telephone))
    assert max(shares(samples, CITIZEN_HERTZ)) > 0.2
    assert max(shares(samples, 3000)) > 0.2
    assert max(shares(samples, 2000)) < 0.05
    assert max(shares(samples, 2500)) < 0.05
    assert len(telephone.rows("SELECT 1 FROM phone_recording")) == 1


async def test_the_phone_process_is_killed_and_the_recording_is_whole(
    recording: Cast, telephone: Telephone, citizen: Robot, desk_phone: Robot
):
    call, ringing = await talk(telephone, recording, citizen, desk_phone)
    await until_both_are_in_it(telephone, call, ringing)
    await asyncio.to_thread(telephone.kill, "phone")
    call.play(2000)
    assert await ringing.hears(2000, within=10, seconds=1.0)
    await restart(telephone)
    call.play(3000)
    for _ in range(2):
        ringing.audio.forget()
        assert await ringing.hears(3000, within=10, seconds=1.5)
    await call.hang_up()
    await until(lambda: row(telephone)["sealed"] is not None, within=15)
    samples = heard(row(telephone))
    for hertz in (CITIZEN_HERTZ, 2000, 3000):
        assert max(shares(samples, hertz)) > 0.2
    await until(lambda: files(telephone) == [])


async def test_the_citizen_hangs_up_while_nobody_listens_and_the_recording_is_stored(
    recording: Cast, telephone: Telephone, citizen: Robot, desk_phone: Robot
):
    call, ringing = await talk(telephone, recording, citizen, desk_phone)
    await until_both_are_in_it(telephone, call, ringing)
    await asyncio.to_thread(telephone.kill, "phone")
    await call.hang_up()
    await restart(telephone)
    await until(lambda: row(telephone)["sealed"] is not None, within=15)
    assert max(shares(heard(row(telephone)), CITIZEN_HERTZ)) > 0.2


async def test_a_recording_of_which_there_is_no_sound_says_that_it_is_lost(
    recording: Cast, telephone: Telephone, citizen: Robot, desk_phone: Robot
):
    call, ringing = await talk(telephone, recording, citizen, desk_phone)
    await until_both_are_in_it(telephone, call, ringing)
    await asyncio.to_thread(telephone.kill, "phone")
    await call.hang_up()
    await until(lambda: not any(each["id"].startswith("bl-s-") for each in telephone.rest("GET", "/channels")))
    # What an Asterisk that died and lost its disk leaves behind.
    for name in files(telephone):
        await asyncio.to_thread(telephone.rest, "DELETE", f"/recordings/stored/{name}")
    telephone.write("UPDATE phone_recording SET begun_at = begun_at - interval '1 hour'")
    await restart(telephone)
    await until(lambda: row(telephone)["deleted_because"] == LOST, within=40)
