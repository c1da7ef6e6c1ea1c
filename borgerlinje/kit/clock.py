"""The product's one clock.

Every timestamp in the product comes from `now()`, so that a test can turn the clock without touching the machine's.
A linter rule forbids `datetime.now` and its relatives everywhere else.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

_offset = timedelta(seconds=float(os.environ.get("BORGERLINJE_CLOCK_OFFSET_SECONDS", "0")))
# Tests name a file here that holds the offset in seconds, and so turn the clock of processes that run.
_offset_file = os.environ.get("BORGERLINJE_CLOCK_OFFSET_FILE")
_stopped_at: datetime | None = None


def now() -> datetime:
    """Return the product's present instant as an aware UTC datetime."""
    if _stopped_at is not None:
        return _stopped_at
    offset = _read_offset(_offset_file) if _offset_file else _offset
    return datetime.now(UTC) + offset  # noqa: TID251 - the one place that reads the machine's clock


def _read_offset(file: str) -> timedelta:
    return timedelta(seconds=float(Path(file).read_text()))


def today() -> date:
    """Return the local calendar date in Denmark."""
    return now().astimezone(COPENHAGEN).date()


def midnight(at: datetime) -> datetime:
    """Return the local midnight that began the day of an aware instant in Denmark."""
    return at.astimezone(COPENHAGEN).replace(hour=0, minute=0, second=0, microsecond=0)


@contextmanager
def turned(to: datetime) -> Iterator[None]:
    """Stop this process's clock at the aware instant `to` for the duration of the block.

    Raises ValueError for a naive datetime.
    """
    global _stopped_at  # noqa: PLW0603 - one clock per process is the point
    if to.tzinfo is None:
        msg = "the clock needs an aware datetime"
        raise ValueError(msg)
    before, _stopped_at = _stopped_at, to.astimezone(UTC)
    try:
        yield
    finally:
        _stopped_at = before
