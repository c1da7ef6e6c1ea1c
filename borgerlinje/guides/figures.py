"""How often the guides' self-service solutions were opened in a month: by guide, by campaign, by authority, by who opened them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q, Sum

from borgerlinje.guides.models import Opening, Side
from borgerlinje.guides.work import Scope

_CITIZENS: Final = Sum("count", filter=Q(side=Side.CITIZEN), default=0)
_EMPLOYEES: Final = Sum("count", filter=Q(side=Side.EMPLOYEE), default=0)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of local dates."""

    first_on: date

    @property
    def next_on(self) -> date:
        """The first day that is no longer in it."""
        return (self.first_on + timedelta(days=31)).replace(day=1)

    @property
    def code(self) -> str:
        """The month as an address has it: 2026-11."""
        return f"{self.first_on:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Opened:
    """How often something was opened, by citizens and by employees with them. `key` is empty for no campaign, and for the common pages."""

    key: str
    name: str
    citizens: int
    employees: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.citizens + self.employees


def months(today: date, *, count: int = 13) -> list[Month]:
    """Return this month and those before it, the newest first."""
    found = [Month(today.replace(day=1))]
    while len(found) < count:
        found.append(Month((found[-1].first_on - timedelta(days=1)).replace(day=1)))
    return found


def total(scope: Scope, month: Month) -> Opened:
    """Return how often solutions were opened in all."""
    sums = _rows(scope, month).aggregate(citizens=_CITIZENS, employees=_EMPLOYEES)
    return Opened("", "", sums["citizens"], sums["employees"])


def by_guide(scope: Scope, month: Month) -> list[Opened]:
    """Return the guides whose solution was opened, the most opened first."""
    return _by(scope, month, "guide__slug", "guide__title")


def by_campaign(scope: Scope, month: Month) -> list[Opened]:
    """Return the campaigns whose links were followed, the most followed first; openings without one are none of them."""
    return [each for each in _by(scope, month, "campaign", "campaign") if each.key]


def by_authority(scope: Scope, month: Month) -> list[Opened]:
    """Return from whose pages, or for whose citizens, solutions were opened."""
    return _by(scope, month, "authority__code", "authority__name")


def every(scope: Scope, month: Month) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Yield each sum by itself: guide, its slug, campaign, authority (empty: the common pages), side, count."""
    names = ("guide__title", "guide__slug", "campaign", "authority__name", "side")
    for row in _rows(scope, month).values(*names).annotate(times=Sum("count")).order_by(*names):
        title, slug, campaign, place, side = (row[name] or "" for name in names)
        yield title, slug, campaign, place, str(Side(side).label), row["times"]


def _rows(scope: Scope, month: Month) -> Any:
    return Opening.objects.filter(scope.rows, on__gte=month.first_on, on__lt=month.next_on).order_by()


def _by(scope: Scope, month: Month, key: str, name: str) -> list[Opened]:
    rows = _rows(scope, month).values(*{key, name}).annotate(citizens=_CITIZENS, employees=_EMPLOYEES)
    found = [Opened(row[key] or "", row[name] or "", row["citizens"], row["employees"]) for row in rows]
    return sorted(found, key=lambda each: (-each.total, each.name.casefold()))
