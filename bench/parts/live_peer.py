"""What is usually done, to compare with: an event for every change to every stream, from a queue per stream.

Under the same server and loop as ours, woken by the same hints. It asks nobody who they are, which spares it work.
"""

import argparse
import asyncio
import contextlib
import os
from typing import Any

import uvicorn
import uvloop

from borgerlinje.kit.hints import Hints
from borgerlinje.web import Server

HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
queues: set[asyncio.Queue[bytes]] = set()


async def publish() -> None:
    """Put each change into every queue, as one frame."""
    async for topics in Hints(os.environ["DATABASE_URL"]).listen(timeout_seconds=15):
        for topic in topics:
            frame = f"data: {topic}\n\n".encode()
            for queue in queues:
                queue.put_nowait(frame)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve one stream until the browser goes."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    queues.add(queue)
    writing = asyncio.create_task(write(queue, send))
    with contextlib.suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            pass
    writing.cancel()
    queues.discard(queue)


async def write(queue: asyncio.Queue[bytes], send: Any) -> None:
    """Send what comes out of the queue."""
    while True:
        await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})


async def main(port: int) -> None:
    """Serve until killed."""
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, lifespan="off", access_log=False, log_config=None, ws="none"
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(publish())
        tasks.create_task(Server(config).serve())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(main(parser.parse_args().port))
