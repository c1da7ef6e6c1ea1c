"""What is done to a line there is besides its own fields: a number is given to it, it is closed for good."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from borgerlinje.console.hours.fields import check_date, date_field
from borgerlinje.console.lines.numbering import NumbersField, OneOf, check_free
from borgerlinje.console.styled import Styled
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock


class NumberForm(Styled):
    """One or more numbers of the same authority, or (no authority) of all."""

    numbers = NumbersField(
        gettext_lazy("Nummer"),
        required=True,
        help_text=gettext_lazy("Otte cifre eller et kort nummer. Flere skilles med komma."),
        missing=gettext_lazy("Skriv nummeret."),
    )
    home = OneOf(
        label=gettext_lazy("Hvis borgere ringer til det?"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Vælg et medlem, eller alle.")},
    )

    def __init__(self, data: Any = None, *, members: Iterable[Authority]) -> None:
        super().__init__(data, prefix="number")
        field: Any = self.fields["home"]
        field.offer([(each, each.full_name) for each in members], nobody=gettext_lazy("Alle medlemmers"))

    def clean_numbers(self) -> list[str]:
        """Return digits that no line has."""
        digits: list[str] = self.cleaned_data["numbers"]
        check_free(digits)
        return digits


class EndForm(Styled):
    """From which day on a line is closed for good."""

    ended_on = date_field(
        gettext_lazy("Lukket fra og med"), help_text=gettext_lazy("Vælger du i dag, lukker linjen nu.")
    )

    def clean_ended_on(self) -> date:
        """Return a date that is not over."""
        on: date = self.cleaned_data["ended_on"]
        check_date(on, today=clock.today())
        return on
