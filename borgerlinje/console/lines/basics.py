"""A line's own fields in forms: what it is called, whose it is, whom it is for, who can answer it; and a new line whole."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.hours.fields import WeekForm
from borgerlinje.console.lines.numbering import NumbersField, OneOf, check_free
from borgerlinje.console.staff.words import LEVELS
from borgerlinje.console.styled import Styled, style, text_field
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.lines.models import Line
from borgerlinje.lines.new_line import LANGUAGES, USUAL_WEEK, NewLine
from borgerlinje.staff.models import Skill

LANGUAGE_NAMES = {"da": gettext_lazy("Dansk"), "en": gettext_lazy("Engelsk")}
_LONGEST_TEXT = 600


class _Basics(forms.Form):
    name = text_field(
        gettext_lazy("Hvad hedder linjen?"),
        80,
        required=True,
        help_text=gettext_lazy("Borgerne ser og hører navnet, fx »Hotline til selvbetjening«."),
        missing=gettext_lazy("Skriv, hvad linjen hedder."),
    )
    owner = OneOf(
        label=gettext_lazy("Hvis linje er det?"),
        help_text=gettext_lazy("Myndigheden, som linjen er en service fra. Opkald uden kendt kommune er dens."),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Vælg en myndighed.")),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Hvem ringer?"), choices=Line.Audience.choices)
    language = forms.ChoiceField(label=gettext_lazy("Linjens sprog"), choices=list(LANGUAGE_NAMES.items()))
    skill = forms.ModelChoiceField(
        Skill.objects.filter(language=""),
        label=gettext_lazy("Hvem kan svare?"),
        required=False,
        empty_label=gettext_lazy("Alle, der svarer for centret"),
        help_text=gettext_lazy("Vælg en kompetence, hvis kun de, der har den, skal have opkaldene."),
    )
    skill_level = forms.TypedChoiceField(
        label=gettext_lazy("Mindst på niveau"), choices=list(LEVELS.items()), coerce=int, initial=1
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Hvor langt går hjælpen?"), choices=Line.Scope.choices, initial=Line.Scope.GUIDANCE_ONLY
    )

    def offer(self, owners: Iterable[Authority]) -> None:
        """Let one of these be the owner."""
        field: Any = self.fields["owner"]
        field.offer([(each, each.full_name) for each in owners])


class BasicsForm(_Basics, Styled):
    """The own fields of a line there is."""

    greeting_text = text_field(
        gettext_lazy("Velkomst i telefonen"),
        _LONGEST_TEXT,
        rows=3,
        required=True,
        help_text=gettext_lazy("Har linjen en telefonmenu med egen velkomst, siges den i stedet."),
        missing=gettext_lazy("Skriv, hvad den, der ringer, hører først."),
    )

    def __init__(self, data: Any = None, *, line: Line, owners: Iterable[Authority]) -> None:
        fields = {name: getattr(line, name) for name in ("name", "audience", "language", "skill_level", "scope")}
        texts = {"greeting_text": line.greeting_text}
        super().__init__(data, initial={**fields, **texts, "owner": line.owner_id, "skill": line.skill_id})
        self.offer(owners)

    def write_to(self, line: Line) -> None:
        """Put the values of the valid form on a line; nothing is stored."""
        for name, value in self.cleaned_data.items():
            setattr(line, name, value)


class NewLineForm(_Basics, WeekForm):
    """A whole line: who it is for, its numbers, its week, and what it says."""

    other_language = forms.BooleanField(
        label=gettext_lazy("Den, der ringer, kan vælge det andet sprog med tast 8"), required=False
    )
    numbers = NumbersField(
        gettext_lazy("Fælles nummer"),
        help_text=gettext_lazy(
            "For alle medlemmer. Har nummeret også en kort form, så skriv begge: 70 10 18 81, 1881."
        ),
    )
    greeting = text_field(
        gettext_lazy("Velkomst i telefonen"),
        _LONGEST_TEXT,
        rows=2,
        help_text=gettext_lazy("Tomt: »Velkommen til« og linjens navn."),
    )
    closed = text_field(
        gettext_lazy("Når der er lukket, siges"),
        _LONGEST_TEXT,
        rows=2,
        help_text=gettext_lazy("Tomt: linjens navn, og at man kan ringe igen i åbningstiden."),
    )

    def __init__(
        self, data: Any = None, *, centre: Centre, owners: Sequence[Authority], members: Sequence[Authority]
    ) -> None:
        super().__init__(data, week=USUAL_WEEK)
        self.centre, self.members = centre, members
        self.offer(owners)
        self.initial["owner"] = next((each.pk for each in owners if each.pk == centre.host_id), owners[0].pk)
        for each in members:
            self.fields[f"number-{each.pk}"] = NumbersField(each.full_name)
        style(self)

    def sections(self) -> list[tuple[Any, Any, list[Any]]]:
        """Return the parts of the page: a heading, what there is to say about it, and its fields."""
        return [
            (_("Linjen"), "", [self[name] for name in ("name", "owner", "audience", "language", "other_language")]),
            (
                _("Numre"),
                _("Mindst ét nummer. Ringer en borger til et medlems eget nummer, ved I straks, hvor borgeren bor."),
                [self[name] for name in ("numbers", *(f"number-{each.pk}" for each in self.members))],
            ),
            (_("Åbningstider"), _("Skriv fx 9–12, 13–17. Tomt: lukket. De gælder fra i dag."), self.days),
            (_("Hvem svarer"), "", [self[name] for name in ("skill", "skill_level", "scope")]),
            (_("Det, borgeren hører"), "", [self[name] for name in ("greeting", "closed")]),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a line without a number, a number twice, and one that another line has."""
        values: dict[str, Any] = super().clean() or {}
        seen: dict[str, str] = {}
        for name in self._number_fields():
            for digits in values.get(name, ()):
                if digits in seen:
                    self.add_error(name, _("%(number)s står også ovenfor.") % {"number": digits})
                seen[digits] = name
            try:
                check_free(values.get(name, []))
            except forms.ValidationError as error:
                self.add_error(name, error)
        if not seen and not any(name in self.errors for name in self._number_fields()):
            self.add_error("numbers", _("Skriv mindst ét nummer. Uden kan ingen ringe til linjen."))
        if not self.errors and not self.week():
            self.add_error("day0", _("Skriv, hvornår linjen har åbent, mindst én dag."))
        return values

    def new_line(self) -> NewLine:
        """Return what the valid form says."""
        values = self.cleaned_data
        own = values["language"]
        others = [each for each in LANGUAGES if each != own] if values["other_language"] else []
        common: dict[str, int | None] = dict.fromkeys(values["numbers"])
        members = {digits: each.pk for each in self.members for digits in values[f"number-{each.pk}"]}
        return NewLine(
            name=values["name"],
            centre_id=self.centre.pk,
            owner_id=values["owner"].pk,
            numbers={**common, **members},
            audience=values["audience"],
            languages=(own, *others),
            week=self.week(),
            greeting=values["greeting"],
            closed=values["closed"],
            scope=values["scope"],
            skill_id=values["skill"].pk if values["skill"] else None,
            skill_level=values["skill_level"],
        )

    def _number_fields(self) -> list[str]:
        return ["numbers", *(f"number-{each.pk}" for each in self.members)]
