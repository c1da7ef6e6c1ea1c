"""Writes to a line's hours, each with its note of who changed what. Inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from borgerlinje.console.hours.words import opened, week_of, week_words
from borgerlinje.cooperation.models import Authority
from borgerlinje.lines.hours import Span
from borgerlinje.lines.models import Line, OpeningPeriod, OpeningVersion, SpecialDay, SpecialPeriod, SwitchboardHours
from borgerlinje.staff.changes import note
from borgerlinje.staff.models import User

LINE_KIND, SWITCHBOARD_KIND = "line_hours", "switchboard_hours"
Week = Mapping[int, Sequence[Span]]


def do_version(line: Line, *, from_on: date, week: Week, source: str, by: User, now: datetime) -> OpeningVersion:
    """Store a timetable from a date on: it ends the one that holds then, and lasts until the next that is stored begins.

    Raises IntegrityError when another begins on that date.
    """
    _lock(line)
    versions = list(line.opening_versions.prefetch_related("periods"))
    earlier = max((each for each in versions if each.from_on < from_on), key=lambda each: each.from_on, default=None)
    ends_on = min((each.from_on for each in versions if each.from_on > from_on), default=None)
    if earlier is not None and (earlier.to_on is None or earlier.to_on > from_on):
        earlier.to_on = from_on
        earlier.save(update_fields=["to_on"])
    version = OpeningVersion.objects.create(line=line, from_on=from_on, to_on=ends_on, source=source)
    OpeningPeriod.objects.bulk_create(
        OpeningPeriod(version=version, weekday=day, opens=opens, closes=closes)
        for day, spans in week.items()
        for opens, closes in spans
    )
    said = _in_danish(week)
    _note(line, "hours", _said_week(week_of(earlier)), f"{_from(from_on)}: {said}", by=by, now=now)
    return version


def do_withdraw(line: Line, version: OpeningVersion, *, by: User, now: datetime) -> None:
    """Take away a timetable that has not begun; the one before it goes on in its place."""
    _lock(line)
    said = f"{_from(version.from_on)}: {_said_week(week_of(version))}"
    before = line.opening_versions.filter(to_on=version.from_on).first()
    ends_on = version.to_on
    version.delete()
    if before is not None:
        before.to_on = ends_on
        before.save(update_fields=["to_on"])
    _note(line, "hours", said, _said_week(week_of(before)), by=by, now=now)


def do_special(
    line: Line,
    day: SpecialDay | None,
    *,
    on: date,
    spans: Sequence[Span],
    why: str,
    by: User,
    now: datetime,
) -> SpecialDay:
    """Store a special day, or change one; without `spans` it is closed. Raises IntegrityError when the date has another."""
    before = _said_day(day)
    stored = day or SpecialDay(line=line)
    stored.on, stored.note = on, why
    stored.opens, stored.closes = spans[0] if spans else (None, None)
    stored.save()
    stored.more.all().delete()
    SpecialPeriod.objects.bulk_create(
        SpecialPeriod(day=stored, opens=opens, closes=closes) for opens, closes in spans[1:]
    )
    _note(line, "special_day", before, _said_day(stored), by=by, now=now)
    return stored


def do_specials(
    days: Mapping[Line, Sequence[date]], *, spans: Sequence[Span], why: str, by: User, now: datetime
) -> None:
    """Make dates special, on each line its own; without `spans` they are closed. Raises IntegrityError when one is special already."""
    first = spans[0] if spans else (None, None)
    made = SpecialDay.objects.bulk_create(
        SpecialDay(line=line, on=on, opens=first[0], closes=first[1], note=why)
        for line, dates in days.items()
        for on in dates
    )
    SpecialPeriod.objects.bulk_create(
        SpecialPeriod(day=day, opens=opens, closes=closes) for day in made for opens, closes in spans[1:]
    )
    for line, dates in days.items():
        _note(line, "special_day", "", _said_days(dates, spans, why), by=by, now=now)


def do_remove_specials(days: Mapping[Line, Sequence[SpecialDay]], *, by: User, now: datetime) -> None:
    """Take special days away again, those of a line being alike."""
    for line, several in days.items():
        one = several[0]
        _note(line, "special_day", _said_days([each.on for each in several], one.spans, one.note), "", by=by, now=now)
    SpecialDay.objects.filter(pk__in=[day.pk for several in days.values() for day in several]).delete()


def do_remove_special(line: Line, day: SpecialDay, *, by: User, now: datetime) -> None:
    """Take a special day away: the timetable and the holidays hold again."""
    before = _said_day(day)
    day.delete()
    _note(line, "special_day", before, "", by=by, now=now)


def do_holidays(line: Line, names: Sequence[str], *, by: User, now: datetime) -> None:
    """Store on which optional holidays, by their Danish names, a line is closed."""
    before = ", ".join(line.optional_holidays)
    line.optional_holidays = list(names)
    line.save(update_fields=["optional_holidays"])
    _note(line, "holidays", before, ", ".join(names), by=by, now=now)


def do_switchboard(authority: Authority, week: Week, *, by: User, now: datetime) -> None:
    """Store when an authority's own switchboard answers, in place of what was stored."""
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    before = switchboard_week(list(authority.switchboard_hours.all()))
    authority.switchboard_hours.all().delete()
    SwitchboardHours.objects.bulk_create(
        SwitchboardHours(authority=authority, weekday=day, opens=opens, closes=closes, is_demo=authority.is_demo)
        for day, spans in week.items()
        for opens, closes in spans
    )
    note(
        by,
        kind=SWITCHBOARD_KIND,
        object_id=authority.pk,
        label=authority.name,
        before={"hours": _said_week(before)} if before else {},
        after={"hours": _in_danish(week)},
        now=now,
    )


def switchboard_week(rows: Sequence[SwitchboardHours]) -> dict[int, list[Span]]:
    """Return a switchboard's openings by weekday."""
    found: dict[int, list[Span]] = {}
    for row in sorted(rows, key=lambda each: (each.weekday, each.opens)):
        found.setdefault(row.weekday, []).append((row.opens, row.closes))
    return found


def _lock(line: Line) -> None:
    """Let nobody else change the line's timetables meanwhile; those who read them or refer to the line go on."""
    Line.objects.select_for_update(no_key=True, of=("self",)).get(pk=line.pk)


def _note(line: Line, name: str, before: str, after: str, *, by: User, now: datetime) -> None:
    # Nobody's: a host sets a line that a member owns, and both are to see who did what to it.
    note(
        by,
        kind=LINE_KIND,
        object_id=line.pk,
        label=line.name,
        before={name: before} if before else {},
        after={name: after} if after else {},
        now=now,
    )


def _said_week(week: Week) -> str:
    return _in_danish(week) if week else ""


def _in_danish(week: Week) -> str:
    """Say a week as the log keeps it, whatever language the writer has chosen."""
    with translation.override("da"):
        return week_words(week)


def _from(on: date) -> str:
    with translation.override("da"):
        return _("fra %(date)s") % {"date": date_format(on, "SHORT_DATE_FORMAT")}


def _said_day(day: SpecialDay | None) -> str:
    if day is None:
        return ""
    with translation.override("da"):
        return f"{date_format(day.on, 'SHORT_DATE_FORMAT')}: {opened(day.spans)} ({day.note or '–'})"


def _said_days(dates: Sequence[date], spans: Sequence[Span], why: str) -> str:
    """Say special days that are alike: one by its date, several by the first and the last of them."""
    with translation.override("da"):
        said = date_format(dates[0], "SHORT_DATE_FORMAT")
        if len(dates) > 1:
            last = date_format(dates[-1], "SHORT_DATE_FORMAT")
            said = _("%(count)d dage fra %(first)s til %(last)s") % {"count": len(dates), "first": said, "last": last}
        return f"{said}: {opened(spans)} ({why or '–'})"
