"""How robot employees are steered. Pure.

A person's browser shall get the calls that a person waits for. So where people are ready, robots stand back in a pause and
come forward one by one only for the citizens that the people cannot take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_CALLABLE_BACK = frozenset({"paused", "not_answering", "signed_out"})


@dataclass(frozen=True, slots=True)
class Member:
    """A robot employee as the rows say: its centre, and its presence ("signed_out" where there is no row)."""

    employee_id: int
    centre_id: int
    state: str


@dataclass(frozen=True, slots=True)
class Floor:
    """What goes on, per centre: people (not robots) who are ready, and citizens who are greeted or wait."""

    people_ready: Mapping[int, int] = field(default_factory=dict)
    citizens: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Orders:
    """Which robots become ready now, and which pause."""

    ready: tuple[int, ...]
    pause: tuple[int, ...]


def steer(members: Sequence[Member], floor: Floor) -> Orders:
    """Tell which robots change; one that has a call is left alone."""
    ready: list[int] = []
    pause: list[int] = []
    for centre_id in sorted({member.centre_id for member in members}):
        own = [member for member in members if member.centre_id == centre_id]
        standing = [member.employee_id for member in own if member.state == "ready"]
        away = [member.employee_id for member in own if member.state in _CALLABLE_BACK]
        wanted = _wanted(len(standing) + len(away), floor, centre_id)
        pause += standing[wanted:]
        ready += away[: max(wanted - len(standing), 0)]
    return Orders(tuple(ready), tuple(pause))


def _wanted(free_robots: int, floor: Floor, centre_id: int) -> int:
    people = floor.people_ready.get(centre_id, 0)
    if people == 0:
        return free_robots
    return min(max(floor.citizens.get(centre_id, 0) - people, 0), free_robots)
