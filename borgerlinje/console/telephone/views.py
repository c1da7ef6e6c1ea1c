"""The ways to the telephone network: providers' trunks, how they are doing, and the telephone servers."""

import structlog
from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from borgerlinje.channels.phone.models import Server, Trunk, TrunkState
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.console.telephone import words
from borgerlinje.console.telephone.forms import TrunkForm
from borgerlinje.cooperation.models import Centre
from borgerlinje.kit import clock, hints
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

log = structlog.get_logger("web")


@allowed(Role.ADMINISTRATOR)
@require_GET
def network(request: HttpRequest) -> HttpResponse:
    """Show every trunk with its state, and the telephone servers."""
    return render(request, "console/telephone/network.html", {**_now(), "may_change": _may_change(request)})


@allowed(Role.ADMINISTRATOR)
@require_GET
def network_now(request: HttpRequest) -> HttpResponse:
    """Answer the part of the page that changes by itself."""
    return render(request, "console/telephone/now.html", {**_now(), "may_change": _may_change(request)})


@allowed(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def trunk(request: HttpRequest, trunk_id: int | None = None) -> HttpResponse:
    """Show a trunk's settings, or change them; without an id, a new one's."""
    if not _may_change(request):
        raise Http404
    kept = get_object_or_404(Trunk, pk=trunk_id) if trunk_id else Trunk()
    form = TrunkForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        hints.send_on_commit("phone")
        # Which fields, never what was in them: one of them is a password.
        log.info("trunk_changed", trunk=saved.pk, by=user_of(request).pk, fields=form.changed_data)
        messages.success(request, _("Gemt. Telefonserverne tager det i brug inden for få sekunder."))
        return redirect("console:network")
    context = {"form": form, "trunk": kept}
    return render(request, "console/telephone/trunk.html", context, status=422 if form.errors else 200)


def _now() -> dict[str, object]:
    now = clock.now()
    trunks = Trunk.objects.prefetch_related(Prefetch("states", TrunkState.objects.order_by("server")))
    return {
        "trunks": [
            (each, [(state.server, words.of_trunk(each, state, now=now)) for state in each.states.all()])
            for each in trunks
        ],
        "servers": [(each, words.of_server(each, now=now)) for each in Server.objects.all()],
    }


def _may_change(request: HttpRequest) -> bool:
    """Tell whether the person administers an authority that houses a centre: all its members' calls go by these trunks."""
    mine = authorities_as(request, [Role.ADMINISTRATOR])
    return Centre.objects.filter(host__in=mine).exists()
