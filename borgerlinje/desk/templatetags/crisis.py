"""What an employee has to know before the next citizen: the crises, the solutions that do not work, and the news of the centres they answer for."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.db.models import Exists

from borgerlinje.guides import statuses
from borgerlinje.guides.models import SolutionStatus
from borgerlinje.kit import clock
from borgerlinje.lines import crisis, news
from borgerlinje.lines.models import Notice
from borgerlinje.staff.models import Employee

register = template.Library()


@register.inclusion_tag("desk/crisis.html")
def crisis_and_news(employee: Employee) -> dict[str, Any]:
    """Show what citizens have heard first, what does not work, and what to say and do in a crisis."""
    now = clock.now()
    # Everybody at work asks every few seconds, and nearly always everything works: notices say so along the way.
    notices = news.for_desk(employee.pk, at=now, has_outages=Exists(statuses.running(now)))
    may_have = all(getattr(each, "has_outages", True) for each in notices[:1])
    outages = statuses.for_desk(employee.pk, at=now) if may_have else []
    return {
        "crises": crisis.for_desk(employee.pk, at=now),
        "outages": outages,
        "notices": [each for each in notices if not _is_told(each, outages)],
    }


def _is_told(notice: Notice, outages: Iterable[SolutionStatus]) -> bool:
    """Tell whether a notice is what a status says already: its own, in its words."""
    return any(notice in each.notices.all() and notice.text == each.text for each in outages)
