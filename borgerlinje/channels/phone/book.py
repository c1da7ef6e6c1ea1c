"""The lines as the telephone process keeps them in memory: read anew when a hint says so, and once a minute."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.db import close_old_connections

from borgerlinje.kit import clock
from borgerlinje.lines.hours import Schedule, status
from borgerlinje.lines.models import Line
from borgerlinje.lines.queries import schedule, with_schedule


@dataclass(frozen=True, slots=True)
class Entry:
    """What the telephone needs to know of a line."""

    line_id: int
    language: str
    greeting_text: str
    closed_text: str
    is_hidden: bool
    schedule: Schedule

    def is_open(self, at: datetime) -> bool:
        """Tell whether calls are taken at an aware instant; the hidden line of the self-test always takes them."""
        return self.is_hidden or status(self.schedule, at).is_open


class Book:
    """All lines by id."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        # One thread, so that Django keeps one connection for all reloads.
        self._thread = ThreadPoolExecutor(1, "lines")

    async def reload(self) -> None:
        """Read all lines. Raises Django's OperationalError while the database is away."""
        self._entries = await asyncio.get_running_loop().run_in_executor(self._thread, _read)

    async def find(self, line_id: int) -> Entry:
        """Return a line, reading anew when it is not known yet. Raises KeyError when it does not exist."""
        if line_id not in self._entries:
            await self.reload()
        return self._entries[line_id]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield everything the lines say, each with its language."""
        for entry in self._entries.values():
            yield entry.greeting_text, entry.language
            yield entry.closed_text, entry.language


def _read() -> dict[int, Entry]:
    close_old_connections()
    try:
        now = clock.now()
        return {
            line.pk: Entry(
                line.pk, line.language, line.greeting_text, line.closed_text, line.is_hidden, schedule(line, at=now)
            )
            for line in with_schedule(Line.objects.all())
        }
    finally:
        close_old_connections()
