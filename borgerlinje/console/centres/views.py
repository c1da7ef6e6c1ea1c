"""The centres: the list, one with its members, a new one, and what it is called."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.centres import access, undo
from borgerlinje.console.centres.actions import (
    CENTRE_KIND,
    do_change_centre,
    do_make_centre,
    note_undone,
    tell,
)
from borgerlinje.console.centres.forms import CentreForm
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.lines.models import Line
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.permission import allowed

_WORDS = {
    "name": gettext_lazy("navn"),
    "host": gettext_lazy("vært"),
    "editors_approve_own": gettext_lazy("redaktører må godkende egne ændringer"),
    "member": gettext_lazy("medlem"),
    "undone": gettext_lazy("fortrudt"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A membership as the page shows it; `state` is past, now or coming, `left` the lines that one who left still owns."""

    membership: Membership
    last_on: date | None
    state: str
    left: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A centre on the list."""

    centre: Centre
    members: int
    lines: int
    may_set: bool


@allowed(*access.SETS)
@require_GET
def centres(request: HttpRequest) -> HttpResponse:
    """Show the centres that the person sees."""
    today = clock.today()
    found = list(access.centres_seen(request))
    members = Membership.objects.filter(centre__in=found, from_on__lte=today).exclude(to_on__lte=today)
    by_member, by_line = list(members.values_list("centre", flat=True)), _lines(found)
    rows = [
        Row(each, by_member.count(each.pk), by_line.count(each.pk), access.may_set(request, each)) for each in found
    ]
    context = {"rows": rows, "may_make": access.is_administrator(request)}
    return render(request, "console/centres/centres.html", context)


@allowed(*access.SETS)
@require_GET
def centre(request: HttpRequest, centre_id: int) -> HttpResponse:
    """Show a centre: its host, its members past and coming, its lines, and who changed what."""
    found, today = access.access_centre(request, centre_id), clock.today()
    memberships = found.memberships.select_related("authority", "centre").order_by("authority__name", "from_on")
    lines = list(Line.objects.filter(centre=found, is_hidden=False).select_related("owner"))
    rows = _shown(list(memberships), lines, today)
    context = {
        "centre": found,
        "members": [row for row in rows if row.state != "past"],
        "past": [row for row in rows if row.state == "past"],
        "lines": lines,
        "may_set": access.may_set(request, found),
        "undo": undo.kept(request, back=reverse("console:centre", args=[found.pk])),
        "changes": changes_of(CENTRE_KIND, found.pk, words=_WORDS),
    }
    return render(request, "console/centres/centre.html", context)


@allowed(*access.SETS)
@require_http_methods(["GET", "POST"])
def centre_new(request: HttpRequest) -> HttpResponse:
    """Make a centre; its host is its first member. Raises NotAllowedError for anybody but an administrator."""
    if not access.is_administrator(request):
        raise NotAllowedError
    form = CentreForm(request.POST if request.method == "POST" else None, hosts=access.every_authority())
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = do_make_centre(request, **form.cleaned_data)
        except IntegrityError:
            form.add_error("name", _("Et center med det navn er lige oprettet. Se listen."))
        else:
            tell()
            messages.success(request, _("%(name)s er oprettet med værten som første medlem.") % {"name": made.name})
            return redirect("console:centre", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/centres/centre_edit.html", {"form": form, "centre": None}, status=status)


@allowed(*access.SETS)
@require_http_methods(["GET", "POST"])
def centre_edit(request: HttpRequest, centre_id: int) -> HttpResponse:
    """Change what a centre is called, and who houses it."""
    found, today = access.access_centre_to_set(request, centre_id), clock.today()
    # A host is a member: else the centre would be housed by somebody who does not see it.
    members = Membership.objects.filter(centre=found, from_on__lte=today).exclude(to_on__lte=today)
    hosts = Authority.objects.filter(Q(pk__in=members.values("authority")) | Q(pk=found.host_id))
    form = CentreForm(
        request.POST if request.method == "POST" else None,
        initial={
            "name": found.name,
            "host": found.host_id,
            "editors_approve_own": found.editors_approve_own,
        },
        hosts=hosts,
        centre=found,
    )
    if request.method == "POST" and form.is_valid():
        step = do_change_centre(request, found, **form.cleaned_data)
        if step.before != step.after:
            back = reverse("console:centre", args=[found.pk])
            undo.keep(request, [step], said=_("Centrets opsætning"), back=back)
        tell()
        messages.success(request, _("Gemt."))
        return redirect("console:centre", found.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/centres/centre_edit.html", {"form": form, "centre": found}, status=status)


@allowed(*access.SETS)
@require_POST
def centre_undo(request: HttpRequest) -> HttpResponse:
    """Take back what the person changed a moment ago. Raises Http404 when there is nothing any more."""
    found = undo.kept(request)
    if found is None:
        raise Http404
    what = _whose(request, found["steps"][0])
    try:
        with transaction.atomic():
            is_back = undo.do_undo(request, found)
    except IntegrityError:
        is_back = False
    if is_back:
        note_undone(request, what, found["said"])
        tell()
        messages.success(request, _("Fortrudt: %(what)s er som før.") % {"what": found["said"]})
    else:
        messages.error(request, _("Det er ændret imens, så intet er fortrudt. Siden viser det, der gælder."))
    return redirect(found["back"])


def _whose(request: HttpRequest, step: list[object]) -> Centre | Authority:
    """Return the centre or the authority that a change belongs to, if the person may still change it. Raises Http404, NotAllowedError."""
    kind, pk, before, after = step
    if kind == "authority":
        return access.access_authority(request, int(str(pk)))
    values = after or before
    assert isinstance(values, dict)  # noqa: S101 - for the type: one of them is there
    return access.access_centre_to_set(request, int(str(pk)) if kind == "centre" else values["centre_id"])


def _shown(memberships: list[Membership], lines: list[Line], today: date) -> list[Shown]:
    states = [_state(each, today) for each in memberships]
    present = {each.authority_id for each, state in zip(memberships, states, strict=True) if state == "now"}
    return [
        Shown(
            each,
            each.to_on - timedelta(days=1) if each.to_on else None,
            state,
            [
                line.name
                for line in lines
                if state == "past" and line.owner_id == each.authority_id and line.owner_id not in present
            ],
        )
        for each, state in zip(memberships, states, strict=True)
    ]


def _state(membership: Membership, today: date) -> str:
    if membership.from_on > today:
        return "coming"
    return "past" if membership.to_on is not None and membership.to_on <= today else "now"


def _lines(centres: list[Centre]) -> list[int]:
    return list(Line.objects.filter(centre__in=centres, is_hidden=False).values_list("centre", flat=True))
