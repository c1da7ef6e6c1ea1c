"""What every act at the desk needs: who sits there, and the desk as it is after the act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from borgerlinje.desk.queries import desk_of
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.models import Employee


def employee_of(request: HttpRequest) -> Employee:
    """Return whose desk it is. Raises NotAllowedError for an account without an employee."""
    employee: Employee | None = request.employee  # type: ignore[attr-defined] # set by staff.fence.Fence
    if employee is None:
        raise NotAllowedError(_("Kontoen hører ikke til en medarbejder, så den har intet bord."))
    return employee


def answer(request: HttpRequest, employee: Employee) -> HttpResponse:
    """Answer the desk as it now is."""
    if not request.headers.get("HX-Request"):
        return redirect("desk:desk")
    return render(request, "desk/now.html", {"desk": desk_of(employee, now=clock.now())})
