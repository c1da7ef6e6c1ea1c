"""An employee's own day: when they came, their pauses, and the citizens they have helped. Nobody else's, and no comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from borgerlinje.contacts.models import Contact
from borgerlinje.desk.page import employee_of
from borgerlinje.dispatch.models import Spell
from borgerlinje.kit import clock
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

_SHORTEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Day:
    """One employee's day so far, in the order it went. `spells` touch the day; the first may have begun before it."""

    begins_at: datetime
    now: datetime
    spells: Sequence[Spell]
    contacts: Sequence[Contact]

    @property
    def came_at(self) -> datetime | None:
        """When the employee came to work; None before they have."""
        return max(self.spells[0].from_at, self.begins_at) if self.spells else None

    @property
    def is_there(self) -> bool:
        """Whether the employee is at work now."""
        return bool(self.spells) and self.spells[-1].to_at is None

    @property
    def work_seconds(self) -> float:
        """How long they have been there for citizens."""
        return self._seconds(Spell.Kind.WORK)

    @property
    def pause_seconds(self) -> float:
        """How long they have held pauses, for whatever reason."""
        return self._seconds(Spell.Kind.PAUSE)

    @property
    def talk_seconds(self) -> float:
        """How long they have talked with citizens."""
        ends = [(each.answered_at, each.transferred_at or each.ended_at or self.now) for each in self.contacts]
        return sum((to_at - answered_at).total_seconds() for answered_at, to_at in ends if answered_at is not None)

    @property
    def stretches(self) -> list[tuple[datetime, str, float]]:
        """The day's stretches as from when, what, and for how many seconds; those over in less than a minute are left out."""
        return [
            (max(each.from_at, self.begins_at), _said(each), self._lasted(each))
            for each in self.spells
            if each.to_at is None or self._lasted(each) >= _SHORTEST_SECONDS
        ]

    def _seconds(self, kind: Spell.Kind) -> float:
        return sum(self._lasted(each) for each in self.spells if each.kind == kind)

    def _lasted(self, spell: Spell) -> float:
        return max(0.0, ((spell.to_at or self.now) - max(spell.from_at, self.begins_at)).total_seconds())


def day_of(employee: Employee, *, now: datetime) -> Day:
    """Return an employee's day until `now`; the local midnight begins it."""
    midnight = clock.midnight(now)
    spells = employee.spells.filter(from_at__gte=midnight - timedelta(days=1)).order_by("from_at", "pk")
    contacts = Contact.objects.filter(employee=employee, answered_at__gte=midnight, is_test=False)
    return Day(
        midnight,
        now,
        [each for each in spells if each.to_at is None or each.to_at > midnight],
        list(contacts.select_related("home_authority", "line").order_by("-answered_at")),
    )


def _said(spell: Spell) -> str:
    return str(spell.get_reason_display() if spell.reason else spell.get_kind_display())


@allowed(Role.EMPLOYEE)
@require_GET
def my_day(request: HttpRequest) -> HttpResponse:
    """Show the employee's own day."""
    return render(request, "desk/day.html", {"day": day_of(employee_of(request), now=clock.now())})
