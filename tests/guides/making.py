"""Guides for tests: published in a line."""

from typing import Any

from borgerlinje.guides.actions import do_add_guide, do_publish
from borgerlinje.guides.content import Content, Step, Text
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import Guide
from borgerlinje.kit import clock

SOLUTION = {
    "slug": "nyt-kort",
    "name": "Bestil nyt sundhedskort",
    "owner": "Kommunen",
    "owner_kind": "municipality",
    "address": "https://www.borger.dk/",
}
STEPS = (Step("s1", "Gå til borger.dk.", "Har du en computer ved dig?", "Forsiden."), Step("s2", "Tryk på Start."))
DANISH = Text(
    "Nyt sundhedskort", "Du bestiller selv kortet.", ("MitID",), STEPS, ("Adressen er gammel.",), "Kom forbi."
)
ENGLISH = Text("New health card", "You order the card yourself.", ("MitID",), (Step("s1", "Go to borger.dk."),))


def content(**changes: Any) -> Content:
    """Return a guide's content, with changes."""
    usual: dict[str, Any] = {
        "texts": {"da": DANISH, "en": ENGLISH},
        "words": {"da": ("gult kort", "kortet er væk"), "en": ("yellow card",)},
        "life_events": ("sygdom",),
        "channels": ("self_service", "phone"),
        "unit": "Borgerservice",
    }
    return Content(**(usual | changes))


def published(slug: str = "sundhedskort", *, subject: str = "", solution: Any = SOLUTION, **changes: Any) -> Guide:
    """Store and publish a guide."""
    now = clock.now()
    version = do_add_guide(Read(slug, subject, content(**changes), solution), now=now)
    do_publish(version, now=now)
    return version.guide
