"""Hints over a bus from code without an event loop: Django's views run in threads.

One thread of the process has a loop of its own and sends for all others, so that a request neither opens a connection nor
waits for one. It starts with the first hint and ends with the process.
"""

import asyncio
import atexit
import threading

from borgerlinje.kit.hints import Hints

CLOSE_SECONDS = 3.0


class Outbox:
    """A thread that sends hints; each of them may come from any thread."""

    def __init__(self) -> None:
        """Start the thread. Raises BusAddressError."""
        self._hints = Hints("")
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="hints-outbox", daemon=True)
        self._thread.start()

    def send(self, *topics: str) -> None:
        """Send hints soon, without waiting."""
        self._loop.call_soon_threadsafe(self._hints.send, *topics)

    def close(self) -> None:
        """Send what is pending and end the thread; wait for it no longer than CLOSE_SECONDS."""
        if self.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(CLOSE_SECONDS)

    def is_alive(self) -> bool:
        """Tell whether the thread runs: after a fork it does not run in the child."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._hints.start()
        await self._closing.wait()
        await self._hints.close()


_lock = threading.Lock()
_of_process: Outbox | None = None


def send(*topics: str) -> None:
    """Send hints through this process's outbox. Raises BusAddressError."""
    global _of_process  # noqa: PLW0603 - one thread for the whole process is the point
    with _lock:
        if _of_process is None or not _of_process.is_alive():
            _of_process = Outbox()
            atexit.register(_of_process.close)
        _of_process.send(*topics)
