"""The list of specialists: units with a number of their own, kept by the authority they belong to."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.lines.access import READS, SETS
from borgerlinje.console.standing import authorities_as
from borgerlinje.console.styled import no_cpr, style
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock
from borgerlinje.lines import numbers
from borgerlinje.lines.models import Specialist, Subject
from borgerlinje.lines.specialists import status_of
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

SHOWN = 40
KEEPS = (*SETS, Role.AUTHORITY_MANAGER)
_WEEKDAYS = (
    (0, gettext_lazy("Mandag")),
    (1, gettext_lazy("Tirsdag")),
    (2, gettext_lazy("Onsdag")),
    (3, gettext_lazy("Torsdag")),
    (4, gettext_lazy("Fredag")),
    (5, gettext_lazy("Lørdag")),
    (6, gettext_lazy("Søndag")),
)


class SpecialistForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no generic form at run time
    """One unit. Which authorities may be chosen is the person's own; that it serves all is for those who keep the whole list."""

    use_required_attribute = False
    digits = forms.CharField(
        label=gettext_lazy("Nummer"), max_length=24, error_messages={"required": gettext_lazy("Skriv nummeret.")}
    )
    first_weekday = forms.TypedChoiceField(label=gettext_lazy("Fra ugedag"), choices=_WEEKDAYS, coerce=int)
    last_weekday = forms.TypedChoiceField(label=gettext_lazy("Til ugedag"), choices=_WEEKDAYS, coerce=int)

    class Meta:
        model = Specialist
        fields = (
            "authority",
            "name",
            "about",
            "digits",
            "subjects",
            "first_weekday",
            "last_weekday",
            "opens",
            "closes",
        )
        widgets = {
            "opens": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "closes": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "subjects": forms.SelectMultiple(attrs={"size": 6}),
        }

    def __init__(self, *args: Any, authorities: "QuerySet[Authority]", may_serve_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose: Any = self.fields["authority"]
        whose.queryset, whose.required, whose.empty_label = authorities, not may_serve_all, _("Alle myndigheder")
        whose.label, whose.error_messages["required"] = _("Myndighed"), _("Vælg den myndighed, enheden hører til.")
        kept = Q(specialists=self.instance) if self.instance.pk else Q(pk__in=[])
        in_use = Subject.objects.filter(Q(retired_on=None) | kept).distinct()
        self.fields["subjects"].queryset = in_use  # type: ignore[attr-defined]
        self.fields["subjects"].label = _("Emner")
        self.fields["name"].error_messages["required"] = _("Skriv, hvad enheden hedder.")
        for name in ("name", "about"):
            self.fields[name].validators.append(no_cpr)
        style(self)

    def clean_digits(self) -> str:
        """Return the number as it is dialled."""
        try:
            return numbers.normalise(self.cleaned_data["digits"])
        except numbers.NumberError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Refuse hours that end before they begin, or that have only one end."""
        values: dict[str, Any] = super().clean() or {}
        opens, closes = values.get("opens"), values.get("closes")
        if (opens is None) != (closes is None):
            self.add_error("closes" if opens else "opens", _("Skriv begge tider, eller ingen: så er der altid åbent."))
        elif opens is not None and closes is not None and closes <= opens:
            self.add_error("closes", _("Enheden lukker, før den åbner."))
        first, last = values.get("first_weekday"), values.get("last_weekday")
        if first is not None and last is not None and last < first:
            self.add_error("last_weekday", _("Den sidste ugedag ligger før den første."))
        return values


@allowed(*READS)
@require_GET
def specialists(request: HttpRequest) -> HttpResponse:
    """Show the units that the person's authorities can ask, a page at a time, and which of them the person keeps."""
    now = clock.now()
    mine = authorities_as(request, READS)
    found = Specialist.objects.filter(Q(authority__in=mine) | Q(authority__isnull=True)).select_related("authority")
    asked = request.GET.get("q", "").strip()
    page = Paginator(_found(found, asked).prefetch_related("subjects"), SHOWN).get_page(request.GET.get("side"))
    kept = set(_kept(request).filter(pk__in=[each.pk for each in page]).values_list("pk", flat=True))
    context = {
        "page": page,
        "asked": asked,
        "rows": [(each, status_of(each, at=now), each.pk in kept, numbers.display(each.digits)) for each in page],
        "keeps": request.roles.intersection(KEEPS),  # type: ignore[attr-defined] # set by staff.fence.Fence
    }
    return render(request, "console/lines/specialists.html", context)


def _found(units: "QuerySet[Specialist]", asked: str) -> "QuerySet[Specialist]":
    """Return the units that have each of the words in their name, what they do, their authority or their number."""
    for word in asked.split():
        says = Q(name__icontains=word) | Q(about__icontains=word) | Q(authority__name__icontains=word)
        units = units.filter(says | Q(digits__contains=word))
    return units


@allowed(*KEEPS)
@require_http_methods(["GET", "POST"])
def specialist_new(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    return _edit(request, Specialist())


@allowed(*KEEPS)
@require_http_methods(["GET", "POST"])
def specialist(request: HttpRequest, specialist_id: int) -> HttpResponse:
    """Change a unit that the person keeps."""
    return _edit(request, get_object_or_404(_kept(request), pk=specialist_id))


@allowed(*KEEPS)
@require_POST
def specialist_remove(request: HttpRequest, specialist_id: int) -> HttpResponse:
    """Take a unit off the list. What was transferred to it keeps its name."""
    get_object_or_404(_kept(request), pk=specialist_id).delete()
    messages.success(request, _("Enheden er taget af listen."))
    return redirect("console:specialists")


def _edit(request: HttpRequest, unit: Specialist) -> HttpResponse:
    form = SpecialistForm(
        request.POST if request.method == "POST" else None,
        instance=unit,
        authorities=Authority.objects.filter(pk__in=authorities_as(request, KEEPS)),
        may_serve_all=bool(authorities_as(request, SETS)),
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Gemt. Bordene viser det fra nu af."))
        return redirect("console:specialists")
    status = 422 if request.method == "POST" else 200
    is_new = unit.pk is None
    return render(
        request, "console/lines/specialist.html", {"form": form, "unit": unit, "is_new": is_new}, status=status
    )


def _kept(request: HttpRequest) -> "QuerySet[Specialist]":
    """Return the units that the person may change: their authorities', and those of all for who keeps the whole list."""
    mine = Q(authority__in=authorities_as(request, KEEPS))
    common = Q(authority__isnull=True) if authorities_as(request, SETS) else Q(pk__in=[])
    return Specialist.objects.filter(mine | common)
