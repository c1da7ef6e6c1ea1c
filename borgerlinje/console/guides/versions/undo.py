"""A guide withdrawn a moment ago, kept with the session for a while so that it can be put back."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest

from borgerlinje.guides.models import Guide, GuideVersion
from borgerlinje.kit import clock

_KEY: Final = "guide_withdrawn"
_LASTS: Final = timedelta(minutes=10)


def keep(request: HttpRequest, version: GuideVersion) -> None:
    """Keep which version was withdrawn."""
    request.session[_KEY] = {"guide": version.guide_id, "version": version.pk, "at": clock.now().isoformat()}


def kept(request: HttpRequest, guide: Guide) -> int | None:
    """Return the version of a guide that the person withdrew a moment ago; None where there is none, or another is read by now."""
    found: dict[str, Any] | None = request.session.get(_KEY)
    if found is None or found["guide"] != guide.pk or guide.published_id is not None:
        return None
    if clock.now() - datetime.fromisoformat(found["at"]) > _LASTS:
        return None
    return int(found["version"])


def forget(request: HttpRequest) -> None:
    """Forget what was withdrawn: it is read again."""
    request.session.pop(_KEY, None)
