"""Members told that the common text moved under their own: once for each common version, to whoever keeps the local text or edits there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from borgerlinje.guides.behind import behind
from borgerlinje.guides.editors import editors
from borgerlinje.guides.models import GuideVersion, LocalGuide
from borgerlinje.guides.overlay import Moved
from borgerlinje.guides.part_names import part_name
from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Steps
from borgerlinje.kit.jobs import later
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.actions import do_send
from borgerlinje.letters.addresses import AddressError
from borgerlinje.letters.kinds import DANISH

TASK: Final = "guides.tell"
TEMPLATE: Final = "guide_local_moved"
_LONGEST_PART: Final = 120
_LOCAL: Final = "SELECT authority_id, keeper_id FROM guides_localguide WHERE id = %(local)s"


def do_tell(common: GuideVersion) -> None:
    """Look at every published local text under a common version just published, and have those told that it moved under.

    A text that nothing moved under holds against the new version without anybody looking.
    """
    locals_ = LocalGuide.objects.filter(guide=common.guide_id, published__isnull=False)
    for local in locals_.select_related("published", "held_against", "authority").order_by("pk"):
        assert local.published is not None  # noqa: S101 - the condition above
        changed = behind(local, local.published.overlay, common)
        if not changed:
            local.held_against = common
            local.save(update_fields=["held_against"])
        elif local.told_of_id != common.pk:
            run_here(_ask(local, common, changed))
            local.told_of = common
            local.save(update_fields=["told_of"])


def do_write(local_id: int, values: Mapping[str, str], *, now: datetime) -> Steps[int]:
    """Write to whoever keeps a local text, or where that person no longer edits there, to all who do. Returns how many letters.

    For the worker: who publishes the common text may not see who edits another member's.
    """
    found = yield Query(_LOCAL, {"local": local_id})
    letters = 0
    for local in found:
        everybody = yield from editors(today=clock.today())
        there = [each for each in everybody if local["authority_id"] in each["authorities"]]
        for editor in [each for each in there if each["id"] == local["keeper_id"]] or there:
            named = {**values, "name": editor["name"] or editor["email"]}
            try:
                yield from do_send(
                    TEMPLATE,
                    to=editor["email"],
                    language=DANISH,
                    values=named,
                    now=now,
                    authority_id=local["authority_id"],
                )
            except AddressError:
                continue
            letters += 1
    return letters


def _ask(local: LocalGuide, common: GuideVersion, changed: Sequence[Moved]) -> Steps[None]:
    steps = [step.key for step in common.content.text(DANISH).steps]
    # What language somebody reads their letters in is nowhere kept.
    with translation.override(DANISH):
        lines = dict.fromkeys(_line(each, steps) for each in changed)
    values = {
        "guide": common.content.text(DANISH).title,
        "authority": local.authority.full_name,
        "parts": "\n".join(lines),
        "link": _address(local, common),
    }
    yield later(TASK, {"local_id": local.pk, "values": values})


def _line(each: Moved, steps: list[str]) -> str:
    name = part_name(each.part if each.part == "unit" else f"{each.language}:{each.part}", steps)
    if each.now is None:
        return _("%(part)s: teksten er fjernet") % {"part": name}
    words = each.now if len(each.now) <= _LONGEST_PART else f"{each.now[:_LONGEST_PART]}…"
    return _("%(part)s: nu »%(words)s«") % {"part": name, "words": words}


def _address(local: LocalGuide, common: GuideVersion) -> str:
    """Return the address of the page where it is looked at; its path alone where it is not set what the site is called."""
    path = reverse("console:guide_local", args=[common.guide.slug, local.authority.code])
    return f"{next(iter(settings.CSRF_TRUSTED_ORIGINS), '')}{path}"
