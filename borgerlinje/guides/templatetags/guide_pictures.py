"""Pictures of a guide's steps as they stand on pages."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from borgerlinje.guides.content import Step
from borgerlinje.guides.pictures import size_of

register = template.Library()


@register.simple_tag
def step_picture(step: Step) -> SafeString | str:
    """Show a step's picture with what it shows in words; nothing for a step without one."""
    width, height = size_of(step.picture)
    if not width:
        return ""
    return format_html(
        '<img class="bl-step-picture" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        *(reverse("portal:guide_picture", args=[step.picture]), step.picture_alt, width, height),
    )
