"""How the editor of guides names its fields and looks up what stands in them."""

from collections.abc import Mapping
from typing import Any

from django import template

from borgerlinje.guides import drafting
from borgerlinje.guides.models import GuideVersion, LocalVersion

register = template.Library()


@register.filter
def of(values: Any, name: str) -> Any:
    """Return a value by its name, of a mapping or of an object; nothing where there is none."""
    found = values.get(name) if isinstance(values, Mapping) else getattr(values, name, None)
    return "" if found is None else found


@register.filter
def sending(version: GuideVersion | LocalVersion) -> str:
    """Return what tells this sending of a version from the next, for the form that approves it."""
    return drafting.sending(version)


@register.simple_tag
def step_field(key: str, part: str, language: str) -> str:
    """Return the name of a step's field."""
    return "-".join(each for each in ("step", key, part, language) if each)
