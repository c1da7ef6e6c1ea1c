"""Who may see a crisis, lead it, or answer for an authority that was called in."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.dispatch.fairness import concerns
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.lines.models import Crisis, CrisisMember
from borgerlinje.staff.roles import Role

LEADS = (Role.SECRETARIAT, Role.ADMINISTRATOR)
ANSWERS = (Role.AUTHORITY_MANAGER, Role.PLANNER)
READS = (*LEADS, *ANSWERS, Role.AUDITOR)


def centres_led(request: HttpRequest) -> list[Centre]:
    """Return the centres whose host's secretariat or administrator the person is, by name."""
    return list(Centre.objects.select_related("host").filter(host__in=authorities_as(request, LEADS)))


def leads(request: HttpRequest, crisis: Crisis) -> bool:
    """Tell whether the person may begin, change and end what concerns this crisis' centre."""
    return crisis.centre.host_id in authorities_as(request, LEADS)


def crises_of(request: HttpRequest) -> "QuerySet[Crisis]":
    """Return the crises of the person's centres, and those their authorities were called into, newest first."""
    mine = authorities_as(request, READS)
    where = concerns(mine, "centre__") | Q(centre__host__in=mine)
    called_in = CrisisMember.objects.filter(authority__in=mine).values("crisis")
    return Crisis.objects.select_related("centre__host", "started_by", "ended_by").filter(where | Q(pk__in=called_in))


def access_crisis(request: HttpRequest, crisis_id: int) -> Crisis:
    """Return a crisis that the person may see. Raises Http404."""
    found = crises_of(request).filter(pk=crisis_id).first()
    if found is None:
        raise Http404
    return found


def access_led_crisis(request: HttpRequest, crisis_id: int) -> Crisis:
    """Return a crisis that the person may change. Raises Http404 or NotAllowedError."""
    crisis = access_crisis(request, crisis_id)
    if not leads(request, crisis):
        raise NotAllowedError
    return crisis


def access_member(request: HttpRequest, member_id: int) -> CrisisMember:
    """Return a called-in authority for which the person answers. Raises Http404."""
    members = CrisisMember.objects.select_related("crisis__centre", "authority")
    found = members.filter(pk=member_id, authority__in=authorities_as(request, ANSWERS)).first()
    if found is None:
        raise Http404
    return found


def askable(centre: Centre) -> list[tuple[Authority, bool]]:
    """Return every authority that is a member of some centre today, and whether it is one of this centre, members first."""
    today = clock.today()
    in_force = Q(memberships__from_on__lte=today) & (
        Q(memberships__to_on__isnull=True) | Q(memberships__to_on__gt=today)
    )
    own = set(Authority.objects.filter(in_force, memberships__centre=centre).values_list("pk", flat=True))
    everybody = Authority.objects.filter(in_force).distinct()
    return sorted(((each, each.pk in own) for each in everybody), key=lambda pair: (not pair[1], pair[0].name))
