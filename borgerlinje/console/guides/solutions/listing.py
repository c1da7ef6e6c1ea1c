"""The solutions in a list: whether they work now, whose they are, and what is asked for among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Self

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from borgerlinje.guides.models import Solution, SolutionStatus
from borgerlinje.guides.solutions import is_coming
from borgerlinje.guides.statuses import running
from borgerlinje.kit import clock

MOST: Final = 200
_LONGEST: Final = 120
STATES: Final = {
    "": _("Alle i brug"),
    "galt": _("Driller eller virker ikke"),
    "snart": _("Skal bruges snart"),
    "uden": _("Uden guide"),
    "ude": _("Ude af brug"),
}
OWNERS: Final = {"": pgettext_lazy("owner", "Alle"), **dict(Solution.OwnerKind.choices)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: words, whose they are, and how they are (keys of `OWNERS` and `STATES`)."""

    q: str
    owner: str
    state: str

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """Read what a page's address asks for; what it cannot ask for is not asked."""
        owner, state = values.get("ejer", ""), values.get("tilstand", "")
        return cls(
            values.get("q", "").strip()[:_LONGEST],
            owner if owner in OWNERS else "",
            state if state in STATES else "",
        )

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.q or self.owner or self.state)


@dataclass(frozen=True, slots=True)
class Row:
    """A solution as the list shows it."""

    solution: Solution
    statuses: tuple[SolutionStatus, ...]
    guides: int
    is_coming: bool


def rows(asked: Asked, *, now: datetime) -> list[Row]:
    """Return the solutions that are asked for, those that do not work first; two queries."""
    today = clock.today()
    holding = running(now).select_related("authority")
    found = _asked_for(asked).prefetch_related(Prefetch("statuses", holding, to_attr="now"))
    several = [_row(each, today) for each in found.annotate(guide_count=Count("guides"))]
    if asked.state == "galt":
        several = [row for row in several if row.statuses]
    elif asked.state == "snart":
        several = sorted((row for row in several if row.is_coming), key=lambda row: str(row.solution.mandatory_on))
    elif asked.state == "uden":
        several = [row for row in several if not row.guides]
    return sorted(several, key=lambda row: not row.statuses)


def _asked_for(asked: Asked) -> QuerySet[Solution]:
    over = Q(retired_on__lte=clock.today())
    found = Solution.objects.filter(over) if asked.state == "ude" else Solution.objects.exclude(over)
    if asked.owner:
        found = found.filter(owner_kind=asked.owner)
    for word in asked.q.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(name_en__icontains=word)
            | Q(owner__icontains=word)
            | Q(purpose__icontains=word)
            | Q(slug__icontains=word)
        )
    return found.order_by("name")


def _row(solution: Solution, today: date) -> Row:
    statuses: list[SolutionStatus] = getattr(solution, "now", [])
    count: int = getattr(solution, "guide_count", 0)
    return Row(solution, tuple(statuses), count, is_coming(solution, today=today))
