"""The telephone network behind the product, for tests with browsers: a robot's telephone in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from borgerlinje.channels.phone.robot.call import Incoming
from borgerlinje.channels.phone.robot.phone import Robot

HOST = "127.0.0.21"
T = TypeVar("T")


class Outside:
    """A telephone that reaches every number; a test answers it, speaks and listens."""

    def __init__(self, port: int = 0, *, host: str = HOST) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="outside", daemon=True)
        self._robot = Robot("outside", local_host=host, port=port)

    def __enter__(self) -> Self:
        self._thread.start()
        self.do(self._robot.start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.do(self._robot.stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def do(self, work: Callable[[], Coroutine[Any, Any, T]], *, within: float = 30) -> T:
        """Let the robot do something, and return what came of it."""
        asked = asyncio.run_coroutine_threadsafe(work(), self._loop)
        return asked.result(within)

    def call(self, number: str, *, host: str, port: int, caller: str) -> None:
        """Call a number at a telephone server, showing `caller`; nothing is said."""

        async def call() -> None:
            await self._robot.call(number, host=host, port=port, caller=caller)

        self.do(call)

    def rings(self, *, within: float = 20) -> "OutsideCall":
        """Return the call that comes, ringing."""

        async def ring() -> Incoming:
            call = await self._robot.next_call(within=within)
            call.ring()
            return call

        return OutsideCall(self, self.do(ring, within=within + 5))


class OutsideCall:
    """One call that reached the telephone."""

    def __init__(self, outside: Outside, call: Incoming) -> None:
        self._outside, self._call = outside, call

    @property
    def number(self) -> str:
        """The number that was called."""
        return self._call.request.uri.removeprefix("sip:").partition("@")[0]

    @property
    def shown(self) -> str:
        """The number the caller shows."""
        return self._call.peer

    def answer(self, hertz: int) -> None:
        """Answer, and give a tone."""

        async def answer() -> None:
            self._call.answer()
            self._call.play(hertz)

        self._outside.do(answer)

    def refuse(self, code: int = 486) -> None:
        """Refuse with a SIP status; 486 is busy."""

        async def refuse() -> None:
            self._call.decline(code)

        self._outside.do(refuse)

    def hears_only(self, *hertz: int, within: float = 10) -> bool:
        """Tell whether the telephone comes to hear these tones and no others."""
        return self._outside.do(lambda: self._call.hears_only(*hertz, within=within))

    def hears_keys(self, keys: str, *, within: float = 10) -> bool:
        """Tell whether these keys come to be heard."""
        return self._outside.do(lambda: self._call.hears_keys(keys, within=within))

    def hang_up(self) -> None:
        """Hang up."""
        self._outside.do(self._call.hang_up)

    def ends(self, *, within: float = 10) -> bool:
        """Tell whether the call comes to an end."""
        return self._outside.do(lambda: self._call.reached("ended", within=within))
