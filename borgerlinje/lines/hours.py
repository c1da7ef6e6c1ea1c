"""When a line is open. Pure: a schedule and an instant in, the state of the line out.

Times of day are Danish local time. Each local opening is turned into instants on its own date, so the days on which the clock is
turned have 23 or 25 hours and still open and close at the times on the door.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
HORIZON_DAYS = 60

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Version:
    """A weekly timetable for local dates in [from_on, to_on); `periods` maps a weekday (Monday is 0) to its openings."""

    from_on: date
    to_on: date | None
    periods: Mapping[int, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that decides whether a line is open. A special day beats a holiday, a holiday beats the timetable.

    `special` maps a date to its openings, an empty sequence when closed, `reasons` to why; `holidays` maps a date to the holiday's name.
    `held_open`: a crisis keeps it open, for as long as that lasts. From `ended_on` on nothing opens it.
    """

    versions: Sequence[Version] = ()
    special: Mapping[date, Sequence[Span]] = field(default_factory=dict)
    holidays: Mapping[date, str] = field(default_factory=dict)
    always_open: bool = False
    held_open: bool = False
    reasons: Mapping[date, str] = field(default_factory=dict)
    ended_on: date | None = None

    def has_ended(self, day: date) -> bool:
        """Tell whether the line is closed for good on a local date."""
        return self.ended_on is not None and day >= self.ended_on


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a line is open at an instant, until when, and when it opens next (aware UTC; None beyond the horizon).

    `is_held_open`: nobody knows until when, since a crisis keeps it open.
    """

    is_open: bool
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    holiday: str = ""
    is_held_open: bool = False


def spans_on(schedule: Schedule, day: date) -> Sequence[Span]:
    """Return the openings of a local date, in order; a closing time of 00:00 is the midnight that ends the day."""
    if schedule.has_ended(day):
        return ()
    if day in schedule.special:
        return sorted(schedule.special[day])
    if day in schedule.holidays:
        return ()
    for version in schedule.versions:
        if version.from_on <= day and (version.to_on is None or day < version.to_on):
            return sorted(version.periods.get(day.weekday(), ()))
    return ()


def closed_words(schedule: Schedule, text: str, at: datetime) -> str:
    """Return what a line says in closed hours at an aware instant: first why, when the day is a special one with a reason."""
    why = schedule.reasons.get(at.astimezone(COPENHAGEN).date(), "").strip()
    if not why:
        return text
    return f"{why} {text}" if why.endswith((".", "!", "?")) else f"{why}. {text}"


def instants(day: date, span: Span) -> tuple[datetime, datetime]:
    """Turn a local opening into aware UTC instants [opens, closes)."""
    opens, closes = span
    end_day = day + timedelta(days=1) if closes == time(0) else day
    return (
        datetime.combine(day, opens, COPENHAGEN).astimezone(UTC),
        datetime.combine(end_day, closes, COPENHAGEN).astimezone(UTC),
    )


def status(schedule: Schedule, at: datetime) -> Status:
    """Return the state of the line at an aware instant. Back-to-back openings count as one."""
    today = at.astimezone(COPENHAGEN).date()
    if schedule.has_ended(today):
        return Status(is_open=False)
    if schedule.always_open or schedule.held_open:
        return Status(is_open=True, is_held_open=not schedule.always_open)
    holiday = schedule.holidays.get(today, "")
    open_until: datetime | None = None
    for offset in range(HORIZON_DAYS):
        day = today + timedelta(days=offset)
        for span in spans_on(schedule, day):
            opens, closes = instants(day, span)
            if open_until is not None and opens > open_until:
                return Status(is_open=True, closes_at=open_until, holiday=holiday)
            if opens <= at < closes or opens == open_until:
                open_until = closes
            elif opens > at:
                return Status(is_open=False, opens_at=opens, holiday=holiday)
        if open_until is not None and open_until < instants(day, (time(0), time(0)))[1]:
            return Status(is_open=True, closes_at=open_until, holiday=holiday)
    return Status(is_open=open_until is not None, closes_at=open_until, holiday=holiday)
