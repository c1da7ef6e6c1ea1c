"""The telephone in the employee's browser: its account, and what happens when the browser goes away or comes back."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.channels.phone.accounts.actions import do_issue_employee_endpoint, is_current, is_pushed
from borgerlinje.channels.phone.network import servers
from borgerlinje.desk.page import answer, employee_of
from borgerlinje.desk.phone_state import talks_elsewhere
from borgerlinje.dispatch.attendance import do_lose, do_return, do_sign_in
from borgerlinje.dispatch.models import Presence, PresenceState
from borgerlinje.dispatch.watch import Lost, do_leave, do_seen
from borgerlinje.kit import clock, hints
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role


@allowed(Role.EMPLOYEE)
@require_POST
def phone(request: HttpRequest) -> HttpResponse:
    """Give the employee's browser a one-time telephone account; an older one of theirs ends.

    A page that was just loaded (`fresh`) proves that the one before is gone, whether it could say so or not.
    """
    employee = employee_of(request)
    if request.POST.get("fresh") == "1":
        _gone(employee)
    server = run_here(servers.choose())
    credentials = run_here(do_issue_employee_endpoint(employee.pk, now=clock.now(), server=server.name))
    hints.send_on_commit("phone")
    return JsonResponse(
        {
            "name": credentials.name,
            "secret": credentials.secret,
            "socket": server.ws_url or settings.SIP_WS_URL,
            "host": settings.SIP_HOST,
        }
    )


@allowed(Role.EMPLOYEE)
@require_GET
def phone_ready(request: HttpRequest, name: str) -> HttpResponse:
    """Tell whether the telephone knows the account yet."""
    del request
    return JsonResponse({"ready": run_here(is_pushed(name))})


@allowed(Role.EMPLOYEE)
@require_POST
def away(request: HttpRequest) -> HttpResponse:
    """Note that the page with the account `name` is closing: its citizen goes back to the queue.

    One that has a successor is heard too late: the successor has said it. With `idle` only the telephone is out of reach, which is nothing to
    whoever talks: their conversation is on another telephone, or was answered meanwhile.
    """
    employee = employee_of(request)
    name = request.POST.get("name", "")
    if name and not run_here(is_current(name, employee.pk)):
        return HttpResponse(status=204)
    if request.POST.get("idle") != "1":
        _gone(employee)
    else:
        _out_of_reach(employee)
    return HttpResponse(status=204)


@allowed(Role.EMPLOYEE)
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """Note that desk and telephone are there again; the employee takes up what they were doing."""
    employee = employee_of(request)
    run_here(do_sign_in(employee.pk, now=clock.now()))
    run_here(do_return(employee.pk, now=clock.now()))
    run_here(do_seen([employee.pk]))
    hints.send_on_commit("dispatch", "queue", f"desk:{employee.pk}")
    return answer(request, employee)


def _gone(employee: Employee) -> None:
    """Note that the page is gone, and with it the telephone, unless the conversation is on another telephone of theirs."""
    if talks_elsewhere(employee):
        _out_of_reach(employee)
        return
    lost = run_here(do_leave(employee.pk, now=clock.now()))
    hints.send_on_commit(*lost.topics)


def _out_of_reach(employee: Employee) -> None:
    if not Presence.objects.filter(employee=employee, state=PresenceState.TALKING).exists():
        changes = run_here(do_lose(employee.pk, now=clock.now()))
        hints.send_on_commit(*Lost([employee.pk], changes).topics)
