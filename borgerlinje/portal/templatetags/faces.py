"""Addresses within a member's own part of the site, and how it looks there."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from borgerlinje.cooperation.models import Authority, Face
from borgerlinje.portal.faces import face_of

register = template.Library()
_VALUE = "VALUE"


@register.simple_tag
def face(place: Authority | str | None) -> Face | None:
    """Return how the authority a page is about looks; None on pages of the whole site."""
    return face_of(place) if isinstance(place, Authority) else None


@register.simple_tag
def address(name: str, place: Authority | str | None, *values: Any) -> str:
    """Return the address of a page, within the authority's own part of the site where a page has one."""
    if isinstance(place, Authority):
        return reverse(f"portal:member_{name}", args=[place.code, *values])
    return reverse(f"portal:{name}", args=values)


@register.simple_tag
def links(name: str, rows: Iterable[tuple[str, str]]) -> SafeString:
    """Return list items that lead to one kind of page: for each row the value in its address, and its text.

    A country has hundreds, so where the value stands in the address is asked once.
    """
    before, after = reverse(f"portal:{name}", args=[_VALUE]).split(_VALUE)
    items = ((before, quote(value, safe=""), after, text) for value, text in rows)
    return format_html_join("", '<li><a href="{}{}{}">{}</a></li>', items)
