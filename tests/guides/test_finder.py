"""The index of what is published: made anew when something has changed, and only then."""

from datetime import timedelta
from typing import Any

import pytest

from borgerlinje.guides.actions import do_add_guide, do_draft, do_publish
from borgerlinje.guides.content import Content, Text
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import Guide, GuideVersion
from borgerlinje.guides.search.finder import Finder
from borgerlinje.kit import clock

pytestmark = pytest.mark.django_db


def content(title: str, **more: Any) -> Content:
    return Content({"da": Text(title, f"Om {title.lower()}.")}, **more)


def published(slug: str, title: str, **more: Any) -> Guide:
    now = clock.now()
    version = do_add_guide(Read(slug, "", content(title, **more)), now=now)
    do_publish(version, now=now)
    return version.guide


def keys(finder: Finder, text: str) -> list[str]:
    return [hit.key for hit in finder.search(text)]


def test_what_is_published_is_found_and_a_draft_is_not():
    published("rotter", "Anmeld rotter", words={"da": ("mus i huset",)})
    do_add_guide(Read("hunde", "", content("Hundetegn")), now=clock.now())
    finder = Finder()
    assert keys(finder, "mus") == ["rotter"]
    assert keys(finder, "hundetegn") == []


def test_change_is_found_at_once_and_nothing_is_made_anew_without_one():
    guide = published("rotter", "Anmeld rotter")
    finder = Finder()
    first = finder.index()
    assert finder.index() is first
    now = clock.now()
    draft = do_draft(guide, content("Anmeld skadedyr"), now=now)
    assert finder.index() is first
    do_publish(draft, now=now)
    assert keys(finder, "skadedyr") == ["rotter"]
    states = dict(GuideVersion.objects.values_list("number", "state"))
    assert states == {1: "replaced", 2: "published"}


def test_guide_is_found_in_its_days_only():
    guide = published("valg", "Brevstemme")
    today = clock.today()
    finder = Finder()
    assert keys(finder, "brevstemme") == ["valg"]
    GuideVersion.objects.filter(guide=guide).update(valid_from=today + timedelta(days=1))
    assert keys(Finder(), "brevstemme") == []
    GuideVersion.objects.filter(guide=guide).update(valid_from=None, valid_to=today)
    assert keys(Finder(), "brevstemme") == []
    GuideVersion.objects.filter(guide=guide).update(valid_to=today + timedelta(days=1))
    assert keys(Finder(), "brevstemme") == ["valg"]
