"""Finding contacts by what a person remembers of them: the id, the caller's number, the day and time, who answered.

Only what the reader's fence lets through is found, and nobody's number is shown whole.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

import structlog
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.queries import find
from borgerlinje.kit import clock
from borgerlinje.lines import numbers
from borgerlinje.staff.models import Employee, User

MOST = 50
# So far from the time that is remembered it may have been.
AROUND = timedelta(minutes=15)
# Fewer digits than this are nobody's number.
_LEAST_DIGITS = 5

log = structlog.get_logger("web")


class SearchForm(forms.Form):
    """What is remembered of a contact. Any of it is enough; all of it must fit."""

    id = forms.CharField(required=False, max_length=40)
    dag = forms.DateField(required=False, error_messages={"invalid": _("Vælg en dag i kalenderen.")})
    kl = forms.TimeField(required=False, error_messages={"invalid": _("Skriv klokken som 14.05.")})
    medarbejder = forms.CharField(required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        """Take a time without a day for today."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("kl") and not values.get("dag") and "dag" not in self.errors:
            values["dag"] = clock.today()
        return values

    @property
    def is_asked(self) -> bool:
        """Whether anything is asked for at all."""
        return any(self.data.get(name, "").strip() for name in self.fields)

    @property
    def is_detailed(self) -> bool:
        """Whether more than the one field is asked for."""
        return any(self.data.get(name, "").strip() for name in ("dag", "kl", "medarbejder"))


def search(form: SearchForm, *, by: User) -> list[Contact]:
    """Return the contacts that fit a valid form, newest first, one more than `MOST` when there are more.

    An id, or its beginning, is looked for before a number; that a number was looked for, and by whom, can be told afterwards.
    """
    values = form.cleaned_data
    if values["id"]:
        by_id = [] if form.is_detailed else find(values["id"], limit=MOST + 1)
        if by_id:
            return by_id
    shown = Contact.objects.filter(line__is_hidden=False, is_test=False)
    shown = shown.select_related("line", "home_authority", "employee__employer")
    if values["id"]:
        number = numbers.caller(values["id"])
        if len(number) < _LEAST_DIGITS:
            return []
        log.info("number_sought", by=by.pk)
        shown = shown.filter(Q(caller_number=number) | Q(callback_number=number))
    if values["dag"]:
        shown = _when(shown, values["dag"], values["kl"])
    if values["medarbejder"]:
        shown = shown.filter(employee__in=_named(values["medarbejder"]))
    return list(shown.order_by("-arrived_at")[: MOST + 1])


def _when(contacts: "QuerySet[Contact]", on: date, at: time | None) -> "QuerySet[Contact]":
    first = datetime.combine(on, at or time(), tzinfo=clock.COPENHAGEN)
    if at is None:
        # A day of the clock's turning is not 24 hours long.
        next_day = datetime.combine(on + timedelta(days=1), time(), tzinfo=clock.COPENHAGEN)
        return contacts.filter(arrived_at__gte=first, arrived_at__lt=next_day)
    return contacts.filter(arrived_at__gte=first - AROUND, arrived_at__lte=first + AROUND)


def _named(text: str) -> "QuerySet[Employee]":
    """Return the employees that `text` names as they are shown: »Karen«, »Karen N.«, with or without the dot."""
    *given, last = text.replace(".", " ").split() or [""]
    whole = Q(given_name__istartswith=" ".join([*given, last]))
    return Employee.objects.filter(
        whole | Q(given_name__iexact=" ".join(given), initial__istartswith=last) if given else whole
    )
