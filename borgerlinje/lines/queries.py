"""Reads of lines that deserve a name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Prefetch, QuerySet

from borgerlinje.cooperation.models import Authority
from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import COPENHAGEN, HORIZON_DAYS, Schedule, Status, Version, status
from borgerlinje.lines.models import Line, LineNumber, OpeningVersion


@dataclass(frozen=True, slots=True)
class Load:
    """How busy a line is: counts now, and the waits of the last half hour in seconds (None when nobody was answered)."""

    waiting: int
    longest_wait_seconds: float
    ready: int
    answered: int
    median_wait_seconds: float | None

    @property
    def expected_wait_seconds(self) -> float | None:
        """Expected wait for a citizen who calls now; None when there is nothing honest to say.

        Nobody waiting and somebody ready: no wait. Otherwise the median of the last half hour, but never less than the one who
        has waited longest is waiting already.
        """
        if self.waiting == 0 and self.ready > 0:
            return 0.0
        if self.median_wait_seconds is None:
            return None
        return max(self.median_wait_seconds, self.longest_wait_seconds)


def open_lines() -> QuerySet[Line]:
    """Return the lines shown to people, with all that decides their hours and numbers, in a fixed number of queries."""
    return with_schedule(Line.objects.filter(is_hidden=False))


def with_schedule(lines: QuerySet[Line]) -> QuerySet[Line]:
    """Fetch along with lines everything `schedule` and their pages read."""
    return lines.select_related("owner", "centre", "skill").prefetch_related(
        Prefetch("numbers", LineNumber.objects.select_related("home_authority")),
        Prefetch("opening_versions", OpeningVersion.objects.prefetch_related("periods")),
        "special_days",
    )


def schedule(line: Line, *, at: datetime) -> Schedule:
    """Return a line's schedule around an aware instant; two queries unless the line came from `with_schedule`."""
    first = at.astimezone(COPENHAGEN).date()
    years = {first.year, (first + timedelta(days=HORIZON_DAYS)).year}
    return Schedule(
        versions=[_version(version) for version in line.opening_versions.all()],
        special={
            day.on: [(day.opens, day.closes)] if day.opens is not None and day.closes is not None else []
            for day in line.special_days.all()
        },
        holidays=closed_days(years, line.optional_holidays),
        always_open=line.always_open,
    )


def _version(version: OpeningVersion) -> Version:
    periods: dict[int, list[tuple[object, object]]] = {}
    for period in version.periods.all():
        periods.setdefault(period.weekday, []).append((period.opens, period.closes))
    return Version(version.from_on, version.to_on, periods)  # type: ignore[arg-type] # the model's times are times


def line_status(line: Line, *, at: datetime) -> Status:
    """Tell whether a line is open at an aware instant, until when, and when it opens next."""
    return status(schedule(line, at=at), at)


def load(line_id: int, *, at: datetime) -> Load:
    """Return how busy a line is, for anybody: counts and waits only, through a function that sees all rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bl_line_load(%s, %s)", [line_id, at])
        waiting, longest, ready, answered, median = cursor.fetchone()
    return Load(waiting, longest, ready, answered, median)


def home_authorities(lines: Iterable[Line]) -> list[Authority]:
    """Return the authorities that have a number of their own on the lines, by name."""
    found = {
        number.home_authority for line in lines for number in line.numbers.all() if number.home_authority is not None
    }
    return sorted(found, key=lambda authority: authority.name)
