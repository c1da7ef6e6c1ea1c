"""A provider's trunk as a form: every fault at once, each beside its field. The password is written, never shown."""

import ipaddress
import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.channels.phone.models import Trunk
from borgerlinje.channels.phone.network.trunk import PURPOSE
from borgerlinje.console.styled import number_field, style
from borgerlinje.kit import sealed

# What is written becomes part of SIP addresses: nothing in it may end one.
_HOST = re.compile(
    r"(?=.{1,120}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_USER = re.compile(r"[A-Za-z0-9_.+-]{1,80}")
_MOST_PORT = 65_535
# A password must be written again when it would be shown to somebody else.
_WHERE = ("host", "port", "transport", "username", "from_domain")


class TrunkForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no generic form at run time
    """A trunk's settings."""

    use_required_attribute = False
    port = number_field(
        gettext_lazy("Port"),
        least=0,
        most=_MOST_PORT,
        help_text=gettext_lazy("Ofte 5060, for TLS 5061. 0: slås op hos udbyderen (DNS)."),
    )
    password = forms.CharField(
        label=gettext_lazy("Adgangskode"),
        max_length=120,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Gemmes krypteret og vises aldrig. Tomt: den gemte beholdes."),
    )
    matches = forms.CharField(
        label=gettext_lazy("Adresser, udbyderen ringer fra"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("En adresse eller et net pr. linje, fx 198.51.100.0/24. Tomt: udbyderens egen adresse."),
    )
    max_calls = number_field(gettext_lazy("Højst samtidige udgående opkald"), least=1, most=10_000)

    class Meta:
        model = Trunk
        fields = (
            *("name", "host", "port", "transport", "srtp", "registers", "username", "password", "from_domain"),
            *("number_format", "matches", "max_calls", "is_active"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["matches"] = "\n".join(self.instance.matches)
        for name, text in _HELP.items():
            self.fields[name].help_text = text
        for field in self.fields.values():
            field.error_messages["required"] = _("Feltet skal udfyldes.")
        style(self)

    def clean_host(self) -> str:
        """Return the provider's name or address. Raises ValidationError."""
        return _host(self.cleaned_data["host"])

    def clean_from_domain(self) -> str:
        """Return the domain, empty for none. Raises ValidationError."""
        text = self.cleaned_data["from_domain"]
        return _host(text) if text else ""

    def clean_username(self) -> str:
        """Return the user name, empty for none. Raises ValidationError."""
        text: str = self.cleaned_data["username"].strip()
        if text and not _USER.fullmatch(text):
            raise forms.ValidationError(_("Skriv brugernavnet uden mellemrum og tegn som @ og ;."))
        return text

    def add_prefix(self, field_name: str) -> str:
        """Return what a field is called in the page: one named "matches" would hide the form's own method, which scripts call."""
        return super().add_prefix("addresses" if field_name == "matches" else field_name)

    def clean_matches(self) -> list[str]:
        """Return the networks. Raises ValidationError naming what is none."""
        networks, wrong = [], []
        for line in filter(None, map(str.strip, self.cleaned_data["matches"].splitlines())):
            try:
                networks.append(str(ipaddress.ip_network(line, strict=False)))
            except ValueError:
                wrong.append(line[:40])
        if wrong:
            raise forms.ValidationError(_("Det er ikke adresser eller net: %(lines)s.") % {"lines": ", ".join(wrong)})
        if any(ipaddress.ip_network(network).prefixlen == 0 for network in networks):
            raise forms.ValidationError(
                _("Alle adresser i verden er for mange: så kan enhver ringe ind som udbyderen.")
            )
        return list(dict.fromkeys(networks))

    def clean(self) -> dict[str, Any]:
        """Check what depends on more than one field."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        has_password = bool(values.get("password") or self.instance.secret)
        if values.get("registers") and not values.get("username"):
            self.add_error("username", _("Skriv det brugernavn, der tilmeldes med."))
        if values.get("username") and not has_password:
            self.add_error("password", _("Skriv adgangskoden til brugernavnet."))
        elif self.instance.secret and not values.get("password") and set(_WHERE) & set(self.changed_data):
            self.add_error(
                "password", _("Skriv adgangskoden igen: den ville ellers blive brugt et andet sted end før.")
            )
        if values.get("srtp") and values.get("transport") not in {"tls", None}:
            self.add_error("srtp", _("Vælg også TLS: ellers sendes nøglen til lyden, så alle på vejen kan læse den."))
        return values

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's own signature
        """Store the trunk; a password is sealed first. Raises SealError."""
        if password := self.cleaned_data["password"]:
            self.instance.secret = sealed.seal(password.encode(), purpose=PURPOSE)
        elif not self.cleaned_data["username"]:
            self.instance.secret = None
        return super().save(commit)


_HELP = {
    "name": gettext_lazy("Det, I selv kalder forbindelsen."),
    "host": gettext_lazy("Navn eller adresse, fx sip.udbyder.dk."),
    "transport": gettext_lazy("TLS, når udbyderen tilbyder det: så kan ingen på vejen se, hvem der ringer."),
    "srtp": gettext_lazy("Kræver TLS. Så kan ingen på vejen høre med."),
    "registers": gettext_lazy("Når udbyderen giver brugernavn og adgangskode i stedet for at kende jeres adresse."),
    "from_domain": gettext_lazy("Kun når udbyderen kræver det."),
    "number_format": gettext_lazy("Sådan skriver vi numre til udbyderen. Numre fra udbyderen læses i alle former."),
    "is_active": gettext_lazy("Kun en forbindelse i brug får opkald."),
}


def _host(text: str) -> str:
    text = text.strip()
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if _HOST.fullmatch(text):
            return text.lower()
    raise forms.ValidationError(_("Skriv et servernavn eller en adresse, uden sip: foran og uden port."))
