"""Marks what was asked for in what was found."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from borgerlinje.guides.search.marking import Meant, pieces

register = template.Library()


@register.filter
def marked(text: str, meant: Meant) -> SafeString:
    """Return a text with what was asked for in <mark>; everything else escaped."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", piece) if is_meant else piece,) for piece, is_meant in pieces(text, meant)),
    )
