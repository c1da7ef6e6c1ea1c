"""Messages left through a real Asterisk: what is kept is what was said, whatever happens while it is being said."""

import asyncio
import wave
from io import BytesIO

import numpy as np
import pytest

from borgerlinje.channels.phone.recording import recorded
from borgerlinje.channels.phone.recording.recordings import SEALED_FOR
from borgerlinje.channels.phone.robot import sound
from borgerlinje.channels.phone.robot.call import Call
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import sealed
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until
from tests.telephone.test_recovery import restart

pytestmark = pytest.mark.telephone

CITIZEN_HERTZ = 440


@pytest.fixture
def voicemail(people: Cast, database):
    """Close the line, and let it take messages."""
    with database.as_owner() as connection:
        connection.execute(
            "UPDATE lines_line SET always_open = false, always_open_reason = '', when_closed = 'voicemail', closed_text = 'Lukket.'"
        )
    return people.line


async def at_the_tone(telephone: Telephone, citizen: Robot) -> Call:
    """Call, skip the prompt with a key, and return when the message is being recorded."""
    call = await citizen.call("46313020", **telephone.address)
    await until(lambda: telephone.contact().get("state") == "voicemail", within=10)
    assert await call.audio.hears_sound(within=5)
    await call.press("0")
    await until(lambda: is_recording(telephone))
    return call


def is_recording(telephone: Telephone) -> bool:
    return any(each["name"].startswith("bl-v-") for each in stored(telephone))


def stored(telephone: Telephone) -> list[dict[str, str]]:
    found: list[dict[str, str]] = telephone.rest("GET", "/recordings/stored")
    return found


async def speak(call: Call, seconds: float) -> None:
    """Say a tone for so long, and then nothing."""
    await call.play(sound.tone(CITIZEN_HERTZ, seconds=seconds)).done.wait()


def message(telephone: Telephone) -> dict[str, object]:
    rows = telephone.rows("SELECT * FROM phone_recording WHERE kind = 'message'")
    assert len(rows) == 1
    return rows[0]


def heard(row: dict[str, object]) -> np.ndarray:
    """Open a message and return its samples."""
    held = bytes(row["sealed"])  # type: ignore[call-overload] # a column of bytes
    assert b"RIFF" not in held
    with wave.open(BytesIO(sealed.unseal(held, purpose=SEALED_FOR))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


async def test_a_message_is_recorded_heard_again_and_sent(voicemail, telephone: Telephone, citizen: Robot):
    call = await at_the_tone(telephone, citizen)
    await speak(call, 3)
    await call.press("#")
    assert await call.audio.hears_sound(within=5)
    call.audio.forget()
    await call.press("2")
    assert await call.hears(CITIZEN_HERTZ, within=5)
    await call.press("1")
    assert await call.reached("ended", within=15)
    contact = telephone.contact()
    assert (contact["state"], contact["is_callback"]) == ("callback", True)
    assert telephone.story() == ["arrived", "voicemail_started", "message_left"]
    row = message(telephone)
    assert 2.5 < float(row["seconds"]) < 4.5  # type: ignore[arg-type]
    assert sound.share(heard(row)[4000:12000], CITIZEN_HERTZ) > 0.9
    await until(lambda: stored(telephone) == [])
    await until(telephone.is_empty)


async def test_who_hangs_up_in_the_middle_of_a_message_has_left_it(voicemail, telephone: Telephone, citizen: Robot):
    call = await at_the_tone(telephone, citizen)
    await speak(call, 3)
    await call.hang_up()
    await until(lambda: telephone.contact()["state"] == "callback")
    assert telephone.story() == ["arrived", "voicemail_started", "message_left"]
    assert sound.share(heard(message(telephone))[4000:12000], CITIZEN_HERTZ) > 0.9
    await until(lambda: stored(telephone) == [])


async def test_who_says_nothing_has_left_no_message(voicemail, telephone: Telephone, citizen: Robot):
    call = await at_the_tone(telephone, citizen)
    await call.hang_up()
    await until(lambda: telephone.contact()["closed_as"] == "abandoned")
    assert telephone.rows("SELECT 1 FROM phone_recording") == []
    await until(lambda: stored(telephone) == [], within=30)


async def test_a_message_can_be_recorded_again(voicemail, telephone: Telephone, citizen: Robot):
    call = await at_the_tone(telephone, citizen)
    await speak(call, 2.5)
    await call.press("#")
    assert await call.audio.hears_sound(within=5)
    await call.press("3")
    call.audio.forget()
    assert await call.audio.hears_sound(within=5)
    await call.press("0")
    await until(lambda: is_recording(telephone))
    await call.play(sound.tone(1000, seconds=3)).done.wait()
    await call.hang_up()
    await until(lambda: telephone.contact()["state"] == "callback")
    assert sound.share(heard(message(telephone))[4000:12000], 1000) > 0.9


async def test_the_phone_process_is_killed_in_mid_message_and_the_next_one_takes_it(
    voicemail, telephone: Telephone, citizen: Robot
):
    call = await at_the_tone(telephone, citizen)
    call.play(CITIZEN_HERTZ)
    await asyncio.to_thread(telephone.kill, "phone")
    await restart(telephone)
    await until(lambda: "adopted" in telephone.log_of("phone"))
    # However quickly the next one was there: less than this is no message.
    await asyncio.sleep(recorded.SHORTEST_SECONDS)
    await call.press("#")
    call.audio.forget()
    assert await call.audio.hears_sound(within=5)
    await call.press("1")
    assert await call.reached("ended", within=15)
    assert telephone.contact()["state"] == "callback"
    assert sound.share(heard(message(telephone))[4000:12000], CITIZEN_HERTZ) > 0.9


async def test_the_citizen_hangs_up_while_nobody_listens_and_the_message_is_there(
    voicemail, telephone: Telephone, citizen: Robot
):
    call = await at_the_tone(telephone, citizen)
    await speak(call, 3)
    await asyncio.to_thread(telephone.kill, "phone")
    await call.hang_up()
    await restart(telephone)
    await until(lambda: telephone.contact()["state"] == "callback")
    assert sound.share(heard(message(telephone))[4000:12000], CITIZEN_HERTZ) > 0.9
    await until(lambda: stored(telephone) == [])
