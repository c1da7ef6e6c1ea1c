"""What was taken away or made last, kept with the session for a while so that it can be put back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest

from borgerlinje.kit import clock
from borgerlinje.lines.hours import Span
from borgerlinje.lines.models import Line, SpecialDay

_KEY, _MADE, _LASTS = "special_day_removed", "special_days_made", timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Removed:
    """A special day that is gone."""

    on: date
    spans: Sequence[Span]
    why: str


@dataclass(frozen=True, slots=True)
class Made:
    """Special days that were made together: by line the dates, and what they all are."""

    days: Mapping[int, Sequence[date]]
    spans: Sequence[Span]
    why: str

    @property
    def count(self) -> int:
        """How many days they are."""
        return sum(len(dates) for dates in self.days.values())

    def is_as_made(self, found: Sequence[SpecialDay]) -> bool:
        """Tell whether the days that are stored now are these, as they were made."""
        alike = all(list(day.spans) == list(self.spans) and day.note == self.why for day in found)
        return alike and {(day.line_id, day.on) for day in found} == {
            (line_id, on) for line_id, dates in self.days.items() for on in dates
        }


def keep(request: HttpRequest, day: SpecialDay) -> None:
    """Keep a special day that is about to be removed."""
    request.session[_KEY] = {
        "line": day.line_id,
        "on": day.on.isoformat(),
        "spans": [[opens.isoformat(), closes.isoformat()] for opens, closes in day.spans],
        "why": day.note,
        "at": clock.now().isoformat(),
    }


def removed(request: HttpRequest, line: Line) -> Removed | None:
    """Return the special day of a line that the person removed a moment ago; None when there is none, or its date is over."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if kept is None or kept["line"] != line.pk or clock.now() - datetime.fromisoformat(kept["at"]) > _LASTS:
        return None
    # A session that began before days could have several openings has none of them.
    spans = [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in kept.get("spans", ())]
    found = Removed(date.fromisoformat(kept["on"]), spans, kept["why"])
    return found if found.on >= clock.today() else None


def forget(request: HttpRequest) -> None:
    """Forget what was kept: it is back."""
    request.session.pop(_KEY, None)


def keep_made(request: HttpRequest, days: Mapping[Line, Sequence[date]], spans: Sequence[Span], why: str) -> None:
    """Keep the special days that were just made, on all their lines."""
    request.session[_MADE] = {
        "days": {str(line.pk): [on.isoformat() for on in dates] for line, dates in days.items()},
        "spans": [[opens.isoformat(), closes.isoformat()] for opens, closes in spans],
        "why": why,
        "at": clock.now().isoformat(),
    }


def made(request: HttpRequest, line: Line) -> Made | None:
    """Return what the person made a moment ago, when this line was among those; None when there is nothing to take back."""
    kept: dict[str, Any] | None = request.session.get(_MADE)
    if kept is None or str(line.pk) not in kept["days"] or clock.now() - datetime.fromisoformat(kept["at"]) > _LASTS:
        return None
    spans = [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in kept["spans"]]
    days = {int(number): [date.fromisoformat(on) for on in dates] for number, dates in kept["days"].items()}
    return Made(days, spans, kept["why"])


def forget_made(request: HttpRequest) -> None:
    """Forget what was made: it is gone again."""
    request.session.pop(_MADE, None)
