"""The number that was taken from a line last, kept with the session for a while so that it can be given back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, LineNumber

_KEY, _LASTS = "line_number_removed", timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Removed:
    """A number that is gone; `home_id` is the authority whose citizens dialled it, None: all."""

    digits: str
    home_id: int | None
    was_main: bool


def keep(request: HttpRequest, number: LineNumber) -> None:
    """Keep a number that is about to be removed."""
    request.session[_KEY] = {
        "line": number.line_id,
        "digits": number.digits,
        "home": number.home_authority_id,
        "main": number.is_main,
        "at": clock.now().isoformat(),
    }


def removed(request: HttpRequest, line: Line) -> Removed | None:
    """Return the number of a line that the person removed a moment ago; None when there is none."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if kept is None or kept["line"] != line.pk or clock.now() - datetime.fromisoformat(kept["at"]) > _LASTS:
        return None
    return Removed(kept["digits"], kept["home"], kept["main"])


def forget(request: HttpRequest) -> None:
    """Forget what was kept: it is back."""
    request.session.pop(_KEY, None)
