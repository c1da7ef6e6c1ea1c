"""What a line does on the telephone, and what two lines have agreed; every fault at once, each beside its field."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.styled import Styled, no_cpr, number_field, style, text_field
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, Overflow
from borgerlinje.lines.queries import shown_lines

# The sections of the page: a heading, and the fields under it.
SECTIONS = (
    (gettext_lazy("Hvem linjen er til"), ("audience",)),
    (
        gettext_lazy("Mens borgeren venter"),
        ("says_place", "says_wait", "callback_after_seconds", "guide_sms_text", "hold_reminder_seconds"),
    ),
    (gettext_lazy("Når køen er fuld"), ("max_waiting", "when_full", "full_text")),
    (gettext_lazy("Når der er lukket"), ("when_closed", "closed_text", "serves_waiting_after_close")),
    (gettext_lazy("Tilbagekald"), ("offers_callbacks", "callback_attempts", "callback_retry_seconds")),
    (gettext_lazy("Indtalte beskeder"), ("voicemail_seconds", "voicemail_days")),
    (gettext_lazy("Optagelse"), ("recording_purpose", "recording_days")),
)
_BOUNDS = {
    "hold_reminder_seconds": (10, 600),
    "max_waiting": (0, 10_000),
    "callback_attempts": (1, 10),
    "callback_retry_seconds": (60, 86_400),
    "voicemail_seconds": (10, 600),
    "voicemail_days": (1, 365),
    "recording_days": (1, 365),
}
_AFTER = (30, 3600)


class LineForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no generic form at run time
    """The telephone's settings of one line."""

    use_required_attribute = False

    class Meta:
        model = Line
        fields = tuple(name for _heading, names in SECTIONS for name in names)
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("full_text", "closed_text")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in _BOUNDS.items():
            self.fields[name] = number_field(self.fields[name].label, least=least, most=most)
        after = self.fields["callback_after_seconds"]
        self.fields["callback_after_seconds"] = number_field(
            after.label, least=_AFTER[0], most=_AFTER[1], required=False
        )
        for name in ("full_text", "closed_text", "guide_sms_text", "recording_purpose"):
            self.fields[name].validators.append(no_cpr)
        for name in ("when_full", "when_closed"):
            self.fields[name].label = _("Hvad sker der?")
        for name in ("full_text", "closed_text"):
            self.fields[name].label = _("Det siges")
        self.fields["offers_callbacks"].label = _("Tilbagekald ringer af sig selv hos medarbejderne")
        self.fields["closed_text"].error_messages["required"] = _("Skriv, hvad den, der ringer, skal høre.")
        style(self)

    def clean(self) -> dict[str, Any]:
        """Refuse what would leave a citizen without a word, or without a way on."""
        values: dict[str, Any] = super().clean() or {}
        says_full = values.get("when_full") == Line.Otherwise.ANNOUNCE
        if values.get("max_waiting") and says_full and not values.get("full_text"):
            self.add_error("full_text", _("Skriv, hvad den, der ringer til en fuld kø, skal høre."))
        if values.get("guide_sms_text") and "https://" not in values["guide_sms_text"]:
            self.add_error("guide_sms_text", _("Sms'en skal have et link, der begynder med https://."))
        back = Line.Otherwise.CALLBACK
        if back in {values.get("when_full"), values.get("when_closed")} and not values.get("offers_callbacks"):
            self.add_error(
                "offers_callbacks", _("Linjen tilbyder at ringe tilbage, så nogen skal have opkaldene tilbudt.")
            )
        return values

    def sections(self) -> list[tuple[Any, list[Any]]]:
        """Return the headings, each with its fields."""
        return [(heading, [self[name] for name in names]) for heading, names in SECTIONS]


class OverflowForm(Styled):
    """An agreement that a line's citizens are sent on to another."""

    to_line = forms.ModelChoiceField(
        Line.objects.none(),
        label=gettext_lazy("Til linjen"),
        error_messages={
            "required": gettext_lazy("Vælg en linje."),
            "invalid_choice": gettext_lazy("Vælg en anden linje."),
        },
    )
    after_seconds = number_field(
        gettext_lazy("Efter sekunders ventetid"),
        least=10,
        most=3600,
        required=False,
        help_text=gettext_lazy("Tomt: ikke, fordi nogen venter."),
    )
    when_full = forms.BooleanField(label=gettext_lazy("Når køen er fuld"), required=False)
    when_closed = forms.BooleanField(label=gettext_lazy("Når der er lukket"), required=False)
    from_on = forms.DateField(
        label=gettext_lazy("Fra og med"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Vælg en dato."), "invalid": gettext_lazy("Vælg en dato.")},
    )
    to_on = forms.DateField(
        label=gettext_lazy("Til (ikke med)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Tomt: til den opsiges."),
        error_messages={"invalid": gettext_lazy("Vælg en dato.")},
    )
    agreed = text_field(
        gettext_lazy("Aftale"),
        120,
        required=True,
        help_text=gettext_lazy("Papiret, den står i, fx en dato og et journalnummer."),
        missing=gettext_lazy("Skriv, hvilken aftale det er. Uden aftale sendes ingen videre."),
    )

    def __init__(self, data: Any = None, *, line: Line) -> None:
        super().__init__(data, prefix="overflow", initial={"from_on": clock.today()})
        self.line = line
        others = shown_lines().exclude(pk=line.pk)
        others = others.select_related("centre")
        self.fields["to_line"].queryset = others  # type: ignore[attr-defined]
        self.fields["to_line"].label_from_instance = lambda each: f"{each.name} ({each.centre.name})"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an agreement without an occasion, the wrong way round, or at the same time as another."""
        values: dict[str, Any] = super().clean() or {}
        if "after_seconds" in values and not any(
            values.get(name) for name in ("after_seconds", "when_full", "when_closed")
        ):
            self.add_error(
                None,
                _("Vælg, hvornår borgere sendes videre: efter en ventetid, når køen er fuld, eller når der er lukket."),
            )
        first, last = values.get("from_on"), values.get("to_on")
        if first and last and last <= first:
            self.add_error("to_on", _("Aftalen slutter, før den begynder."))
        elif first:
            for other in overlapping(self.line, first, last):
                said = _("Der gælder allerede en aftale i den tid: til %(line)s (%(agreed)s). Afslut den først.")
                self.add_error("from_on", said % {"line": other.to_line, "agreed": other.agreed})
        return values

    def save(self) -> Overflow:
        """Store the agreement of the valid form. Raises IntegrityError when another came in between."""
        return Overflow.objects.create(line=self.line, **self.cleaned_data)


def overlapping(line: Line, first: date, last: date | None) -> list[Overflow]:
    """Return the agreements of a line that hold on some day of [first, last); None: for ever."""
    found = line.overflows.select_related("to_line").exclude(to_on__lte=first)
    return list(found.filter(from_on__lt=last) if last else found)


def rings(line: Line, *, today: date) -> list[list[Line]]:
    """Return the chains of agreements in force today or later that lead from a line back to itself."""
    onward: dict[int, list[Overflow]] = {}
    for each in Overflow.objects.exclude(to_on__lte=today).select_related("line", "to_line"):
        onward.setdefault(each.line_id, []).append(each)
    found: list[list[Line]] = []

    def follow(chain: list[Line]) -> None:
        for each in onward.get(chain[-1].pk, ()):
            if each.to_line_id == line.pk:
                found.append([*chain, line])
            elif each.to_line_id not in {passed.pk for passed in chain}:
                follow([*chain, each.to_line])

    follow([line])
    return found
