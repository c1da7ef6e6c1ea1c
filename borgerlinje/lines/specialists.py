"""Whether a specialist unit can be asked now. Pure: its hours and an instant in, its status out."""

from datetime import date, datetime, time, timedelta
from typing import Protocol

from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import COPENHAGEN, HORIZON_DAYS, Schedule, Status, Version, status


class Hours(Protocol):
    """When a unit is there: `lines.models.Specialist`."""

    first_weekday: int
    last_weekday: int
    opens: time | None
    closes: time | None


def status_of(unit: Hours, *, at: datetime) -> Status:
    """Return whether a unit is there at an aware instant, until when, and when it is there next.

    Without times it is always there. Nobody is there on public holidays. A week that begins on Saturday goes past Sunday.
    """
    if unit.opens is None or unit.closes is None:
        return status(Schedule(always_open=True), at)
    span = (unit.opens, unit.closes)
    days = (unit.last_weekday - unit.first_weekday) % 7
    weekdays = [(unit.first_weekday + offset) % 7 for offset in range(days + 1)]
    first = at.astimezone(COPENHAGEN).date()
    years = {first.year, (first + timedelta(days=HORIZON_DAYS)).year}
    timetable = Version(date.min, None, {weekday: [span] for weekday in weekdays})
    return status(Schedule(versions=[timetable], holidays=closed_days(years, ())), at)
