from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "borgerlinje.console"
    verbose_name = _("konsol")

    def ready(self) -> None:
        from borgerlinje.console import signing_out  # noqa: F401 - connects its receiver
