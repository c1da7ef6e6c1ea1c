"""Under systemd the supervisor says itself that it is ready and alive, as its children say it to the supervisor."""

import asyncio
import os

from borgerlinje.kit import heartbeat


async def watchdog() -> None:
    """Beat to systemd for as long as this runs, twice per period that it asks for; nothing without systemd."""
    microseconds = int(os.environ.get("WATCHDOG_USEC", "0"))
    while microseconds:
        heartbeat.notify("WATCHDOG=1")
        await asyncio.sleep(microseconds / 2_000_000)
