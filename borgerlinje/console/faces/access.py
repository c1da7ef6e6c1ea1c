"""Who keeps which authority's face: those who hold a role there, and for its members the secretariat of who houses a centre."""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404, HttpRequest

from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock
from borgerlinje.staff.fence import set_fence
from borgerlinje.staff.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

KEEPS = (Role.SECRETARIAT, Role.AUTHORITY_MANAGER, Role.ADMINISTRATOR)
_FOR_MEMBERS = (Role.SECRETARIAT, Role.ADMINISTRATOR)


def kept(request: HttpRequest) -> "QuerySet[Authority]":
    """Return the authorities whose face the person keeps, by name."""
    today = clock.today()
    # One membership has to meet all of it: it is today's, and of a centre that an authority of the person's houses.
    of_members = (
        Q(memberships__centre__host__in=authorities_as(request, _FOR_MEMBERS))
        & Q(memberships__from_on__lte=today)
        & (Q(memberships__to_on=None) | Q(memberships__to_on__gt=today))
    )
    found = Authority.objects.filter(Q(pk__in=authorities_as(request, KEEPS)) | of_members)
    return found.distinct().select_related("face")


def access_authority(request: HttpRequest, code: str) -> Authority:
    """Return an authority whose face the person keeps, and let the rest of the request write it. Raises Http404.

    The database knows the person's own authorities alone: a member's face is opened for one request that reads nothing else of it.
    """
    authority = kept(request).filter(code=code).first()
    if authority is None:
        raise Http404
    seen = sorted({*request.authorities, authority.pk})  # type: ignore[attr-defined] # set by staff.fence.Fence
    set_fence(user_id=user_of(request).pk, authorities=seen)
    return authority
