"""Send a request and, where the answer is a challenge, once more with the password."""

import asyncio
import secrets
from collections.abc import Callable

from borgerlinje.channels.phone.robot import digest, sip
from borgerlinje.channels.phone.robot.datagrams import Address
from borgerlinje.channels.phone.robot.dialog import new_branch
from borgerlinje.channels.phone.robot.wire import OnResponse, Wire

OnAgain = Callable[[sip.Request], None]
_CHALLENGES = frozenset({401, 407})


def ask(
    wire: Wire,
    request: sip.Request,
    *,
    to: Address,
    credentials: digest.Credentials | None,
    on_response: OnResponse,
    on_again: OnAgain = lambda _request: None,
) -> None:
    """Send a request; `on_again` learns of the one that replaced it after a challenge.

    A proxy on the way and whoever is asked may each challenge once. `on_response` never sees a challenge that was met,
    and sees None where nobody answered.
    """

    def attempt(request: sip.Request, open_challenges: frozenset[int]) -> None:
        def on_reply(response: sip.Response | None) -> None:
            again = None
            if response is not None and credentials is not None and response.status in open_challenges:
                again = digest.answered(
                    request, response, credentials, branch=new_branch(), cnonce=secrets.token_hex(8)
                )
            if response is None or again is None:
                on_response(response)
                return
            on_again(again)
            attempt(again, open_challenges - {response.status})

        wire.request(request, to, on_reply)

    attempt(request, _CHALLENGES)


async def reply_to(
    wire: Wire,
    request: sip.Request,
    *,
    to: Address,
    credentials: digest.Credentials | None,
    within: float,
    on_response: OnResponse = lambda _response: None,
    on_again: OnAgain = lambda _request: None,
) -> sip.Response | None:
    """Send a request and wait for its final answer; None where there is none within so many seconds.

    `on_response` sees every answer first, also those that come later.
    """
    replied: asyncio.Future[sip.Response | None] = asyncio.get_running_loop().create_future()

    def on_reply(response: sip.Response | None) -> None:
        on_response(response)
        if not replied.done() and (response is None or response.is_final):
            replied.set_result(response)

    ask(wire, request, to=to, credentials=credentials, on_response=on_reply, on_again=on_again)
    try:
        async with asyncio.timeout(within):
            return await replied
    except TimeoutError:
        return None
