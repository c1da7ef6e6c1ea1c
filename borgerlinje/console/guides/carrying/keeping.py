"""What was read from files, kept while the person looks at what it would do."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest

from borgerlinje.console.standing import user_of
from borgerlinje.guides.models import GuideUpload
from borgerlinje.kit import clock
from borgerlinje.kit.errors import GoneError

_KEPT_HOURS: Final = 24
_LONGEST_NUMBER: Final = 18


def do_keep(request: HttpRequest, kind: GuideUpload.Kind, held: Any) -> GuideUpload:
    """Keep what was read until it is stored; what the person looked at before, and what nobody came back to, is forgotten."""
    now, user = clock.now(), user_of(request)
    GuideUpload.objects.filter(made_by=user, kind=kind).delete()
    GuideUpload.objects.filter(made_at__lt=now - timedelta(hours=_KEPT_HOURS)).delete()
    return GuideUpload.objects.create(kind=kind, held=held, made_at=now, made_by=user)


def access_kept(request: HttpRequest, kind: GuideUpload.Kind) -> GuideUpload:
    """Return what the person looked at (`upload`). Raises GoneError where it is not kept any more, or is somebody else's."""
    number = request.POST.get("upload", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    upload = GuideUpload.objects.filter(pk=number, kind=kind, made_by=user_of(request)).first() if is_number else None
    if upload is None:
        raise GoneError
    return upload
