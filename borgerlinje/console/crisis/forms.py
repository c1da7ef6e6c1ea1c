"""What is asked when a crisis begins, goes on and ends; every fault at once, each beside its field."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.crisis.presets import Preset
from borgerlinje.console.styled import Styled, number_field, style, text_field
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.lines.crisis import Guide, Plan, Texts
from borgerlinje.lines.models import Crisis, CrisisDuty, CrisisEntry, Line
from borgerlinje.staff.models import Clearance, Employee, User

GUIDES = 3
MOST_EMPLOYEES = 200
_LEFT_OUT, _JOINS, _OPENED = "", "part", "open"
_JOINING = (
    (_LEFT_OUT, gettext_lazy("Ikke med")),
    (_JOINS, gettext_lazy("Med, egne åbningstider")),
    (_OPENED, gettext_lazy("Med, holdes åben")),
)


class TextsForm(Styled):
    """What a crisis says, and on which account it stands; `texts` is what it says, once it is valid."""

    announcement = text_field(
        gettext_lazy("Siges først i telefonen"), 400, rows=3, help_text=gettext_lazy("Tomt: der siges intet ekstra.")
    )
    announcement_en = text_field(
        gettext_lazy("Det samme på engelsk"), 400, rows=3, help_text=gettext_lazy("Tomt: den danske tekst.")
    )
    banner = text_field(
        gettext_lazy("Banner på borgersiden"), 300, rows=2, help_text=gettext_lazy("Tomt: intet banner.")
    )
    cost_key = text_field(
        gettext_lazy("Kontonøgle"), 40, help_text=gettext_lazy("Krisens timer og henvendelser opgøres for sig på den.")
    )

    @classmethod
    def of(cls, crisis: Crisis) -> "TextsForm":
        """Return the form as a crisis stands."""
        return cls(initial={name: getattr(crisis, name) for name in cls.base_fields})

    @property
    def texts(self) -> Texts:
        """The texts of the valid form."""
        return Texts(**{name: self.cleaned_data[name] for name in TextsForm.base_fields})


class GuideForm(Styled):
    """One guide for the desks."""

    title = text_field(gettext_lazy("Titel"), 120, required=True, missing=gettext_lazy("Giv guiden en titel."))
    text = text_field(
        gettext_lazy("Tekst"), 4000, rows=4, required=True, missing=gettext_lazy("Skriv, hvad medarbejderen skal gøre.")
    )
    link = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Skriv en hel adresse, fx https://www.borger.dk/.")},
    )

    @property
    def guide(self) -> Guide:
        """The guide of the valid form."""
        return Guide(self.cleaned_data["title"], self.cleaned_data["text"], self.cleaned_data["link"])


class CrisisForm(TextsForm):
    """All that one act begins in a centre; `plan` is what it says, once it is valid."""

    name = text_field(
        gettext_lazy("Krisens navn"), 80, required=True, missing=gettext_lazy("Giv krisen et navn, som alle forstår.")
    )
    reason = text_field(
        gettext_lazy("Anledning"), 1000, rows=2, required=True, missing=gettext_lazy("Skriv, hvad der er sket.")
    )
    field_order = ("name", "reason")

    def __init__(
        self, data: Any = None, *, centre: Centre, preset: Preset, askable: Sequence[tuple[Authority, bool]]
    ) -> None:
        self.centre, self.askable = centre, askable
        self.lines = list(Line.objects.filter(centre=centre, is_hidden=False))
        initial = {"name": preset.name, "reason": preset.reason}
        initial |= {name: getattr(preset.texts, name) for name in TextsForm.base_fields}
        super().__init__(data, initial=initial)
        for line in self.lines:
            self.fields[f"line-{line.pk}"] = forms.ChoiceField(
                label=line.name, choices=_JOINING, required=False, initial=_OPENED
            )
        # A country has a thousand authorities, and a few are asked: who is not has no field to be checked, only a row (`ask_rows`).
        for authority, _is_member in askable:
            if data and (data.get(f"ask-{authority.pk}") or "").strip():
                self.fields[f"ask-{authority.pk}"] = number_field(
                    authority.name, least=0, most=MOST_EMPLOYEES, required=False
                )
        given = [{"title": each.title, "text": each.text, "link": each.link} for each in preset.guides]
        given += [{}] * (GUIDES - len(given))
        self.guides = [
            GuideForm(data, prefix=f"guide-{number}", initial=initial, empty_permitted=True)
            for number, initial in enumerate(given[:GUIDES], start=1)
        ]
        style(self)

    def clean(self) -> dict[str, Any]:
        """Refuse a crisis on no line, and take the guides' faults along."""
        values: dict[str, Any] = super().clean() or {}
        if self.lines and not any(values.get(f"line-{line.pk}") for line in self.lines):
            self.add_error(None, _("Vælg mindst én linje, der er med."))
        if not self.lines:
            self.add_error(None, _("Centret har ingen linjer, så der er intet at åbne."))
        for number, guide in enumerate(self.guides, start=1):
            if guide in self._written() and not guide.is_valid():
                self.add_error(None, _("Guide %(number)d mangler noget. Se herunder.") % {"number": number})
        return values

    def _written(self) -> list[GuideForm]:
        """Return the guides in which anything stands."""
        return [each for each in self.guides if any((each[name].value() or "").strip() for name in each.fields)]

    @property
    def line_fields(self) -> list[Any]:
        """The field of each line."""
        return [self[f"line-{line.pk}"] for line in self.lines]

    @property
    def ask_rows(self) -> SafeString:
        """A row for each authority: its name, whether it is a member of the centre, and how many are asked for."""
        return mark_safe("".join(self._ask_row(each, is_member=is_member) for each, is_member in self.askable))  # noqa: S308 - escaped in each row

    def _ask_row(self, authority: Authority, *, is_member: bool) -> str:
        name, tag, faults = f"ask-{authority.pk}", "", ""
        if not is_member:
            word = _("ikke medlem her")
            tag = f' <span class="bl-tag bl-tag--warn">{escape(word)}</span>'
        drawn = f'<input type="number" name="{name}" min="0" max="{MOST_EMPLOYEES}" class="bl-input" id="id_{name}">'
        if name in self.fields:
            field = self[name]
            drawn = str(field)
            if field.errors:
                faults = format_html(
                    '<p class="bl-error" id="id_{}_error">{}</p>', name, " ".join(map(str, field.errors))
                )
        return f'<li><label for="id_{name}">{escape(authority.full_name)}{tag}</label>{drawn}{faults}</li>'

    @property
    def text_fields(self) -> list[Any]:
        """The fields that have nothing to do with a line or an authority."""
        return [self[name] for name in ("name", "reason", *TextsForm.base_fields)]

    @property
    def asked(self) -> list[tuple[Authority, bool, int]]:
        """Who is called in: the authority, whether it is a member, and how many employees."""
        counts = ((each, is_member, self.cleaned_data.get(f"ask-{each.pk}") or 0) for each, is_member in self.askable)
        return [(each, is_member, count) for each, is_member, count in counts if count]

    def joining(self, how: str = "") -> list[Line]:
        """Return the lines that join, or those that join in one way: "part" or "open"."""
        chosen = ((line, self.cleaned_data.get(f"line-{line.pk}")) for line in self.lines)
        return [line for line, said in chosen if said and how in {"", said}]

    @property
    def plan(self) -> Plan:
        """What the valid form says."""
        return Plan(
            centre_id=self.centre.pk,
            name=self.cleaned_data["name"],
            reason=self.cleaned_data["reason"],
            texts=self.texts,
            lines=[line.pk for line in self.joining()],
            opened=[line.pk for line in self.joining(_OPENED)],
            members={each.pk: count for each, _is_member, count in self.asked},
            guides=[each.guide for each in self._written()],
        )


class EntryForm(Styled):
    """One entry of the log."""

    text = text_field(
        gettext_lazy("Hvad er sket eller besluttet?"),
        2000,
        rows=2,
        required=True,
        missing=gettext_lazy("Skriv noget først."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Skrives som"), choices=CrisisDuty.Role.choices)
    kind = forms.ChoiceField(choices=CrisisEntry.Kind.choices)


class DutyForm(Styled):
    """Who has a role of the crisis staff."""

    role = forms.ChoiceField(label=gettext_lazy("Rolle"), choices=CrisisDuty.Role.choices)
    person = forms.ChoiceField(label=gettext_lazy("Person"))

    def __init__(self, data: Any = None, *, people: Sequence[User]) -> None:
        super().__init__(data, auto_id="duty-%s")
        self.fields["person"].choices = [(str(each.pk), str(each)) for each in people]  # type: ignore[attr-defined]


class ReasonForm(Styled):
    """Why a crisis ends."""

    reason = text_field(
        gettext_lazy("Hvorfor slutter krisen?"),
        500,
        required=True,
        missing=gettext_lazy("Skriv kort, hvorfor krisen slutter."),
    )


class EvaluationForm(Styled):
    """What was learnt."""

    evaluation = text_field(gettext_lazy("Evaluering"), 20000, rows=10)


class AnswerForm(Styled):
    """How many employees an authority sends."""

    promised = number_field(
        gettext_lazy("Medarbejdere, I kan sende"),
        least=0,
        most=MOST_EMPLOYEES,
        help_text=gettext_lazy("0 betyder: I kan ikke."),
    )


class LoanForm(Styled):
    """Which employees are lent, and how far their help may go there."""

    employees = forms.MultipleChoiceField(error_messages={"required": gettext_lazy("Vælg mindst én medarbejder.")})
    clearance = forms.ChoiceField(label=gettext_lazy("De må give"), choices=Clearance.choices)

    def __init__(self, data: Any = None, *, employees: Sequence[Employee], suggested: str = "") -> None:
        super().__init__(data, initial={"clearance": suggested or Clearance.GUIDANCE_ONLY})
        self.fields["employees"].choices = [(str(each.pk), str(each)) for each in employees]  # type: ignore[attr-defined]
