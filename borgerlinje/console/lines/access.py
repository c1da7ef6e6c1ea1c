"""Who may set what a line says and does."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from borgerlinje.console.standing import authorities_as
from borgerlinje.lines.models import Line
from borgerlinje.staff.roles import Role

SETS = (Role.SECRETARIAT, Role.ADMINISTRATOR)
READS = (*SETS, Role.PLANNER, Role.AUTHORITY_MANAGER, Role.AUDITOR)


def lines_set_by(request: HttpRequest) -> "QuerySet[Line]":
    """Return the lines that the person may set: those of the authorities, and those that centres housed there answer."""
    mine = authorities_as(request, SETS)
    lines = Line.objects.filter(Q(owner__in=mine) | Q(centre__host__in=mine), is_hidden=False)
    return lines.select_related("owner", "centre")


def access_line(request: HttpRequest, slug: str) -> Line:
    """Return a line that the person may set. Raises Http404."""
    line = lines_set_by(request).filter(slug=slug).first()
    if line is None:
        raise Http404
    return line
