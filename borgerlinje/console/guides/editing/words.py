"""What the parts of a guide are called where they are written."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.guides.content import Complexity

LANGUAGE_NAMES: Final = {"da": gettext_lazy("Dansk"), "en": gettext_lazy("Engelsk")}
PARTS: Final = {
    "title": gettext_lazy("Titel"),
    "words": gettext_lazy("Borgernes egne ord"),
    "intro": gettext_lazy("Indledning"),
    "have": gettext_lazy("Hav klar"),
    "mistakes": gettext_lazy("Det går ofte galt"),
    "not_digital": gettext_lazy("Hvis det ikke kan ske digitalt"),
    "life_events": gettext_lazy("Livssituationer"),
    "complexity": gettext_lazy("Skøn"),
    "channels": gettext_lazy("Veje"),
    "unit": gettext_lazy("Hvem overtager"),
    "legal_basis": gettext_lazy("Lovgrundlag"),
    "facts_from": gettext_lazy("Oplysninger fra"),
}
STEP_PARTS: Final = {
    "text": gettext_lazy("Hvad borgeren gør"),
    "say": gettext_lazy("Sig"),
    "sees": gettext_lazy("Borgeren ser"),
    "picture": gettext_lazy("Billede"),
    "picture_alt": gettext_lazy("Hvad billedet viser"),
}
COMPLEXITIES: Final = {
    Complexity.SIMPLE: gettext_lazy("Enkel: centret kan klare den efter en regel"),
    Complexity.DISCRETION: gettext_lazy("Skøn: nogen skal vurdere sagen"),
}


def part_name(name: str, keys: list[str]) -> str:
    """Call a part ("da:intro", "en:step:s2:say") by its words; `keys` are the steps' in their order."""
    language, _colon, part = name.partition(":")
    said = str(PARTS.get(part, part))
    if part.startswith("step:"):
        key, of_step = [*part.split(":"), ""][1:3]
        step = _("Trin %(number)d") % {"number": keys.index(key) + 1} if key in keys else _("Et trin")
        said = f"{step}: {STEP_PARTS[of_step]}" if of_step in STEP_PARTS else step
    return f"{said} ({LANGUAGE_NAMES[language]})" if language in LANGUAGE_NAMES and language != "da" else said
