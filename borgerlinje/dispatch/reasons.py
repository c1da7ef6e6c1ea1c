"""Why a contact is offered to whom: the figures that are stored with every offer. Pure; `explain` puts them into words."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from borgerlinje.dispatch.crew import Member
from borgerlinje.dispatch.matching import Free, LineRule, Requirement, Waiting
from borgerlinje.lines.tasks import SCOPES

VERSION = 2
_NAMED = 5


def crowd_seconds(rule: LineRule, crowd: int) -> float:
    """Return how much later a contact counts as having come when `crowd` citizens of its home authority wait, itself among them."""
    return float(min(rule.crowd_cap_seconds, rule.crowd_seconds * max(crowd - 1, 0)))


def in_order(contact: Waiting, chosen: Member, longest_idle_first: Iterator[Member]) -> list[int]:
    """Return the chosen employee and those who would have come next, best first, by id."""
    others = [one.employee for one in islice(longest_idle_first, _NAMED) if one is not chosen]
    if contact.home_id is not None:
        others.sort(key=lambda one: one.employer_id != contact.home_id)
    return [chosen.employee.employee_id, *(one.employee_id for one in others[: _NAMED - 1])]


def why(
    contact: Waiting,
    line: LineRule,
    needs: Requirement,
    chosen: Free,
    *,
    rule: str,
    candidates: Sequence[int],
    candidate_count: int,
    crowd: int,
    waiting_count: int,
    next_contact_id: UUID | None,
    now: datetime,
) -> dict[str, Any]:
    """Return what is stored of a choice; its keys are documented with `explain.story`."""
    waited_seconds = (now - contact.waiting_since).total_seconds()
    return {
        "v": VERSION,
        "rule": rule,
        "skill": needs.skill_id,
        "level_required": needs.level,
        "level_held": chosen.skills.get(needs.skill_id, 0) if needs.skill_id is not None else None,
        "language": needs.language,
        "scope": SCOPES[needs.scope],
        "channel": needs.channel,
        "relaxed": [step.after_seconds for step in line.steps if waited_seconds >= step.after_seconds],
        "own_authority": contact.home_id is not None and chosen.employer_id == contact.home_id,
        "reserved": contact.line_id in chosen.kept_for,
        "idle_seconds": round((now - chosen.idle_since).total_seconds(), 3),
        "waited_seconds": round(waited_seconds, 3),
        "head_start_seconds": line.head_start_seconds + contact.head_start_seconds,
        "member_waiting": crowd,
        "crowd_seconds": crowd_seconds(line, crowd),
        "candidates": candidates,
        "candidate_count": candidate_count,
        "next": candidates[1] if len(candidates) > 1 else None,
        "next_contact": str(next_contact_id) if next_contact_id else None,
        "waiting_count": waiting_count,
    }
