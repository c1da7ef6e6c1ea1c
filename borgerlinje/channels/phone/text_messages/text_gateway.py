"""The way out for text messages: any gateway that takes `POST {"to", "text", "id"}` as JSON with a bearer token.

`id` is the same each time one text is tried: a gateway that has it already takes it again and sends nothing. 2xx means that it has the text.
"""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

import aiohttp

from borgerlinje.channels.phone.text_messages.text_address import Gateway

SECONDS: Final = 15.0
_TRY_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_NO_ENTRY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Failure(StrEnum):
    """Why the gateway did not take a text."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BUSY = "busy"
    NO_ENTRY = "no_entry"
    REFUSED = "refused"
    NO_GATEWAY = "no_gateway"

    @property
    def is_final(self) -> bool:
        """To try again would change nothing: the gateway does not want this very text."""
        return self is Failure.REFUSED


async def send(gateway: Gateway, *, to: str, text: str, key: str) -> Failure | None:
    """Hand in a text; None when the gateway took it."""
    headers = {"Authorization": f"Bearer {gateway.token}"} if gateway.token else {}
    body = {"to": to, "text": text, "id": key}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session,
            # A redirect is not followed: the number and the token are for this address.
            session.post(gateway.url, json=body, headers=headers, allow_redirects=False) as answer,
        ):
            return _meaning(answer.status)
    except TimeoutError:
        return Failure.TIMEOUT
    except aiohttp.ClientError:
        return Failure.UNREACHABLE


def _meaning(status: int) -> Failure | None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status in _NO_ENTRY:
        return Failure.NO_ENTRY
    if status in _TRY_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failure.BUSY
    return Failure.REFUSED
