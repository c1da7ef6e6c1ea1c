"""The web process when it has started."""

import asyncio
import gc
from typing import Any

import uvicorn

from borgerlinje.web import Server


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    raise NotImplementedError


def test_server_that_has_started_searches_its_own_code_for_garbage_no_more() -> None:
    usual = gc.get_threshold()
    gc.unfreeze()

    async def start() -> int:
        config = uvicorn.Config(_nothing, port=0, lifespan="off", log_config=None)
        config.load()
        server = Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        await server.shutdown()
        return gc.get_freeze_count()

    try:
        assert asyncio.run(start()) > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)
