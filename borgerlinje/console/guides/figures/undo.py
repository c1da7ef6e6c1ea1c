"""What a person marked as done last, kept with the session for a while so that it can be taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from borgerlinje.guides.work import Kind
from borgerlinje.kit import clock

_KEY, _LASTS = "guide_work_marked", timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Marked:
    """An item that was marked at an instant. `before` is when its guide was looked at before that."""

    kind: Kind
    key: str
    title: str
    at: datetime
    before: datetime | None


def keep(request: HttpRequest, marked: Marked) -> None:
    """Keep what was just marked; what was marked before it can no longer be taken back."""
    request.session[_KEY] = {
        "kind": marked.kind.value,
        "key": marked.key,
        "title": marked.title,
        "at": marked.at.isoformat(),
        "before": marked.before.isoformat() if marked.before else None,
    }


def last(request: HttpRequest) -> Marked | None:
    """Return what the person marked a moment ago; None when there is nothing."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if kept is None or clock.now() - datetime.fromisoformat(kept["at"]) > _LASTS:
        return None
    before = datetime.fromisoformat(kept["before"]) if kept["before"] else None
    return Marked(Kind(kept["kind"]), kept["key"], kept["title"], datetime.fromisoformat(kept["at"]), before)


def forget(request: HttpRequest) -> None:
    """Forget what was kept: it is to do again."""
    request.session.pop(_KEY, None)
