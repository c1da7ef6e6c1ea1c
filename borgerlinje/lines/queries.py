"""Reads of lines that deserve a name."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from borgerlinje.kit import clock
from borgerlinje.lines.expected_wait import Flow
from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import COPENHAGEN, HORIZON_DAYS, Schedule, Status, Version, status
from borgerlinje.lines.models import (
    CrisisLine,
    Line,
    LineNumber,
    OpeningPeriod,
    OpeningVersion,
    SpecialDay,
    SpecialPeriod,
)

# The columns of `lines.expected_wait.Flow`, in its order.
LOAD = "SELECT * FROM bl_line_load(%(line)s::bigint, %(at)s::timestamptz)"
_LOADS = "SELECT * FROM bl_line_loads(%(lines)s::bigint[], %(at)s::timestamptz)"

# Hours of the week that goes on, and those that reach past midnight, are read along.
_BEFORE = timedelta(days=8)


def open_lines(*, around: datetime | None = None) -> QuerySet[Line]:
    """Return the lines shown to people, with all that decides their hours and numbers, in a fixed number of queries.

    Those that are closed for good are not among them. `around` as in `with_hours`.
    """
    return with_schedule(shown_lines(), around=around)


def shown_lines() -> QuerySet[Line]:
    """Return the same lines by themselves, for a page that chooses among them first."""
    going_on = Q(ended_on__isnull=True) | Q(ended_on__gt=clock.today())
    return Line.objects.filter(going_on, is_hidden=False)


def shown_line(line_id: int) -> Line:
    """Return a line with its hours, also one that is closed for good: who follows an old link is told so. Raises Line.DoesNotExist."""
    return with_hours(Line.objects.filter(is_hidden=False)).get(pk=line_id)


def has_ended(line: Line) -> bool:
    """Tell whether a line is closed for good today."""
    return line.ended_on is not None and line.ended_on <= clock.today()


def with_schedule(lines: QuerySet[Line], *, around: datetime | None = None) -> QuerySet[Line]:
    """Fetch along with lines their numbers and what `with_hours` fetches."""
    numbers = Prefetch("numbers", LineNumber.objects.select_related("home_authority").order_by("-is_main", "digits"))
    return with_hours(lines, around=around).prefetch_related(numbers)


def with_hours(lines: QuerySet[Line], *, around: datetime | None = None) -> QuerySet[Line]:
    """Fetch along with lines everything `schedule` reads: of hours, all there ever were, or what matters `around` an instant."""
    # Each in the order it has within its line: the models' own would sort by the names of the lines first.
    versions, specials = OpeningVersion.objects.order_by("from_on"), SpecialDay.objects.order_by("on")
    periods = Prefetch("periods", OpeningPeriod.objects.order_by("weekday", "opens"))
    more = Prefetch("more", SpecialPeriod.objects.order_by("opens"))
    if around is not None:
        on = around.astimezone(COPENHAGEN).date()
        first, last = on - _BEFORE, on + timedelta(days=HORIZON_DAYS)
        versions = versions.filter(Q(to_on__isnull=True) | Q(to_on__gt=first), from_on__lte=last)
        specials = specials.filter(on__range=(first, last))
    return lines.select_related("owner", "centre", "skill").prefetch_related(
        Prefetch("opening_versions", versions.prefetch_related(periods)),
        Prefetch("special_days", specials.prefetch_related(more)),
        Prefetch("crises", CrisisLine.objects.filter(crisis__ended_at__isnull=True).select_related("crisis")),
    )


def schedule(line: Line, *, at: datetime) -> Schedule:
    """Return a line's schedule around an aware instant; a few queries unless the line came from `with_hours`."""
    first = at.astimezone(COPENHAGEN).date()
    years = {first.year, (first + timedelta(days=HORIZON_DAYS)).year}
    # A line that came from `with_hours` has them already; otherwise two queries.
    fetched = "special_days" in getattr(line, "_prefetched_objects_cache", {})
    specials = list(line.special_days.all() if fetched else line.special_days.prefetch_related("more"))
    return Schedule(
        versions=[_version(version) for version in line.opening_versions.all()],
        special={day.on: day.spans for day in specials},
        holidays=closed_days(years, line.optional_holidays),
        always_open=line.always_open,
        held_open=any(_holds_open(part, at) for part in line.crises.all()),
        reasons={day.on: day.note for day in specials if day.note},
        ended_on=line.ended_on,
    )


def _holds_open(part: CrisisLine, at: datetime) -> bool:
    crisis = part.crisis
    return part.is_opened and crisis.started_at <= at and (crisis.ended_at is None or at < crisis.ended_at)


def _version(version: OpeningVersion) -> Version:
    periods: dict[int, list[tuple[object, object]]] = {}
    for period in version.periods.all():
        periods.setdefault(period.weekday, []).append((period.opens, period.closes))
    return Version(version.from_on, version.to_on, periods)  # type: ignore[arg-type] # the model's times are times


def line_status(line: Line, *, at: datetime) -> Status:
    """Tell whether a line is open at an aware instant, until when, and when it opens next."""
    return status(schedule(line, at=at), at)


def load(line_id: int, *, at: datetime) -> Flow:
    """Return how busy a line is and was, for anybody: counts and times only, through a function that sees all rows."""
    with connection.cursor() as cursor:
        cursor.execute(LOAD, {"line": line_id, "at": at})
        return Flow(*cursor.fetchone())


def loads(line_ids: Iterable[int], *, at: datetime) -> dict[int, Flow]:
    """Return by line how busy lines are and were, as `load` does, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_LOADS, {"lines": list(line_ids), "at": at})
        return {line_id: Flow(*figures) for line_id, *figures in cursor.fetchall()}
