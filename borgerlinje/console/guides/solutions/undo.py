"""What was done to a status last, kept with the session for a while so that it can be taken back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest

from borgerlinje.guides.models import SolutionStatus
from borgerlinje.guides.statuses import lines_told
from borgerlinje.kit import clock

_KEY, _LASTS = "solution_status_changed", timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Done:
    """One act: `before` is what the status was (None: there was none), `after` what it became (None: it was removed)."""

    status_id: int
    said: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def values_of(status: SolutionStatus | None) -> dict[str, Any] | None:
    """Return a status as a session keeps it, with the lines that say it; None of none."""
    if status is None:
        return None
    # In one zone: what is compared is text.
    until_at = status.until_at.astimezone(UTC).isoformat() if status.until_at else None
    return {
        "kind": status.kind,
        "text": status.text,
        "text_en": status.text_en,
        "until_at": until_at,
        "lines": [each.pk for each in lines_told(status)],
    }


def keep(
    request: HttpRequest, status_id: int, *, said: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    """Keep what was just done; `said` is how the page tells it."""
    kept = {"id": status_id, "said": said, "before": before, "after": after}
    request.session[_KEY] = {**kept, "at": clock.now().isoformat()}


def done(request: HttpRequest) -> Done | None:
    """Return what the person did a moment ago; None when there is nothing to take back."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if kept is None or clock.now() - datetime.fromisoformat(kept["at"]) > _LASTS:
        return None
    return Done(kept["id"], kept["said"], kept["before"], kept["after"])


def forget(request: HttpRequest) -> None:
    """Forget what was kept: it is taken back."""
    request.session.pop(_KEY, None)
