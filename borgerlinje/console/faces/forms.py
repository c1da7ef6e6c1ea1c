"""How an authority meets citizens: every fault at once, each beside its field, and a colour that cannot be read never stored."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.styled import no_cpr, style
from borgerlinje.cooperation import colours
from borgerlinje.cooperation.models import Face

# The sections of the page: a heading, and the fields under it.
SECTIONS = (
    (gettext_lazy("Navn og farve"), ("title", "welcome", "welcome_en", "colour", "colour_dark", "website")),
    (gettext_lazy("Hvem borgerne kan skrive til"), ("contact_email", "contact_phone", "dpo_email")),
    (
        gettext_lazy("Tilgængelighedserklæring"),
        ("conformance", "known_faults", "statement_on", "statement_url"),
    ),
    (gettext_lazy("Boks på jeres eget websted"), ("box_origins",)),
)
_HELP = {
    "title": gettext_lazy("Tomt: myndighedens navn."),
    "colour": gettext_lazy("Skrives som #0b5160. Bruges til links og knapper. Tomt: produktets egen."),
    "colour_dark": gettext_lazy("Til dem, der har valgt mørk skærm. Tomt: laves af farven ovenfor."),
    "contact_email": gettext_lazy(
        "Loven om webtilgængelighed kræver både en adresse at skrive til og et nummer at ringe til."
    ),
    "known_faults": gettext_lazy("Det, I ved ikke er tilgængeligt, hvorfor, og hvad borgeren kan gøre i stedet."),
    "statement_url": gettext_lazy(
        "Erklæringen skal laves i Digitaliseringsstyrelsens WAS-Tool, holdes ved lige og gennemgås hvert år."
    ),
    "box_origins": gettext_lazy(
        "Én pr. linje, fx https://www.kommunen.dk. Andre websteder kan ikke vise boksen. Tomt: ingen."
    ),
}
_TEXTS = ("title", "welcome", "welcome_en", "contact_phone", "known_faults")
_MOST_ORIGINS = 20
_HOST = re.compile(r"(?=.{1,190}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{1,5})?")
_is_email = EmailValidator(gettext_lazy("Skriv en e-mailadresse, fx navn@kommunen.dk."))


class FaceForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no generic form at run time
    """An authority's face. Origins are written one a line."""

    use_required_attribute = False
    box_origins = forms.CharField(
        label=gettext_lazy("Websteder, der må vise boksen"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = Face
        fields = tuple(name for _heading, names in SECTIONS for name in names)
        widgets = {
            "known_faults": forms.Textarea(attrs={"rows": 4}),
            "statement_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _TEXTS:
            self.fields[name].validators.append(no_cpr)
        for name in ("contact_email", "dpo_email"):
            self.fields[name].validators.append(_is_email)
        for name, text in _HELP.items():
            self.fields[name].help_text = text
        self.fields["conformance"].choices = [("", _("Ikke vurderet endnu")), *Face.Conformance.choices]  # type: ignore[attr-defined]
        self.fields["statement_on"].error_messages["invalid"] = _("Vælg en dato.")
        self.initial["box_origins"] = "\n".join(self.instance.box_origins)
        style(self)

    def clean_colour(self) -> str:
        """Return the colour as it is stored. Raises ValidationError for one that cannot be read on a light page."""
        return _readable(self.cleaned_data["colour"], colours.LIGHT)

    def clean_colour_dark(self) -> str:
        """Return the colour as it is stored. Raises ValidationError for one that cannot be read on a dark page."""
        return _readable(self.cleaned_data["colour_dark"], colours.DARK)

    def clean_website(self) -> str:
        """Return the address. Raises ValidationError for one a browser would not open safely."""
        return _address(self.cleaned_data["website"])

    def clean_statement_url(self) -> str:
        """Return the address. Raises ValidationError for one a browser would not open safely."""
        return _address(self.cleaned_data["statement_url"])

    def clean_box_origins(self) -> list[str]:
        """Return the websites as a browser names them. Raises ValidationError naming those that are none."""
        lines = [line.strip() for line in self.cleaned_data["box_origins"].splitlines() if line.strip()]
        read = {line: origin(line) for line in lines}
        wrong = [line[:60] for line, found in read.items() if not found]
        if wrong:
            text = _("Skriv adressen uden sti, fx https://www.kommunen.dk. Det kan ikke bruges: %(lines)s.")
            raise ValidationError(text % {"lines": ", ".join(wrong)})
        if len(read) > _MOST_ORIGINS:
            raise ValidationError(_("Skriv højst 20 websteder."))
        return list(dict.fromkeys(read.values()))

    def clean(self) -> dict[str, Any]:
        """Refuse a colour for dark screens alone: the rest would be the product's."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("colour_dark") and "colour" in values and not values["colour"]:
            self.add_error("colour", _("Vælg også en farve til lys skærm."))
        return values

    def sections(self) -> list[tuple[Any, list[Any]]]:
        """Return the headings, each with its fields."""
        return [(heading, [self[name] for name in names]) for heading, names in SECTIONS]


def origin(text: str) -> str:
    """Return a website as the policy names it, `https://www.kommunen.dk`; empty for a text that is none."""
    try:
        parts = urlsplit(text.lower())
        host = parts.netloc.encode("idna").decode()
    except (UnicodeError, ValueError):
        return ""
    is_bare = parts.path in {"", "/"} and not parts.query and not parts.fragment
    return f"https://{host}" if parts.scheme == "https" and is_bare and _HOST.fullmatch(host) else ""


def _readable(text: str, theme: colours.Theme) -> str:
    if not text:
        return ""
    colour = colours.read(text)
    if colour is None:
        raise ValidationError(_("Skriv farven som #0b5160: # og seks tegn, 0–9 og a–f."))
    if colours.passes(colour, theme):
        return colour
    where = _("lys") if theme is colours.LIGHT else _("mørk")
    said = {
        "colour": colour,
        "where": where,
        "contrast": number_format(colours.weakest(colour, theme), 1),
        "nearest": colours.nearest(colour, theme),
    }
    raise ValidationError(
        _(
            "%(colour)s kan ikke læses på %(where)s skærm: kontrasten er %(contrast)s, og den skal være mindst 4,5."
            " Den nærmeste farve, der kan, er %(nearest)s."
        )
        % said
    )


def _address(text: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host = parts.netloc.lower().encode("idna").decode()
    except (UnicodeError, ValueError):
        host = ""
    if not host or parts.scheme != "https" or not _HOST.fullmatch(host) or re.search(r"\s", text):
        raise ValidationError(_("Skriv en adresse, der begynder med https://."))
    return text
