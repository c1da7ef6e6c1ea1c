"""What a menu sounds like, and recordings of one's own."""

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.channels.phone.sound import sound_files, speech
from borgerlinje.channels.phone.sound.music import Samples
from borgerlinje.channels.phone.sound.sound_files import FLAW_TEXTS, LARGEST_BYTES, RATE, Flaw, Refused
from borgerlinje.console.menus import queries
from borgerlinje.console.menus.access import EDITS, READS, access_line, access_line_to_edit
from borgerlinje.console.menus.changes import do_store
from borgerlinje.console.menus.page import Told, answer, language_of
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.lines import menus
from borgerlinje.lines.menus import Menu, Place, Spoken
from borgerlinje.lines.menus.editing import saying_at, set_saying
from borgerlinje.lines.menus.speaking import node_spoken, saying_spoken
from borgerlinje.lines.menus.tree import GREETING, from_text, node_at
from borgerlinje.lines.menus.words import place_text
from borgerlinje.lines.models import Line, MenuVersion, Sound
from borgerlinje.staff.permission import allowed

_PAUSE: Final = np.zeros(RATE // 5)
_KEPT_TEXTS: Final = 64


class NothingSaidError(BorgerlinjeError):
    """There is nothing to hear: no text, or no speech synthesis here."""

    code = "nothing_said"
    status = 422
    message = gettext_lazy("Her er intet at høre. Skriv en tekst, eller læg en indtaling op.")


@allowed(*READS)
@require_GET
def hear(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer what is said at a place (`sted`) of the editor's menu, or of a version (`version`), as a WAV file."""
    line, language = access_line(request, slug), language_of(request.GET.get("sprog"))
    asked = request.GET.get("version", "")
    found = MenuVersion.objects.filter(line=line, pk=int(asked)).first() if asked.isdigit() else None
    version = found or queries.shown_version(line, language)
    spoken = _spoken(line, queries.read(version), from_text(request.GET.get("sted", "")))
    parts = [part for each in spoken for part in (_samples(line, each), _PAUSE) if part is not None]
    if not any(part is not _PAUSE for part in parts):
        raise NothingSaidError
    wave = sound_files.to_wave(np.concatenate(parts), RATE)
    return HttpResponse(wave, content_type="audio/wav")


def _spoken(line: Line, menu: Menu, place: Place) -> tuple[Spoken, ...]:
    if place == GREETING:
        own = saying_spoken(menu.greeting, menu.language)
        has_lines = menu.language == line.language and line.greeting_text.strip()
        return own or ((Spoken(line.greeting_text, line.language),) if has_lines else ())
    node = node_at(menu, place)
    if node is not None:
        return node_spoken(node, menu.language)
    try:
        return saying_spoken(saying_at(menu, place), menu.language)
    except LookupError as error:
        raise Http404 from error


def _samples(line: Line, spoken: Spoken) -> Samples | None:
    """Return how one thing sounds; a recording that is gone is spoken."""
    sound = Sound.objects.filter(line=line, pk=spoken.sound_id).first() if spoken.sound_id is not None else None
    if sound is not None:
        return sound_files.from_wave(bytes(sound.wave))[0]
    wave = _speak(spoken.text, spoken.language)
    return sound_files.from_wave(wave)[0] if wave else None


@lru_cache(_KEPT_TEXTS)
def _speak(text: str, language: str) -> bytes:
    """Speak a text; nothing where it cannot be."""
    with tempfile.TemporaryDirectory(prefix="bl-menu-") as folder:
        if not text.strip() or not speech.make(text, language, Path(folder), name="text"):
            return b""
        return (Path(folder) / "text.wav16").read_bytes()


@allowed(*EDITS)
@require_POST
def upload(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Take a recording (`file`) for a place of the draft, or say every reason why not."""
    line, language = access_line_to_edit(request, slug), language_of(language)
    place = from_text(request.POST.get("place", ""))
    file = request.FILES.get("file")
    version = queries.do_lock_draft(line, language)
    menu = queries.read(version)
    try:
        saying = saying_at(menu, place)
    except LookupError:
        return _say(
            request, line, language, Told(_("Stedet er væk: en anden har ændret menuen. Læg filen op igen."), "warn")
        )
    if file is None:
        return _say(request, line, language, Told(str(FLAW_TEXTS[Flaw.EMPTY]), "bad"))
    is_large = (file.size or 0) > LARGEST_BYTES
    found = Refused((Flaw.TOO_LARGE,)) if is_large else sound_files.examine(file.read())
    if isinstance(found, Refused):
        reasons = " ".join(str(FLAW_TEXTS[flaw]) for flaw in found.flaws)
        text = _("»%(file)s« er ikke taget i brug. %(reasons)s") % {"file": file.name, "reasons": reasons}
        return _say(request, line, language, Told(text, "bad"))
    sound, _is_new = Sound.objects.get_or_create(
        line=line,
        digest=found.digest,
        defaults={
            "name": place_text(menu, place)[:80],
            "language": language,
            "said": saying.text,
            "wave": found.wave,
            "seconds": found.seconds,
            "original_format": found.original_format,
            "loudness_lufs": found.loudness_lufs,
            "peak_dbfs": found.peak_dbfs,
            "uploaded_at": clock.now(),
            "uploaded_by": user_of(request),
        },
    )
    do_store(request, version, set_saying(menu, place, replace(saying, sound_id=sound.pk)))
    hints.send_on_commit(f"line:{line.pk}")
    text = _("Indtalingen ved »%(where)s« er taget i brug: %(seconds)s sekunder, og så høj som vores tale.") % {
        "where": place_text(menu, place),
        "seconds": f"{found.seconds:.1f}".replace(".", ","),
    }
    return _say(request, line, language, Told(text, before=menus.write(menu)))


def _say(request: HttpRequest, line: Line, language: str, told: Told) -> HttpResponse:
    return answer(request, line, language, told=told)
