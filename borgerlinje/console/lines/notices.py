"""News and outages: what everybody is told first, from when until when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.lines.access import READS, SETS, lines_set_by
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.console.styled import Styled, text_field
from borgerlinje.cooperation.models import Centre
from borgerlinje.dispatch.fairness import centres_of
from borgerlinje.kit import clock, hints
from borgerlinje.lines.models import Line, Notice
from borgerlinje.staff.models import User
from borgerlinje.staff.permission import allowed

_SHOWN = 100
_UNREADABLE = {"invalid": gettext_lazy("Vælg en dato og et klokkeslæt.")}


class NoticeForm(Styled):
    """One notice; empty from: at once, empty to: until somebody ends it."""

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
    from_at = forms.DateTimeField(
        label=gettext_lazy("Fra"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Tomt: nu."),
        error_messages=_UNREADABLE,
    )
    to_at = forms.DateTimeField(
        label=gettext_lazy("Til"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Tomt: til nogen afslutter den."),
        error_messages=_UNREADABLE,
    )

    def __init__(self, data: Any = None, *, centres: Sequence[Centre], lines: Sequence[Line], now: datetime) -> None:
        super().__init__(data)
        self.now = now
        whole = [(f"centre-{each.pk}", _("Hele %(centre)s") % {"centre": each.name}) for each in centres]
        parts = [(f"line-{each.pk}", each.name) for each in lines]
        self.fields["where"].choices = [*whole, *parts]  # type: ignore[attr-defined]
        self._centre_of = {each.pk: each.centre_id for each in lines}

    def clean(self) -> dict[str, Any]:
        """Refuse a notice that nobody is told, or that is over before it begins."""
        values: dict[str, Any] = super().clean() or {}
        if not values.get("is_said") and not values.get("is_shown"):
            self.add_error(None, _("Vælg, om den siges i telefonen, vises på borgersiden eller begge dele."))
        to_at = values.get("to_at")
        if to_at is not None and to_at <= (values.get("from_at") or self.now):
            self.add_error("to_at", _("Beskeden slutter, før den begynder."))
        elif to_at is not None and to_at <= self.now:
            self.add_error("to_at", _("Det tidspunkt er allerede gået."))
        return values

    def save(self, user: User) -> Notice:
        """Store the notice of the valid form."""
        values = dict(self.cleaned_data)
        kind, number = values.pop("where").split("-")
        line_id = int(number) if kind == "line" else None
        centre_id = int(number) if line_id is None else self._centre_of[line_id]
        values["from_at"] = values["from_at"] or self.now
        return Notice.objects.create(centre_id=centre_id, line_id=line_id, made_by=user, **values)


@allowed(*READS)
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show what is told now, what will be, and what was."""
    now = clock.now()
    found = Notice.objects.select_related("centre", "line", "made_by")
    found = found.filter(centre__in=[each.pk for each in centres_of(authorities_as(request, READS))])
    context = {
        "now": sorted((each for each in found.filter(from_at__lte=now) if _lasts(each, now)), key=_outage_first),
        "later": list(found.filter(from_at__gt=now).order_by("from_at")),
        "over": list(found.filter(to_at__lte=now)[:_SHOWN]),
        "sets": bool(authorities_as(request, SETS)),
        "own": set(found.filter(_set_by(request)).values_list("pk", flat=True)),
    }
    return render(request, "console/lines/notices.html", context)


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def notice_new(request: HttpRequest) -> HttpResponse:
    """Write a notice; the telephone says it from the next call on."""
    data = request.POST if request.method == "POST" else None
    form = NoticeForm(data, centres=_centres(request), lines=list(lines_set_by(request)), now=clock.now())
    if data is None or not form.is_valid():
        return render(request, "console/lines/notice.html", {"form": form}, status=200 if data is None else 422)
    notice = form.save(user_of(request))
    if notice.from_at > clock.now():
        messages.success(request, _("Beskeden er gemt og gælder fra det tidspunkt, du har valgt."))
    else:
        messages.success(request, _("Beskeden gælder nu. I telefonen siges den fra det næste opkald."))
    return _back(notice)


@allowed(*SETS)
@require_POST
def notice_end(request: HttpRequest, notice_id: int) -> HttpResponse:
    """End a notice now; one that has not begun is taken away."""
    now = clock.now()
    mine = Notice.objects.select_for_update(of=("self",)).filter(_set_by(request))
    notice = get_object_or_404(mine, pk=notice_id)
    if notice.from_at >= now:
        notice.delete()
        messages.success(request, _("Beskeden er taget væk, før den begyndte."))
    elif _lasts(notice, now):
        notice.to_at = now
        notice.save(update_fields=["to_at"])
        messages.success(request, _("Beskeden er slut."))
    return _back(notice)


def _back(notice: Notice) -> HttpResponse:
    lines = (
        Line.objects.filter(centre=notice.centre_id)
        if notice.line_id is None
        else Line.objects.filter(pk=notice.line_id)
    )
    hints.send_on_commit(*(f"line:{line_id}" for line_id in lines.values_list("pk", flat=True)), "queue")
    return redirect("console:notices")


def _centres(request: HttpRequest) -> list[Centre]:
    """Return the centres that the person may speak for as a whole: those housed where they hold the role."""
    return list(Centre.objects.filter(host__in=authorities_as(request, SETS)))


def _set_by(request: HttpRequest) -> Q:
    return Q(line__in=lines_set_by(request)) | Q(centre__in=_centres(request))


def _lasts(notice: Notice, now: datetime) -> bool:
    return notice.to_at is None or notice.to_at > now


def _outage_first(notice: Notice) -> tuple[bool, datetime]:
    return notice.kind != Notice.Kind.OUTAGE, notice.from_at
