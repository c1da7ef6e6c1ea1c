"""Who sees and who sets centres, authorities and memberships: an administrator all of them, a secretariat those of its centres."""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.roles import ADMINISTERS, Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

SETS = ADMINISTERS
# What the telephone's self-test calls the centre and the authority it makes where it finds none (`channels.phone.selftest`).
SELF_TEST = "selvtest"


def is_administrator(request: HttpRequest) -> bool:
    """Tell whether the person is an administrator of some authority: centres and authorities belong to the whole installation."""
    return bool(authorities_as(request, (Role.ADMINISTRATOR,)))


def centres_seen(request: HttpRequest) -> "QuerySet[Centre]":
    """Return the centres that the person sees: those that the own authorities run, are or were members of."""
    # The self-test's own centre is nobody's.
    found = Centre.objects.exclude(slug=SELF_TEST).select_related("host")
    if is_administrator(request):
        return found
    mine = authorities_as(request, SETS)
    return found.filter(Q(host__in=mine) | Q(memberships__authority__in=mine)).distinct()


def access_centre(request: HttpRequest, centre_id: int) -> Centre:
    """Return a centre that the person sees. Raises Http404."""
    centre = centres_seen(request).filter(pk=centre_id).first()
    if centre is None:
        raise Http404
    return centre


def access_centre_to_set(request: HttpRequest, centre_id: int) -> Centre:
    """Return a centre that the person may change. Raises Http404, NotAllowedError."""
    centre = access_centre(request, centre_id)
    if not may_set(request, centre):
        raise NotAllowedError
    return centre


def may_set(request: HttpRequest, centre: Centre) -> bool:
    """Tell whether the person may change a centre and its members: an administrator, or the secretariat of its host."""
    return is_administrator(request) or centre.host_id in authorities_as(request, SETS)


def access_membership(request: HttpRequest, centre_id: int, membership_id: int) -> Membership:
    """Return a membership of a centre that the person may change. Raises Http404, NotAllowedError."""
    centre = access_centre_to_set(request, centre_id)
    return get_object_or_404(
        Membership.objects.select_related("centre__host", "authority"), pk=membership_id, centre=centre
    )


def authorities_seen(request: HttpRequest) -> "QuerySet[Authority]":
    """Return the authorities that the person sees: the own, and the members of the centres they see."""
    if is_administrator(request):
        return every_authority()
    centres = [centre.pk for centre in centres_seen(request)]
    mine = authorities_as(request, SETS)
    seen = Q(pk__in=mine) | Q(memberships__centre__in=centres) | Q(owned_lines__centre__in=centres)
    return Authority.objects.filter(seen).distinct()


def access_authority(request: HttpRequest, authority_id: int) -> Authority:
    """Return an authority whose data the person may change: an administrator any, a secretariat its own and its centre's members. Raises Http404, NotAllowedError."""
    authority = authorities_seen(request).filter(pk=authority_id).first()
    if authority is None:
        raise Http404
    if not may_set_authority(request, authority):
        raise NotAllowedError
    return authority


def may_set_authority(request: HttpRequest, authority: Authority) -> bool:
    """Tell whether the person may change what an authority is called."""
    mine = authorities_as(request, SETS)
    if is_administrator(request) or authority.pk in mine:
        return True
    return Membership.objects.filter(authority=authority, centre__host__in=mine).exists()


def every_authority() -> "QuerySet[Authority]":
    """Return all authorities but the self-test's own: what they are called is no secret."""
    return Authority.objects.exclude(code=SELF_TEST)
