"""A guide's settings, and what is said with a draft on its way; every fault at once, each beside its field."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.staff.forms import date_field
from borgerlinje.console.styled import Styled, text_field
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.clean import one_line
from borgerlinje.guides.kle import KleError, check_subject
from borgerlinje.guides.models import KleEntry, Solution
from borgerlinje.kit import clock
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet

_LONGEST_NOTE, _LONGEST_REMARK, _LONGEST_KLE = 200, 300, 40
DAYS = ("valid_from", "last_on", "review_on")
_CHOOSE = {"invalid_choice": gettext_lazy("Vælg noget fra listen.")}


class SendForm(Styled):
    """What is changed in a draft that is sent to approval."""

    note = text_field(
        gettext_lazy("Hvad er ændret?"),
        _LONGEST_NOTE,
        required=True,
        help_text=gettext_lazy("Den, der godkender, læser det først. Fx: Ny adresse på trin 2."),
        missing=gettext_lazy("Skriv kort, hvad der er ændret."),
    )

    def clean_note(self) -> str:
        """Return the note on one line, without markup."""
        return one_line(self.cleaned_data["note"])


class RemarkForm(Styled):
    """Why a draft is sent back."""

    remark = text_field(
        gettext_lazy("Hvad skal ændres?"),
        _LONGEST_REMARK,
        rows=2,
        required=True,
        missing=gettext_lazy("Skriv, hvad der skal ændres, før den kan godkendes."),
    )

    def clean_remark(self) -> str:
        """Return the remark on one line, without markup."""
        return one_line(self.cleaned_data["remark"])


class SettingsForm(Styled):
    """Whose a guide is, what it is about, and how long it holds."""

    subject = forms.ModelChoiceField(
        Subject.objects.none(),
        label=gettext_lazy("Emne"),
        required=False,
        empty_label=gettext_lazy("Intet emne"),
        error_messages=_CHOOSE,
        help_text=gettext_lazy("Bordet foreslår guiden i samtaler om emnet, og borgeren ser emnets linje."),
    )
    kle = text_field(gettext_lazy("KLE-nummer"), _LONGEST_KLE, help_text=gettext_lazy("Som 00.14.00. Kan være tomt."))
    solution = forms.ModelChoiceField(
        Solution.objects.none(),
        label=gettext_lazy("Selvbetjening"),
        required=False,
        empty_label=gettext_lazy("Ingen"),
        error_messages=_CHOOSE,
    )
    owner = forms.ModelChoiceField(
        Authority.objects.none(),
        label=gettext_lazy("Ejer"),
        required=False,
        empty_label=gettext_lazy("Fælles: den, der huser centret"),
        error_messages=_CHOOSE,
        help_text=gettext_lazy(
            "Ejerens redaktører skriver den fælles tekst. Vælger du en anden, kan du ikke selv rette den mere."
        ),
    )
    keeper = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Passes af"),
        required=False,
        empty_label=gettext_lazy("Alle ejerens redaktører"),
        error_messages=_CHOOSE,
        help_text=gettext_lazy("Får et brev 30 dage før, guiden skal gennemgås eller holder op med at gælde."),
    )
    valid_from = date_field(gettext_lazy("Gælder fra"), required=False, help_text=gettext_lazy("Tomt: med det samme."))
    last_on = date_field(
        gettext_lazy("Sidste dag"),
        required=False,
        help_text=gettext_lazy("Tomt: uden ende. Dagen efter kan ingen finde guiden."),
    )
    review_on = date_field(
        gettext_lazy("Gennemgås senest"),
        required=False,
        help_text=gettext_lazy("Bagefter vises guiden med en advarsel, til den får en ny dato."),
    )

    def __init__(self, *args: Any, keepers: "QuerySet[User]", owners: "QuerySet[Authority]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of: dict[str, Any] = self.fields
        of["subject"].queryset = Subject.objects.order_by("name")
        of["solution"].queryset = Solution.objects.order_by("name")
        of["owner"].queryset, of["keeper"].queryset = owners, keepers
        of["owner"].label_from_instance = lambda each: each.full_name

    @property
    def valid_to(self) -> date | None:
        """The first day on which the guide holds no more; None without an end."""
        last: date | None = self.cleaned_data.get("last_on")
        return last + timedelta(days=1) if last else None

    def clean_kle(self) -> str:
        """Return the number. Raises ValidationError for what is none, and for one that the plan carried in does not have."""
        number = one_line(self.cleaned_data["kle"])
        if not number:
            return ""
        try:
            check_subject(number)
        except KleError as error:
            raise forms.ValidationError(
                _("»%(number)s« er ikke et KLE-nummer. Skriv det som 00.14.00.") % {"number": number}
            ) from error
        entry = KleEntry.objects.filter(number=number).first()
        if entry is None and KleEntry.objects.exists():
            raise forms.ValidationError(
                _("%(number)s står ikke i den emneplan, der er hentet ind. Se efter en tastefejl.") % {"number": number}
            )
        if entry is not None and entry.retired_on is not None and number != self.initial.get("kle"):
            raise forms.ValidationError(_("%(number)s er udgået af emneplanen.") % {"number": number})
        return number

    def clean_review_on(self) -> date | None:
        """Return the day. Raises ValidationError for a new one that is over."""
        day: date | None = self.cleaned_data.get("review_on")
        if day is not None and day < clock.today() and day != self.initial.get("review_on"):
            raise forms.ValidationError(_("Dagen er forbi. Vælg en, der kommer."))
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse days the wrong way round."""
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("valid_from"), values.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("Sidste dag ligger før den første. Byt om på dem."))
        return values
