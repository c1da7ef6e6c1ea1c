"""Who takes what: the values, and what a contact requires. Pure; the search is in `search`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from borgerlinje.lines.tasks import SCOPES, Task, scope_at

MAY_SPEAK = "da"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact in the pool.

    `home_id` is the citizen's home authority (None: unknown). `skill` and the like follow from the line and the subject, see
    `requirement`; `language` empty means the line's. `previous_employee_id` is who had the contact before it came back. A callback
    is not offered before `due_at`.
    """

    contact_id: UUID
    line_id: int
    waiting_since: datetime
    channel: str = "phone"
    home_id: int | None = None
    subject_id: int | None = None
    language: str = ""
    head_start_seconds: int = 0
    is_callback: bool = False
    due_at: datetime | None = None
    previous_employee_id: int | None = None


@dataclass(frozen=True, slots=True)
class Free:
    """An employee who is ready.

    `clearances` maps the centres they answer for today to how far their help may go there, as an index of `lines.tasks.SCOPES`.
    `skills` maps the id of a skill that has not expired to its level; `languages` are codes besides Danish. `channels` are those
    with room for one more; `kept_for` are the lines the employee is reserved for (none: for all).
    """

    employee_id: int
    employer_id: int
    idle_since: datetime
    clearances: Mapping[int, int]
    skills: Mapping[int, int] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset({"phone"})
    kept_for: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One relaxation of a line, in force once a contact has waited `after_seconds`; steps add up."""

    after_seconds: int
    lower_level_by: int = 0
    any_skill: bool = False
    any_language: bool = False
    use_reserved: bool = False


@dataclass(frozen=True, slots=True)
class LineRule:
    """How a line's contacts are matched; the fields are those of `lines.models.Line`, in seconds where it says so."""

    line_id: int
    centre_id: int
    scope: str = "guidance_only"
    skill_id: int | None = None
    skill_level: int = 1
    language: str = MAY_SPEAK
    head_start_seconds: int = 0
    own_authority_wait_seconds: int = 10
    crowd_seconds: int = 2
    crowd_cap_seconds: int = 120
    offers_callbacks: bool = False
    steps: tuple[Step, ...] = ()
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectRule:
    """What helping with a subject takes; None leaves it to the line."""

    skill_id: int | None = None
    skill_level: int = 1


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of all lines and subjects."""

    lines: Mapping[int, LineRule]
    subjects: Mapping[int, SubjectRule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an employee must have to be offered a contact; contacts of equal requirement have the same candidates.

    `scope` is an index of `lines.tasks.SCOPES`. With `use_reserved` employees kept for other lines may be asked too.
    """

    centre_id: int
    line_id: int
    channel: str
    skill_id: int | None
    level: int
    language: str
    scope: int
    use_reserved: bool

    def is_met_by(self, employee: Free) -> bool:
        """Tell whether an employee may be offered such a contact."""
        return not self.missing(employee)

    def missing(self, employee: Free) -> str:
        """Return the name of the first thing an employee lacks, an empty text when there is none."""
        clearance = employee.clearances.get(self.centre_id, -1)
        is_kept_away = employee.kept_for and not self.use_reserved and self.line_id not in employee.kept_for
        lacks = {
            "centre": clearance < 0,
            "channel": self.channel not in employee.channels,
            "reserved": is_kept_away,
            "scope": clearance < self.scope,
            "language": self.language != MAY_SPEAK and self.language not in employee.languages,
            "skill": self.skill_id is not None and employee.skills.get(self.skill_id, 0) < self.level,
        }
        return next((name for name, is_lacking in lacks.items() if is_lacking), "")


@dataclass(frozen=True, slots=True)
class Match:
    """One offer to make. `why` is stored with it: the rule, who else could, what would have been next."""

    contact_id: UUID
    employee_id: int
    why: Mapping[str, Any]


def steps_in_force(rule: LineRule, waited_seconds: float) -> tuple[Step, ...]:
    """Return the relaxations that hold for a contact that has waited so long."""
    return tuple(step for step in rule.steps if waited_seconds >= step.after_seconds)


def requirement(contact: Waiting, rules: Rules, *, now: datetime) -> Requirement:
    """Return what a contact requires now: the line's demands, the subject's in their place, less what has been relaxed."""
    rule = rules.lines[contact.line_id]
    subject = rules.subjects.get(contact.subject_id) if contact.subject_id is not None else None
    skill_id, level = rule.skill_id, rule.skill_level
    if subject is not None and subject.skill_id is not None:
        skill_id, level = subject.skill_id, subject.skill_level
    language, use_reserved = contact.language or rule.language, False
    for step in steps_in_force(rule, (now - contact.waiting_since).total_seconds()) if rule.steps else ():
        level = max(level - step.lower_level_by, 1)
        skill_id = None if step.any_skill else skill_id
        language = MAY_SPEAK if step.any_language else language
        use_reserved = use_reserved or step.use_reserved
    scope = scope_at(rule.tasks, rule.scope, contact.subject_id, now) if rule.tasks else rule.scope
    return Requirement(
        rule.centre_id,
        rule.line_id,
        contact.channel,
        skill_id,
        level if skill_id is not None else 0,
        language,
        SCOPES.index(scope),
        use_reserved,
    )
