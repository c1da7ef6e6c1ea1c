"""Whether the Asterisk of a home still does anything: asked over its own HTTP server, which a frozen one never answers.

Written without an HTTP client: the supervisor loads nothing it does not need, and any answer at all is a pulse.
"""

import asyncio
import base64
import contextlib

from borgerlinje.channels.phone.asterisk import Instance

LOOK_SECONDS = 1.0
ASK_SECONDS = 0.9
LONGEST_SILENCE_SECONDS = 5.0


async def is_felt(instance: Instance, *, within_seconds: float = ASK_SECONDS) -> bool:
    """Tell whether Asterisk answers in time; an answer that says no is an answer."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(within_seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", instance.ports.http)
            writer.write(_question(instance))
            return (await reader.readline()).startswith(b"HTTP/")
    except (OSError, TimeoutError):
        return False
    finally:
        if writer:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def until_gone(instance: Instance) -> None:
    """Ask once a second; return when nothing has been answered for `LONGEST_SILENCE_SECONDS`.

    Long enough for a machine that swaps: whoever acts on it ends every call there is. What passed while we ourselves were held
    up (a laptop asleep, a debugger) proves nothing.
    """
    now = asyncio.get_running_loop().time
    heard_at = now()
    while now() - heard_at < LONGEST_SILENCE_SECONDS:
        began_at = now()
        is_alive = await is_felt(instance)
        await asyncio.sleep(began_at + LOOK_SECONDS - now())
        was_held_up = now() - began_at > 2 * LOOK_SECONDS
        if is_alive or was_held_up:
            heard_at = now()


def _question(instance: Instance) -> bytes:
    word = base64.b64encode(f"{instance.ari_user}:{instance.ari_password}".encode()).decode()
    return (
        "GET /ari/asterisk/ping HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Authorization: Basic {word}\r\n\r\n"
    ).encode()
