"""Who may read, write and approve which guides."""

from django.http import HttpRequest

from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.guides.models import Guide
from borgerlinje.kit import clock
from borgerlinje.kit.intervals import in_force
from borgerlinje.staff.roles import Role

EDITS = (Role.GUIDE_EDITOR,)
READS = (
    Role.GUIDE_EDITOR,
    Role.EMPLOYEE,
    Role.PLANNER,
    Role.SECRETARIAT,
    Role.AUTHORITY_MANAGER,
    Role.DIGITAL_AMBASSADOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


def edits_common(request: HttpRequest, guide: Guide | None = None) -> bool:
    """Return whether the person writes the common text of a guide (None: a new one): an editor at its owner, or where nobody owns it at a centre's host."""
    mine = authorities_as(request, EDITS)
    if guide is not None and guide.owner_id is not None:
        return guide.owner_id in mine
    return Centre.objects.filter(host__in=mine).exclude(lines__is_hidden=True).exists()


def edits_local(request: HttpRequest) -> list[Authority]:
    """Return the authorities whose local text the person writes, by name."""
    return list(Authority.objects.filter(pk__in=authorities_as(request, EDITS)).order_by("name"))


def may_approve_own(request: HttpRequest, owner_id: int | None) -> bool:
    """Return whether a centre of the text's owner says that editors approve their own changes; of a host of the person's where nobody owns it."""
    mine = authorities_as(request, EDITS)
    if owner_id is None:
        return Centre.objects.filter(host__in=mine, editors_approve_own=True).exists()
    if owner_id not in mine:
        return False
    hosted = Centre.objects.filter(host=owner_id, editors_approve_own=True)
    joined = Centre.objects.filter(
        in_force(clock.today(), of="memberships__"), memberships__authority=owner_id, editors_approve_own=True
    )
    return hosted.exists() or joined.exists()
