"""Special days on several lines and dates at once: all of them are made, or none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.hours.fields import check_date, date_field
from borgerlinje.console.hours.forms import SpecialForm
from borgerlinje.console.hours.special_plan import PlannedLine, dates_between, plan
from borgerlinje.console.hours.words import long_date, opened
from borgerlinje.kit import clock
from borgerlinje.lines import queries
from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import Schedule
from borgerlinje.lines.models import Line
from borgerlinje.lines.year import DayOfYear

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_DAYS: Final = 62
_NAMED: Final = 10


class SpecialsForm(SpecialForm):
    """One date, or all from one to another, on one line or on several of its centre."""

    on = date_field(gettext_lazy("Dato"))
    to_on = forms.DateField(
        label=gettext_lazy("Til og med"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Tomt: kun den ene dag."),
        error_messages={"invalid": gettext_lazy("Vælg en dato.")},
    )
    skips_closed = forms.BooleanField(
        label=gettext_lazy("Spring dage over, hvor linjen alligevel har lukket"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Fx weekender og helligdage. Gælder kun, når du vælger flere dage."),
    )
    all_lines = forms.BooleanField(required=False)
    lines = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Linjer"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_choice": gettext_lazy("Vælg linjer, som du må ændre.")},
    )
    keeps = forms.BooleanField(label=gettext_lazy("Lad dem være, og lav resten"), required=False)
    field_order = ("on", "to_on", "skips_closed", "kind", "hours", "note", "all_lines", "lines", "keeps")

    def __init__(
        self, data: Any = None, *, line: Line, today: date, lines: "QuerySet[Line]", on: date | None = None
    ) -> None:
        super().__init__(data, line=line, today=today)
        self.offered = lines
        self.plan: list[PlannedLine] = []
        field: Any = self.fields["lines"]
        field.choices = [(each.pk, each.name) for each in lines]
        self.fields["all_lines"].label = _("Alle linjer i %(centre)s (%(count)d)") % {
            "centre": line.centre.name,
            "count": len(field.choices),
        }
        self.initial = {**self.initial, "lines": [line.pk], "on": on}

    def clean_on(self) -> date:
        """Return a date that is not over; whether it is special already is asked of every line."""
        on: date = self.cleaned_data["on"]
        check_date(on, today=self.today)
        return on

    def clean(self) -> dict[str, Any]:
        """Refuse a stretch that is none, no lines, and what would change special days that are there already."""
        values = super().clean()
        first, last = values.get("on"), values.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("Den sidste dag ligger før den første."))
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("to_on", _("Vælg højst %(count)d dage ad gangen.") % {"count": MOST_DAYS})
        # Where there is one line only, nobody is asked which.
        takes_all = values.get("all_lines") or len(self.offered) == 1
        chosen = [each for each in self.offered if takes_all or each.pk in values.get("lines", ())]
        if not chosen and "lines" not in self.errors:
            self.add_error("lines", _("Vælg mindst én linje."))
        if not self.errors:
            self._clean_plan(chosen, values)
        return values

    @property
    def taken(self) -> list[tuple[str, str]]:
        """The special days that are there already, each in a sentence with its line's slug; the first ten, and how many more there are."""
        days = [(each.line, day) for each in self.plan for day in each.taken]
        said = [(line.slug, _taken_words(line, day)) for line, day in days[:_NAMED]]
        if (more := len(days) - _NAMED) > 0:
            said.append(("", _("… og %(count)d til.") % {"count": more}))
        return said

    @property
    def becomes(self) -> str:
        """What each of the days of the valid form will be, in words."""
        return f"{opened(self.spans()).capitalize()} ({self.cleaned_data['note']})"

    @property
    def count(self) -> int:
        """How many special days the valid form makes."""
        return sum(len(each.made) for each in self.plan)

    @property
    def is_single(self) -> bool:
        """Whether the valid form is about one date on one line."""
        return len(self.plan) == 1 and len(self.plan[0].days) == 1

    def made(self) -> dict[Line, Sequence[date]]:
        """Return the dates of the valid form by line."""
        return {each.line: each.made for each in self.plan if each.made}

    def _clean_plan(self, chosen: Sequence[Line], values: dict[str, Any]) -> None:
        dates = dates_between(values["on"], values["to_on"] or values["on"])
        skips_closed = bool(values["skips_closed"]) and len(dates) > 1
        self.plan = [
            plan(line, _schedule(line, dates), dates, skips_closed=skips_closed)
            for line in queries.with_hours(self.offered.filter(pk__in=[each.pk for each in chosen]))
        ]
        # Looked at is which days are made: somebody else's in between are shown first.
        values["made"] = tuple((each.line.pk, tuple(each.made)) for each in self.plan)
        if any(each.taken for each in self.plan) and not values["keeps"]:
            self.add_error(None, _("Nogle af dagene er særlige dage i forvejen. Der er ikke lavet noget."))
        elif not self.count:
            self.add_error(None, _("Der er ingen dag at lave: alle er særlige i forvejen, eller linjen har lukket."))


def _taken_words(line: Line, day: DayOfYear) -> str:
    return _("%(line)s: %(date)s er allerede en særlig dag, %(hours)s (%(why)s).") % {
        "line": line.name,
        "date": long_date(day.on),
        "hours": opened(day.spans),
        "why": day.why or _("uden grund"),
    }


def _schedule(line: Line, dates: Sequence[date]) -> Schedule:
    """Return a line's schedule with the holidays of these dates."""
    holidays = closed_days({each.year for each in dates}, line.optional_holidays)
    return replace(queries.schedule(line, at=clock.now()), holidays=holidays)
