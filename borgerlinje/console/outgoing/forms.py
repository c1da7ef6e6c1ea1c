"""What a centre may call, and whom it must not: every fault at once, each beside its field."""

import re
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import phonenumbers
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.channels.phone.models import DoNotCall, OutgoingPolicy
from borgerlinje.channels.phone.outgoing.policy import HOME, Number, canonical, read
from borgerlinje.console.styled import Styled, number_field, style, text_field
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

_LIMITS = {"per_number_per_day": (1, 50), "per_hour": (1, 10_000), "longest_minutes": (1, 480)}
_PREFIX = re.compile(r"\+[1-9]\d{1,14}|\d{2,8}")
_MOST_LINES = 100


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no generic form at run time
    """A centre's rules. Countries are written as codes, prefixes one a line."""

    use_required_attribute = False
    countries = forms.CharField(
        label=gettext_lazy("Lande, der må ringes til"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Landekoder med komma imellem, fx DK, GL, SE. Tomt: kun Danmark."),
    )
    allowed_prefixes = forms.CharField(
        label=gettext_lazy("Numre, der altid er tilladt"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Ét pr. linje. Et helt nummer er tilladt, også når det er kort eller overtakseret (1813). En begyndelse (+47) åbner"
            " kun almindelige numre."
        ),
    )
    barred_prefixes = forms.CharField(
        label=gettext_lazy("Numre, der aldrig er tilladt"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Ét pr. linje, hele numre eller begyndelser. Går forud for alt andet."),
    )

    class Meta:
        model = OutgoingPolicy
        fields = ("countries", "allowed_prefixes", "barred_prefixes", *_LIMITS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in _LIMITS.items():
            self.fields[name] = number_field(self.fields[name].label, least=least, most=most)
        self.initial["countries"] = ", ".join(self.instance.countries or [HOME])
        for name in ("allowed_prefixes", "barred_prefixes"):
            self.initial[name] = "\n".join(getattr(self.instance, name))
        style(self)

    def clean_countries(self) -> list[str]:
        """Return the codes, in capitals. Raises ValidationError naming those that are none."""
        codes = list(dict.fromkeys(re.findall(r"[^\s,;]+", self.cleaned_data["countries"].upper())))
        unknown = [code for code in codes if code not in phonenumbers.SUPPORTED_REGIONS]
        if unknown:
            raise forms.ValidationError(_("Det er ikke landekoder: %(codes)s.") % {"codes": ", ".join(unknown)})
        return codes or [HOME]

    def clean_allowed_prefixes(self) -> list[str]:
        """Return the prefixes as they are compared. Raises ValidationError."""
        return self._prefixes("allowed_prefixes")

    def clean_barred_prefixes(self) -> list[str]:
        """Return the prefixes as they are compared. Raises ValidationError."""
        return self._prefixes("barred_prefixes")

    def _prefixes(self, name: str) -> list[str]:
        lines = [line for line in self.cleaned_data[name].splitlines() if line.strip()]
        wrong = [line.strip()[:24] for line in lines if not _PREFIX.fullmatch(canonical(line))]
        if wrong:
            text = _("Skriv mindst to cifre, eventuelt med + foran. Det kan ikke bruges: %(lines)s.")
            raise forms.ValidationError(text % {"lines": ", ".join(wrong)})
        if len(lines) > _MOST_LINES:
            raise forms.ValidationError(_("Skriv højst 100 linjer."))
        return list(dict.fromkeys(canonical(line) for line in lines))


class DoNotCallForm(Styled):
    """A number that is not to be called."""

    number = forms.CharField(
        label=gettext_lazy("Nummer"), max_length=24, error_messages={"required": gettext_lazy("Skriv nummeret.")}
    )
    authority = forms.ModelChoiceField(
        Authority.objects.none(),
        label=gettext_lazy("Myndighed"),
        error_messages={
            "required": gettext_lazy("Vælg, hvilken myndigheds borgere det gælder."),
            "invalid_choice": gettext_lazy("Vælg en af dine egne myndigheder."),
        },
    )
    reason = text_field(
        gettext_lazy("Hvorfor"),
        200,
        required=True,
        help_text=gettext_lazy("Kort og uden oplysninger om en person, fx »Har bedt om det«."),
        missing=gettext_lazy("Skriv hvorfor, så den næste ved det."),
    )
    to_on = forms.DateField(
        label=gettext_lazy("Til (ikke med)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Tomt: til nogen fjerner det."),
        error_messages={"invalid": gettext_lazy("Vælg en dato.")},
    )

    def __init__(self, *args: Any, authorities: "QuerySet[Authority]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose: Any = self.fields["authority"]
        whose.queryset = authorities
        if len(authorities) == 1:
            whose.initial = authorities[0]

    def clean_number(self) -> str:
        """Return the number as the ledger has it. Raises ValidationError."""
        number = read(self.cleaned_data["number"])
        if not isinstance(number, Number):
            raise forms.ValidationError(_("Skriv et telefonnummer. Udenlandske begynder med + og landekoden."))
        return number.digits

    def clean_to_on(self) -> datetime | None:
        """Return the local midnight at which the bar ends. Raises ValidationError for one that is past."""
        on = self.cleaned_data["to_on"]
        if on is None:
            return None
        if on <= clock.today():
            raise forms.ValidationError(_("Vælg en dato efter i dag."))
        return datetime.combine(on, time(0), clock.COPENHAGEN)

    def save(self, user_id: int) -> DoNotCall:
        """Store the number; one that was there already has the new reason and end."""
        values = self.cleaned_data
        entry, _is_new = DoNotCall.objects.update_or_create(
            authority=values["authority"],
            digits=values["number"],
            defaults={
                "reason": values["reason"],
                "to_at": values["to_on"],
                "made_at": clock.now(),
                "made_by_id": user_id,
            },
        )
        return entry
