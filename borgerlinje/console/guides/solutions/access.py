"""Who may change a solution, and who may say that it does not work: for whom, and on which lines."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.http import HttpRequest

from borgerlinje.console.guides.access import EDITS, READS
from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.guides.models import Solution, SolutionStatus
from borgerlinje.kit import clock
from borgerlinje.kit.intervals import in_force
from borgerlinje.lines.models import Line, LineTask
from borgerlinje.lines.queries import shown_lines
from borgerlinje.staff.roles import Role

# Who says whether a solution works; elsewhere than where they house a centre, for their own citizens only.
TELLS: Final = (*EDITS, Role.SECRETARIAT, Role.ADMINISTRATOR)
LOOKS: Final = READS


@dataclass(frozen=True, slots=True)
class Reach:
    """For whom a person may say that a solution does not work. `everywhere`: for all, and for each of `authorities`."""

    everywhere: bool
    authorities: tuple[Authority, ...]

    def holds(self, authority: Authority | None) -> bool:
        """Tell whether a status for an authority's citizens (None: for all) is the person's to set."""
        return self.everywhere if authority is None else authority in self.authorities

    def covers(self, status: SolutionStatus) -> bool:
        """Tell whether a status is the person's to change and to end."""
        return self.holds(status.authority)

    def __bool__(self) -> bool:
        """Tell whether there is anybody the person may say it for."""
        return self.everywhere or bool(self.authorities)


def reach_of(request: HttpRequest) -> Reach:
    """Return for whom the person may say that a solution does not work."""
    mine = authorities_as(request, TELLS)
    hosts = Centre.objects.filter(host__in=mine).exclude(lines__is_hidden=True)
    everywhere = hosts.exists()
    whose = Q(pk__in=mine)
    if everywhere:
        whose |= Q(in_force(clock.today(), of="memberships__"), memberships__centre__in=hosts)
    found = Authority.objects.filter(whose).distinct().order_by("name") if mine else Authority.objects.none()
    return Reach(everywhere, tuple(found))


def lines_of(request: HttpRequest) -> list[Line]:
    """Return the lines that the person may let say it, by name: those of the authorities, and those of centres housed there."""
    mine = authorities_as(request, TELLS)
    found = shown_lines().filter(Q(owner__in=mine) | Q(centre__host__in=mine))
    return list(found.select_related("centre").order_by("name"))


def concerned(solution: Solution, lines: list[Line]) -> list[Line]:
    """Return the lines that help with the subjects of a solution's guides, as their tasks or their skill say; all where none does."""
    subjects = list(solution.guides.exclude(subject=None).values_list("subject", "subject__skill"))
    by_task = set(
        LineTask.objects.filter(line__in=lines, subject__in=[pk for pk, _ in subjects]).values_list("line", flat=True)
    )
    skills = {skill for _, skill in subjects if skill is not None}
    helping = [line for line in lines if line.pk in by_task or line.skill_id in skills]
    return helping or lines
