"""Who may set what a line says and does."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line
from borgerlinje.staff.roles import Role

SETS = (Role.SECRETARIAT, Role.ADMINISTRATOR)
READS = (*SETS, Role.PLANNER, Role.AUTHORITY_MANAGER, Role.AUDITOR)


def lines_set_by(request: HttpRequest) -> "QuerySet[Line]":
    """Return the lines that the person may set: those of the authorities, and those that centres housed there answer."""
    mine = authorities_as(request, SETS)
    lines = Line.objects.filter(Q(owner__in=mine) | Q(centre__host__in=mine), is_hidden=False)
    return lines.select_related("owner", "centre__host", "skill")


def access_line(request: HttpRequest, slug: str) -> Line:
    """Return a line that the person may set. Raises Http404."""
    line = lines_set_by(request).filter(slug=slug).first()
    if line is None:
        raise Http404
    return line


def centres_for_lines(request: HttpRequest) -> list[Centre]:
    """Return the centres in which the person may make a line, by name: those housed at, or with a membership of, the authorities."""
    mine = authorities_as(request, SETS)
    found = Centre.objects.filter(Q(host__in=mine) | _member_today(mine)).select_related("host")
    # The self-test's own centre is nobody's.
    return list(found.exclude(lines__is_hidden=True).distinct().order_by("name"))


def members_of(centre: Centre) -> list[Authority]:
    """Return a centre's members of today, by name."""
    today = clock.today()
    holds = Q(memberships__to_on__isnull=True) | Q(memberships__to_on__gt=today)
    found = Authority.objects.filter(holds, memberships__centre=centre, memberships__from_on__lte=today)
    return list(found.distinct().order_by("name"))


def owners_in(request: HttpRequest, centre: Centre, members: Iterable[Authority]) -> list[Authority]:
    """Return whose line the person may make in a centre with these members, by name: any member's for its host, otherwise their own."""
    mine = authorities_as(request, SETS)
    found = {each.pk: each for each in (*members, centre.host)}
    return sorted(
        (each for each in found.values() if centre.host_id in mine or each.pk in mine), key=lambda each: each.name
    )


def _member_today(authorities: list[int]) -> Q:
    today = clock.today()
    return Q(memberships__authority__in=authorities, memberships__from_on__lte=today) & (
        Q(memberships__to_on__isnull=True) | Q(memberships__to_on__gt=today)
    )
