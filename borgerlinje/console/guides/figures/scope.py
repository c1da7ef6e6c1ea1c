"""Whose readers a page of figures is about: of the person's own authorities, and where those house a centre of all its members."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest

from borgerlinje.console.guides.access import EDITS, edits_common
from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.guides.models import Side
from borgerlinje.guides.work import Scope
from borgerlinje.kit import clock
from borgerlinje.kit.intervals import in_force
from borgerlinje.staff.roles import Role

# How the pages common to all stand in an address.
COMMON = "faelles"


@dataclass(frozen=True, slots=True)
class Readers:
    """What may be chosen, and what was: `authority` is a code, `COMMON` or empty for all, `side` a `Side` or empty for both."""

    authorities: list[Authority]
    authority: str
    side: str

    @property
    def scope(self) -> Scope:
        """The same as a condition on rows."""
        ids = tuple(each.pk for each in self.authorities if self.authority in {"", each.code})
        return Scope(ids, self.authority in {"", COMMON}, Side(self.side) if self.side else None)

    @property
    def sides(self) -> list[tuple[str, str]]:
        """What may be chosen of sides."""
        return [(side.value, str(side.label)) for side in Side]

    @property
    def common(self) -> str:
        """How the pages common to all are chosen."""
        return COMMON


def readers(request: HttpRequest, roles: Collection[Role]) -> Readers:
    """Read whom a page is asked about; what the person may not see, or is none, counts as not asked."""
    authorities = authorities_of(request, roles)
    given = request.POST if request.method == "POST" else request.GET
    authority, side = given.get("myndighed", ""), given.get("fra", "")
    known = {COMMON, *(each.code for each in authorities)}
    return Readers(authorities, authority if authority in known else "", side if side in Side.values else "")


def kept_by(request: HttpRequest) -> Q:
    """Return the condition on guides whose common text the person keeps."""
    owned = Q(owner__in=authorities_as(request, EDITS))
    return owned | Q(owner=None) if edits_common(request) else owned


def authorities_of(request: HttpRequest, roles: Collection[Role]) -> list[Authority]:
    """Return the authorities whose figures a person of these roles sees, by name: no figure here tells who somebody is."""
    mine = authorities_as(request, roles)
    centres = Centre.objects.filter(host__in=mine).exclude(lines__is_hidden=True)
    members = Authority.objects.filter(in_force(clock.today(), of="memberships__"), memberships__centre__in=centres)
    return list(Authority.objects.filter(pk__in={*mine, *members.values_list("pk", flat=True)}).order_by("name"))
