"""Garbage comes in at the SIP port and at the browsers' websocket: no contact is invented, nothing dies, calls are taken after it."""

import asyncio
import re
import socket
from collections.abc import Iterator

import aiohttp
import pytest

from tests.faults.test_processes import told
from tests.faults.torture import HERE, SOUND, messages, request
from tests.support.house import HOTLINE, House, Scene, eventually, sound

pytestmark = [pytest.mark.telephone, pytest.mark.whole]

_COUNT = "SELECT count(*) AS n FROM contacts_contact"


class Stranger:
    """A socket that sends whatever it is told to the SIP port."""

    def __init__(self, house: House) -> None:
        self.there = (house.instance.sip_host, house.instance.ports.sip)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HERE, 5999))
        self._socket.settimeout(5)

    def send(self, data: bytes) -> None:
        """Send one datagram."""
        self._socket.sendto(data, self.there)

    def hear(self, what: str, call_id: str) -> str:
        """Wait for a message of a call that begins so, passing over all others. Raises TimeoutError."""
        while True:
            text = self._socket.recv(65535).decode(errors="replace")
            if text.startswith(what) and call_id in text:
                return text

    def is_answered(self, uri: str) -> bool:
        """Tell whether a question in good order, asked after everything that was sent before, is answered."""
        self.send(request("OPTIONS", uri, call_id="in-good-order"))
        return bool(self.hear("SIP/2.0 ", "in-good-order"))

    def close(self) -> None:
        """Give back the port."""
        self._socket.close()


@pytest.fixture
def stranger(house: House) -> Iterator[Stranger]:
    stranger = Stranger(house)
    yield stranger
    stranger.close()


def uri_of(house: House) -> str:
    return f"sip:{HOTLINE}@{house.instance.sip_host}"


async def test_garbage_comes_and_calls_go_on(house: House, scene: Scene, stranger: Stranger) -> None:
    before = {name: house.product.pid(name) for name in ("asterisk", "phone")}
    contacts = house.rows(_COUNT)
    for message in messages(uri_of(house)):
        stranger.send(message)
    assert await asyncio.to_thread(stranger.is_answered, uri_of(house))
    await scene.both_hear_each_other()
    assert house.rows(_COUNT) == contacts
    told("after the garbage", await scene.probe())
    await scene.goes_on()
    assert {name: house.product.pid(name) for name in before} == before


async def test_same_invite_comes_again_and_again_and_is_one_contact(house: House, stranger: Stranger) -> None:
    contacts = house.rows(_COUNT)[0]["n"]
    uri, same = uri_of(house), {"call_id": "again", "tag": "same", "branch": "z9hG4bKagain"}
    for _ in range(8):
        stranger.send(request("INVITE", uri, body=SOUND, **same))
    answer = await asyncio.to_thread(stranger.hear, "SIP/2.0 200", "again")
    for _ in range(4):
        stranger.send(request("INVITE", uri, body=SOUND, **same))
    await eventually(lambda: house.rows("SELECT 1 FROM contacts_contact WHERE state = 'waiting'"))
    assert house.rows(_COUNT)[0]["n"] == contacts + 1
    found = re.search(r"(?im)^to:.*;tag=(\S+)", answer)
    assert found
    stranger.send(request("ACK", uri, call_id="again", tag="same", to_tag=found[1], number="1 ACK"))
    stranger.send(request("BYE", uri, call_id="again", tag="same", to_tag=found[1], number="2 BYE"))
    await eventually(lambda: house.unfinished() == 0)
    await eventually(house.is_empty)
    assert house.rows(_COUNT)[0]["n"] == contacts + 1
    await sound(house)


async def test_garbage_comes_over_the_websocket_and_calls_go_on(house: House, scene: Scene) -> None:
    before = {name: house.product.pid(name) for name in ("asterisk", "phone")}
    contacts = house.rows(_COUNT)
    async with aiohttp.ClientSession() as session:
        for message in messages(uri_of(house)):
            # One connection each: Asterisk is free to close one that talks nonsense.
            async with session.ws_connect(house.instance.ws_url, protocols=["sip"]) as browser:
                await browser.send_bytes(message)
    await scene.both_hear_each_other()
    assert house.rows(_COUNT) == contacts
    told("after the garbage of browsers", await scene.probe())
    await scene.goes_on()
    assert {name: house.product.pid(name) for name in before} == before
