"""What changes during a call: hold and resume, a wish to transfer; how a call is taken; and who calls."""

import asyncio

import pytest

from borgerlinje.channels.phone.robot import manners, sdp
from borgerlinje.channels.phone.robot.call import Call, Cause, Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.channels.phone.robot.sdp import Direction
from tests.channels.phone.robot.talking import talk


def is_held(call: Call) -> bool:
    """Tell whether the other side holds this one."""
    return call.terms.is_held


@pytest.mark.parametrize("side", [0, 1])
async def test_held_side_is_silent_until_resumed(anna: Robot, bo: Robot, side: int) -> None:
    both: list[tuple[Call, int]] = list(zip(await talk(anna, bo), (440, 1000), strict=True))
    (holder, of_holder), (held, of_held) = both[side], both[1 - side]
    assert await holder.hold()
    assert is_held(held)
    received = holder.audio.counters.received
    held.audio.forget()
    assert await held.hears(of_holder, within=2)
    assert holder.audio.counters.received <= received + 1
    assert await holder.resume()
    assert not is_held(held)
    holder.audio.forget()
    assert await holder.hears(of_held, within=2)


async def test_hold_without_music_sends_nothing(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    assert await call.hold(Direction.INACTIVE)
    assert await other.hears_nothing(440, seconds=0.2, within=0.3)
    assert await call.hold(Direction.RECVONLY)
    call.audio.forget()
    assert await call.hears(1000, within=2)
    assert await call.resume()
    other.audio.forget()
    assert await other.hears(440, within=2)


async def test_both_hold_at_once_and_neither_is_confused(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    assert not any(await asyncio.gather(call.hold(), other.hold()))
    assert await call.hold()
    assert await call.resume()
    other.audio.forget()
    assert await other.hears(440, within=2)


async def test_call_that_is_over_is_not_held(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    await other.hang_up()
    assert not await call.hold()
    assert await call.refer("sip:elsewhere@127.0.0.1") == 0


async def test_wish_to_transfer_is_refused_by_a_robot(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    assert await call.refer("sip:elsewhere@127.0.0.1") == 405
    assert await other.hears(440, within=2)


def test_answer_never_asks_for_more_than_was_offered() -> None:
    pairs = [(Direction(a), Direction.of(sends=Direction(a).receives, receives=Direction(a).sends)) for a in Direction]
    assert dict(pairs) == {
        Direction.SENDRECV: Direction.SENDRECV,
        Direction.SENDONLY: Direction.RECVONLY,
        Direction.RECVONLY: Direction.SENDONLY,
        Direction.INACTIVE: Direction.INACTIVE,
    }
    held = sdp.read(sdp.describe("127.0.0.9", 4000, session=1, direction=Direction.SENDONLY, keys_type=None))
    assert held == sdp.Media("127.0.0.9", 4000, (8,), sends=True, receives=False)


@pytest.mark.parametrize("code", [404, 486, 503, 603])
async def test_call_is_refused_as_told(anna: Robot, bo: Robot, code: int) -> None:
    bo.on_invite = manners.refusing(code)
    call = await anna.call(bo.uri)
    assert await call.reached("ended", within=2)
    assert (call.cause, call.status) == (Cause.REJECTED, code)


async def test_call_is_answered_after_a_while(anna: Robot, bo: Robot) -> None:
    bo.on_invite = manners.answering(after_seconds=0.1, saying=1000)
    call = await anna.call(bo.uri)
    assert await call.hears(1000, within=3)
    waited = call.milliseconds("answered", since="ringing")
    assert waited is not None
    assert waited >= 90


async def test_call_rings_until_the_caller_gives_up(anna: Robot, bo: Robot) -> None:
    for manner in (Incoming.ring, manners.answering(after_seconds=60)):
        bo.on_invite = manner
        call = await anna.call(bo.uri)
        assert await call.reached("ringing", within=2)
        (other,) = bo.calls
        await call.hang_up()
        assert other.cause is Cause.REMOTE_CANCELLED


async def test_number_is_withheld_as_a_telephone_company_does(anna: Robot, bo: Robot) -> None:
    await anna.call(bo.uri, caller="12345678", privacy=True)
    request = (await bo.next_call()).request
    assert request.first("from").startswith('"Anonymous" <sip:anonymous@anonymous.invalid>;tag=')
    assert request.all("privacy") == ["id"]
    assert request.first("p-asserted-identity").startswith("<sip:12345678@")


async def test_number_nobody_may_know_and_headers_as_they_are(anna: Robot, bo: Robot) -> None:
    await anna.call(bo.uri, privacy=True)
    assert (await bo.next_call()).request.all("p-asserted-identity") == []
    asserted = ("P-Asserted-Identity", '"B" <sip:87654321@x>')
    await anna.call(bo.uri, caller="1", privacy=True, headers=(asserted, ("Privacy", "id;critical")))
    request = (await bo.next_call()).request
    assert (request.all("p-asserted-identity"), request.all("privacy")) == ([asserted[1]], ["id;critical"])
    await anna.call(bo.uri, caller="12345678", headers=(asserted,))
    other = await bo.next_call()
    assert (other.peer, other.request.all("p-asserted-identity")) == ("12345678", [asserted[1]])


async def test_tone_that_comes_is_found_and_one_that_does_not_is_not(anna: Robot, bo: Robot) -> None:
    call, _other = await talk(anna, bo)
    assert await call.hears_nothing(440, 700, seconds=0.5)
    assert not await call.hears_nothing(440, 1000, seconds=5, within=6)
    assert not await call.hears_nothing(seconds=0.5)
    assert await call.hears_only(1000, seconds=0.4, within=2)


async def test_short_tone_in_between_is_found(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    listening = asyncio.create_task(call.hears_nothing(700, seconds=3))
    mixed = asyncio.create_task(call.hears_only(1000, 700, seconds=0.2, within=3))
    other.play((1000, 700))
    assert not await listening
    assert await mixed
    assert not await call.hears_only(1000, seconds=0.2, within=0.5)


async def test_silence_is_nothing_and_so_is_no_sound_at_all(anna: Robot, bo: Robot) -> None:
    call, other = await talk(anna, bo)
    other.play(None)
    # A frame or two of the tone may still be on their way.
    assert await call.hears_nothing(1000, seconds=0.3)
    assert await call.hears_nothing(seconds=0.3)
    other.audio.send_to(None)
    assert await call.hears_nothing(1000, seconds=1, within=0.1)
