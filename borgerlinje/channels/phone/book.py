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
    digits: frozenset[str]
    language: str
    greeting_text: str
    closed_text: str
    is_hidden: bool
    schedule: Schedule

    def is_open(self, at: datetime) -> bool:
        """Tell whether calls are taken at an aware instant; the hidden line of the self-test always takes them."""
        return self.is_hidden or status(self.schedule, at).is_open


class Book:
    """All lines, by number."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._by_digits: dict[str, Entry] = {}
        self._read_at = 0.0
        self._reading = asyncio.Lock()
        # One thread, so that Django keeps one connection for all reloads.
        self._thread = ThreadPoolExecutor(1, "lines")

    async def reload(self) -> None:
        """Read all lines. Raises django.db.OperationalError while the database is away."""
        loop = asyncio.get_running_loop()
        self._read_at = loop.time()
        self._entries = await loop.run_in_executor(self._thread, _read)
        self._by_digits = {digits: entry for entry in self._entries for digits in entry.digits}

    async def find(self, digits: str) -> Entry | None:
        """Return the line of a number, None when nobody has it; a number not known yet is looked for in the rows.

        Calls that come during a reading share the next one: a flood of unknown numbers is not a flood of readings.
        """
        asked_at = asyncio.get_running_loop().time()
        if digits not in self._by_digits:
            async with self._reading:
                if self._read_at < asked_at:
                    await self.reload()
        return self._by_digits.get(digits)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield everything the lines say, each with its language."""
        for entry in self._entries:
            yield entry.greeting_text, entry.language
            yield entry.closed_text, entry.language


def _read() -> list[Entry]:
    close_old_connections()
    try:
        now = clock.now()
        return [
            Entry(
                line_id=line.pk,
                digits=frozenset(number.digits for number in line.numbers.all()),
                language=line.language,
                greeting_text=line.greeting_text,
                closed_text=line.closed_text,
                is_hidden=line.is_hidden,
                schedule=schedule(line, at=now),
            )
            for line in with_schedule(Line.objects.all())
        ]
    finally:
        close_old_connections()
