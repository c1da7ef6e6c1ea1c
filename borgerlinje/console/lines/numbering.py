"""Telephone numbers in forms: several in one field, as people write them, each free to be given to a line; and whose they are."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from borgerlinje.lines import numbers
from borgerlinje.lines.models import LineNumber
from borgerlinje.lines.new_line import NumberTakenError

_LONGEST = 80


class NumbersField(forms.CharField):
    """Numbers with commas between them, `70 10 18 81, 1881`; clean they are a list of digits, each once."""

    def __init__(self, label: Any, *, required: bool = False, help_text: Any = "", missing: Any = "") -> None:
        super().__init__(
            label=label,
            required=required,
            max_length=_LONGEST,
            help_text=help_text,
            error_messages={"required": missing} if missing else {},
        )
        self.widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        """Return the digits. Raises ValidationError that names the part at fault."""
        text = super().clean(value)
        parts = (each.strip() for each in text.split(","))
        return list(dict.fromkeys(_digits(part) for part in parts if part))


class OneOf(forms.ChoiceField):
    """One of some rows that are in hand already, so that nothing is read again to draw it; clean it is the row, None where none is chosen."""

    def offer(self, rows: Iterable[tuple[Model, str]], *, nobody: Any = "") -> None:
        """Let one of these be chosen, by what it is called; `nobody` is what choosing none is called (empty: one must be)."""
        named = list(rows)
        self._rows = {str(row.pk): row for row, _name in named}
        self.choices = [*([("", nobody)] if nobody else []), *((str(row.pk), name) for row, name in named)]

    def clean(self, value: Any) -> Any:
        """Return the row. Raises ValidationError."""
        return self._rows.get(super().clean(value))


def check_free(digits: list[str]) -> None:
    """Refuse numbers that belong to a line already, by the name of that line. Raises ValidationError with all of them."""
    taken = LineNumber.objects.filter(digits__in=digits).select_related("line").order_by("digits")
    faults = [ValidationError(str(NumberTakenError(each.digits, each.line.name)), code="taken") for each in taken]
    if faults:
        raise ValidationError(faults)


def _digits(part: str) -> str:
    try:
        return numbers.normalise(part)
    except numbers.NumberError as error:
        said = _("»%(part)s« er ikke et telefonnummer. Skriv otte cifre, eller et kort nummer på tre til seks cifre.")
        raise ValidationError(said % {"part": part}, code="number") from error
