"""When an authority's own switchboard answers: the week that the coverage map is drawn of."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from borgerlinje.console.hours.actions import SWITCHBOARD_KIND, do_switchboard, switchboard_week
from borgerlinje.console.hours.fields import WeekForm
from borgerlinje.console.lines.access import SETS
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Authority, Membership
from borgerlinje.dispatch.fairness import centres_of
from borgerlinje.kit import clock
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

KEEPS = (*SETS, Role.AUTHORITY_MANAGER)


@allowed(*KEEPS)
@require_http_methods(["GET", "POST"])
def switchboard(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Show or change when an authority's own switchboard answers."""
    authority = get_object_or_404(kept(request), pk=authority_id)
    week = switchboard_week(list(authority.switchboard_hours.all()))
    form = WeekForm(request.POST if request.method == "POST" else None, week=week)
    if request.method == "POST" and form.is_valid():
        do_switchboard(authority, form.week(), by=user_of(request), now=clock.now())
        messages.success(request, _("Gemt. Kortet er tegnet med de nye tider."))
        return redirect(_way_back(request))
    context = {
        "authority": authority,
        "form": form,
        "way_back": _way_back(request),
        "changes": changes_of(SWITCHBOARD_KIND, authority.pk, words={"hours": _("Omstillingens tider")}),
    }
    return render(request, "console/hours/switchboard.html", context, status=422 if form.errors else 200)


def kept(request: HttpRequest) -> "QuerySet[Authority]":
    """Return the authorities whose switchboard the person keeps: their own, and the members of the centres housed there."""
    members = Membership.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=clock.today()),
        centre__host__in=authorities_as(request, SETS),
        from_on__lte=clock.today(),
    )
    mine = Q(pk__in=authorities_as(request, KEEPS)) | Q(pk__in=members.values("authority_id"))
    return Authority.objects.filter(mine)


def _way_back(request: HttpRequest) -> str:
    """Return the address of the map of the centre that the person came from."""
    mine = {each.slug for each in centres_of(authorities_as(request, KEEPS))}
    slug = request.GET.get("center", "")
    return reverse("console:coverage") + (f"?center={slug}" if slug in mine else "")
