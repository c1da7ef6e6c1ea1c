"""How a robot takes the calls that reach it, for its `on_invite`: `Incoming.ring` lets it ring, these do more."""

from collections.abc import Awaitable, Callable

from borgerlinje.channels.phone.robot.call import Incoming
from borgerlinje.channels.phone.robot.conversation import Said

OnInvite = Callable[[Incoming], Awaitable[None] | None]


def answering(*, after_seconds: float = 0.0, saying: Said = None) -> OnInvite:
    """Ring, answer so many seconds later unless the caller has given up, and say something (see `Call.play`)."""

    async def take(call: Incoming) -> None:
        call.ring()
        if not await call.reached("ended", within=after_seconds):
            call.answer()
            call.play(saying)

    return take


def refusing(code: int = 486) -> OnInvite:
    """Refuse with a SIP status: 486 busy, 603 no, 404 unknown, 480 unavailable, 503 out of order."""

    def take(call: Incoming) -> None:
        call.decline(code)

    return take
