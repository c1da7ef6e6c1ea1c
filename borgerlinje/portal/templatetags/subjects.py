"""Subjects in the reader's language; what there is in Danish alone says so to those who hear the page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from borgerlinje.cooperation.models import Authority
from borgerlinje.lines.models import Subject

register = template.Library()


@register.filter
def plain_name(subject: Subject) -> str:
    """Return a subject's name, in English where it has one and the page is."""
    return (_is_english() and subject.name_en) or subject.name


@register.filter
def name_of(subject: Subject) -> SafeString:
    """Return a subject's name for the page."""
    return _said(subject.name, subject.name_en)


@register.filter
def about_of(subject: Subject) -> SafeString:
    """Return what is said of a subject, for the page; empty where nothing is."""
    return _said(subject.about, subject.about_en)


@register.filter
def link_for(subject: Subject, place: Authority | None) -> str:
    """Return where citizens of a place (None: any) can help themselves with a subject: its own link, or the common one; may be empty."""
    own = {each.authority_id: each.url for each in subject.links.all()}
    return own.get(place.pk, subject.link) if place is not None else subject.link


def _said(danish: str, english: str) -> SafeString:
    if not _is_english():
        return format_html("{}", danish)
    return format_html("{}", english) if english else format_html('<span lang="da">{}</span>', danish)


def _is_english() -> bool:
    return get_language() == "en"
