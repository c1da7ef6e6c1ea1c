"""Members told that the common text moved under their own: once for each common version, to whoever keeps the local text or edits there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from borgerlinje.guides.behind import behind
from borgerlinje.guides.models import GuideVersion, LocalGuide
from borgerlinje.guides.overlay import Moved
from borgerlinje.guides.part_names import part_name
from borgerlinje.kit import clock
from borgerlinje.kit.intervals import in_force
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.actions import do_send
from borgerlinje.letters.addresses import AddressError
from borgerlinje.letters.kinds import DANISH
from borgerlinje.staff.models import RoleAssignment, User
from borgerlinje.staff.roles import Role

TEMPLATE: Final = "guide_local_moved"
_LONGEST_PART: Final = 120


def do_tell(common: GuideVersion, *, now: datetime) -> int:
    """Look at every published local text under a common version just published, and write to those it moved under. Returns how many letters.

    A text that nothing moved under holds against the new version without anybody looking.
    """
    letters = 0
    locals_ = LocalGuide.objects.filter(guide=common.guide_id, published__isnull=False)
    for local in locals_.select_related("published", "held_against", "authority", "keeper").order_by("pk"):
        assert local.published is not None  # noqa: S101 - the condition above
        changed = behind(local, local.published.overlay, common)
        if not changed:
            local.held_against = common
            local.save(update_fields=["held_against"])
        elif local.told_of_id != common.pk:
            letters += _do_write(local, common, changed, now=now)
            local.told_of = common
            local.save(update_fields=["told_of"])
    return letters


def editors_of(local: LocalGuide) -> list[User]:
    """Return who is told of a local text: its keeper, or where that person no longer edits there, all who do."""
    today = clock.today()
    roles = RoleAssignment.objects.filter(in_force(today), role=Role.GUIDE_EDITOR, authority=local.authority_id)
    editors = list(User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(employee__to_on__lte=today))
    return [each for each in editors if each.pk == local.keeper_id] or editors


def _do_write(local: LocalGuide, common: GuideVersion, changed: Sequence[Moved], *, now: datetime) -> int:
    sent = 0
    steps = [step.key for step in common.content.text(DANISH).steps]
    # What language somebody reads their letters in is nowhere kept.
    with translation.override(DANISH):
        lines = dict.fromkeys(_line(each, steps) for each in changed)
    for editor in editors_of(local):
        values = {
            "name": str(editor),
            "guide": common.content.text(DANISH).title,
            "authority": local.authority.full_name,
            "parts": "\n".join(lines),
            "link": _address(local, common),
        }
        try:
            run_here(
                do_send(
                    TEMPLATE,
                    to=editor.email,
                    language=DANISH,
                    values=values,
                    now=now,
                    authority_id=local.authority_id,
                )
            )
        except AddressError:
            continue
        sent += 1
    return sent


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
