"""What everybody is told first, as a form: every fault at once, each beside its field."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.styled import Styled, text_field
from borgerlinje.cooperation.models import Centre
from borgerlinje.lines.models import Line, Notice

_UNREADABLE = {"invalid": gettext_lazy("Vælg en dato og et klokkeslæt.")}


def _moment_field(label: Any, help_text: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=help_text,
        error_messages=_UNREADABLE,
    )


class NoticeForm(Styled):
    """One notice; empty from: at once, empty to: until somebody ends it. When one that has begun is changed, its beginning stays."""

    where = forms.ChoiceField(
        label=gettext_lazy("Hvor"), error_messages={"invalid_choice": gettext_lazy("Vælg et center eller en linje.")}
    )
    kind = forms.ChoiceField(label=gettext_lazy("Art"), choices=Notice.Kind.choices)
    text = text_field(
        gettext_lazy("Tekst"), 400, rows=3, required=True, missing=gettext_lazy("Skriv, hvad borgerne skal vide.")
    )
    text_en = text_field(
        gettext_lazy("Tekst på engelsk"), 400, rows=3, help_text=gettext_lazy("Tomt: den danske tekst.")
    )
    is_said = forms.BooleanField(label=gettext_lazy("Siges i telefonen"), required=False, initial=True)
    is_shown = forms.BooleanField(label=gettext_lazy("Vises på borgersiden"), required=False, initial=True)
    from_at = _moment_field(gettext_lazy("Fra"), gettext_lazy("Tomt: nu."))
    to_at = _moment_field(gettext_lazy("Til"), gettext_lazy("Tomt: til nogen afslutter den."))

    def __init__(
        self,
        data: Any = None,
        *,
        centres: Sequence[Centre],
        lines: Sequence[Line],
        now: datetime,
        notice: Notice | None = None,
        like: Notice | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(notice) if notice else _initial_again(like) if like else None)
        self.now, self.notice = now, notice
        whole = [(f"centre-{each.pk}", _("Hele %(centre)s") % {"centre": each.name}) for each in centres]
        parts = [(f"line-{each.pk}", each.name) for each in lines]
        self.fields["where"].choices = [*whole, *parts]  # type: ignore[attr-defined]
        self._centre_of = {each.pk: each.centre_id for each in lines}
        if notice is not None and notice.from_at <= now:
            del self.fields["from_at"]

    def clean(self) -> dict[str, Any]:
        """Refuse a notice that nobody is told, or that is over before it begins."""
        values: dict[str, Any] = super().clean() or {}
        if not values.get("is_said") and not values.get("is_shown"):
            self.add_error(None, _("Vælg, om den siges i telefonen, vises på borgersiden eller begge dele."))
        to_at = values.get("to_at")
        begins = values.get("from_at") if self.notice is None or "from_at" in self.fields else self.notice.from_at
        if to_at is not None and to_at <= (begins or self.now):
            self.add_error("to_at", _("Beskeden slutter, før den begynder."))
        elif to_at is not None and to_at <= self.now:
            self.add_error("to_at", _("Det tidspunkt er allerede gået."))
        return values

    def stored(self) -> Notice:
        """Return the notice of the valid form, not yet stored: the one that is changed keeps who made it, and its beginning once it has begun."""
        values = dict(self.cleaned_data)
        kind, number = values.pop("where").split("-")
        line_id = int(number) if kind == "line" else None
        centre_id = int(number) if line_id is None else self._centre_of[line_id]
        old = self.notice
        begins = old.from_at if old is not None and "from_at" not in self.fields else values["from_at"] or self.now
        values |= {"centre_id": centre_id, "line_id": line_id, "from_at": begins}
        return Notice(pk=old.pk if old else None, made_by_id=old.made_by_id if old else None, **values)


def _initial(notice: Notice) -> dict[str, Any]:
    where = f"centre-{notice.centre_id}" if notice.line_id is None else f"line-{notice.line_id}"
    names = ("kind", "text", "text_en", "is_said", "is_shown", "from_at", "to_at")
    return {"where": where, **{name: getattr(notice, name) for name in names}}


def _initial_again(notice: Notice) -> dict[str, Any]:
    """Return what a notice that is over gives to a new one: all but its times."""
    return _initial(notice) | {"from_at": None, "to_at": None}
