"""Addresses within a member's own part of the site, and how it looks there."""

from typing import Any

from django import template
from django.urls import reverse

from borgerlinje.cooperation.models import Authority, Face
from borgerlinje.portal.faces import face_of

register = template.Library()


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
