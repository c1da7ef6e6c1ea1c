"""Who may see and change the menu of a line."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Membership
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.lines.models import Line
from borgerlinje.staff.roles import Role

EDITS = (Role.SECRETARIAT, Role.ADMINISTRATOR, Role.AUTHORITY_MANAGER)
READS = (*EDITS, Role.PLANNER, Role.GUIDE_EDITOR)


def lines_of(request: HttpRequest, roles: tuple[Role, ...]) -> "QuerySet[Line]":
    """Return the lines of the authorities at which the person holds one of `roles`: their own, and those of their centres."""
    mine, today = authorities_as(request, roles), clock.today()
    holds = Q(to_on__isnull=True) | Q(to_on__gt=today)
    joined = Membership.objects.filter(holds, authority__in=mine, from_on__lte=today).order_by().values("centre")
    found = Line.objects.filter(Q(owner__in=mine) | Q(centre__host__in=mine) | Q(centre__in=joined), is_hidden=False)
    return found.select_related("owner", "centre")


def access_line(request: HttpRequest, slug: str) -> Line:
    """Return a line whose menu the person may see. Raises Http404."""
    line = lines_of(request, READS).filter(slug=slug).first()
    if line is None:
        raise Http404
    return line


def may_edit(request: HttpRequest, line: Line) -> bool:
    """Tell whether the person may change the line's menu."""
    return lines_of(request, EDITS).filter(pk=line.pk).exists()


def access_line_to_edit(request: HttpRequest, slug: str) -> Line:
    """Return a line whose menu the person may change. Raises Http404 or NotAllowedError."""
    line = access_line(request, slug)
    if not may_edit(request, line):
        raise NotAllowedError
    return line
