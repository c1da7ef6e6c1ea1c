"""What the demo's robots have in common on the telephone."""

import asyncio
import os
import socket

from borgerlinje.channels.phone.robot.call import Call


async def ended_within(call: Call, seconds: float) -> bool:
    """Wait so long, or until the call is over; tell whether it is."""
    try:
        async with asyncio.timeout(seconds):
            await call.ended.wait()
    except TimeoutError:
        return False
    return True


def own_address() -> str:
    """Get this machine's address as Asterisk sees it: the loopback for an Asterisk on this machine."""
    host = os.environ.get("BORGERLINJE_SIP_HOST", "127.0.0.1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: connecting a UDP socket only looks up the way.
        probe.connect((host, int(os.environ.get("BORGERLINJE_SIP_PORT", "5060"))))
        return str(probe.getsockname()[0])
