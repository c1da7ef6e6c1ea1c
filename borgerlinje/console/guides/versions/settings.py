"""A guide's settings: whose it is, what it is about, how long it holds. They hold at once, for what is published and for what is worked on."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from borgerlinje.console.centres.access import every_authority
from borgerlinje.console.guides import access
from borgerlinje.console.guides.versions.forms import DAYS, SettingsForm
from borgerlinje.console.guides.versions.notes import note_settings, said
from borgerlinje.console.guides.versions.page import access_common
from borgerlinje.guides.models import Guide, GuideVersion, KleEntry, State
from borgerlinje.kit import clock
from borgerlinje.kit.intervals import in_force
from borgerlinje.staff.models import RoleAssignment, User
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

_SET = (State.DRAFT, State.IN_REVIEW, State.PUBLISHED)
_FIELDS = ("subject", "kle", "solution", "owner", "keeper")


@allowed(*access.EDITS)
@require_http_methods(["GET", "POST"])
def guide_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a guide's settings."""
    guide = access_common(request, slug)
    now = {name: getattr(guide, name) for name in _FIELDS} | _days(_leading(guide))
    form = SettingsForm(
        request.POST if request.method == "POST" else None,
        initial=now,
        keepers=keepers(guide),
        owners=every_authority(),
    )
    if request.method == "POST" and form.is_valid():
        _do_set(request, guide, form, before=now)
        messages.success(request, _("Gemt."))
        return redirect("console:guide", guide.slug)
    entry = KleEntry.objects.filter(number=guide.kle).first() if guide.kle else None
    context = {"guide": guide, "form": form, "kle_title": entry.title if entry else ""}
    status = 422 if request.method == "POST" else 200
    return render(request, "console/guides/settings.html", context, status=status)


def keepers(guide: Guide) -> "QuerySet[User]":
    """Return who may keep a guide: the editors that the person sees today, and who keeps it already."""
    roles = RoleAssignment.objects.filter(in_force(clock.today()), role=Role.GUIDE_EDITOR)
    editors = User.objects.filter(pk__in=roles.values("user"), is_active=True)
    return (
        (editors | User.objects.filter(pk__in=[guide.keeper_id] if guide.keeper_id else []))
        .distinct()
        .order_by("name", "email")
    )


def _do_set(request: HttpRequest, guide: Guide, form: SettingsForm, *, before: dict[str, Any]) -> None:
    noted = said(guide, {name: before[name] for name in DAYS})
    for name in _FIELDS:
        setattr(guide, name, form.cleaned_data[name])
    guide.save(update_fields=list(_FIELDS))
    days = {name: form.cleaned_data[name] for name in DAYS}
    if days != {name: before[name] for name in DAYS}:
        open_or_read = guide.versions.filter(state__in=_SET)
        open_or_read.update(valid_from=days["valid_from"], valid_to=form.valid_to, review_on=days["review_on"])
    note_settings(request, guide, before=noted, after=said(guide, days))


def _leading(guide: Guide) -> GuideVersion | None:
    """Return the version whose days the form shows: what is published, else the newest."""
    return guide.published or guide.versions.first()


def _days(version: GuideVersion | None) -> dict[str, Any]:
    if version is None:
        return dict.fromkeys(DAYS)
    last = version.valid_to - timedelta(days=1) if version.valid_to else None
    return {"valid_from": version.valid_from, "last_on": last, "review_on": version.review_on}
