"""What in a guide is an authority's own, marked where it is read."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from borgerlinje.guides.content import Step
from borgerlinje.guides.reading import Reading

register = template.Library()


@register.inclusion_tag("guides/local_part.html")
def own_part(reading: Reading, part: str, text: str) -> dict[str, Any]:
    """Show a part for employees; where it is local, marked so and with the common text it stands for struck through after it."""
    own = reading.local
    is_own = own is not None and part in own.localised.local
    instead = own.localised.instead_of.get(part, "") if own is not None and is_own else ""
    return {
        "text": text,
        "is_own": is_own,
        "in_danish": _is_in_danish(reading, part),
        "instead": instead,
        "authority": own.authority if own else None,
    }


@register.inclusion_tag("guides/local_part.html")
def own_step(reading: Reading, step: Step, name: str) -> dict[str, Any]:
    """Show a part of a step as `own_part` does; what is to be said stands in quotation marks."""
    text = getattr(step, name)
    return own_part(reading, f"step:{step.key}:{name}", f"»{text}«" if name == "say" else text)


@register.inclusion_tag("guides/local_part.html")
def own_item(reading: Reading, name: str, item: str) -> dict[str, Any]:
    """Show an item of a list as `own_part` does; a local one stands for nothing."""
    return own_part(reading, f"{name}:{item}", item)


@register.simple_tag
def lang_of(reading: Reading, part: str) -> SafeString | str:
    """Return the attribute that says a part is in Danish while the page is not; nothing where both are in one language."""
    return SafeString(' lang="da"') if _is_in_danish(reading, part) else ""


@register.simple_tag
def lang_of_step(reading: Reading, step: Step, name: str) -> SafeString | str:
    """Return what `lang_of` does for a part of a step."""
    return lang_of(reading, f"step:{step.key}:{name}")


def _is_in_danish(reading: Reading, part: str) -> bool:
    return reading.local is not None and part in reading.local.localised.in_danish
