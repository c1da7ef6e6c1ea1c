"""One solution in a form: what it is called, whose it is, where it is, what it takes, and from when it must be used."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.styled import Styled, text_field
from borgerlinje.guides.clean import check_web_address, one_line, plain
from borgerlinje.guides.models import Solution
from borgerlinje.guides.solutions import FIELDS
from borgerlinje.kit.errors import BorgerlinjeError

_LONGEST_LIST, _LONGEST_ITEM, _MOST_ITEMS = 1200, 120, 12
_TEXTS: Final = ("name", "name_en", "purpose", "purpose_en", "owner", "exempt", "exempt_en")
_LISTS: Final = ("at_hand", "at_hand_en")
_UNREADABLE: Final = {"invalid": gettext_lazy("Vælg en dato.")}


def web_field(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field for an address on the web, or for none."""
    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=300, required=False, help_text=help_text, validators=[_web_address], widget=widget
    )


def _web_address(url: str) -> None:
    try:
        check_web_address(url)
    except BorgerlinjeError as error:
        raise forms.ValidationError(str(error.message), code="web_address") from error


def _date_field(label: Any, help_text: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text, error_messages=_UNREADABLE)


def _list_field(label: Any) -> forms.CharField:
    return text_field(label, _LONGEST_LIST, rows=4, help_text=gettext_lazy("Én ting på hver linje."))


class SolutionForm(Styled):
    """A solution that is new, or there already."""

    name = text_field(
        gettext_lazy("Navn"),
        120,
        required=True,
        help_text=gettext_lazy("Som borgeren ser den, fx »Bestil nyt sundhedskort«."),
        missing=gettext_lazy("Skriv, hvad løsningen hedder."),
    )
    name_en = text_field(gettext_lazy("Navn på engelsk"), 120)
    purpose = text_field(gettext_lazy("Hvad er den til?"), 300, rows=2)
    purpose_en = text_field(gettext_lazy("Hvad er den til, på engelsk"), 300, rows=2)
    owner_kind = forms.ChoiceField(label=gettext_lazy("Hvem ejer den?"), choices=Solution.OwnerKind.choices)
    owner = text_field(
        gettext_lazy("Ejer"),
        120,
        required=True,
        help_text=gettext_lazy("Fx »Udbetaling Danmark« eller »Kommunen«."),
        missing=gettext_lazy("Skriv, hvem der ejer løsningen."),
    )
    address = web_field(
        gettext_lazy("Adresse"), gettext_lazy("Fælles for alle. Begynder med https://. Tomt: der er ingen.")
    )
    per_authority = forms.BooleanField(label=gettext_lazy("Hver myndighed har sin egen adresse"), required=False)
    sign_in = forms.ChoiceField(label=gettext_lazy("Log ind med"), choices=Solution.SignIn.choices)
    at_hand = _list_field(gettext_lazy("Hav klar"))
    at_hand_en = _list_field(gettext_lazy("Hav klar, på engelsk"))
    exempt = text_field(gettext_lazy("Hvem er fritaget?"), 400, rows=2)
    exempt_en = text_field(gettext_lazy("Hvem er fritaget, på engelsk"), 400, rows=2)
    mandatory_on = _date_field(gettext_lazy("Skal bruges fra"), gettext_lazy("Tomt: borgerne vælger selv."))
    retired_on = _date_field(
        gettext_lazy("Ude af brug fra"), gettext_lazy("Fra den dag har guiderne ikke noget link til den.")
    )

    def __init__(self, data: Any = None, *, solution: Solution) -> None:
        self.solution = solution
        initial = {name: getattr(solution, name) for name in FIELDS} if solution.pk is not None else {}
        initial |= {name: "\n".join(initial[name]) for name in _LISTS if name in initial}
        super().__init__(data, initial=initial)

    def sections(self) -> list[tuple[str, list[Any]]]:
        """Return the parts of the page: a heading, and its fields."""
        parts = [
            (_("Løsningen"), ("name", "name_en", "purpose", "purpose_en")),
            (_("Hvis den er, og hvor"), ("owner_kind", "owner", "address", "per_authority")),
            (_("Det, borgeren skal bruge"), ("sign_in", "at_hand", "at_hand_en")),
            (_("Hvornår den skal bruges"), ("mandatory_on", "exempt", "exempt_en", "retired_on")),
        ]
        return [(title, [self[name] for name in names]) for title, names in parts]

    def clean_name(self) -> str:
        """Return a name that no other solution has."""
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Skriv, hvad løsningen hedder."), code="required")
        if Solution.objects.filter(name__iexact=name).exclude(pk=self.solution.pk).exists():
            said = _("Løsningen %(name)s findes allerede. Ret den i stedet.") % {"name": name}
            raise forms.ValidationError(said, code="taken")
        return name

    def clean_at_hand(self) -> list[str]:
        """Return what to have at hand."""
        return _items(self.cleaned_data["at_hand"])

    def clean_at_hand_en(self) -> list[str]:
        """Return what to have at hand, in English."""
        return _items(self.cleaned_data["at_hand_en"])

    def clean(self) -> dict[str, Any]:
        """Keep texts free of markup."""
        values: dict[str, Any] = super().clean() or {}
        return values | {name: one_line(values[name]) for name in _TEXTS if name in values}


class AddressesForm(Styled):
    """Where the citizens of each authority find a solution: those there are, and one more. An empty address is taken away."""

    authority = forms.ChoiceField(label=gettext_lazy("Myndighed"), required=False)
    url = web_field(gettext_lazy("Adresse"), gettext_lazy("Begynder med https://."))

    def __init__(self, data: Any = None, *, own: dict[int, str], authorities: dict[int, str]) -> None:
        """Offer `own` addresses by authority to be changed, and one of `authorities` (names) for a new one."""
        super().__init__(data)
        self.own = {pk: url for pk, url in own.items() if pk in authorities}
        choices = [(str(pk), name) for pk, name in authorities.items() if pk not in own]
        new: Any = self.fields["authority"]
        new.choices = [("", _("Vælg en myndighed")), *choices]
        for pk, url in self.own.items():
            field = web_field(authorities[pk])
            field.initial = url
            field.widget.attrs["class"] = "bl-input"
            self.fields[f"own-{pk}"] = field

    def rows(self) -> list[Any]:
        """Return the fields of the addresses there are."""
        return [self[f"own-{pk}"] for pk in self.own]

    def clean(self) -> dict[str, Any]:
        """Refuse an address that is nobody's."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("url") and not values.get("authority"):
            self.add_error("authority", _("Vælg, hvis adresse det er."))
        elif values.get("authority") and not values.get("url") and "url" not in self.errors:
            self.add_error("url", _("Skriv adressen."))
        return values

    def changed(self) -> dict[int, str]:
        """Return the addresses of the valid form that differ from what there is, by authority; empty: it is taken away."""
        values = self.cleaned_data
        found = {pk: values[f"own-{pk}"] for pk, url in self.own.items() if values[f"own-{pk}"] != url}
        return found | ({int(values["authority"]): values["url"]} if values.get("authority") else {})


def _items(text: str) -> list[str]:
    items = [one_line(line) for line in plain(text).split("\n")]
    found = [item for item in items if item]
    if len(found) > _MOST_ITEMS:
        raise forms.ValidationError(_("Skriv højst %(count)d ting.") % {"count": _MOST_ITEMS}, code="many")
    if any(len(item) > _LONGEST_ITEM for item in found):
        raise forms.ValidationError(
            _("En linje er for lang. Skriv højst %(count)d tegn.") % {"count": _LONGEST_ITEM}, code="long"
        )
    return found
