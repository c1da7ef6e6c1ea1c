"""What the parts of a guide are called where a file's changes are shown."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.guides.comparing import Kind, Part

_PARTS: Final[dict[str, Any]] = {
    "title": gettext_lazy("Titel"),
    "intro": gettext_lazy("Indledning"),
    "have": gettext_lazy("Hav klar"),
    "mistakes": gettext_lazy("Det går ofte galt"),
    "not_digital": gettext_lazy("Hvis det ikke kan ske digitalt"),
    "words": gettext_lazy("Borgernes ord"),
    "text": gettext_lazy("Trin"),
    "say": gettext_lazy("Sig"),
    "sees": gettext_lazy("Ser"),
    "picture": gettext_lazy("Billede"),
    "picture_alt": gettext_lazy("Billedtekst"),
    "life_events": gettext_lazy("Livssituationer"),
    "complexity": gettext_lazy("Regel eller skøn"),
    "channels": gettext_lazy("Veje"),
    "unit": gettext_lazy("Hvem tager over"),
    "legal_basis": gettext_lazy("Loven"),
    "facts_from": gettext_lazy("Kilde"),
}
_KINDS: Final[dict[Kind, Any]] = {
    Kind.ADDED: gettext_lazy("nyt"),
    Kind.REMOVED: gettext_lazy("slettes"),
    Kind.CHANGED: gettext_lazy("ændres"),
    Kind.SAME: gettext_lazy("flyttes"),
}


def part_said(part: Part) -> str:
    """Return a part and what becomes of it, in words: »Trin 2: ændres«."""
    name = str(_PARTS.get(part.name, part.name))
    if part.step:
        name = name if part.name == "text" else _("Trin, %(part)s") % {"part": name.lower()}
        name = f"{name} {part.step}"
    if part.language == "en":
        name = _("%(part)s på engelsk") % {"part": name}
    return f"{name}: {_KINDS[part.kind]}"
