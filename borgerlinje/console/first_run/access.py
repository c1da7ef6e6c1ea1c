"""Who is led through the setting up: an administrator or a secretariat; before there is any authority, whoever has the first account."""

from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from borgerlinje.console.centres.access import SELF_TEST, SETS, every_authority
from borgerlinje.console.standing import authorities_as
from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Centre
from borgerlinje.kit.errors import NotAllowedError


def check_may_set_up(request: HttpRequest) -> None:
    """Let nobody else through. Raises NotAllowedError."""
    if not may_set_up(request):
        raise NotAllowedError


def may_set_up(request: HttpRequest) -> bool:
    """Tell whether the guide is for this person."""
    return bool(authorities_as(request, SETS)) or is_untouched(request)


def is_untouched(request: HttpRequest) -> bool:
    """Tell whether nothing is set up yet: no authority, so nobody holds a role, and the one account is the first."""
    roles: frozenset[object] = request.roles  # type: ignore[attr-defined] # set by staff.fence.Fence
    return not roles and not every_authority().exists()


def own_centre(request: HttpRequest) -> tuple[Centre | None, bool]:
    """Return the centre that the guide is about, and whether a citizen's call to it was ever answered and closed.

    Of the centres that the person's authorities house it is the oldest without such a call, or else the oldest; None before there is one.
    """
    mine = authorities_as(request, SETS)
    taken = Contact.objects.filter(
        line__centre=OuterRef("pk"), line__is_hidden=False, is_test=False, state="closed", closed_as="answered"
    )
    found = Centre.objects.filter(host__in=mine).exclude(slug=SELF_TEST).select_related("host")
    centre = found.annotate(is_taken=Exists(taken)).order_by("is_taken", "pk").first()
    return centre, centre is not None and centre.is_taken
