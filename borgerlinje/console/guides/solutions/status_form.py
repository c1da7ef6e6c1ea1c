"""That a solution does not work, as a form: what is the matter, for whom, until when, and which lines say it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.guides.solutions.access import Reach
from borgerlinje.console.guides.solutions.words import all_usual, usual
from borgerlinje.console.styled import Styled, text_field
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.clean import one_line
from borgerlinje.guides.models import Solution, SolutionStatus
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line

_LONGEST: Final = 300
_EVERYWHERE: Final = "alle"


class Ends(models.TextChoices):
    """When a status is over by itself."""

    HOUR = "time", gettext_lazy("Om 1 time")
    DAY = "dag", gettext_lazy("I dag ved midnat")
    OPEN = "aaben", gettext_lazy("Til jeg slår det fra")
    AT = "kl", gettext_lazy("På et bestemt tidspunkt")


class StatusForm(Styled):
    """What is said of a solution from now on; `status` is what is said already (None: nothing)."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Hvad er der galt?"),
        choices=list(reversed(SolutionStatus.Kind.choices)),
        widget=forms.RadioSelect(),
        error_messages={"required": gettext_lazy("Vælg, hvad der er galt.")},
    )
    authority = forms.ChoiceField(label=gettext_lazy("For hvem?"))
    text = text_field(
        gettext_lazy("Hvad borgerne skal vide"),
        _LONGEST,
        rows=2,
        required=True,
        missing=gettext_lazy("Skriv, hvad borgerne skal vide."),
        help_text=gettext_lazy("Siges også i telefonen, som det står."),
    )
    text_en = text_field(
        gettext_lazy("Det samme på engelsk"), _LONGEST, rows=2, help_text=gettext_lazy("Tomt: den danske tekst.")
    )
    ends = forms.ChoiceField(
        label=gettext_lazy("Hvornår holder det op?"),
        choices=Ends.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": gettext_lazy("Vælg, hvornår det holder op.")},
    )
    until_at = forms.DateTimeField(
        label=gettext_lazy("Tidspunkt"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Vælg en dato og et klokkeslæt.")},
    )
    lines = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Hvilke linjer siger det?"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_choice": gettext_lazy("Vælg linjer, som du må ændre.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        solution: Solution,
        reach: Reach,
        lines: Sequence[Line],
        chosen: Collection[Line],
        now: datetime,
        status: SolutionStatus | None = None,
    ) -> None:
        self.solution, self.reach, self.offered, self.now, self.status = solution, reach, lines, now, status
        super().__init__(data, initial=self._initial(chosen))
        whole = [(_EVERYWHERE, _("Alle, der bruger den"))] if reach.everywhere else []
        of_authority: Any = self.fields["authority"]
        of_authority.choices = [*whole, *((str(each.pk), each.full_name) for each in reach.authorities)]
        if status is not None:
            # For whom it is said is what it is known by: another one is another status.
            of_authority.disabled = True
        of_lines: Any = self.fields["lines"]
        of_lines.choices = [(each.pk, each.name) for each in lines]

    def clean_text(self) -> str:
        """Return the text without markup; the usual words for one kind become those for the kind that was chosen."""
        return self._cleaned("text", "da")

    def clean_text_en(self) -> str:
        """Return the English text without markup, as the Danish one."""
        return self._cleaned("text_en", "en")

    def clean(self) -> dict[str, Any]:
        """Refuse a time that is over, or that nobody wrote."""
        values: dict[str, Any] = super().clean() or {}
        until_at = values.get("until_at")
        if values.get("ends") == Ends.AT and "until_at" not in self.errors:
            if until_at is None:
                self.add_error("until_at", _("Vælg en dato og et klokkeslæt."))
            elif until_at <= self.now:
                self.add_error("until_at", _("Det tidspunkt er allerede gået."))
        return values

    @property
    def usual(self) -> dict[str, dict[str, str]]:
        """The usual words by kind and language, for the page to follow what is chosen."""
        return all_usual(self.solution)

    def authority_chosen(self) -> Authority | None:
        """Return for whose citizens the valid form is; None: for all."""
        chosen = self.cleaned_data["authority"]
        return next((each for each in self.reach.authorities if str(each.pk) == chosen), None)

    def lines_chosen(self) -> list[Line]:
        """Return the lines of the valid form."""
        return [each for each in self.offered if each.pk in self.cleaned_data["lines"]]

    def until(self) -> datetime | None:
        """Return when the valid form's status is over by itself; None: when somebody ends it."""
        match self.cleaned_data["ends"]:
            case Ends.HOUR:
                return self.now + timedelta(hours=1)
            case Ends.DAY:
                return clock.midnight(clock.midnight(self.now) + timedelta(hours=36))
            case Ends.AT:
                until_at: datetime = self.cleaned_data["until_at"]
                return until_at
        return None

    def _cleaned(self, name: str, language: str) -> str:
        text = one_line(self.cleaned_data[name])
        usual_ones = {usual(self.solution, kind, language) for kind in SolutionStatus.Kind.values}
        kind = self.cleaned_data.get("kind")
        return usual(self.solution, kind, language) if kind and text in usual_ones else text

    def _initial(self, chosen: Collection[Line]) -> dict[str, Any]:
        lines, status = [each.pk for each in chosen], self.status
        if status is None:
            down = SolutionStatus.Kind.DOWN.value
            texts = {"text": usual(self.solution, down, "da"), "text_en": usual(self.solution, down, "en")}
            return {"kind": down, **texts, "ends": Ends.DAY.value, "lines": lines}
        return {
            "kind": status.kind,
            "authority": str(status.authority_id) if status.authority_id is not None else _EVERYWHERE,
            "text": status.text,
            "text_en": status.text_en,
            "ends": (Ends.AT if status.until_at else Ends.OPEN).value,
            "until_at": status.until_at,
            "lines": lines,
        }
