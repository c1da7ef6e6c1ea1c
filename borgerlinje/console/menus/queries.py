"""The versions of a menu, and what a menu may name."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from borgerlinje.kit import clock
from borgerlinje.lines import menus
from borgerlinje.lines.menus import Known, Menu
from borgerlinje.lines.menus.tree import LANGUAGES
from borgerlinje.lines.menus.words import Names
from borgerlinje.lines.models import Line, MenuVersion, Sound, Subject

if TYPE_CHECKING:
    from django.db.models import QuerySet

# What a menu begins as: short, and nobody is lost in it.
STARTERS: Mapping[str, dict[str, Any]] = {
    "da": {
        "start": {
            "say": {"text": ""},
            "keys": [{"key": "1", "do": "callback"}, {"key": "0", "do": "person"}],
            "silence": {"seconds": 5, "repeats": 1},
        }
    },
    "en": {
        "start": {
            "say": {"text": ""},
            "keys": [{"key": "1", "do": "callback"}, {"key": "0", "do": "person"}],
            "silence": {"seconds": 5, "repeats": 1},
        }
    },
}


def versions(line: Line, language: str) -> "QuerySet[MenuVersion]":
    """Return what has been published in a language, the newest first."""
    published = MenuVersion.objects.filter(line=line, language=language, published_at__isnull=False)
    return published.select_related("published_by").order_by("-from_at")


def in_force(line: Line, language: str, *, at: datetime) -> MenuVersion | None:
    """Return the version that is heard at an instant, None when there is none."""
    return versions(line, language).filter(from_at__lte=at).first()


def languages_in_force(*, at: datetime) -> set[tuple[int, str]]:
    """Return which line has a menu in which language at an instant, as pairs of its id and the language."""
    heard = MenuVersion.objects.filter(published_at__isnull=False, from_at__lte=at)
    return set(heard.order_by().values_list("line_id", "language").distinct())


def draft(line: Line, language: str) -> MenuVersion | None:
    """Return the draft, None when nobody has begun one."""
    found = MenuVersion.objects.filter(line=line, language=language, published_at__isnull=True)
    return found.select_related("changed_by").first()


def do_lock_draft(line: Line, language: str) -> MenuVersion:
    """Return the draft, locked; where there is none it begins as what is in force. Needs an open transaction."""
    found = in_force(line, language, at=clock.now())
    tree = found.tree if found else STARTERS[language]
    MenuVersion.objects.get_or_create(
        line=line, language=language, published_at=None, defaults={"tree": tree, "changed_at": clock.now()}
    )
    drafts = MenuVersion.objects.select_for_update(of=("self",)).select_related("changed_by")
    return drafts.get(line=line, language=language, published_at=None)


def shown_version(line: Line, language: str) -> MenuVersion:
    """Return what the editor shows: the draft, else what is in force, else an unsaved beginning."""
    found = draft(line, language) or in_force(line, language, at=clock.now())
    return found or MenuVersion(line=line, language=language, tree=STARTERS[language], changed_at=clock.now())


def read(version: MenuVersion) -> Menu:
    """Return the menu of a version."""
    return menus.read(version.tree, language=version.language)[0]


def names() -> Names:
    """Return what subjects and lines are called."""
    lines = Line.objects.filter(is_hidden=False)
    subjects = list(Subject.objects.values_list("code", "name", "retired_on"))
    return Names(
        {code: name for code, name, _retired_on in subjects},
        dict(lines.values_list("slug", "name")),
        {code for code, _name, retired_on in subjects if retired_on is not None},
    )


def known(line: Line, language: str) -> Known:
    """Return what a menu of this line may name, for the check of its faults."""
    now, called = clock.now(), names()
    sent_on: dict[str, set[str]] = {slug: set() for slug in called.lines}
    languages = {language}
    published = MenuVersion.objects.filter(published_at__isnull=False, line__is_hidden=False).select_related("line")
    latest: dict[tuple[int, str], MenuVersion] = {}
    for version in published.filter(from_at__lte=now).order_by("from_at"):
        latest[version.line_id, version.language] = version
    for version in latest.values():
        if version.line_id == line.pk:
            languages.add(version.language)
        sent_on[version.line.slug] |= set(menus.sent_on(read(version)).values())
    languages |= set(MenuVersion.objects.filter(line=line).values_list("language", flat=True))
    return Known(
        line.slug,
        set(called.subjects),
        sent_on,
        languages & set(LANGUAGES),
        set(Sound.objects.filter(line=line).values_list("pk", flat=True)),
        clock.today(),
        called.retired,
    )
