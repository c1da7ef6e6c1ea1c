"""What was taken away last, kept with the session for a while so that it can be put back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest

from borgerlinje.kit import clock
from borgerlinje.lines.hours import Span
from borgerlinje.lines.models import Line, SpecialDay

_KEY, _LASTS = "special_day_removed", timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Removed:
    """A special day that is gone."""

    on: date
    spans: Sequence[Span]
    why: str


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
