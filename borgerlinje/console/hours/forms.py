"""A line's new week, and its special days; every fault at once, each beside its field."""

from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.hours.fields import SpansField, WeekForm, check_date, date_field
from borgerlinje.console.hours.words import long_date, week_of, week_words
from borgerlinje.console.styled import Styled, text_field
from borgerlinje.lines.hours import Span
from borgerlinje.lines.models import Line, OpeningVersion, SpecialDay

_SAMENESS = 16


def digest_of(form: forms.Form) -> str:
    """Return what tells the values of a valid form from other values: what is saved is what was looked at."""
    return sha256(repr(sorted(form.cleaned_data.items())).encode()).hexdigest()[:_SAMENESS]


class VersionForm(WeekForm):
    """A timetable from a date on, to begin with a copy of the one that holds today."""

    from_on = date_field(
        gettext_lazy("Gælder fra og med"),
        help_text=gettext_lazy("Til den dato gælder de nuværende åbningstider."),
    )
    source = text_field(
        gettext_lazy("Hvor er det besluttet?"),
        120,
        help_text=gettext_lazy("Fx et møde og en dato. Kan være tomt."),
    )
    field_order = ("from_on", *(f"day{day}" for day in range(7)), "source")

    def __init__(self, data: Any = None, *, line: Line, today: date) -> None:
        self.versions = list(line.opening_versions.prefetch_related("periods"))
        self.today = today
        super().__init__(data, week=week_of(version_on(self.versions, today)))

    def clean_from_on(self) -> date:
        """Return a date that is not over and on which nothing else begins."""
        from_on: date = self.cleaned_data["from_on"]
        check_date(from_on, today=self.today)
        if any(each.from_on == from_on for each in self.versions):
            said = _("Den dato begynder allerede andre åbningstider. Vælg en anden dato, eller træk dem tilbage først.")
            raise forms.ValidationError(said, code="taken")
        return from_on

    def clean(self) -> dict[str, Any]:
        """Refuse a week that changes nothing."""
        values: dict[str, Any] = super().clean() or {}
        if not self.errors:
            before = version_on(self.versions, values["from_on"])
            if before is not None and week_words(week_of(before)) == week_words(self.week()):
                said = _("Det er de åbningstider, der gælder den dato i forvejen. Ret mindst én dag.")
                self.add_error(None, said)
        return values

    @property
    def ends_on(self) -> date | None:
        """The date on which a later timetable takes over from that of the valid form; None: none does."""
        return min(
            (each.from_on for each in self.versions if each.from_on > self.cleaned_data["from_on"]), default=None
        )


class SpecialForm(Styled):
    """One date that differs: closed, or with hours of its own, and why."""

    CLOSED, HOURS = "closed", "hours"

    on = date_field(gettext_lazy("Dato"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Hvad sker der?"),
        choices=((CLOSED, gettext_lazy("Lukket hele dagen")), (HOURS, gettext_lazy("Åbent på andre tider"))),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Vælg, hvad der sker.")),
    )
    hours = SpansField(
        gettext_lazy("Åbent"), help_text=gettext_lazy("Fx 10–14, eller 9–12, 13–17. Tomt, når der er lukket.")
    )
    note = text_field(
        gettext_lazy("Hvorfor?"),
        120,
        required=True,
        help_text=gettext_lazy("Borgeren hører og læser det, fx »Vi holder lukket, fordi vi flytter.«"),
        missing=gettext_lazy("Skriv, hvorfor dagen er anderledes. Borgeren får det at vide."),
    )

    def __init__(self, data: Any = None, *, line: Line, today: date, day: SpecialDay | None = None) -> None:
        super().__init__(data, initial=_initial(day) if day is not None else {"kind": self.CLOSED})
        self.line, self.today, self.day = line, today, day

    def clean_on(self) -> date:
        """Return a date that is not over and that is not special already."""
        on: date = self.cleaned_data["on"]
        check_date(on, today=self.today)
        others = self.line.special_days.filter(on=on)
        other = (others.exclude(pk=self.day.pk) if self.day is not None else others).first()
        if other is not None:
            said = _("%(date)s er allerede en særlig dag: %(note)s. Ret den i stedet.")
            raise forms.ValidationError(
                said % {"date": long_date(on), "note": other.note or _("uden grund")}, code="taken"
            )
        return on

    def clean(self) -> dict[str, Any]:
        """Refuse hours on a closed day, and none on an open one."""
        values: dict[str, Any] = super().clean() or {}
        found, kind = values.get("hours"), values.get("kind")
        if found is None or kind is None:
            return values
        if kind == self.CLOSED and found:
            self.add_error("hours", _("Du har valgt, at der er lukket. Slet tiderne, eller vælg andre tider."))
        elif kind == self.HOURS and not found:
            self.add_error("hours", _("Skriv, hvornår der er åbent, fx 10–14."))
        return values

    def spans(self) -> list[Span]:
        """Return the openings of the valid form, in order; none for a closed day."""
        return list(self.cleaned_data["hours"])


def version_on(versions: list[OpeningVersion], day: date) -> OpeningVersion | None:
    """Return the timetable that holds on a date; None when none does."""
    return next((each for each in versions if each.from_on <= day and (each.to_on is None or day < each.to_on)), None)


def _initial(day: SpecialDay) -> dict[str, Any]:
    kind = SpecialForm.HOURS if day.spans else SpecialForm.CLOSED
    return {"on": day.on, "kind": kind, "hours": tuple(day.spans), "note": day.note}
