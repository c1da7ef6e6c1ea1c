"""Whether a member's local text is behind the common one it lies over."""

from borgerlinje.guides.models import GuideVersion, LocalGuide
from borgerlinje.guides.overlay import Moved, Overlay, moved, orphans


def behind(local: LocalGuide, overlay: Overlay, common: GuideVersion | None) -> list[Moved]:
    """Return what changed in the common text under an overlay since it was last looked at, and the texts whose step is gone."""
    if common is None:
        return []
    content = common.content
    seen = local.held_against
    changed = moved(seen.content, content, overlay) if seen is not None and seen.pk != common.pk else []
    there = {(each.language, each.part) for each in changed}
    return changed + [each for each in orphans(content, overlay) if (each.language, each.part) not in there]
