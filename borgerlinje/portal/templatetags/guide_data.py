"""A guide for other machines, in its own page."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from borgerlinje.portal.guide_data import block
from borgerlinje.portal.templatetags.faces import address

register = template.Library()


@register.simple_tag(takes_context=True)
def guide_data(context: dict[str, Any]) -> SafeString:
    """Return what stands in the head of a guide's page: where its data is, and the guide as schema.org has it."""
    reading, place = context["reading"], context["place"]
    data = SafeString(block(context["request"], reading, place=place, card=context["card"]))
    # What is in the element is data and is never run: script-src does not come into it.
    elements = (
        '<link rel="alternate" type="application/ld+json" href="{}"><script type="application/ld+json">{}</script>'
    )
    return format_html(elements, address("guide_data", place, reading.guide.slug), data)
