"""What citizens are told at the top of a page."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import get_language

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import SolutionStatus
from borgerlinje.guides.statuses import as_news, running_for
from borgerlinje.kit import clock
from borgerlinje.lines import news
from borgerlinje.lines.news import News

# As the citizens' pages name it: its kind, the text, and the language the text is in.
Told = tuple[str, str, str]

register = template.Library()
# What the pages of a place tell beside what its lines do.
_SOLUTIONS = 0


@register.inclusion_tag("portal/news.html")
def news_of(ids: Iterable[int], *, without: SolutionStatus | None = None) -> dict[str, Any]:
    """Show the crises, outages and news of the lines that a page is about, each once; `without` is told further down."""
    told = news.once(news.shown(clock.now()), ids)
    if without is not None:
        told = [each for each in told if _words(each) != _words(as_news(without))]
    return _shown(told)


@register.inclusion_tag("portal/news.html")
def news_at(ids: Iterable[int], place: Authority | None) -> dict[str, Any]:
    """Show the news of these lines, and which self-service solutions do not work for a place's citizens; what both say, once."""
    now = clock.now()
    of_lines = news.once(news.shown(now), ids or ())
    known = {_words(each) for each in of_lines}
    outages = {_words(each): each for each in map(as_news, running_for(place, now=now))}
    others = tuple(each for words, each in outages.items() if words not in known)
    return _shown(news.once({_SOLUTIONS: (*of_lines, *others)}, [_SOLUTIONS]))


def _words(each: News) -> tuple[str, str, str]:
    return each.kind, each.text, each.text_en


def told_in(told: Iterable[News], language: str) -> list[Told]:
    """Return news as a page in a language tells them."""
    return [(each.kind, each.in_language(language), each.language_of(language)) for each in told]


def _shown(told: Iterable[News]) -> dict[str, Any]:
    return {"told": told_in(told, get_language() or "da")}
