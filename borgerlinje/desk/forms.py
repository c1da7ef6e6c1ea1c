"""What an employee says of a contact when closing it, checked at the edge: every error at once, each with its field."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.models import Contact, HelpReason, HomeCheck, Nature, Outcome
from borgerlinje.desk.choices import homes, refusal
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.personal_data import check_no_cpr
from borgerlinje.lines.models import Subject

NOTE_LENGTH, SUBJECT_LENGTH = 4000, 120


def _no_cpr(text: str) -> None:
    try:
        check_no_cpr(text)
    except BorgerlinjeError as error:
        raise ValidationError(str(error)) from error


class NoteForm(forms.Form):
    """What is written about a contact: nothing by which somebody could be known."""

    subject = forms.CharField(
        required=False,
        max_length=SUBJECT_LENGTH,
        validators=[_no_cpr],
        error_messages={"max_length": _("Emnet er for langt. Skriv højst 120 tegn.")},
    )
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        strip=False,
        validators=[_no_cpr],
        error_messages={"max_length": _("Notatet er for langt. Skriv højst 4000 tegn.")},
    )


class ClosingForm(NoteForm):
    """The closing form of one contact. `closing` is what it says, once it is valid."""

    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        error_messages={
            "required": _("Vælg, hvordan det gik."),
            "invalid_choice": _("Vælg et af udfaldene på listen."),
        },
    )
    nature = forms.ChoiceField(
        choices=Nature.choices,
        error_messages={
            "required": _("Vælg, om det var information eller en transaktion."),
            "invalid_choice": _("Vælg information eller transaktion."),
        },
    )
    home = forms.ChoiceField(
        error_messages={
            "required": _("Vælg, hvor borgeren bor, eller »Ukendt«."),
            "invalid_choice": _("Vælg en kommune på listen."),
        },
    )
    outside = forms.ChoiceField(required=False, error_messages={"invalid_choice": _("Vælg en kommune på listen.")})
    help_reason = forms.ChoiceField(
        choices=[("", ""), *HelpReason.choices],
        required=False,
        error_messages={"invalid_choice": _("Vælg en grund på listen, eller lad feltet stå tomt.")},
    )

    def __init__(self, data: Any, *, contact: Contact, now: datetime) -> None:
        super().__init__(data)
        self.contact, self.now = contact, now
        self.item: Subject | None = None
        inside, outside = homes(contact, now=now)
        confirmed = [(HomeCheck.CONFIRMED.value, "")] if contact.home_authority_id else []
        others = [(HomeCheck.OUTSIDE.value, ""), (HomeCheck.UNKNOWN.value, "")]
        members = [(str(each.pk), each.name) for each in inside]
        self.fields["home"].choices = [*confirmed, *members, *others]  # type: ignore[attr-defined] # a ChoiceField
        self.fields["outside"].choices = [("", ""), *((str(each.pk), each.name) for each in outside)]  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        """Find the subject that the text names."""
        text: str = self.cleaned_data["subject"]
        self.item = Subject.objects.filter(name__iexact=text).first() if text else None
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse light casework where the line or the subject does not allow it."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("outcome") == Outcome.LIGHT_CASEWORK and "subject" in values:
            why = refusal(self.contact, self.item or self.contact.subject_item, now=self.now)
            if why:
                self.add_error("outcome", why)
        return values

    @property
    def closing(self) -> Closing:
        """The answers of the valid form."""
        values = self.cleaned_data
        check, home = self._home(values["home"], values["outside"])
        return Closing(
            outcome=values["outcome"],
            subject=values["subject"],
            subject_item_id=self.item.pk if self.item else None,
            nature=values["nature"],
            home_check=check.value,
            home_authority_id=home,
            # Asked of those who were helped with what one can do alone, and of nobody else.
            help_reason=values["help_reason"] if values["outcome"] == Outcome.GUIDED else "",
            note=values["note"] if "note" in self.data else None,
        )

    def _home(self, said: str, outside: str) -> tuple[HomeCheck, int | None]:
        if said == HomeCheck.OUTSIDE:
            return HomeCheck.OUTSIDE, int(outside) if outside else None
        if said in {HomeCheck.CONFIRMED, HomeCheck.UNKNOWN}:
            return HomeCheck(said), None
        same = int(said) == self.contact.home_authority_id
        return (HomeCheck.CONFIRMED, None) if same else (HomeCheck.CORRECTED, int(said))
