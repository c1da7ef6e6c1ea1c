"""Send a request and, where the answer is a challenge, once more with the password."""

import secrets
from collections.abc import Callable

from borgerlinje.channels.phone.robot import digest, sip
from borgerlinje.channels.phone.robot.datagrams import Address
from borgerlinje.channels.phone.robot.dialog import new_branch
from borgerlinje.channels.phone.robot.wire import OnResponse, Wire

_CHALLENGES = {401, 407}


def ask(
    wire: Wire,
    request: sip.Request,
    *,
    to: Address,
    credentials: digest.Credentials | None,
    on_response: OnResponse,
    on_again: Callable[[sip.Request], None] = lambda _request: None,
) -> None:
    """Send a request; `on_again` learns of the one that replaced it after a challenge.

    `on_response` never sees a challenge that was met, and sees None where nobody answered.
    """

    def first(response: sip.Response | None) -> None:
        if response is None or credentials is None or response.status not in _CHALLENGES:
            on_response(response)
            return
        again = digest.answered(request, response, credentials, branch=new_branch(), cnonce=secrets.token_hex(8))
        if again is None:
            on_response(response)
            return
        on_again(again)
        wire.request(again, to, on_response)

    wire.request(request, to, first)
