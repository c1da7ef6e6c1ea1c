"""The coverage map's rows: each member of a centre with who answers its citizens when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Prefetch, Q

from borgerlinje.console.hours.actions import switchboard_week
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.kit import clock
from borgerlinje.lines import coverage, queries
from borgerlinje.lines.coverage import Answer, Day
from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import Schedule, Span, spans_on
from borgerlinje.lines.models import Line, SwitchboardHours

WEEK: Final = 7
_ALL_DAY: Final = ((time(0), time(0)),)


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


def coverage_map(asked: Question) -> Map:
    """Return who answers the citizens of each member of a centre, in a fixed number of queries."""
    around = datetime.combine(asked.dates[0], time(12), clock.COPENHAGEN)
    lines = list(queries.open_lines(around=around).filter(centre=asked.centre, audience="citizens"))
    homes = {line.pk: {each.home_authority_id for each in line.numbers.all()} for line in lines}
    schedules = {line.pk: _schedule(line, asked) for line in lines}
    members = [
        _member(each, [line for line in lines if homes[line.pk] & {None, each.pk}], schedules, asked)
        for each in _authorities(asked)
    ]
    return Map(members, [line for line in lines if line.always_open])


def _authorities(asked: Question) -> Iterable[Authority]:
    """Return the members of the days in question, by name."""
    first, last = (asked.dates[0], asked.dates[-1]) if asked.monday else (asked.today, asked.today)
    holds = Q(memberships__to_on__isnull=True) | Q(memberships__to_on__gt=first)
    found = Authority.objects.filter(holds, memberships__centre=asked.centre, memberships__from_on__lte=last)
    hours = Prefetch("switchboard_hours", SwitchboardHours.objects.order_by("weekday", "opens"))
    return found.distinct().order_by("name").prefetch_related(hours)


def _member(
    authority: Authority, reached: Sequence[Line], schedules: Mapping[int, Schedule], asked: Question
) -> Member:
    """Return a member's week; `reached` are the lines on which its citizens have a number: their own, or one common to all."""
    own = switchboard_week(list(authority.switchboard_hours.all()))
    holidays = closed_days({each.year for each in asked.dates}, ()) if asked.monday else {}
    days = []
    for on in asked.dates:
        centre = [span for line in reached for span in _open_on(schedules[line.pk], on)]
        days.append(coverage.day_of(() if on in holidays else own.get(on.weekday(), ()), centre))
    return Member(authority, days, coverage.total(days), [line.name for line in reached], bool(own))


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
