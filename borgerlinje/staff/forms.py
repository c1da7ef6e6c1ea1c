"""Taking an account into use."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.staff.models import User


class PasswordForm(forms.Form):
    """A first password, written twice."""

    use_required_attribute = False
    password = forms.CharField(
        label=gettext_lazy("Adgangskode"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "bl-input"}),
        error_messages={"required": gettext_lazy("Skriv den adgangskode, du vil bruge.")},
    )
    again = forms.CharField(
        label=gettext_lazy("Adgangskoden igen"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "bl-input"}),
        error_messages={"required": gettext_lazy("Skriv adgangskoden igen, så en tastefejl opdages.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean_password(self) -> str:
        """Return the password. Raises ValidationError with everything that is wrong with it."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        values: dict[str, Any] = super().clean() or {}
        if {"password", "again"} <= set(values) and values["password"] != values["again"]:
            self.add_error("again", _("De to adgangskoder er ikke ens. Skriv den samme begge steder."))
        return values
