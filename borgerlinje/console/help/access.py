"""Who may help an employee out, and with which contacts."""

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest

from borgerlinje.console.standing import authorities_as
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.models import Presence, PresenceState
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role

HELPS = (Role.SECRETARIAT, Role.PLANNER)


def access_contact(request: HttpRequest, contact_id: UUID) -> Contact:
    """Return an open contact whose line the person helps on. Raises Http404."""
    mine = authorities_as(request, HELPS)
    ours = Q(line__owner__in=mine) | Q(line__centre__host__in=mine) | Q(authority__in=mine)
    contacts = Contact.objects.select_related("line", "home_authority", "employee__employer").exclude(state="closed")
    found = contacts.filter(ours, pk=contact_id).first()
    if found is None:
        raise Http404
    return found


def access_presence(request: HttpRequest, employee_id: int) -> Presence:
    """Return what an employee of the person's authorities or centres is doing. Raises Http404."""
    mine = authorities_as(request, HELPS)
    ours = Q(employee__employer__in=mine) | Q(employee__works__centre__host__in=mine)
    at_work = Presence.objects.select_related("employee__employer").exclude(state=PresenceState.SIGNED_OUT)
    found = at_work.filter(ours, pk=employee_id).distinct().first()
    if found is None:
        raise Http404
    return found


def may_help(request: HttpRequest) -> bool:
    """Tell whether the person helps anywhere."""
    return bool(authorities_as(request, HELPS))


def helper_of(request: HttpRequest) -> Employee | None:
    """Return the employee the person is; None for an account without a desk."""
    found: Employee | None = request.employee  # type: ignore[attr-defined] # set by staff.fence.Fence
    return found
