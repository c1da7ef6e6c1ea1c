"""What every act at the desk needs: who sits there, and the desk as it is after the act."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.lifecycle import State
from borgerlinje.desk.directory import directory_of
from borgerlinje.desk.panel import CALL_OUT, Panel
from borgerlinje.desk.queries import desk_of, numbers_to_show
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.models import Employee


def employee_of(request: HttpRequest) -> Employee:
    """Return whose desk it is. Raises NotAllowedError for an account without an employee."""
    employee: Employee | None = request.employee  # type: ignore[attr-defined] # set by staff.fence.Fence
    if employee is None:
        raise NotAllowedError(_("Kontoen hører ikke til en medarbejder, så den har intet bord."))
    return employee


def answer(request: HttpRequest, employee: Employee, panel: Panel | None = None) -> HttpResponse:
    """Answer the desk as it now is, with what stands open on the page (`panel`: instead of what the page says)."""
    if not request.headers.get("HX-Request"):
        return redirect("desk:desk")
    return render(request, "desk/now.html", shown(employee, panel or Panel.of(request)))


def shown(employee: Employee, panel: Panel) -> dict[str, Any]:
    """Return what the desk's template draws."""
    now = clock.now()
    desk = desk_of(employee, now=now, was=panel.was)
    contact = desk.contact
    is_open = contact is not None and panel.opened == str(contact.pk)
    directory = None
    if contact is not None and is_open and contact.state in {State.CONNECTED, State.HELD} and not desk.is_by_hand:
        directory = directory_of(contact, panel, desk.attempts, can_dial=desk.can_dial, now=now)
    calls_out = contact is None and desk.can_dial and panel.opened == CALL_OUT
    return {
        "desk": desk,
        "directory": directory,
        "numbers": numbers_to_show(employee, now=now) if calls_out else None,
        # Whom the page shows, for as long as there is news of them: the next request says it.
        "was": contact.pk if contact is not None else panel.was if desk.tells else "",
    }
