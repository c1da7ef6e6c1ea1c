"""A line's opening hours: the week, its versions, the year; and a new version, looked at before it is stored."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.hours import preview, undo
from borgerlinje.console.hours.actions import LINE_KIND, do_version, do_withdraw
from borgerlinje.console.hours.calendar import months
from borgerlinje.console.hours.forms import VersionForm, digest_of, version_on
from borgerlinje.console.hours.holiday_rows import holidays_of
from borgerlinje.console.hours.words import WEEKDAYS, opened, week_minutes, week_of, week_words
from borgerlinje.console.lines.access import SETS, access_line
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock, hints
from borgerlinje.lines import queries
from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import Schedule, Version
from borgerlinje.lines.models import Line, OpeningVersion, SpecialDay
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.permission import allowed

_PAST_SHOWN = 20
_CHANGED = {
    "hours": gettext_lazy("Åbningstider"),
    "special_day": gettext_lazy("Særlig dag"),
    "holidays": gettext_lazy("Lukker også"),
}
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A timetable with what the page says of it; `state` is past, now or coming."""

    version: OpeningVersion
    words: str
    minutes: int
    state: str
    can_withdraw: bool


@allowed(*SETS)
@require_GET
def line_hours(request: HttpRequest, slug: str) -> HttpResponse:
    """Show when a line is open: the week, the versions of it, the special days, and a year as a calendar."""
    line, today = access_line(request, slug), clock.today()
    versions = list(line.opening_versions.prefetch_related("periods"))
    in_force = version_on(versions, today)
    week = week_of(in_force)
    specials = list(line.special_days.prefetch_related("more"))
    year = year_asked(request.GET.get("aar", ""), today)
    context = {
        "line": line,
        "today": today,
        "week": [(name, opened(week.get(day, ())), day == today.weekday()) for day, name in enumerate(WEEKDAYS)],
        "week_minutes": week_minutes(week),
        "in_force": in_force,
        "versions": [_shown(each, today) for each in reversed(versions)],
        "coming_days": [_special(each) for each in specials if each.on >= today],
        "past_days": [_special(each) for each in reversed(specials) if each.on < today][:_PAST_SHOWN],
        "removed": undo.removed(request, line),
        "made": undo.made(request, line),
        "year": year,
        "earlier": year - 1 if year - 1 in _YEARS else None,
        "later": year + 1 if year + 1 in _YEARS else None,
        "months": months(schedule_of(line, {year}), year, today, {each.on: each.pk for each in specials}),
        "weekdays_short": [(str(name)[:2].lower(), name) for name in WEEKDAYS],
        "holidays": holidays_of(line, year),
        "changes": changes_of(LINE_KIND, line.pk, words=_CHANGED),
    }
    return render(request, "console/hours/hours.html", context)


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def line_hours_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a timetable that holds from a date on: first looked at, then stored."""
    line, today = access_line(request, slug), clock.today()
    if request.method == "GET":
        return _edit(request, line, VersionForm(line=line, today=today))
    form = VersionForm(request.POST, line=line, today=today)
    if not form.is_valid():
        return _edit(request, line, form, status=422)
    if is_first_look(request, form):
        return _edit(request, line, form, seen=_seen(line, form))
    try:
        with transaction.atomic():
            do_version(
                line,
                from_on=form.cleaned_data["from_on"],
                week=form.week(),
                source=form.cleaned_data["source"],
                by=user_of(request),
                now=clock.now(),
            )
    except IntegrityError:
        form.add_error("from_on", _("Den dato er der lige kommet andre åbningstider. Se listen, og prøv igen."))
        return _edit(request, line, form, status=422)
    messages.success(request, _("Åbningstiderne er gemt. De gælder fra den dato, du valgte."))
    return back(line)


@allowed(*SETS)
@require_POST
def line_hours_withdraw(request: HttpRequest, slug: str, version_id: int) -> HttpResponse:
    """Take back a timetable that has not begun, or began today; the one before it goes on."""
    line = access_line(request, slug)
    version = get_object_or_404(OpeningVersion, pk=version_id, line=line, from_on__gte=clock.today())
    do_withdraw(line, version, by=user_of(request), now=clock.now())
    messages.success(request, _("Åbningstiderne er trukket tilbage. De, der gjaldt før, gælder stadig."))
    return back(line)


def schedule_of(line: Line, years: set[int], *, now: datetime | None = None) -> Schedule:
    """Return a line's schedule with the holidays of some years."""
    found = queries.schedule(line, at=now or clock.now())
    return replace(found, holidays=closed_days(years, line.optional_holidays))


def is_first_look(request: HttpRequest, form: Any) -> bool:
    """Tell whether a valid form must be looked at first: nobody has, or it was changed since."""
    looked_at, saves = request.POST.get("set", ""), "gem" in request.POST
    is_the_same = looked_at == digest_of(form)
    if saves and looked_at and not is_the_same:
        messages.warning(request, _("Du har rettet noget siden. Se, hvordan det bliver nu, og gem så."))
    return not (saves and is_the_same)


def back(line: Line) -> HttpResponse:
    """Go back to the line's hours, and let the telephone read them anew."""
    hints.send_on_commit(f"line:{line.pk}", "dispatch", "queue")
    return redirect("console:line_hours", slug=line.slug)


def seen_days(before: Schedule, after: Schedule, first: date) -> dict[str, Any]:
    """Return what a preview shows of the days from `first` on."""
    days = preview.compared(before, after, first)
    return {"days": days, "different": sum(each.differs for each in days)}


def _seen(line: Line, form: VersionForm) -> dict[str, Any]:
    from_on = form.cleaned_data["from_on"]
    before = schedule_of(line, _years_from(from_on))
    after = preview.with_version(before, Version(from_on, form.ends_on, form.week()))
    old = version_on(form.versions, from_on)
    return {
        **seen_days(before, after, from_on),
        "digest": digest_of(form),
        "ends_on": form.ends_on,
        "minutes_before": week_minutes(week_of(old)),
        "minutes_after": week_minutes(form.week()),
        "is_version": True,
    }


def _years_from(first: date) -> set[int]:
    return {first.year, (first + timedelta(days=preview.DAYS)).year}


def _edit(
    request: HttpRequest, line: Line, form: VersionForm, *, seen: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {"line": line, "form": form, "seen": seen}
    return render(request, "console/hours/version.html", context, status=status)


def _shown(version: OpeningVersion, today: date) -> ShownVersion:
    week = week_of(version)
    is_over = version.to_on is not None and version.to_on <= today
    state = "coming" if version.from_on > today else "past" if is_over else "now"
    return ShownVersion(version, week_words(week), week_minutes(week), state, can_withdraw=version.from_on >= today)


def _special(day: SpecialDay) -> tuple[SpecialDay, str]:
    return day, opened(day.spans)


def year_asked(asked: str, today: date) -> int:
    """Return the year that is asked for; this one when it is none that can be shown."""
    return int(asked) if asked.isdecimal() and asked.isascii() and int(asked) in _YEARS else today.year
