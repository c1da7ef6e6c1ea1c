"""What a membership touches: others in the same time, and what is left when it ends."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.lines.models import Line, LineNumber
from borgerlinje.staff.fence import set_fence
from borgerlinje.staff.models import EmployeeCentre

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Left:
    """What is the member's own in the centre after the last day: lines by name, people by number, numbers as digits."""

    lines: tuple[str, ...]
    people: int
    numbers: tuple[str, ...]

    def faults(self) -> list[str]:
        """Say what has to be settled before the membership can end, and how."""
        return [*self._lines(), *self._people()]

    def to_settle(self) -> list[str]:
        """Say the same of a day to come, and whose numbers go on."""
        found = self.faults()
        if self.numbers:
            found.append(
                _("Borgere, der ringer til %(numbers)s, regnes stadig for myndighedens. Ret numrene på linjen.")
                % {"numbers": ", ".join(self.numbers)}
            )
        return found

    def _lines(self) -> list[str]:
        if not self.lines:
            return []
        said = ngettext(
            "Linjen %(lines)s er myndighedens. Giv den en anden ejer, eller luk den.",
            "Linjerne %(lines)s er myndighedens. Giv dem en anden ejer, eller luk dem.",
            len(self.lines),
        )
        return [said % {"lines": ", ".join(self.lines)}]

    def _people(self) -> list[str]:
        if not self.people:
            return []
        said = ngettext(
            "%(count)d medarbejder fra myndigheden arbejder for centret. Afslut det på medarbejderens side.",
            "%(count)d medarbejdere fra myndigheden arbejder for centret. Afslut det på medarbejdernes sider.",
            self.people,
        )
        return [said % {"count": self.people}]


def overlapping(
    centre: Centre, authority: Authority, first: date, to_on: date | None, *, but: "Collection[int]" = ()
) -> list[Membership]:
    """Return an authority's memberships of a centre that hold on some day of [first, to_on); None: for ever."""
    found = Membership.objects.filter(centre=centre, authority=authority).exclude(pk__in=but).exclude(to_on__lte=first)
    return list((found.filter(from_on__lt=to_on) if to_on else found).select_related("authority"))


def left_behind(request: HttpRequest, membership: Membership, to_on: date) -> Left:
    """Return what of a member's own is in its centre from `to_on` on; nothing when another membership follows at once."""
    following = Membership.objects.filter(centre=membership.centre_id, authority=membership.authority_id, from_on=to_on)
    if following.exclude(pk=membership.pk).exists():
        return Left((), 0, ())
    mine = {"centre": membership.centre_id, "is_hidden": False}
    numbers = LineNumber.objects.filter(
        line__centre=membership.centre_id, line__is_hidden=False, home_authority=membership.authority_id
    )
    return Left(
        tuple(Line.objects.filter(owner=membership.authority_id, **mine).values_list("name", flat=True)),
        _people(request, membership, to_on),
        tuple(numbers.values_list("digits", flat=True)),
    )


def _people(request: HttpRequest, membership: Membership, to_on: date) -> int:
    """Count a member's people who work for the centre from `to_on` on; the fence is opened for the number alone."""
    user_id = user_of(request).pk
    set_fence(user_id=user_id, authorities=[membership.authority_id])
    works = EmployeeCentre.objects.filter(
        centre=membership.centre_id, employee__employer=membership.authority_id, employee__is_robot=False
    )
    count = works.exclude(to_on__lte=to_on).exclude(employee__to_on__lte=to_on).values("employee").distinct().count()
    set_fence(user_id=user_id, authorities=request.authorities)  # type: ignore[attr-defined] # set by staff.fence.Fence
    return count
