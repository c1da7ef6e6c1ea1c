"""The robot phone proved against Asterisk: accounts with passwords, keys, hold, and a transfer that is refused.

Two accounts call each other by an Asterisk of these tests' own; nothing of the product is between them.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from borgerlinje.channels.phone.robot import digest, manners
from borgerlinje.channels.phone.robot.call import Call, Cause, Incoming
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.phone import Robot
from tests.support.telephone import Telephone, is_available, running_asterisk, until

pytestmark = pytest.mark.telephone

_ACCOUNT = """
[{name}]
type=auth
auth_type=userpass
username={name}
password=secret-{name}
[{name}]
type=aor
max_contacts=1
remove_existing=yes
[{name}]
type=endpoint
context=between-robots
allow_transfer=no
disallow=all
allow=alaw
direct_media=no
auth={name}
aors={name}
"""
_DIALPLAN = """
[between-robots]
exten => _[a-z].,1,Dial(PJSIP/${EXTEN},20)
 same => n,Hangup(${HANGUPCAUSE})
"""


@pytest.fixture(scope="module")
def exchange() -> Iterator[Telephone]:
    if not is_available():
        pytest.skip("no Asterisk on this machine")
    folder = Path(tempfile.mkdtemp(prefix="bl-robot-"))
    accounts = "".join(_ACCOUNT.format(name=name) for name in ("anna", "birte"))
    files = (("pjsip.conf", accounts), ("extensions.conf", _DIALPLAN))
    try:
        with running_asterisk(folder, extra_modules=("app_dial",), extra_files=files) as telephone:
            yield telephone
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def phone(name: str, host: str, *, password: str = "") -> Robot:
    """Make the phone of an account."""
    return Robot(name, local_host=host, credentials=digest.Credentials(name, password or f"secret-{name}"))


@pytest.fixture
async def anna(exchange: Telephone) -> AsyncIterator[Robot]:
    async with phone("anna", "127.0.0.2") as robot:
        await robot.register(**exchange.address)
        yield robot


@pytest.fixture
async def birte(exchange: Telephone) -> AsyncIterator[Robot]:
    async with phone("birte", "127.0.0.3") as robot:
        await robot.register(**exchange.address)
        yield robot


async def talk(exchange: Telephone, anna: Robot, birte: Robot) -> tuple[Call, Incoming]:
    """Let one call the other's account, and both be heard."""
    call = await anna.call("birte", **exchange.address)
    other = await birte.next_call()
    other.ring()
    other.answer()
    call.play(440)
    other.play(1000)
    assert all(await asyncio.gather(call.hears(1000, within=5), other.hears(440, within=5)))
    return call, other


async def test_accounts_register_and_leave(exchange: Telephone) -> None:
    async with phone("anna", "127.0.0.2") as anna:
        registration = await anna.register(**exchange.address)
        assert 290 <= registration.granted_seconds <= 300
        await registration.renew()
        contacts = await asyncio.to_thread(exchange.ask, "pjsip show contacts")
        assert contacts.count(anna.uri) == 1
        await anna.unregister()
        await until(lambda: anna.uri not in exchange.ask("pjsip show contacts"))
    async with phone("anna", "127.0.0.2", password="guess") as stranger:
        with pytest.raises(RobotError, match="401"):
            await stranger.register(**exchange.address)
        call = await stranger.call("birte", **exchange.address)
        assert await call.reached("ended", within=5)
        assert call.status == 401


async def test_keys_pass_both_ways_and_the_tones_go_on(exchange: Telephone, anna: Robot, birte: Robot) -> None:
    call, other = await talk(exchange, anna, birte)
    await call.press("0123456789*#")
    assert await other.hears_keys("0123456789*#", within=5)
    await other.press("1155")
    assert await call.hears_keys("1155", within=5)
    other.audio.forget()
    call.audio.forget()
    assert all(await asyncio.gather(call.hears_only(1000, within=5), other.hears_only(440, within=5)))
    assert (call.pressed, other.pressed) == ("1155", "0123456789*#")
    await call.hang_up()
    assert await other.reached("ended", within=5)


async def test_held_side_hears_music_and_is_not_heard(exchange: Telephone, anna: Robot, birte: Robot) -> None:
    call, other = await talk(exchange, anna, birte)
    for holder, held, of_holder, of_held in ((call, other, 440, 1000), (other, call, 1000, 440)):
        assert await holder.hold()
        held.audio.forget()
        assert await held.audio.hears_sound(within=5)
        assert await held.hears_nothing(of_holder)
        assert await holder.hears_nothing(of_held, seconds=0.5, within=1)
        assert await holder.resume()
        held.audio.forget()
        holder.audio.forget()
        assert all(await asyncio.gather(held.hears_only(of_holder, within=5), holder.hears_only(of_held, within=5)))


async def test_nobody_may_transfer(exchange: Telephone, anna: Robot, birte: Robot) -> None:
    call, other = await talk(exchange, anna, birte)
    target = f"sip:birte@{exchange.instance.sip_host}:{exchange.instance.ports.sip}"
    assert await call.refer(target) == 603
    assert await other.refer(target) == 603
    other.audio.forget()
    assert await other.hears(440, within=5)


@pytest.mark.parametrize(("code", "told"), [(404, 404), (486, 486), (503, 503), (603, 403)])
async def test_refusal_reaches_the_caller(exchange: Telephone, anna: Robot, birte: Robot, code: int, told: int) -> None:
    birte.on_invite = manners.refusing(code)
    call = await anna.call("birte", **exchange.address)
    assert await call.reached("ended", within=5)
    # Asterisk passes a refusal on as a cause, and a cause as a status.
    assert (call.cause, call.status) == (Cause.REJECTED, told)
