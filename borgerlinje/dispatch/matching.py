"""Who takes what. Pure: the same input always gives the same answer, and the answer says why.

This first rule: contacts in the order they came, each to the employee of its centre who holds the line's skill at the line's level
and has been idle longest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact in the pool and what it requires; `skill_id` None means that anyone of the centre will do."""

    contact_id: UUID
    centre_id: int
    waiting_since: datetime
    authority_id: int
    skill_id: int | None = None
    skill_level: int = 1


@dataclass(frozen=True, slots=True)
class Free:
    """An employee who is ready. `skills` maps the id of a skill that has not expired to its level."""

    employee_id: int
    employer_id: int
    idle_since: datetime
    centre_ids: frozenset[int]
    skills: Mapping[int, int] = field(default_factory=dict)

    def can(self, contact: Waiting) -> bool:
        """Tell whether this employee may be offered the contact."""
        if contact.centre_id not in self.centre_ids:
            return False
        return contact.skill_id is None or self.skills.get(contact.skill_id, 0) >= contact.skill_level


@dataclass(frozen=True, slots=True)
class Match:
    """One offer to make. `why` is stored with it: the rule, who else could, how long each had been idle."""

    contact_id: UUID
    employee_id: int
    why: Mapping[str, Any]


def match(waiting: Sequence[Waiting], free: Sequence[Free], *, now: datetime) -> list[Match]:
    """Return the offers to make now, at most one per contact and per employee.

    Ties are broken by id, so that the order of the input does not matter.
    """
    idle = sorted(free, key=lambda employee: (employee.idle_since, employee.employee_id))
    matches = []
    for contact in sorted(waiting, key=lambda contact: (contact.waiting_since, contact.contact_id)):
        if not idle:
            break
        candidates = [employee for employee in idle if employee.can(contact)]
        if candidates:
            chosen = candidates[0]
            idle.remove(chosen)
            matches.append(Match(contact.contact_id, chosen.employee_id, _why(contact, candidates, now)))
    return matches


def _why(contact: Waiting, candidates: Sequence[Free], now: datetime) -> dict[str, Any]:
    chosen = candidates[0]
    return {
        "rule": "longest_idle",
        "skill": contact.skill_id,
        "level_required": contact.skill_level,
        "level_held": chosen.skills.get(contact.skill_id, 0) if contact.skill_id else None,
        "own_authority": chosen.employer_id == contact.authority_id,
        "idle_seconds": round((now - chosen.idle_since).total_seconds(), 3),
        "waited_seconds": round((now - contact.waiting_since).total_seconds(), 3),
        "candidates": [employee.employee_id for employee in candidates[:5]],
        "candidate_count": len(candidates),
    }
