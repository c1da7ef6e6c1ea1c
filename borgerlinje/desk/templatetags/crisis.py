"""What an employee has to know before the next citizen: the crises and the news of the centres they answer for."""

from typing import Any

from django import template

from borgerlinje.kit import clock
from borgerlinje.lines import crisis, news
from borgerlinje.staff.models import Employee

register = template.Library()


@register.inclusion_tag("desk/crisis.html")
def crisis_and_news(employee: Employee) -> dict[str, Any]:
    """Show what citizens have heard first, and what to say and do in a crisis."""
    now = clock.now()
    return {"crises": crisis.for_desk(employee.pk, at=now), "notices": news.for_desk(employee.pk, at=now)}
