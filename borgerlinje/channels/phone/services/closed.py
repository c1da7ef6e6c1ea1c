"""What becomes of a citizen whom a line cannot take: it is closed, its queue is full, or they have waited too long. Pure.

An agreement on overflow comes first, as long as the other line is open; then what the line does with those who come too late or are too
many. Who was in the queue at closing time is served, unless the line says otherwise.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from borgerlinje.channels.phone.book import Agreement, Entry
from borgerlinje.lines.hours import status


class Way(StrEnum):
    """What is done."""

    IN = "in"
    OVERFLOW = "overflow"
    ANNOUNCE = "announce"
    CALLBACK = "callback"
    VOICEMAIL = "voicemail"


class Because(StrEnum):
    """Why a line cannot take a citizen now; it stands in the data of the contact's event."""

    CLOSED = "closed"
    FULL = "full"
    WAITED = "waited"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a citizen; with `OVERFLOW` the line they go to."""

    way: Way
    because: Because | None = None
    to: Entry | None = None


COME_IN: Final = Decision(Way.IN)


def needs_count(entry: Entry, now: datetime) -> bool:
    """Tell whether `on_arrival` must know how many wait: not on a line without a limit."""
    return entry.max_waiting > 0 and entry.is_open(now)


def other_line(entry: Entry) -> int | None:
    """Return the line that an agreement names; None without an agreement."""
    return entry.overflow.to_line_id if entry.overflow else None


def on_arrival(entry: Entry, now: datetime, *, waiting: int = 0, other: Entry | None = None) -> Decision:
    """Decide for a citizen who has just come in. `waiting` are those in the queue, `other` the line of the agreement."""
    if not entry.is_open(now):
        return _turned(entry, Because.CLOSED, now, other)
    if 0 < entry.max_waiting <= waiting:
        return _turned(entry, Because.FULL, now, other)
    return COME_IN


def at_closing(entry: Entry, now: datetime, *, other: Entry | None = None) -> Decision:
    """Decide for a citizen who waits, and whose line may have closed meanwhile."""
    if entry.serves_waiting_after_close or entry.is_open(now):
        return COME_IN
    return _turned(entry, Because.CLOSED, now, other)


def after_waiting(entry: Entry, now: datetime, *, waited_seconds: float, other: Entry | None = None) -> Decision:
    """Decide for a citizen who has waited so long."""
    after = entry.overflow.after_seconds if entry.overflow else None
    if after is None or waited_seconds < after or not _takes(other, now):
        return COME_IN
    return Decision(Way.OVERFLOW, Because.WAITED, other)


def closes_at(entry: Entry, now: datetime) -> datetime | None:
    """Return when those who wait are sent home; None on a line that serves them all."""
    if entry.serves_waiting_after_close or entry.is_hidden:
        return None
    return status(entry.schedule, now).closes_at


def _turned(entry: Entry, because: Because, now: datetime, other: Entry | None) -> Decision:
    if _is_agreed(entry.overflow, because) and _takes(other, now):
        return Decision(Way.OVERFLOW, because, other)
    return Decision(Way(entry.when_full if because is Because.FULL else entry.when_closed), because)


def _is_agreed(agreement: Agreement | None, because: Because) -> bool:
    if agreement is None:
        return False
    return agreement.when_full if because is Because.FULL else agreement.when_closed


def _takes(other: Entry | None, now: datetime) -> bool:
    return other is not None and other.is_open(now)
