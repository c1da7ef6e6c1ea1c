"""What was done to a notice last, kept with the session for a while so that it can be taken back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest

from borgerlinje.kit import clock
from borgerlinje.lines.models import Notice

_KEY, _LASTS = "notice_changed", timedelta(minutes=10)
_NAMES = ("centre_id", "line_id", "kind", "text", "text_en", "is_said", "is_shown", "made_by_id")
_MOMENTS = ("from_at", "to_at")


@dataclass(frozen=True, slots=True)
class Done:
    """One act: `before` is what the notice was (None: there was none), `after` what it became (None: it was removed)."""

    notice_id: int
    said: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def values_of(notice: Notice | None) -> dict[str, Any] | None:
    """Return a notice's columns as a session keeps them; None of none."""
    if notice is None:
        return None
    # In one zone: what is compared is text, and a form gives its times in Danish time.
    moments = {name: at.astimezone(UTC).isoformat() if (at := getattr(notice, name)) else None for name in _MOMENTS}
    return {name: getattr(notice, name) for name in _NAMES} | moments


def notice_from(notice_id: int, values: dict[str, Any]) -> Notice:
    """Return the notice that was kept, not yet stored."""
    moments = {name: datetime.fromisoformat(at) if (at := values[name]) else None for name in _MOMENTS}
    return Notice(pk=notice_id, **{**values, **moments})


def keep(
    request: HttpRequest, notice_id: int, *, said: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    """Keep what was just done; `said` is how the page tells it."""
    kept = {"id": notice_id, "said": said, "before": before, "after": after}
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
