"""What an employee says of a contact when closing it, checked at the edge: every error at once, each with its field."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.models import Contact, HelpReason, HomeCheck, Nature, Outcome
from borgerlinje.desk.choices import WHY_CANCELLED, homes, refusal
from borgerlinje.desk.directory import ANOTHER_NUMBER, Entry, digits_of, entry_of, number_of
from borgerlinje.desk.reachable import as_stored, can_dial, check_number
from borgerlinje.dispatch.models import Transfer
from borgerlinje.dispatch.transfers import Mode, Target
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.personal_data import check_no_cpr
from borgerlinje.lines import numbers
from borgerlinje.lines.models import Line, LineNumber, Subject

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


class CorrectionForm(forms.Form):
    """Another outcome of a contact that was closed a moment ago: one that the line allows."""

    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        error_messages={
            "required": _("Vælg, hvordan det gik."),
            "invalid_choice": _("Vælg et af udfaldene på listen."),
        },
    )

    def __init__(self, data: Any, *, contact: Contact, now: datetime) -> None:
        super().__init__(data)
        self.contact, self.now = contact, now

    def clean_outcome(self) -> str:
        """Refuse light casework where the line or the subject does not allow it."""
        outcome: str = self.cleaned_data["outcome"]
        why = (
            refusal(self.contact, self.contact.subject_item, now=self.now)
            if outcome == Outcome.LIGHT_CASEWORK
            else None
        )
        if why:
            raise ValidationError(why)
        return outcome


class TransferForm(NoteForm):
    """Whom to bring to a citizen, and how. When it is valid, either `line` is where the citizen goes or `whom` is who is rung."""

    target = forms.CharField(error_messages={"required": _("Vælg, hvem borgeren skal videre til.")})
    digits = forms.CharField(required=False, max_length=40, error_messages={"max_length": _("Nummeret er for langt.")})
    mode = forms.ChoiceField(
        choices=[each for each in Transfer.Mode.choices if each[0] != Transfer.Mode.MOVE],
        error_messages={"required": _("Vælg, hvordan det skal gå."), "invalid_choice": _("Vælg en af de tre måder.")},
    )

    def __init__(self, data: Any, *, contact: Contact, now: datetime) -> None:
        super().__init__(data)
        self.contact, self.now = contact, now
        self._entry: Entry | None = None
        self._digits = ""

    def clean(self) -> dict[str, Any]:
        """Find who is meant."""
        values: dict[str, Any] = super().clean() or {}
        target = values.get("target", "")
        if target == ANOTHER_NUMBER and "digits" in values:
            self._digits, why = check_number(values["digits"], self.contact)
            if why:
                self.add_error("digits", why)
        elif target and target != ANOTHER_NUMBER:
            self._entry = entry_of(target, self.contact, can_dial=can_dial(), now=self.now)
            if self._entry is None or not self._entry.can_ask:
                self.add_error("target", _("De kan ikke nås nu. Borgeren er stadig hos dig. Vælg en anden."))
        return values

    @property
    def key(self) -> str:
        """The key of whom the valid form names."""
        return self._entry.key if self._entry else ANOTHER_NUMBER

    @property
    def is_closed(self) -> bool:
        """Whether whom the valid form names is closed at this hour."""
        return self._entry is not None and not self._entry.is_open

    @property
    def how(self) -> Mode:
        """How they are brought."""
        return Mode(self.cleaned_data["mode"])

    @property
    def line(self) -> Line | None:
        """The line the citizen is to wait on; None when somebody is rung."""
        return Line.objects.get(pk=number_of(self._entry.key)) if self._entry and self._entry.is_line else None

    @property
    def whom(self) -> Target:
        """Who is rung."""
        if self._entry is None:
            return Target(numbers.display(as_stored(self._digits)), digits=self._digits)
        if self._entry.key.startswith("e"):
            return Target(self._entry.label, employee_id=number_of(self._entry.key))
        return Target(self._entry.label, digits=digits_of(self._entry.key))


class CallOutForm(forms.Form):
    """A call to a citizen that an employee makes: the number, and the line whose number and authority the citizen sees."""

    digits = forms.CharField(
        max_length=40,
        error_messages={"required": _("Skriv borgerens nummer."), "max_length": _("Nummeret er for langt.")},
    )
    shown = forms.ModelChoiceField(
        LineNumber.objects.none(),
        error_messages={
            "required": _("Vælg, hvilket nummer borgeren skal se."),
            "invalid_choice": _("Vælg et nummer på listen."),
        },
    )
    subject = forms.CharField(
        required=False,
        max_length=SUBJECT_LENGTH,
        validators=[_no_cpr],
        error_messages={"max_length": _("Emnet er for langt. Skriv højst 120 tegn.")},
    )

    def __init__(self, data: Any, *, shown: QuerySet[LineNumber]) -> None:
        super().__init__(data)
        self.fields["shown"].queryset = shown  # type: ignore[attr-defined] # a ModelChoiceField
        self.number = ""

    def clean(self) -> dict[str, Any]:
        """Ask whether the number may be called."""
        values: dict[str, Any] = super().clean() or {}
        number: LineNumber | None = values.get("shown")
        if number is not None and "digits" in values:
            answer = Contact(line=number.line, authority=number.home_authority or number.line.owner)
            self.number, why = check_number(values["digits"], answer)
            if why:
                self.add_error("digits", why)
        return values


class CancelForm(forms.Form):
    """Why a callback is given up: a closed list, no free text about a person."""

    because = forms.ChoiceField(
        choices=WHY_CANCELLED,
        error_messages={
            "required": _("Vælg, hvorfor borgeren ikke skal ringes op."),
            "invalid_choice": _("Vælg en grund på listen."),
        },
    )
