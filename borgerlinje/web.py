"""The web process: Django under uvicorn, with heartbeats from the event loop that serves."""

import os
import socket

import uvicorn

GRACE_SECONDS = 3


def inherited() -> list[socket.socket]:
    """Return the listening sockets that the supervisor opened, none when it did not start us."""
    numbers = os.environ.get("BORGERLINJE_WEB_SOCKETS", "")
    return [socket.socket(fileno=int(number)) for number in numbers.split(",") if number]


async def main() -> None:
    """Serve until told to stop; live streams are cut after a moment, the browser reconnects by itself."""
    config = uvicorn.Config(
        "borgerlinje.asgi:application",
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
    await Server(config).serve(sockets=inherited() or None)


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: the caller cancels, and shutting down happens then."""
