"""Joining a centre, leaving it, and going from trial to full membership."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.centres.queries import left_behind, overlapping
from borgerlinje.console.staff.forms import date_field
from borgerlinje.console.styled import Styled
from borgerlinje.cooperation.intake import next_intake
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.kit import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

_PHASE = {"required": gettext_lazy("Vælg en fase."), "invalid_choice": gettext_lazy("Vælg en fase.")}


class MemberForm(Styled):
    """An authority that joins a centre."""

    authority = forms.ModelChoiceField(
        Authority.objects.none(),
        label=gettext_lazy("Myndighed"),
        error_messages={
            "required": gettext_lazy("Vælg den myndighed, der skal være med."),
            "invalid_choice": gettext_lazy("Vælg en af myndighederne på listen."),
        },
    )
    phase = forms.ChoiceField(
        label=gettext_lazy("Fase"),
        choices=Membership.Phase.choices,
        initial=Membership.Phase.FULL,
        error_messages=_PHASE,
    )
    from_on = date_field(
        gettext_lazy("Fra og med"), help_text=gettext_lazy("Kommuner tilsluttes normalt 1. januar og 1. juli.")
    )
    last_on = date_field(
        gettext_lazy("Sidste dag"), required=False, help_text=gettext_lazy("Tomt: til medlemskabet opsiges.")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        centre: Centre,
        authorities: "QuerySet[Authority]",
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"from_on": next_intake(clock.today()), **(initial or {})})
        self.centre = centre
        field: Any = self.fields["authority"]
        field.queryset = authorities
        field.label_from_instance = lambda each: f"{each.full_name} ({each.code})"

    @property
    def to_on(self) -> date | None:
        """The first day after the membership; None without an end."""
        last: date | None = self.cleaned_data.get("last_on")
        return last + timedelta(days=1) if last else None

    def clean(self) -> dict[str, Any]:
        """Refuse an interval the wrong way round, or at the same time as another membership of the same authority."""
        values: dict[str, Any] = super().clean() or {}
        first, last, authority = values.get("from_on"), values.get("last_on"), values.get("authority")
        if first and last and last < first:
            self.add_error("last_on", _("Det slutter, før det begynder. Vælg en senere dag."))
        elif first and authority:
            for other in overlapping(self.centre, authority, first, self.to_on):
                self.add_error("from_on", other_says(other))
        return values


class EndForm(Styled):
    """The last day of a membership."""

    last_on = date_field(gettext_lazy("Sidste dag som medlem"))

    def __init__(self, data: Any = None, *, membership: Membership, request: "HttpRequest") -> None:
        usual = max(next_intake(clock.today()), membership.from_on) - timedelta(days=1)
        super().__init__(data, prefix="slut", initial={"last_on": max(usual, membership.from_on)})
        self.membership, self.request = membership, request

    @property
    def to_on(self) -> date:
        """The first day after the membership."""
        last: date = self.cleaned_data["last_on"]
        return last + timedelta(days=1)

    def clean_last_on(self) -> date:
        """Return the day. Raises ValidationError for one before the first, or while something of the member's is left."""
        day: date = self.cleaned_data["last_on"]
        membership = self.membership
        if day < membership.from_on:
            raise forms.ValidationError(
                _("Medlemskabet begynder først %(day)s. Vælg den dag eller en senere, eller træk det tilbage.")
                % {"day": short(membership.from_on)}
            )
        if membership.centre.host_id == membership.authority_id:
            raise forms.ValidationError(
                _("%(name)s er centrets vært. Vælg en anden vært under Ret centret, og prøv igen.")
                % {"name": membership.authority.full_name}
            )
        if day <= clock.today():
            faults = left_behind(self.request, membership, day + timedelta(days=1)).faults()
            if faults:
                raise forms.ValidationError(faults)
        return day


class PhaseForm(Styled):
    """From when a membership is on trial, or full."""

    phase = forms.ChoiceField(label=gettext_lazy("Ny fase"), choices=Membership.Phase.choices, error_messages=_PHASE)
    from_on = date_field(gettext_lazy("Gælder fra og med"))

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        other = Membership.Phase.FULL if membership.phase == Membership.Phase.TRIAL else Membership.Phase.TRIAL
        super().__init__(
            data,
            prefix="fase",
            initial={"phase": other, "from_on": max(next_intake(clock.today()), membership.from_on)},
        )
        self.membership = membership

    def clean_phase(self) -> str:
        """Return the phase. Raises ValidationError for the one there is."""
        phase = str(self.cleaned_data["phase"])
        if phase == self.membership.phase:
            raise forms.ValidationError(_("Det er den fase, medlemskabet har nu. Vælg den anden."))
        return phase

    def clean_from_on(self) -> date:
        """Return the day. Raises ValidationError for one outside the membership."""
        day: date = self.cleaned_data["from_on"]
        membership = self.membership
        if day < membership.from_on:
            raise forms.ValidationError(
                _("Medlemskabet begynder først %(day)s. Vælg den dag eller en senere.")
                % {"day": short(membership.from_on)}
            )
        if membership.to_on is not None and day >= membership.to_on:
            last = membership.to_on - timedelta(days=1)
            raise forms.ValidationError(_("Medlemskabet slutter %(day)s. Vælg en dag før.") % {"day": short(last)})
        return day


def other_says(other: Membership) -> str:
    """Say that an authority is a member already in that time."""
    words = {"name": other.authority.full_name, "from": short(other.from_on)}
    if other.to_on is None:
        return _("%(name)s er allerede medlem fra %(from)s. Afslut det medlemskab først.") % words
    words["last"] = short(other.to_on - timedelta(days=1))
    return _("%(name)s er allerede medlem fra %(from)s til %(last)s. Vælg en tid udenfor.") % words


def short(on: date) -> str:
    """Write a date as the console does."""
    return date_format(on, "d-m-Y")
