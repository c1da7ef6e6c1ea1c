"""Robots that call each other over UDP on this machine, and one that is called by sipp."""

import asyncio
import socket
import time
from pathlib import Path

import pytest

from borgerlinje.channels.phone.robot.call import Cause, Incoming, State
from borgerlinje.channels.phone.robot.datagrams import Datagrams, PortTakenError
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import parts

HERE = Path(__file__).parent
needs_sipp = pytest.mark.skipif(parts.find("sipp") is None, reason="sipp is not installed")


async def test_answered_call_carries_tones_both_ways(anna: Robot, bo: Robot) -> None:
    call = await anna.call(bo.uri, caller="00000001", display="Borger")
    other = await bo.next_call(within=2)
    assert other.peer == "00000001"
    other.ring()
    assert await call.reached("ringing", within=2)
    other.answer()
    assert await call.reached("answered", within=2)
    call.play(440)
    other.play((700, 1000))
    assert all(await asyncio.gather(call.hears(700, 1000, within=2), other.hears(440, within=2)))
    assert not await call.hears(440, within=0.1)
    await call.hang_up()
    await asyncio.wait_for(other.ended.wait(), 2)
    assert (call.cause, other.cause) == (Cause.HUNG_UP, Cause.REMOTE_HUNG_UP)
    steps = [
        call.milliseconds(step)
        for step in ("invited", "trying", "ringing", "answered", "first_audio", "heard", "hung_up", "ended")
    ]
    assert None not in steps
    assert steps == sorted(step for step in steps if step is not None)
    assert (anna.calls, bo.calls) == ((), ())


async def test_called_side_hangs_up_first(anna: Robot, bo: Robot) -> None:
    call = await anna.call(bo.uri)
    other = await bo.next_call()
    other.answer()
    await other.hang_up()
    assert (other.cause, call.cause) == (Cause.HUNG_UP, Cause.REMOTE_HUNG_UP)


@pytest.mark.parametrize("code", [486, 480, 603])
async def test_declined_call_ends_with_its_status(anna: Robot, bo: Robot, code: int) -> None:
    call = await anna.call(bo.uri)
    (await bo.next_call()).decline(code)
    await asyncio.wait_for(call.ended.wait(), 2)
    assert (call.cause, call.status) == (Cause.REJECTED, code)
    assert not await call.reached("answered", within=5)


async def test_caller_gives_up_while_it_rings(anna: Robot, bo: Robot) -> None:
    call = await anna.call(bo.uri)
    other = await bo.next_call()
    other.ring()
    assert await call.reached("ringing", within=2)
    await call.hang_up()
    assert (call.cause, call.status, other.cause) == (Cause.CANCELLED, 487, Cause.REMOTE_CANCELLED)
    other.answer()
    assert other.state is State.ENDED


async def test_caller_gives_up_before_any_sign_of_life(anna: Robot) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        call = await anna.call("123", host="127.0.0.1", port=silent.getsockname()[1])
        await call.hang_up(within=0.1)
        assert call.cause is Cause.CANCELLED


async def test_answer_that_crosses_the_cancel_is_hung_up(anna: Robot, bo: Robot) -> None:
    call = await anna.call(bo.uri)
    other = await bo.next_call()
    assert await call.reached("trying", within=2)
    other.answer()
    await call.hang_up()
    await asyncio.wait_for(other.ended.wait(), 2)
    assert other.cause is Cause.REMOTE_HUNG_UP


async def test_lost_packets_are_sent_again(anna: Robot, bo: Robot) -> None:
    """Every first copy of a packet is lost in a relay between the two."""
    seen: set[bytes] = set()

    def packet(view: memoryview, source: tuple[str, int]) -> None:
        data = bytes(view)
        if data in seen:
            relay.send(data, bo.address if source == anna.address else anna.address)
        seen.add(data)

    relay = Datagrams("127.0.0.1", 0, packet)
    try:
        bo.on_invite = Incoming.answer
        call = await anna.call("bo", host=relay.address[0], port=relay.address[1])
        assert await call.reached("answered", within=5)
        (other,) = bo.calls
        assert await other.reached("acknowledged", within=5)
        await call.hang_up(within=5)
        assert other.cause is Cause.REMOTE_HUNG_UP
    finally:
        relay.close()


async def test_rubbish_is_counted_and_harms_nobody(anna: Robot, bo: Robot) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for rubbish in (
            b"\r\n\r\n",
            b"\0" * 900,
            b"INVITE sip:x SIP/2.0\r\n\r\n",
            b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n",
            b"\xff" * 65_000,
        ):
            stranger.sendto(rubbish, bo.address)
    assert await anna.options(host=bo.address[0], port=bo.address[1]) is not None
    assert bo.counters.malformed == 4
    call = await anna.call(bo.uri)
    (await bo.next_call()).answer()
    assert await call.reached("answered", within=2)


async def test_request_for_an_unknown_call_is_refused(anna: Robot, bo: Robot) -> None:
    call = await anna.call(bo.uri)
    (await bo.next_call()).answer()
    assert await call.reached("answered", within=2)
    bo._calls.clear()
    await call.hang_up()
    assert call.cause is Cause.HUNG_UP


async def test_stopping_hangs_up_every_call(bo: Robot) -> None:
    anna = Robot("anna")
    await anna.start()
    bo.on_invite = Incoming.answer
    calls = [await anna.call(bo.uri) for _ in range(5)]
    for call in calls:
        assert await call.reached("answered", within=2)
    others = bo.calls
    await anna.stop()
    assert {call.cause for call in calls} == {Cause.HUNG_UP}
    assert {other.cause for other in others} == {Cause.REMOTE_HUNG_UP}


async def test_handler_that_fails_ends_its_call(anna: Robot, bo: Robot) -> None:
    async def handler(call: Incoming) -> None:
        await asyncio.sleep(0)
        raise LookupError(call.peer)

    bo.on_invite = handler
    call = await anna.call(bo.uri)
    await asyncio.wait_for(call.ended.wait(), 2)
    assert call.status == 480


async def test_unusable_target_and_taken_port_are_said(anna: Robot) -> None:
    with pytest.raises(RobotError):
        await anna.call("1881")
    with pytest.raises(PortTakenError):
        await Robot("second", port=anna.address[1]).start()


async def test_twenty_calls_cost_little(anna: Robot, bo: Robot) -> None:
    bo.on_invite = Incoming.answer
    calls = [await anna.call(bo.uri) for _ in range(20)]
    for call in calls:
        assert await call.reached("answered", within=2)
        call.play(440)
    began, used = time.monotonic(), time.process_time()
    await asyncio.sleep(2)
    share = (time.process_time() - used) / (time.monotonic() - began)
    sent = sum(call.audio.counters.sent for call in calls)
    assert sent >= 20 * 80
    # Both ends of twenty calls live in this process: forty streams, so twenty calls cost half of this.
    assert share / 2 < 0.15


@needs_sipp
async def test_sipp_calls_the_robot(bo: Robot, tmp_path: Path) -> None:
    bo.on_invite = Incoming.answer
    assert (
        await sipp(
            "-sf", str(HERE / "calls.xml"), "-m", "3", "-r", "10", f"{bo.address[0]}:{bo.address[1]}", folder=tmp_path
        )
        == 0
    )
    assert (bo.counters.malformed, bo.calls) == (0, ())


@needs_sipp
async def test_offer_without_alaw_is_not_acceptable(bo: Robot, tmp_path: Path) -> None:
    bo.on_invite = Incoming.answer
    # sipp's built-in caller offers mu-law only, and fails when it is refused.
    assert await sipp("-sn", "uac", "-m", "1", f"{bo.address[0]}:{bo.address[1]}", folder=tmp_path) == 1


@needs_sipp
async def test_robot_calls_sipp(anna: Robot, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    called = asyncio.create_task(sipp("-sf", str(HERE / "answers.xml"), "-m", "1", "-p", str(port), folder=tmp_path))
    call = await anna.call("1881", host="127.0.0.1", port=port)
    assert await call.reached("answered", within=10)
    await call.hang_up()
    assert call.cause is Cause.HUNG_UP
    assert await called == 0


async def sipp(*arguments: str, folder: Path) -> int:
    """Run sipp without its screen and give its exit code."""
    program = parts.find("sipp")
    assert program
    process = await asyncio.create_subprocess_exec(
        *program,
        "-i",
        "127.0.0.1",
        "-nostdin",
        "-timeout",
        "20",
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()
