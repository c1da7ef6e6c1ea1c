"""One subject in a form: what it is called, what people call it, what they do themselves, and what helping with it takes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.staff.words import LEVELS
from borgerlinje.console.styled import Styled, style, text_field
from borgerlinje.cooperation.models import Authority
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import Skill

_PLAIN = ("name", "name_en", "search_words", "about", "about_en", "source", "link", "skill", "skill_level")
FIELDS = (*_PLAIN, "needs_discretion")


def _link(label: Any, help_text: Any = "") -> forms.URLField:
    said = gettext_lazy("Skriv hele adressen, fx https://www.borger.dk/pas.")
    return forms.URLField(
        label=label,
        required=False,
        max_length=300,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"], message=said)],
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        error_messages={"invalid": said},
    )


class SubjectForm(Styled):
    """A subject that is new, or there already; `authorities` are those whose own links the person keeps."""

    name = text_field(
        gettext_lazy("Emne"),
        120,
        required=True,
        help_text=gettext_lazy("Som borgere siger det, fx »Pas«."),
        missing=gettext_lazy("Skriv, hvad emnet hedder."),
    )
    name_en = text_field(gettext_lazy("Emne på engelsk"), 120)
    search_words = text_field(
        gettext_lazy("Søgeord"),
        600,
        rows=3,
        help_text=gettext_lazy("Andre ord, folk bruger, med mellemrum: hverdagsord, gamle navne, det, der er sket."),
    )
    about = text_field(
        gettext_lazy("Kort om emnet"),
        300,
        rows=3,
        help_text=gettext_lazy("Det, borgeren gør først. Kun det, der er ens i hele landet."),
    )
    about_en = text_field(gettext_lazy("Kort om emnet på engelsk"), 300, rows=3)
    source = text_field(
        gettext_lazy("Hvor står det?"), 120, help_text=gettext_lazy("Vises som »Læs mere på …«, fx borger.dk.")
    )
    link = _link(gettext_lazy("Link til selvbetjening"), gettext_lazy("Fælles for alle. Begynder med https://."))
    skill = forms.ModelChoiceField(
        Skill.objects.filter(language=""),
        label=gettext_lazy("Hvem kan hjælpe?"),
        required=False,
        empty_label=gettext_lazy("Det, linjen kræver"),
    )
    skill_level = forms.TypedChoiceField(
        label=gettext_lazy("Mindst på niveau"), choices=list(LEVELS.items()), coerce=int, initial=1
    )
    needs_discretion = forms.BooleanField(
        label=gettext_lazy("Kræver et skøn: afgøres altid af en specialist"), required=False
    )

    def __init__(self, data: Any = None, *, subject: Subject, authorities: Iterable[Authority]) -> None:
        stored = {name: getattr(subject, name) for name in FIELDS if name != "skill"}
        super().__init__(data, initial={**stored, "skill": subject.skill_id} if subject.pk else {})
        self.subject, self.authorities = subject, list(authorities)
        own = {each.authority_id: each.url for each in subject.links.all()} if subject.pk else {}
        for each in self.authorities:
            self.fields[f"link-{each.pk}"] = _link(each.full_name)
            self.fields[f"link-{each.pk}"].initial = own.get(each.pk, "")
        style(self)

    def sections(self) -> list[tuple[Any, Any, list[Any]]]:
        """Return the parts of the page: a heading, what there is to say about it, and its fields."""
        return [
            (_("Emnet"), "", [self[name] for name in ("name", "name_en", "search_words")]),
            (_("Det, borgeren læser"), "", [self[name] for name in ("about", "about_en", "source", "link")]),
            (
                _("Eget link"),
                _("Har en myndighed sin egen selvbetjening, ser dens borgere den i stedet for det fælles link."),
                [self[f"link-{each.pk}"] for each in self.authorities],
            ),
            (_("Hvem hjælper"), "", [self[name] for name in ("skill", "skill_level", "needs_discretion")]),
        ]

    def clean_name(self) -> str:
        """Return a name that no other subject has."""
        name: str = self.cleaned_data["name"]
        other = Subject.objects.filter(name__iexact=name).exclude(pk=self.subject.pk).first()
        if other is not None:
            said = (
                _("Emnet %(name)s findes, men er ude af brug. Tag det i brug igen.")
                if other.retired_on
                else _("Emnet %(name)s findes allerede. Ret det i stedet.")
            )
            raise forms.ValidationError(said % {"name": other.name}, code="taken")
        return name

    def own_links(self) -> dict[int, str]:
        """Return the links of the valid form by authority; empty where there is none."""
        return {each.pk: self.cleaned_data[f"link-{each.pk}"] for each in self.authorities}
