"""Texts to begin a crisis with, for what has happened before: general, and to be changed before anybody hears them.

What citizens hear and employees read is Danish or English as it stands; only the choice itself is translated.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from borgerlinje.lines.crisis import Guide, Texts


@dataclass(frozen=True, slots=True)
class Preset:
    """A crisis of a known kind."""

    label: Any
    name: str = ""
    reason: str = ""
    texts: Texts = field(default_factory=Texts)
    guides: tuple[Guide, ...] = ()


PRESETS: dict[str, Preset] = {
    "tom": Preset(_("Tom")),
    "pas": Preset(
        _("Pas"),
        "Fejl i pas",
        "Mange borgere har et pas, der ikke er gyldigt, og kan ikke rejse.",
        Texts(
            "Mange ringer om fejl i pas. Tjek først dit pas på borger punktum dk. Skal du rejse inden for to dage, så bliv på linjen.",
            "Many people are calling about faulty passports. If you travel within two days, please hold the line.",
            "Der er fejl i en del pas. Se på borger.dk, om det gælder dit. Ring kun, hvis du skal rejse inden for to dage.",
        ),
        (
            Guide(
                "Borgerens pas er ikke gyldigt",
                "1. Spørg, hvornår borgeren skal rejse.\n2. Inden for to dage: henvis til nødpas hos politiet.\n"
                "3. Senere: find den nærmeste tid i borgerens egen borgerservice.\n4. Skriv aldrig pasnummeret i notatet.",
                "https://www.borger.dk/",
            ),
        ),
    ),
    "valg": Preset(
        _("Valg"),
        "Valg",
        "Der er valg, og mange spørger om valgkort, afstemningssted og brevstemme.",
        Texts(
            "Ringer du om valget: dit afstemningssted står på valgkortet. Er kortet ikke kommet, kan du stemme alligevel, hvis du har legitimation med.",
            "If you are calling about the election: your polling station is on your polling card. Without the card you can vote with identification.",
            "Valg: Dit afstemningssted står på valgkortet. Du kan stemme uden kort, hvis du har legitimation med.",
        ),
        (
            Guide(
                "Borgeren mangler et valgkort",
                "1. Slå afstemningsstedet op efter adressen.\n2. Borgeren kan stemme uden kort med legitimation.\n"
                "3. Spørgsmål om valgret afgøres af borgerens egen kommune: stil om.",
            ),
        ),
    ),
    "udfald": Preset(
        _("Udfald af selvbetjening"),
        "Selvbetjening er ude af drift",
        "En løsning til selvbetjening svarer ikke.",
        Texts(
            "En selvbetjening er ude af drift, og der arbejdes på sagen. Ingen frist bliver overskredet af den grund. Prøv igen senere i dag.",
            "A self-service solution is out of order and is being repaired. Please try again later today.",
            "En selvbetjening er ude af drift. Vi ved det, og der arbejdes på det. Prøv igen senere i dag.",
        ),
        (
            Guide(
                "Løsningen svarer ikke",
                "1. Sig, at fejlen er kendt, og at borgeren ikke har gjort noget forkert.\n2. Er der en frist i dag: notér emne og "
                "kommune, og tilbyd tilbagekald.\n3. Bed ikke borgeren om at prøve igen og igen.",
            ),
        ),
    ),
    "natur": Preset(
        _("Naturhændelse"),
        "Naturhændelse",
        "Storm, oversvømmelse eller sne rammer borgerne.",
        Texts(
            "Er der fare for liv, så læg på, og ring 112. Ringer du om vejret, så følg også myndighedernes råd i radio og fjernsyn.",
            "If life is in danger, hang up and call 112. Please also follow the authorities' advice on radio and television.",
            "Ved fare for liv: ring 112. Følg myndighedernes råd i radio og fjernsyn.",
        ),
        (
            Guide(
                "Borgeren er ramt",
                "1. Er nogen i fare? Henvis straks til 112.\n2. Vand, el, vej: giv nummeret til borgerens egen kommunes beredskab.\n"
                "3. Skader: forsikringsselskabet først, derefter Naturskaderådet.",
            ),
        ),
    ),
}
