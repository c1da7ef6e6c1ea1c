"""The client of Asterisk's REST interface, against a server that answers as Asterisk does when it is out of sorts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from borgerlinje.channels.phone.pbx.ari import Address, Ari, AriError, AriRefusedError


@asynccontextmanager
async def answering(status: int, body: str) -> AsyncIterator[Ari]:
    """Run a server that answers everything with this, and a client of it."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        async with Ari.opened(Address(f"http://{host}:{port}/ari", "u", "p")) as ari:
            yield ari
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("status", [200, 404, 500, 503])
async def test_page_in_place_of_json_is_an_error_of_ours(status: int):
    async with answering(status, "<html><h1>Asterisk not booted</h1></html>") as ari:
        with pytest.raises(AriError, match="not JSON"):
            await ari.command("GET", "/channels")


async def test_refused_command_is_told_from_an_unreachable_server():
    async with answering(400, '{"message": "no"}') as ari:
        with pytest.raises(AriRefusedError, match="400"):
            await ari.command("PUT", "/asterisk/config/dynamic/res_pjsip/aor/x")


@pytest.mark.parametrize(("status", "is_gone"), [(404, True), (409, True), (422, True), (500, False)])
async def test_what_has_ended_is_a_value(status: int, is_gone: bool):  # noqa: FBT001
    async with answering(status, '{"message": "no"}') as ari:
        answer = await ari.command("DELETE", "/channels/1.1")
    assert (answer.is_done, answer.is_gone) == (False, is_gone)
