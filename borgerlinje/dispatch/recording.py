"""Recordings of ticks: what went in, what came out, one line of JSON each. Replayed, they must give the same for ever.

The leader writes one to the file that `BORGERLINJE_DISPATCH_RECORDING` names, for each tick that made an offer. A recording holds
nothing of citizens but ids and instants; of employees their ids, skills and since when they were idle: delete it when it is read.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from borgerlinje.dispatch.matching import Free, LineRule, Match, Rules, Step, SubjectRule, Waiting
from borgerlinje.dispatch.pool import Pool, match
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.lines.tasks import Task


class RecordingError(BorgerlinjeError):
    """A file that should hold a recording cannot be read as one."""

    code = "recording"
    status = 422
    message = "Filen er ikke en optagelse af fordelingen."


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick looked at, and the offers it chose."""

    now: datetime
    limit: int | None
    rules: Rules
    waiting: Sequence[Waiting]
    free: Sequence[Free]
    matches: Sequence[Match]

    @classmethod
    def of(cls, pool: Pool, matches: Sequence[Match], *, now: datetime, limit: int | None) -> "Tick":
        """Return the tick that found `matches` in a pool as it stands."""
        return cls(now, limit, pool.rules, list(pool.contacts.values()), pool.employees, matches)

    def replay(self) -> list[Match]:
        """Return what the matching says today to what it was asked then."""
        return match(self.waiting, self.free, self.rules, now=self.now, limit=self.limit)


def dumps(tick: Tick) -> str:
    """Return a tick as one line of JSON."""
    return json.dumps(asdict(tick), default=_plain, ensure_ascii=False, separators=(",", ":"))


def loads(line: str) -> Tick:
    """Return the tick of a line. Raises RecordingError for anything else."""
    try:
        raw = json.loads(line)
        return Tick(
            datetime.fromisoformat(raw["now"]),
            raw["limit"],
            Rules(
                {int(number): _line(line) for number, line in raw["rules"]["lines"].items()},
                {int(number): SubjectRule(**subject) for number, subject in raw["rules"]["subjects"].items()},
            ),
            [_waiting(contact) for contact in raw["waiting"]],
            [_free(employee) for employee in raw["free"]],
            [Match(UUID(found["contact_id"]), found["employee_id"], found["why"]) for found in raw["matches"]],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordingError from error


def differences(lines: Iterable[str]) -> Iterator[tuple[int, Tick, list[Match]]]:
    """Yield the ticks of a recording to which the matching says something else today: number from 1, tick, what it says.

    Raises RecordingError.
    """
    for number, line in enumerate(lines, 1):
        tick = loads(line)
        # Through JSON, as what was recorded has been.
        said = tick.replay()
        if [_compared(found) for found in said] != [_compared(found) for found in tick.matches]:
            yield number, tick, said


def replay(path: Path) -> tuple[list[str], list[str]]:
    """Replay a recording; return its lines, and a sentence for each tick that comes out otherwise today. Raises RecordingError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError from error
    said = [
        f"tick {number} at {tick.now.isoformat()}: recorded {_short(tick.matches)}, now {_short(now)}"
        for number, tick, now in differences(lines)
    ]
    return lines, said


def _short(matches: Iterable[Match]) -> str:
    return (
        ", ".join(f"{found.contact_id}->{found.employee_id} ({found.why.get('rule')})" for found in matches)
        or "nothing"
    )


def _compared(found: Match) -> Any:
    return json.loads(json.dumps([str(found.contact_id), found.employee_id, found.why]))


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    msg = f"not recorded: {type(value).__name__}"
    raise TypeError(msg)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _waiting(raw: dict[str, Any]) -> Waiting:
    instants = {"waiting_since": datetime.fromisoformat(raw["waiting_since"]), "due_at": _instant(raw["due_at"])}
    return Waiting(**raw | {"contact_id": UUID(raw["contact_id"])} | instants)


def _free(raw: dict[str, Any]) -> Free:
    sets = {name: frozenset(raw[name]) for name in ("languages", "channels", "kept_for")}
    levels = {name: {int(key): value for key, value in raw[name].items()} for name in ("clearances", "skills")}
    return Free(**raw | {"idle_since": datetime.fromisoformat(raw["idle_since"])} | sets | levels)


def _line(raw: dict[str, Any]) -> LineRule:
    return LineRule(
        **raw
        | {
            "steps": tuple(Step(**step) for step in raw["steps"]),
            "tasks": tuple(_task(task) for task in raw["tasks"]),
        }
    )


def _task(raw: dict[str, Any]) -> Task:
    return Task(**raw | {name: time.fromisoformat(raw[name]) for name in ("opens", "closes")})
