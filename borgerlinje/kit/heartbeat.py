"""Heartbeats in systemd's sd_notify protocol, to our supervisor or to systemd itself."""

import asyncio
import os
import socket

INTERVAL_SECONDS = 0.4


def notify(message: str) -> None:
    """Send one message to `NOTIFY_SOCKET`; nothing when there is none.

    A supervisor that died or restarts must not stop its children: failures are ignored.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
        try:
            channel.sendto(message.encode(), address)
        except OSError:
            return


def ready() -> None:
    """Say that this process serves now; from here silence counts as frozen."""
    notify("READY=1\nWATCHDOG=1")


def stopping() -> None:
    """Say that this process ends on purpose."""
    notify("STOPPING=1")


def status(text: str) -> None:
    """Say in one line what this process does (shown while starting)."""
    notify(f"STATUS={text}")


async def beating() -> None:
    """Beat until cancelled. Runs on the event loop, so that a blocked loop falls silent."""
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(INTERVAL_SECONDS)
