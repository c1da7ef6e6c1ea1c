"""Whether a provider has taken our registration, asked on Asterisk's console: its REST interface does not tell.

The manager interface would, and costs a tenth of each call for as long as it is there (measured). The console is a socket in
Asterisk's own folder, so only a process on the same machine and of the same account can ask.
"""

import asyncio
import re
from pathlib import Path
from typing import Final

_COMMAND: Final = b"cli quit after pjsip show registrations\0"
_SECONDS: Final = 3.0
_MOST_BYTES: Final = 1_000_000
_LINE: Final = re.compile(r"^ (\S+?)/sips?:.*\s(Registered|Rejected|Unregistered|Stopped)\b", re.MULTILINE)
_WORDS: Final = {
    "Registered": "registered",
    "Rejected": "rejected",
    "Unregistered": "unanswered",
    "Stopped": "unanswered",
}


async def ask(socket: Path) -> dict[str, str] | None:
    """Return "registered", "rejected" or "unanswered" by the registration's name; None where the console cannot be asked."""
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_unix_connection(str(socket), limit=_MOST_BYTES)
            try:
                writer.write(_COMMAND)
                listing = await reader.read(-1)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
    return read(listing.decode(errors="replace"))


def read(listing: str) -> dict[str, str]:
    """Return what a listing of the console says of each registration. Pure."""
    return {name: _WORDS[word] for name, word in _LINE.findall(listing)}
