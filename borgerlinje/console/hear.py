"""What a text sounds like on the telephone, before anybody rings: spoken here, kept nowhere."""

import tempfile
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from borgerlinje.channels.phone.sound import speech
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

LONGEST = 400


class NoSpeechError(BorgerlinjeError):
    """The text cannot be spoken: it is empty, or there is no speech synthesis on this machine."""

    code = "no_speech"
    status = 422
    message = _("Teksten kan ikke læses op her.")


@allowed(Role.SECRETARIAT, Role.ADMINISTRATOR)
@require_GET
def hear(request: HttpRequest) -> HttpResponse:
    """Answer a text as a WAV file, in Danish or English, as a wideband phone would hear it."""
    text = request.GET.get("tekst", "")[:LONGEST].strip()
    language = "en" if request.GET.get("sprog") == "en" else "da"
    with tempfile.TemporaryDirectory(prefix="bl-hear-") as folder:
        if not text or not speech.make(text, language, Path(folder), name="text"):
            raise NoSpeechError
        wave = (Path(folder) / "text.wav16").read_bytes()
    return HttpResponse(wave, content_type="audio/wav")
