"""Whether the Asterisk of a home still does anything: asked over its own HTTP server, which a frozen one never answers.

Written without an HTTP client: the supervisor loads nothing it does not need, and any answer at all is a pulse. So is a connection
that is closed on us, as Asterisk does at its limit of HTTP sessions: a frozen process closes nothing.
"""

import asyncio
import base64
import contextlib

from borgerlinje.channels.phone.pbx.asterisk import Instance
from borgerlinje.up import starving

LOOK_SECONDS = 1.0
ASK_SECONDS = 0.9
LONGEST_SILENCE_SECONDS = 5.0
# One that has been ready to run for most of its silence, and got no turn, is given this long instead.
STARVED_SILENCE_SECONDS = 20.0


async def is_felt(instance: Instance, *, within_seconds: float = ASK_SECONDS) -> bool:
    """Tell whether Asterisk does anything in time: answers, if only with no, or closes the connection."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(within_seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", instance.ports.http)
            with contextlib.suppress(ConnectionError):
                writer.write(_question(instance))
                await reader.read(1)
            return True
    except (OSError, TimeoutError):
        return False
    finally:
        if writer:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def until_gone(instance: Instance, pid: int) -> float:
    """Ask once a second; return for how many seconds nothing has been heard when that is too long.

    Long enough for a machine that swaps: whoever acts on it ends every call there is. What passed while we ourselves were held
    up (a laptop asleep, a debugger) proves nothing. `pid` is the Asterisk's.
    """
    now = asyncio.get_running_loop().time
    heard_at, waited_before = now(), starving.waited_seconds(pid)
    while not is_too_long(silent := now() - heard_at, waited_seconds=starving.waited_seconds(pid) - waited_before):
        began_at = now()
        is_alive = await is_felt(instance)
        await asyncio.sleep(began_at + LOOK_SECONDS - now())
        was_held_up = now() - began_at > 2 * LOOK_SECONDS
        if is_alive or was_held_up:
            heard_at, waited_before = now(), starving.waited_seconds(pid)
    return silent


def is_too_long(silent_seconds: float, *, waited_seconds: float) -> bool:
    """Tell whether a silence is that of a frozen Asterisk; `waited_seconds` of it were spent in wait of a processor."""
    is_starved = waited_seconds > silent_seconds / 2
    return silent_seconds >= (STARVED_SILENCE_SECONDS if is_starved else LONGEST_SILENCE_SECONDS)


def _question(instance: Instance) -> bytes:
    word = base64.b64encode(f"{instance.ari_user}:{instance.ari_password}".encode()).decode()
    return (
        "GET /ari/asterisk/ping HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Authorization: Basic {word}\r\n\r\n"
    ).encode()
