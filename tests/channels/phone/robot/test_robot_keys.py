"""Keys pressed during a call: as packets, between two robots, and beside the sound."""

import asyncio
import struct

import pytest

from borgerlinje.channels.phone.robot import keys, rtp, sdp
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.channels.phone.robot.terms import Terms
from tests.channels.phone.robot.talking import talk


def test_key_is_sent_as_the_standard_says() -> None:
    typing = keys.Typing("5#", payload_type=96, pause_seconds=0.04)
    sent = []
    for frame in range(18):
        data = typing.packet(sequence=frame, timestamp=1000 + 160 * frame, source=7)
        packet = rtp.parse(data) if data is not None else None
        if data is not None and packet is not None:
            code, volume, duration = struct.unpack("!BBH", packet.payload)
            sent.append((frame, packet.timestamp, data[1] >> 7, code, volume >> 7, duration))
            assert (packet.payload_type, packet.sequence, packet.source) == (96, frame, 7)
    assert typing.is_over
    held = [(160, 0), (320, 0), (480, 0), (640, 0), (800, 1), (800, 1), (800, 1)]
    five = [(frame, 1000, int(frame == 0), 5, end, size) for frame, (size, end) in enumerate(held)]
    hash_key = [(9 + frame, 2440, int(frame == 0), 11, end, size) for frame, (size, end) in enumerate(held)]
    assert sent == five + hash_key


def test_sign_without_a_key_is_refused() -> None:
    with pytest.raises(RobotError):
        keys.Typing("12x", payload_type=101, pause_seconds=0)


def test_arriving_key_counts_once_and_rubbish_never() -> None:
    pressed = keys.Pressed()
    for event in (b"\1\n\0\xa0", b"\1\n\1\x40", b"\1\x8a\1\xe0", b"\1\x8a\1\xe0"):
        pressed.take(event, timestamp=100, source=1)
    pressed.take(b"\1\n\0\xa0", timestamp=900, source=1)
    for event in (b"", b"\2", b"\xff\n\0\xa0", b"\x10\n\0\xa0"):
        pressed.take(event, timestamp=2000, source=1)
    assert pressed.digits == "11"


async def test_pressed_keys_arrive_and_both_tones_go_on(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    await call.press("11#9*0Ad", pause_seconds=0.04)
    assert await other.hears_keys("11#9*0AD", within=2)
    other.audio.forget()
    assert await other.hears_only(440, within=3)
    await other.press("7")
    assert await call.hears_keys("7", within=2)
    assert (call.pressed, other.pressed) == ("7", "11#9*0AD")
    # What stands between the sound is no loss.
    assert other.audio.counters.lost == other.audio.counters.late == other.audio.counters.other == 0
    assert other.audio.counters.keys_received == 8 * 7


async def test_sound_waits_while_a_key_is_down(anna: Robot, bo: Robot) -> None:
    call, _other = await talk(anna, bo)
    before = call.audio.counters.sent
    playing = call.play(b"\xd5" * 160 * 3)
    await call.press("123", pause_seconds=0)
    assert (call.audio.counters.keys_sent, playing.done.is_set()) == (21, False)
    assert call.audio.counters.sent - before < 3
    async with asyncio.timeout(2):
        await playing.done.wait()


async def test_keys_pressed_at_once_follow_each_other(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    await asyncio.gather(call.press("12", pause_seconds=0.02), call.press("34", pause_seconds=0.02))
    assert await other.hears_keys("1234", within=2)


@pytest.mark.parametrize("offered", [97, None])
async def test_keys_keep_the_number_that_was_offered(offered: int | None) -> None:
    stream = rtp.Stream("127.0.0.1", source=1, on_first_packet=lambda: None)
    terms = Terms(stream)
    assert terms.keys_type is None
    assert terms.take(sdp.describe("127.0.0.9", 4000, session=1, keys_type=offered))
    answered = sdp.read(terms.answer())
    assert answered is not None
    assert (terms.keys_type, stream.keys_type, answered.keys_type) == (offered, offered, offered)
    stream.close()


async def test_keys_are_not_taken_before_the_answer(anna: Robot, bo: Robot) -> None:
    call = await anna.call(bo.uri)
    with pytest.raises(RobotError):
        await call.press("1")


async def test_call_ends_and_nobody_waits_for_the_keys(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    pressing = [asyncio.create_task(call.press("1" * 100)) for _ in range(2)]
    assert await other.hears_keys("11", within=3)
    await other.hang_up()
    for task in pressing:
        with pytest.raises(RobotError):
            async with asyncio.timeout(2):
                await task
    with pytest.raises(RobotError):
        await call.press("1")
