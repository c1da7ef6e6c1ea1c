"""Taking an account into use."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.staff.models import User


class TwiceForm(forms.Form):
    """A password, written twice."""

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

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        values: dict[str, Any] = super().clean() or {}
        if {"password", "again"} <= set(values) and values["password"] != values["again"]:
            self.add_error("again", _("De to adgangskoder er ikke ens. Skriv den samme begge steder."))
        return values


class PasswordForm(TwiceForm):
    """A first password for an account there is."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean_password(self) -> str:
        """Return the password. Raises ValidationError with everything that is wrong with it."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


class FirstAccountForm(TwiceForm):
    """Who sets up an installation, and how they sign in."""

    name = forms.CharField(
        label=gettext_lazy("Dit navn"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "bl-input"}),
        error_messages={"required": gettext_lazy("Skriv dit navn. Det står ved det, du ændrer.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("Du logger på med den."),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "class": "bl-input"}),
        error_messages={
            "required": gettext_lazy("Skriv den e-mailadresse, du vil logge på med."),
            "invalid": gettext_lazy("Det ligner ikke en e-mailadresse. Skriv den som navn@myndighed.dk."),
        },
    )
    field_order = ("name", "email", "password", "again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean_email(self) -> str:
        """Return the address in small letters."""
        return str(self.cleaned_data["email"]).lower()

    def clean_password(self) -> str:
        """Return the password. Raises ValidationError with everything that is wrong with it."""
        password = str(self.cleaned_data["password"])
        # Fields are cleaned in their order: what it must not resemble is there already.
        validate_password(
            password, User(email=self.cleaned_data.get("email", ""), name=self.cleaned_data.get("name", ""))
        )
        return password
