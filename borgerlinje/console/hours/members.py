"""The coverage map's rows: each member of a centre with who answers its citizens when."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final, NamedTuple

from django.db.models import Prefetch, Q, QuerySet

from borgerlinje.console.hours.actions import switchboard_week
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.kit import clock
from borgerlinje.lines import coverage, queries
from borgerlinje.lines.coverage import Answer, Day
from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import Schedule, Span, spans_on
from borgerlinje.lines.models import Line, LineNumber, SwitchboardHours

WEEK: Final = 7
_ALL_DAY: Final = ((time(0), time(0)),)
_Spans = frozenset[Span]


@dataclass(frozen=True, slots=True)
class Question:
    """What the map is asked for: a centre, and a usual week (`monday` None) or the one that begins on a Monday.

    `as_written`: lines held open round the clock count with their timetables.
    """

    centre: Centre
    today: date
    monday: date | None
    as_written: bool = False

    @property
    def dates(self) -> list[date]:
        """The seven dates to look at; in a usual week this week's, whose dates mean nothing."""
        first = self.monday or self.today - timedelta(days=self.today.weekday())
        return [first + timedelta(days=offset) for offset in range(WEEK)]


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its week from Monday to Sunday, for how many minutes each answers, and the names of the lines that count."""

    authority: Authority
    days: Sequence[Day]
    totals: Mapping[Answer, int]
    lines: Sequence[str]
    has_switchboard: bool


@dataclass(frozen=True, slots=True)
class Map:
    """The whole map; `held_open`: the lines that are open round the clock whatever their timetables say."""

    members: Sequence[Member]
    held_open: Sequence[Line]


class _Week(NamedTuple):
    """A week's openings, day by day: equal for lines that are open alike, so that a whole country has a few of them."""

    days: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class _Reach:
    """A line: its name, its week, and whose citizens have a number on it (None: everybody)."""

    name: str
    week: _Week
    homes: frozenset[int | None]


def coverage_map(asked: Question, authorities: Iterable[Authority]) -> Map:
    """Return who answers the citizens of some of a centre's members (`members_asked`), in a fixed number of queries."""
    around = datetime.combine(asked.dates[0], time(12), clock.COPENHAGEN)
    here = queries.shown_lines().filter(centre=asked.centre, audience="citizens")
    lines = list(queries.with_hours(here, around=around))
    homes: dict[int, set[int | None]] = {line.pk: set() for line in lines}
    numbers = LineNumber.objects.filter(line__in=homes).order_by()
    for line_id, home_id in numbers.values_list("line_id", "home_authority_id").distinct():
        homes[line_id].add(home_id)
    reaches = [_Reach(line.name, _week(_schedule(line, asked), asked), frozenset(homes[line.pk])) for line in lines]
    # Most members have what others have: what is equal is reckoned once.
    day_of = cache(coverage.day_of)
    return Map(
        [_member(each, reaches, asked, day_of) for each in authorities], [line for line in lines if line.always_open]
    )


def members_asked(asked: Question) -> "QuerySet[Authority]":
    """Return the members of the days in question, by name."""
    first, last = (asked.dates[0], asked.dates[-1]) if asked.monday else (asked.today, asked.today)
    holds = Q(memberships__to_on__isnull=True) | Q(memberships__to_on__gt=first)
    found = Authority.objects.filter(holds, memberships__centre=asked.centre, memberships__from_on__lte=last)
    hours = Prefetch("switchboard_hours", SwitchboardHours.objects.order_by("weekday", "opens"))
    return found.distinct().order_by("name").prefetch_related(hours)


def _member(
    authority: Authority, reaches: Iterable[_Reach], asked: Question, day_of: Callable[[_Spans, _Spans], Day]
) -> Member:
    """Return a member's week: the centre's lines on which its citizens have a number count, their own or one common to all."""
    reached = [each for each in reaches if authority.pk in each.homes or None in each.homes]
    weeks = {each.week for each in reached}
    own = switchboard_week(list(authority.switchboard_hours.all()))
    holidays = closed_days({each.year for each in asked.dates}, ()) if asked.monday else {}
    days = []
    for at, on in enumerate(asked.dates):
        centre = frozenset(span for week in weeks for span in week.days[at])
        days.append(day_of(frozenset(() if on in holidays else own.get(on.weekday(), ())), centre))
    return Member(authority, days, coverage.total(days), [each.name for each in reached], bool(own))


def _week(schedule: Schedule, asked: Question) -> _Week:
    return _Week(tuple(tuple(_open_on(schedule, on)) for on in asked.dates))


def _schedule(line: Line, asked: Question) -> Schedule:
    """Return a line's schedule as the question counts it; a usual week is today's timetable with no day out of the ordinary."""
    found = queries.schedule(line, at=clock.now())
    found = replace(found, always_open=found.always_open and not asked.as_written, held_open=False)
    if asked.monday is not None:
        return replace(found, holidays=closed_days({each.year for each in asked.dates}, line.optional_holidays))
    in_force = [
        replace(each, from_on=date.min, to_on=None)
        for each in found.versions
        if each.from_on <= asked.today and (each.to_on is None or asked.today < each.to_on)
    ]
    return replace(found, versions=in_force, special={}, holidays={})


def _open_on(schedule: Schedule, on: date) -> Sequence[Span]:
    return _ALL_DAY if schedule.always_open else spans_on(schedule, on)
