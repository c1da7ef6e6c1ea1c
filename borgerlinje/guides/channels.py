"""Where a matter can be dealt with, as every page says it."""

from typing import Final

from django.utils.translation import gettext_lazy

from borgerlinje.guides.content import Channel

CHANNELS: Final = {
    Channel.SELF_SERVICE: gettext_lazy("Selvbetjening"),
    Channel.PHONE: gettext_lazy("Telefon"),
    Channel.COUNTER: gettext_lazy("Personligt fremmøde"),
}
ICONS: Final = {Channel.SELF_SERVICE: "window", Channel.PHONE: "phone", Channel.COUNTER: "counter"}
