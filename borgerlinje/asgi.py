"""The web application: Django, with the live stream in front of it and heartbeats from the loop that serves both."""

import asyncio
import contextlib
import os
from typing import Any

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from borgerlinje import live
from borgerlinje.kit import heartbeat
from borgerlinje.seen import Seen

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "borgerlinje.settings")
LIVE_PATH, SEEN_PATH = "/live/", "/live/her/"

_django: Any = get_asgi_application()
hub = live.Hub()
seen = Seen(hub)


async def application(scope: live.Message, receive: live.Receive, send: live.Send) -> None:
    """Answer one request, or live through the server's whole life (`lifespan`)."""
    if scope["type"] == "lifespan":
        await _live_through(receive, send)
    elif scope["type"] == "http" and scope["path"] == LIVE_PATH:
        await live.serve(hub, scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == SEEN_PATH:
        await seen.serve(scope, send)
    else:
        await _django(scope, receive, send)


async def _live_through(receive: live.Receive, send: live.Send) -> None:
    await receive()
    # Django would load every page at the first request, on this very loop: on a busy machine that is silence enough to be killed for.
    _ = get_resolver().url_patterns
    side_tasks = [
        asyncio.create_task(heartbeat.beating(), name="heartbeat"),
        asyncio.create_task(hub.run(), name="live-hub"),
        asyncio.create_task(seen.run(), name="seen"),
    ]
    for task in side_tasks:
        task.add_done_callback(_end_with)
    await send({"type": "lifespan.startup.complete"})
    heartbeat.ready()
    await receive()
    for task in side_tasks:
        task.remove_done_callback(_end_with)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await send({"type": "lifespan.shutdown.complete"})


def _end_with(task: asyncio.Task[None]) -> None:
    """End the process when a side task died: without heartbeats or hints it would only seem to live."""
    live.log.error("side_task_died", task=task.get_name(), exc_info=task.exception() if not task.cancelled() else None)
    os._exit(1)
