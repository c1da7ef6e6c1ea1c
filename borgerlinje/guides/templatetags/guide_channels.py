"""Where a matter can be dealt with, in the order in which it is offered."""

from collections.abc import Iterable

from django import template

from borgerlinje.guides.channels import CHANNELS, ICONS
from borgerlinje.guides.content import Channel

register = template.Library()


@register.filter
def drawn(channels: Iterable[str]) -> list[tuple[str, str]]:
    """Return each channel's icon and name, in their order; none for one that is not known."""
    known = [Channel(each) for each in channels or () if each in set(Channel)]
    return [(ICONS[each], str(CHANNELS[each])) for each in known]
