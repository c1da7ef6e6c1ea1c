"""Writes to self-service solutions and where they are, each with its note of who changed what. Inside the caller's transaction.

Whether a solution works is said by its statuses: `statuses`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_lazy

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Solution, SolutionAddress
from borgerlinje.lines.new_line import slug_of
from borgerlinje.staff.changes import note
from borgerlinje.staff.models import User

KIND: Final = "solution"
# Addresses of the console that are no solution's.
RESERVED: Final = frozenset({"ny", "fortryd"})
# So long before a solution must be used is it said where people look.
COMING_DAYS: Final = 60
FIELDS: Final[Mapping[str, Any]] = {
    "name": gettext_lazy("navn"),
    "name_en": gettext_lazy("navn på engelsk"),
    "purpose": gettext_lazy("hvad den er til"),
    "purpose_en": gettext_lazy("hvad den er til, på engelsk"),
    "owner_kind": gettext_lazy("hvem ejer den"),
    "owner": gettext_lazy("ejer"),
    "address": gettext_lazy("adresse"),
    "per_authority": gettext_lazy("hver myndighed har sin egen adresse"),
    "sign_in": gettext_lazy("log ind med"),
    "at_hand": gettext_lazy("hav klar"),
    "at_hand_en": gettext_lazy("hav klar, på engelsk"),
    "exempt": gettext_lazy("hvem er fritaget"),
    "exempt_en": gettext_lazy("hvem er fritaget, på engelsk"),
    "mandatory_on": gettext_lazy("skal bruges fra"),
    "retired_on": gettext_lazy("ude af brug siden"),
}


def do_store_solution(solution: Solution, values: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """Store a solution, new or there already, with these values by field. Raises IntegrityError where the name or slug was just taken."""
    before = facts(Solution.objects.get(pk=solution.pk)) if solution.pk is not None else {}
    for name, value in values.items():
        setattr(solution, name, value)
    solution.slug = solution.slug or free_slug(solution.name)
    solution.save()
    _note(solution, before=before, after=facts(solution), by=by, now=now)


def do_set_address(solution: Solution, authority: Authority, url: str, *, by: User, now: datetime) -> None:
    """Store where an authority's citizens find a solution; empty: at the solution's own address."""
    own = SolutionAddress.objects.filter(solution=solution, authority=authority)
    before = own.values_list("url", flat=True).first() or ""
    if url:
        SolutionAddress.objects.update_or_create(solution=solution, authority=authority, defaults={"url": url})
    else:
        own.delete()
    _note(
        solution,
        before={authority.full_name: before} if before else {},
        after={authority.full_name: url} if url else {},
        by=by,
        now=now,
    )


def is_coming(solution: Solution, *, today: date) -> bool:
    """Tell whether a solution must be used from a day soon."""
    return solution.mandatory_on is not None and 0 < (solution.mandatory_on - today).days <= COMING_DAYS


def free_slug(name: str) -> str:
    """Return what a new solution is known by in addresses."""
    base = slug_of(name)
    taken = RESERVED | set(Solution.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def facts(solution: Solution) -> dict[str, Any]:
    """Return what is noted of a solution, in Danish whatever language the writer has chosen; nothing of what is empty."""
    with translation.override("da"):
        plain = {name: getattr(solution, name) for name in FIELDS}
        plain |= {
            "owner_kind": str(Solution.OwnerKind(solution.owner_kind).label),
            "sign_in": str(Solution.SignIn(solution.sign_in).label),
        }
    for name in ("mandatory_on", "retired_on"):
        plain[name] = plain[name].isoformat() if plain[name] is not None else ""
    return {name: value for name, value in plain.items() if value}


def _note(solution: Solution, *, before: Mapping[str, Any], after: Mapping[str, Any], by: User, now: datetime) -> None:
    note(by, kind=KIND, object_id=solution.pk, label=solution.name, before=before, after=after, now=now)
