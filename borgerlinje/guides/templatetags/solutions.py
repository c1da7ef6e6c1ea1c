"""Whether self-service solutions work, as every page says it: in lists of guides, and on a guide itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Solution, SolutionStatus
from borgerlinje.guides.solutions import is_coming
from borgerlinje.guides.statuses import running_for
from borgerlinje.kit import clock

register = template.Library()


@register.simple_tag
def states_of(guides: Iterable[Any], authority: Authority | None) -> Mapping[str, SolutionStatus]:
    """Return, by slug, what is the matter with the solutions of guides in a list; one query, none for an empty list."""
    slugs = [each.slug for each in guides or ()]
    if not slugs:
        return {}
    found = running_for(authority, now=clock.now()).filter(solution__guides__slug__in=slugs)
    pairs = found.values_list("solution__guides__slug", "kind").order_by("kind")
    # "disturbed" comes before "down" in the alphabet: what is down stands last, and stays.
    return {slug: SolutionStatus(kind=kind) for slug, kind in pairs}


@register.inclusion_tag("guides/state_mark.html")
def state_mark(states: Mapping[str, SolutionStatus], slug: str) -> dict[str, Any]:
    """Mark a guide in a list whose solution does not work; nothing where it does."""
    return {"status": states.get(slug) if states else None}


@register.filter
def said(status: SolutionStatus) -> str:
    """Return what is said of a status in the reader's language, in Danish where it has no other words."""
    return (get_language() == "en" and status.text_en) or status.text


@register.filter
def said_in(status: SolutionStatus) -> str:
    """Return which language `said` answers in."""
    return "en" if get_language() == "en" and status.text_en else "da"


@register.filter
def name_of_solution(solution: Solution) -> str:
    """Return a solution's name in the reader's language."""
    return (get_language() == "en" and solution.name_en) or solution.name


@register.filter
def exempt_of(solution: Solution) -> str:
    """Return who need not use a solution, in the reader's language."""
    return (get_language() == "en" and solution.exempt_en) or solution.exempt


@register.filter
def coming(solution: Solution) -> bool:
    """Tell whether a solution must be used from a day soon."""
    return is_coming(solution, today=clock.today())


@register.filter
def is_mandatory(solution: Solution) -> bool:
    """Tell whether a solution must be used today."""
    return solution.mandatory_on is not None and solution.mandatory_on <= clock.today()
