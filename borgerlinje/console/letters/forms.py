"""A letter's words as a form: every fault at once, each beside its field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.channels.phone.text_messages.texts import LONGEST
from borgerlinje.console.styled import Styled, style, text_field
from borgerlinje.letters.kinds import Channel, Kind, Wording
from borgerlinje.letters.rendering import LONGEST_SUBJECT, has_stray_brace, placeholders, unknown, without_control

LONGEST_MAIL = 4000
_MAIL_ROWS, _SMS_ROWS = 14, 5


def _body(longest: int, rows: int) -> forms.CharField:
    return text_field(gettext_lazy("Tekst"), longest, rows=rows, required=True, missing=gettext_lazy("Skriv en tekst."))


class WordingForm(Styled):
    """Subject and text; a text message has no subject. `seen` is the version that the person has before them."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    subject = text_field(gettext_lazy("Emne"), LONGEST_SUBJECT, required=True, missing=gettext_lazy("Skriv et emne."))
    body = _body(LONGEST_MAIL, _MAIL_ROWS)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)
        if kind.channel is Channel.SMS:
            del self.fields["subject"]
            self.fields["body"] = _body(LONGEST, _SMS_ROWS)
            style(self)

    @property
    def words(self) -> Wording:
        """Return what was written; the form is valid."""
        return Wording(self.cleaned_data.get("subject", ""), self.cleaned_data["body"])

    def clean_subject(self) -> str:
        """Return the subject. Raises ValidationError."""
        subject: str = self.cleaned_data["subject"]
        if len(subject.splitlines()) > 1:
            raise ValidationError(_("Emnet må kun fylde én linje."))
        self._check(subject)
        return subject

    def clean_body(self) -> str:
        """Return the text with plain line ends. Raises ValidationError."""
        body = without_control(self.cleaned_data["body"])
        self._check(body)
        missing = [
            each.written for each in self.kind.placeholders if each.is_needed and each.name not in placeholders(body)
        ]
        if missing:
            raise ValidationError(_("Brevet nytter ikke uden %(fields)s.") % {"fields": ", ".join(missing)})
        return body

    def _check(self, text: str) -> None:
        faults = []
        if wrong := unknown(text, self.kind.names):
            faults.append(_("Der er ikke noget felt, der hedder %(fields)s.") % {"fields": ", ".join(wrong)})
        if has_stray_brace(text):
            faults.append(_("En tuborgklamme står alene. Skriv felter som {name}, og brug ellers ikke { og }."))
        if faults:
            raise ValidationError(faults)
