"""What the parts of a local text are called where it is written, approved and told of."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PARTS: Final = {
    "intro": gettext_lazy("Indledning"),
    "not_digital": gettext_lazy("Hvis det ikke kan ske digitalt"),
    "unit": gettext_lazy("Hvem overtager"),
    "have": gettext_lazy("Hav klar"),
    "mistakes": gettext_lazy("Det går ofte galt"),
    "words": gettext_lazy("Borgernes egne ord"),
}
STEP_PARTS: Final = {
    "text": gettext_lazy("Hvad borgeren gør"),
    "say": gettext_lazy("Sig"),
    "sees": gettext_lazy("Borgeren ser"),
}


def part_name(name: str, keys: list[str]) -> str:
    """Call a part of an overlay ("da:intro", "en:step:s2:say", "unit", "fact:0") by its words; `keys` are the common text's steps' in order."""
    language, _colon, part = name.partition(":")
    if language == "fact":
        return _("Oplysning")
    part = part or language
    said = str(PARTS.get(part, part))
    if part.startswith("step:"):
        key, of_step = [*part.split(":"), ""][1:3]
        step = _("Trin %(number)d") % {"number": keys.index(key) + 1} if key in keys else _("Et trin")
        said = f"{step}: {STEP_PARTS.get(of_step, of_step)}"
    return _("%(part)s på engelsk") % {"part": said} if language == "en" else said
