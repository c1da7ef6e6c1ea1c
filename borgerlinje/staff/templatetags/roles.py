"""What a person's roles let them see, for templates. The views themselves decide; this only hides dead links."""

from collections.abc import Collection

from django import template

from borgerlinje.staff.roles import Role

register = template.Library()


@register.filter
def holds(roles: Collection[Role], names: str) -> bool:
    """Tell whether any of the roles named (by value, with spaces between) is held."""
    return any(Role(name) in roles for name in names.split())
