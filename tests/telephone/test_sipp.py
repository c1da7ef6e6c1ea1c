"""A SIP phone that is not ours calls: sipp, which echoes what it hears, so that one tone proves both directions."""

import asyncio
import socket
from pathlib import Path

import pytest

from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import parts
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until

pytestmark = pytest.mark.telephone

SCENARIO = Path(__file__).parent / "citizen.xml"


def free_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1]) // 2 * 2


async def test_sipp_calls_and_the_employee_hears_the_own_voice_come_back(
    telephone: Telephone, people: Cast, desk_phone: Robot, tmp_path: Path
):
    program = parts.find("sipp")
    if program is None:
        pytest.skip("no sipp on this machine")
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    where, media = "127.0.0.5", free_port("127.0.0.5")
    target = f"{telephone.instance.sip_host}:{telephone.instance.ports.sip}"
    arguments = [
        "-sf",
        str(SCENARIO),
        "-s",
        "46313020",
        "-m",
        "1",
        "-i",
        where,
        "-mi",
        where,
        "-mp",
        str(media),
        "-rtp_echo",
    ]
    sipp = await asyncio.create_subprocess_exec(
        *program,
        *arguments,
        *("-nostdin", "-timeout", "30s", target),
        cwd=tmp_path,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        ringing = await desk_phone.next_call(within=15)
        ringing.ring()
        ringing.answer()
        ringing.play(1000)
        assert await ringing.hears(1000, within=5)
        assert telephone.contact()["caller_number"] == "46120001"
        await ringing.hang_up()
        async with asyncio.timeout(10):
            assert await sipp.wait() == 0
    finally:
        if sipp.returncode is None:
            sipp.kill()
            await sipp.wait()
    await until(lambda: telephone.presence(people.employee.pk) == "wrap_up")
