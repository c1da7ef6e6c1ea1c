"""The openings of a day in one field, and a week of them: written as people write them, every fault told beside its day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.hours.words import WEEKDAYS
from borgerlinje.console.styled import Styled
from borgerlinje.lines import spans
from borgerlinje.lines.hours import Span
from borgerlinje.lines.spans import Fault, SpanError

Week = dict[int, tuple[Span, ...]]

_FAULTS = {
    Fault.UNREADABLE: gettext_lazy("»%(part)s« er ikke et tidsrum. Skriv fx 9–12, 13–17."),
    Fault.BACKWARDS: gettext_lazy("%(part)s slutter, før det begynder. Midnat skrives 24."),
    Fault.OVERLAP: gettext_lazy("%(part)s begynder, før tidsrummet før det er slut."),
}
_LONGEST = 100


class SpansField(forms.CharField):
    """A day's openings as text, `9–12, 13–17`; clean they are a tuple of spans, empty for a closed day."""

    def __init__(self, label: Any, *, help_text: Any = "") -> None:
        super().__init__(label=label, required=False, max_length=_LONGEST, help_text=help_text)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> Any:
        """Return the spans. Raises ValidationError that names the opening at fault."""
        text = super().clean(value)
        try:
            return spans.read(text)
        except SpanError as error:
            raise ValidationError(_FAULTS[error.fault] % {"part": error.part}, code=error.fault.value) from error

    def prepare_value(self, value: Any) -> Any:
        """Write spans as they are typed; what was typed stays as it was."""
        return value if isinstance(value, str) or value is None else spans.write(value)


class WeekForm(Styled):
    """Seven days, each with its openings."""

    def __init__(self, data: Any = None, *, week: Mapping[int, Iterable[Span]], **kwargs: Any) -> None:
        super().__init__(data, initial={f"day{day}": tuple(found) for day, found in week.items()}, **kwargs)

    @property
    def days(self) -> list[forms.BoundField]:
        """The days' fields, Monday first."""
        return [self[f"day{day}"] for day in range(7)]

    def week(self) -> Week:
        """Return the openings of the valid form by weekday, Monday is 0; a closed day has no entry."""
        found = {day: self.cleaned_data[f"day{day}"] for day in range(7)}
        return {day: each for day, each in found.items() if each}


# The fields have the weekdays' names, so they are added here and not written seven times above.
for _day, _name in enumerate(WEEKDAYS):
    WeekForm.base_fields[f"day{_day}"] = SpansField(_name)


def date_field(label: Any, *, help_text: Any = "") -> forms.DateField:
    """Return a field for a date that must be given."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("required", "invalid"), gettext_lazy("Vælg en dato.")),
    )


def check_date(on: date, *, today: date) -> None:
    """Refuse a date that is over, or too far off to be meant. Raises ValidationError."""
    if on < today:
        raise ValidationError(_("Den dato er gået. Vælg i dag eller senere."), code="past")
    if on.year > today.year + 5:
        raise ValidationError(_("Den dato er mere end fem år ude i fremtiden."), code="far")
