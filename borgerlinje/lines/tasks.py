"""What a line does with a subject at an hour of the week. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from borgerlinje.lines.hours import COPENHAGEN

SCOPES = ("guidance_only", "light_casework")


@dataclass(frozen=True, slots=True)
class Task:
    """One band of the task catalogue, as `LineTask` stores it; `subject_id` None stands for every subject."""

    subject_id: int | None
    first_weekday: int
    last_weekday: int
    opens: time
    closes: time
    scope: str

    def covers(self, subject_id: int | None, weekday: int, at: time) -> bool:
        """Tell whether the band speaks of a subject at a local weekday (Monday is 0) and time."""
        is_in_band = self.opens <= at and (self.closes == time(0) or at < self.closes)
        is_about = self.subject_id is None or self.subject_id == subject_id
        return is_about and is_in_band and self.first_weekday <= weekday <= self.last_weekday


def scope_at(tasks: Iterable[Task], line_scope: str, subject_id: int | None, at: datetime) -> str:
    """Return how far help with a subject goes at an aware instant: one of `SCOPES`.

    A band that names the subject beats one for all; of several alike the furthest holds; without any the line's own scope does.
    """
    local = at.astimezone(COPENHAGEN)
    found = [task for task in tasks if task.covers(subject_id, local.weekday(), local.time())]
    if not found:
        return line_scope
    named = [task for task in found if task.subject_id is not None]
    return max((task.scope for task in named or found), key=SCOPES.index)
