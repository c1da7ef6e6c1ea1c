"""The authorities: the list, a new one, and what one is called."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from borgerlinje.console.centres import access, undo
from borgerlinje.console.centres.actions import AUTHORITY_KIND, do_change_authority, do_make_authority
from borgerlinje.console.centres.forms import AuthorityForm, NewAuthorityForm
from borgerlinje.cooperation.models import Authority, Membership
from borgerlinje.kit import clock
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.permission import allowed

SHOWN = 40
_WORDS = {
    "name": gettext_lazy("navn"),
    "code": gettext_lazy("kode"),
    "kind": gettext_lazy("type"),
    "cvr": gettext_lazy("CVR-nummer"),
    "role": gettext_lazy("rolle"),
    "undone": gettext_lazy("fortrudt"),
}


@allowed(*access.SETS)
@require_GET
def authorities(request: HttpRequest) -> HttpResponse:
    """Show the authorities that the person sees, a page at a time, and the centres each is a member of."""
    today = clock.today()
    present = Membership.objects.filter(from_on__lte=today).exclude(to_on__lte=today).select_related("centre")
    found = access.authorities_seen(request).prefetch_related(Prefetch("memberships", present))
    asked = request.GET.get("q", "").strip()
    for word in asked.split():
        found = found.filter(Q(name__icontains=word) | Q(code__iexact=word) | Q(cvr=word))
    page = Paginator(found, SHOWN).get_page(request.GET.get("side"))
    context = {"page": page, "asked": asked}
    return render(request, "console/centres/authorities.html", context)


@allowed(*access.SETS)
@require_http_methods(["GET", "POST"])
def authority_new(request: HttpRequest) -> HttpResponse:
    """Make an authority; asked for by a centre (`center`), go on to its new member there."""
    form = NewAuthorityForm(request.POST if request.method == "POST" else None)
    centre_id = _centre_id(request)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = do_make_authority(request, form.authority_values(), keeps=form.cleaned_data["keeps"])
        except IntegrityError:
            form.add_error("code", _("Koden er lige taget i brug. Find myndigheden på listen."))
        else:
            messages.success(request, _("%(name)s er oprettet.") % {"name": made.full_name})
            if centre_id is not None:
                address = reverse("console:member_new", args=[access.access_centre_to_set(request, centre_id).pk])
                return redirect(f"{address}?myndighed={made.pk}")
            return redirect("console:authorities")
    return _edit(request, form, None, centre_id=centre_id)


@allowed(*access.SETS)
@require_http_methods(["GET", "POST"])
def authority(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Show what an authority is called, or change it."""
    found = access.access_authority(request, authority_id)
    initial = {name: getattr(found, name) for name in ("kind", "code", "name", "cvr")}
    form = AuthorityForm(request.POST if request.method == "POST" else None, initial=initial, authority=found)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                step = do_change_authority(request, found, form.authority_values())
        except IntegrityError:
            form.add_error("code", _("Koden er lige taget i brug. Find myndigheden på listen."))
        else:
            if step.before != step.after:
                undo.keep(request, [step], said=_("Myndighedens oplysninger"), back=request.path)
            messages.success(request, _("Gemt."))
            return redirect("console:authority", found.pk)
    return _edit(request, form, access.access_authority(request, authority_id))


def _edit(request: HttpRequest, form: Any, found: Authority | None, *, centre_id: int | None = None) -> HttpResponse:
    context = {
        "form": form,
        "authority": found,
        "centre_id": centre_id,
        "undo": undo.kept(request, back=request.path),
        "changes": changes_of(AUTHORITY_KIND, found.pk, words=_WORDS) if found else [],
    }
    status = 422 if form.errors else 200
    return render(request, "console/centres/authority.html", context, status=status)


def _centre_id(request: HttpRequest) -> int | None:
    asked = request.GET.get("center", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None  # noqa: PLR2004 - fits the column
