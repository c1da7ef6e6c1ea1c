"""The editor's page and its one changing part."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from borgerlinje.console.menus import queries
from borgerlinje.console.menus.access import may_edit
from borgerlinje.console.menus.shown import Showing, weekdays
from borgerlinje.kit import clock
from borgerlinje.lines import menus
from borgerlinje.lines.menus.tree import KEYS, LANGUAGES
from borgerlinje.lines.menus.words import LANGUAGE_NAMES, differences
from borgerlinje.lines.models import Line, MenuVersion

PRESETS = ("nu", "tirsdag-2059", "tirsdag-2100", "juleaften")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said above the editor after an act. `before` is the tree to go back to; `kept` are the fields of a form that was not stored."""

    text: str
    kind: str = "ok"
    before: dict[str, Any] | None = None
    kept: list[tuple[str, str]] = field(default_factory=list)
    written: str = ""

    @property
    def before_json(self) -> str:
        """The tree to go back to, for a hidden field."""
        return json.dumps(self.before, ensure_ascii=False)


def language_of(asked: str | None) -> str:
    """Return the language that is asked for, Danish when it is none of ours."""
    return asked if asked in LANGUAGES else LANGUAGES[0]


def answer(
    request: HttpRequest, line: Line, language: str, *, told: Told | None = None, fresh: str = "", status: int = 200
) -> HttpResponse:
    """Answer the whole page, or for htmx its changing part; `fresh` is the id of what was just added."""
    name = "console/menus/editor.html" if request.headers.get("HX-Request") else "console/menus/menu.html"
    return render(request, name, _context(request, line, language, told) | {"fresh": fresh}, status=status)


def _context(request: HttpRequest, line: Line, language: str, told: Told | None) -> dict[str, Any]:
    now, names = clock.now(), queries.names()
    version = queries.shown_version(line, language)
    menu, unread = menus.read(version.tree, language=language)
    faults = (*unread, *menus.check(menu, queries.known(line, language)))
    showing = Showing(menu, faults, names, line_slug=line.slug)
    published = list(queries.versions(line, language)[:30])
    current = next((each for each in published if each.from_at and each.from_at <= now), None)
    is_draft = version.published_at is None and version.pk is not None
    changes = differences(queries.read(current), menu, names) if is_draft and current else []
    return {
        "line": line,
        "language": language,
        "languages": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        "version": version,
        "is_draft": is_draft,
        "start": showing.start(),
        "greeting": showing.greeting(),
        "greeting_faults": showing.greeting_faults(),
        "faults": showing.all_faults(),
        "may_publish": is_draft and not any(not fault.is_warning for fault in faults),
        "menus": showing.menus(),
        "versions": [(each, _standing(each, current, now)) for each in published],
        "current": current,
        "changes": changes,
        "edits": may_edit(request, line),
        "keys": KEYS,
        "weekdays": weekdays(),
        "presets": preset_names(),
        "told": told,
        "now": now,
    }


def _standing(version: MenuVersion, current: MenuVersion | None, now: datetime) -> str:
    if version == current:
        return _("Gælder nu")
    return _("Kommer") if version.from_at is not None and version.from_at > now else _("Tidligere")


def preset_names() -> list[tuple[str, str]]:
    """Return the instants one asks for most, by their names in addresses."""
    return list(
        zip(PRESETS, (_("Nu"), _("Tirsdag kl. 20.59"), _("Tirsdag kl. 21.00"), _("24. december kl. 12")), strict=True)
    )
