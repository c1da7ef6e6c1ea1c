"""Guides for tests: published in a line, and those told whose own text a new version moved under."""

import json
from typing import Any

from django.db import connection

from borgerlinje.guides.actions import do_add_guide, do_publish
from borgerlinje.guides.content import Content, Step, Text
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import Guide
from borgerlinje.guides.telling import TASK, do_write
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here

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


def tell() -> int:
    """Do what the worker was asked to do about local texts, with the worker's rights. Returns how many letters."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s RETURNING args", [TASK])
        asked = [json.loads(args) for (args,) in cursor.fetchall()]
        cursor.execute("SET ROLE bl_engine")
        letters = sum(run_here(do_write(each["local_id"], each["values"], now=clock.now())) for each in asked)
        cursor.execute("RESET ROLE")
    return letters
