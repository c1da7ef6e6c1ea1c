"""What the demo's members say otherwise about guides: read from the files beside, one for each. What an authority has already stays as it is."""

import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides import actions, local
from borgerlinje.guides.models import Guide, LocalGuide
from borgerlinje.guides.overlay import Fact, LocalText, Overlay

FOLDER: Final = Path(__file__).parent / "local_guide_files"


def create(*, now: datetime) -> None:
    """Store and publish every local text that is missing, of the guides and authorities that are there."""
    authorities = {each.code: each for each in Authority.objects.all()}
    guides = {each.slug: each for each in Guide.objects.filter(published__isnull=False).select_related("published")}
    there = set(LocalGuide.objects.values_list("guide__slug", "authority__code"))
    for file in sorted(FOLDER.glob("*.toml")):
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        authority = authorities.get(said["authority"])
        if authority is None:
            continue
        for row in said["local"]:
            if row["guide"] in guides and (row["guide"], authority.code) not in there:
                _do_add(guides[row["guide"]], authority, row, now=now)


def _do_add(guide: Guide, authority: Authority, row: dict[str, Any], *, now: datetime) -> None:
    """Publish a local text; `common_was` in it: the common text has moved on since, and nobody there has looked."""
    assert guide.published is not None  # noqa: S101 - only such are asked for
    common, now_said = guide.published, guide.published.content
    if "common_was" in row:
        texts = {**now_said.texts, "da": replace(now_said.text("da"), intro=row["common_was"])}
        common = actions.do_draft(guide, replace(now_said, texts=texts), now=now)
        actions.do_publish(common, now=now)
    own = LocalGuide.objects.create(guide=guide, authority=authority)
    overlay = local.clean_overlay(_overlay(row, now_said.text("da").steps[0].key if now_said.text("da").steps else ""))
    local.do_publish(local.do_draft(own, overlay, now=now, by=None, over=common), now=now)
    if "common_was" in row:
        actions.do_publish(actions.do_draft(guide, now_said, now=now, based_on=common), now=now)


def _overlay(row: dict[str, Any], first_step: str) -> Overlay:
    return Overlay(
        texts={"da": _text(row, first_step, ""), "en": _text(row, first_step, "_en")},
        facts=tuple(Fact(*fact) for fact in row.get("facts", ())),
        words={"da": tuple(row.get("words", ()))},
        unit=row.get("unit", ""),
    )


def _text(row: dict[str, Any], first_step: str, ending: str) -> LocalText:
    """Return what is said in the language whose names in the file have the ending."""
    said = {
        name: row[f"{name}{ending}"] for name in ("intro", "not_digital", "say", "have") if f"{name}{ending}" in row
    }
    return LocalText(
        replaced={name: said[name] for name in ("intro", "not_digital") if name in said},
        added={"have": tuple(said.get("have", ()))},
        steps={first_step: {"say": said["say"]}} if "say" in said and first_step else {},
    )
