"""What citizens are told at the top of a page."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import get_language

from borgerlinje.kit import clock
from borgerlinje.lines import news

register = template.Library()


@register.inclusion_tag("portal/news.html")
def news_of(ids: Iterable[int]) -> dict[str, Any]:
    """Show the crises, outages and news of the lines that a page is about, each once."""
    language = get_language() or "da"
    told = news.once(news.shown(clock.now()), ids)
    return {"told": [(each.kind, each.in_language(language), each.language_of(language)) for each in told]}
