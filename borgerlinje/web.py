"""The web process: Django under uvicorn."""

import asyncio
import contextlib
import os
import resource
import socket
from collections.abc import Iterator

import uvicorn

from borgerlinje import asgi
from borgerlinje.kit.settled import settle

GRACE_SECONDS = 3


class Server(uvicorn.Server):
    """uvicorn without signal handling of its own: `main` is cancelled, and shuts it down."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to serve; every page is loaded then."""
        await super().startup(sockets)
        settle()


def inherited() -> list[socket.socket]:
    """Return the listening sockets that the supervisor opened, none when it did not start us."""
    numbers = os.environ.get("BORGERLINJE_WEB_SOCKETS", "")
    return [socket.socket(fileno=int(number)) for number in numbers.split(",") if number]


def allow_many_streams() -> None:
    """Hold as many connections as the machine lets this account: the usual limit of 1,024 is fewer than the browsers."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def main() -> None:
    """Serve until cancelled; then end the live streams (the browsers reconnect) and finish what is being answered."""
    allow_many_streams()
    config = uvicorn.Config(
        asgi.application,
        host=os.environ.get("BORGERLINJE_WEB_HOST", "127.0.0.1"),
        port=int(os.environ.get("BORGERLINJE_WEB_PORT", "8000")),
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=os.environ.get("BORGERLINJE_BEHIND_TLS") == "1",
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws="none",
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=inherited() or None), name="serve")
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        asgi.hub.close()
        await serving
        raise
