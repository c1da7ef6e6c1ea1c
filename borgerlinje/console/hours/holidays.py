"""Which of the days that many but not all are closed on a line observes: 1 May, Constitution Day, 24 and 31 December."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from borgerlinje.console.hours.actions import do_holidays
from borgerlinje.console.hours.versions import back, year_asked
from borgerlinje.console.lines.access import SETS, access_line
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock
from borgerlinje.lines.holiday_calendar import optional_days
from borgerlinje.staff.permission import allowed


@allowed(*SETS)
@require_POST
def line_holidays(request: HttpRequest, slug: str) -> HttpResponse:
    """Store the ticked days; the calendar of the year that was shown tells what came of it."""
    line = access_line(request, slug)
    year = year_asked(request.POST.get("aar", ""), clock.today())
    offered = optional_days(year).values()
    ticked = set(request.POST.getlist("dag"))
    # What another year calls a day is kept: it is not on this page.
    kept = [name for name in line.optional_holidays if name not in offered]
    do_holidays(line, [*(name for name in offered if name in ticked), *kept], by=user_of(request), now=clock.now())
    messages.success(request, _("Lukkedagene er gemt. Kalenderen viser dem."))
    back(line)
    return redirect(f"{reverse('console:line_hours', args=[line.slug])}?aar={year}#helligdage")
