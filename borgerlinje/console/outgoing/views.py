"""Calls that go out: a centre's rules, the numbers that are not to be called, and what was called or refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from borgerlinje.channels.phone.models import DoNotCall, OutgoingPolicy, Trunk
from borgerlinje.channels.phone.text_messages import text_address
from borgerlinje.console.outgoing import queries
from borgerlinje.console.outgoing.forms import DoNotCallForm, PolicyForm
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.dispatch.fairness import centres_of
from borgerlinje.kit import clock
from borgerlinje.lines import numbers
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

KEEPS = (Role.SECRETARIAT, Role.ADMINISTRATOR)
# What was taken off the list last is kept with the session so long, and can be put back.
_REMOVED, _UNDO = "outgoing_removed", timedelta(minutes=10)

log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class Here:
    """The centre the page is about; `sets_rules`: the person's authority houses it, and so sets its rules."""

    centre: Centre
    centres: list[Centre]
    authority_ids: list[int]
    sets_rules: bool

    @property
    def policy(self) -> OutgoingPolicy:
        """The centre's rules; the defaults, not stored, where it has set none."""
        return OutgoingPolicy.objects.filter(centre=self.centre).first() or OutgoingPolicy(centre=self.centre)

    @property
    def address(self) -> str:
        """The page's address for this centre."""
        return f"{reverse('console:outgoing')}?center={self.centre.slug}"


@allowed(*KEEPS)
@require_http_methods(["GET", "HEAD", "POST"])
def outgoing(request: HttpRequest) -> HttpResponse:
    """Show what a centre calls, or change its rules: they hold from the next call on."""
    here = _here(request)
    if request.method != "POST":
        return _page(request, here)
    if not here.sets_rules:
        raise Http404
    form = PolicyForm(request.POST, instance=here.policy)
    if not form.is_valid():
        return _page(request, here, policy_form=form, status=422)
    form.save()
    log.info("outgoing_policy_changed", centre=here.centre.slug, by=user_of(request).pk, fields=form.changed_data)
    messages.success(request, _("Gemt. Reglerne gælder fra det næste opkald."))
    return redirect(here.address)


@allowed(*KEEPS)
@require_POST
def do_not_call_add(request: HttpRequest) -> HttpResponse:
    """Put a number on an authority's list."""
    here = _here(request)
    form = DoNotCallForm(request.POST, authorities=_authorities(here))
    if not form.is_valid():
        return _page(request, here, bar_form=form, status=422)
    entry = form.save(user_of(request).pk)
    log.info("do_not_call_added", entry=entry.pk, by=user_of(request).pk)
    messages.success(request, _("%(number)s bliver ikke ringet op.") % {"number": _shown(entry.digits)})
    return redirect(here.address)


@allowed(*KEEPS)
@require_POST
def do_not_call_remove(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take a number off the list; the page offers to put it back."""
    here = _here(request)
    entry = get_object_or_404(DoNotCall, pk=entry_id, authority__in=here.authority_ids)
    kept = {
        "a": entry.authority_id,
        "d": entry.digits,
        "r": entry.reason,
        "t": entry.to_at.isoformat() if entry.to_at else None,
        "at": clock.now().isoformat(),
    }
    entry.delete()
    log.info("do_not_call_removed", entry=entry_id, by=user_of(request).pk)
    request.session[_REMOVED] = kept
    return redirect(here.address)


@allowed(*KEEPS)
@require_POST
def do_not_call_restore(request: HttpRequest) -> HttpResponse:
    """Put a number back that was just taken off the list."""
    here = _here(request)
    removed = _removed(request)
    if removed is None or removed["a"] not in here.authority_ids:
        raise Http404
    DoNotCall.objects.get_or_create(
        authority_id=removed["a"],
        digits=removed["d"],
        defaults={
            "reason": removed["r"],
            "to_at": removed["t"],
            "made_at": clock.now(),
            "made_by": user_of(request),
        },
    )
    del request.session[_REMOVED]
    messages.success(request, _("%(number)s står på listen igen.") % {"number": _shown(removed["d"])})
    return redirect(here.address)


def _page(
    request: HttpRequest,
    here: Here,
    *,
    policy_form: PolicyForm | None = None,
    bar_form: DoNotCallForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, refused_only, policy = clock.now(), request.GET.get("vis") == "afviste", here.policy
    removed, asked = _removed(request), request.GET.get("nummer", "").strip()
    page = Paginator(queries.calls_of(here.centre, refused_only=refused_only), queries.SHOWN).get_page(
        request.GET.get("side")
    )
    barred = queries.barred(here.authority_ids, asked, now=now)[: queries.SHOWN + 1]
    context = {
        "here": here,
        "policy_form": policy_form or PolicyForm(instance=policy),
        "bar_form": bar_form or DoNotCallForm(authorities=_authorities(here)),
        "use": queries.use(here.centre, policy, now=now),
        "page": page,
        "calls": [queries.made(call) for call in page],
        "refused_only": refused_only,
        "asked": asked,
        "barred": [(each, _shown(each.digits)) for each in barred[: queries.SHOWN]],
        "is_cut": len(barred) > queries.SHOWN,
        "removed": _shown(removed["d"]) if removed else "",
        "can_dial": Trunk.objects.filter(is_active=True).exists(),
        "can_text": text_address.configured() is not None,
    }
    return render(request, "console/outgoing/outgoing.html", context, status=status)


def _here(request: HttpRequest) -> Here:
    """Return the centre that is asked for, the person's first otherwise. Raises Http404 for a person without one."""
    mine = authorities_as(request, KEEPS)
    centres = centres_of(mine)
    slug = request.POST.get("center") or request.GET.get("center")
    centre = next((each for each in centres if each.slug == slug), centres[0] if centres else None)
    if centre is None or (request.method == "POST" and centre.slug != slug):
        raise Http404
    return Here(centre, centres, mine, sets_rules=centre.host_id in mine)


def _authorities(here: Here) -> Any:
    return Authority.objects.filter(pk__in=here.authority_ids)


def _removed(request: HttpRequest) -> dict[str, Any] | None:
    """Return what the person took off the list a moment ago."""
    kept: dict[str, Any] | None = request.session.get(_REMOVED)
    if kept is None or clock.now() - datetime.fromisoformat(kept["at"]) > _UNDO:
        return None
    return kept


def _shown(digits: str) -> str:
    return numbers.display(digits.removeprefix("+45"))
