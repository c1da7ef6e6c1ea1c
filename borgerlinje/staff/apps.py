from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "borgerlinje.staff"
    verbose_name = _("medarbejdere")

    def ready(self) -> None:
        """Hear of second factors that are set up."""
        from allauth.mfa.signals import authenticator_added

        from borgerlinje.staff.second_factor import note_added

        authenticator_added.connect(note_added)
