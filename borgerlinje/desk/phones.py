"""»Min telefon«: where an employee's calls ring, a desk telephone's account, one's own number, and trying them out.

A new account's password is part of one answer and of nothing else: it is not stored as it is, and no page can show it again.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.channels.phone.accounts import own_phone
from borgerlinje.channels.phone.accounts.actions import (
    do_issue_sip_endpoint,
    do_issue_test_endpoint,
    do_revoke_sip_endpoint,
)
from borgerlinje.channels.phone.accounts.own_phone import Typed
from borgerlinje.channels.phone.models import EmployeePhone
from borgerlinje.channels.phone.network.servers import choose
from borgerlinje.channels.phone.outgoing.policy import Refusal
from borgerlinje.channels.phone.outgoing.words import words
from borgerlinje.channels.phone.pbx.dialplan import ECHO
from borgerlinje.contacts.lifecycle import State
from borgerlinje.desk.page import answer, employee_of
from borgerlinje.desk.phone_state import own_phone_of, qr_code, registrar_of, sip_uri, telephones_of
from borgerlinje.desk.transfers import UnderWayError, access_conversation
from borgerlinje.dispatch.transfers import Mode, Target, do_start
from borgerlinje.dispatch.transfers import Refusal as NotBrought
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import BorgerlinjeError, GoneError
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.models import Employee
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

Kind = EmployeePhone.Kind
# What only the browser finds out of its devices, in words.
_TEXTS = {
    "heard": gettext_lazy("Mikrofonen hører dig."),
    "silent": gettext_lazy("Der er helt stille. Er mikrofonen slået fra på headsettet, eller er en anden valgt?"),
    "noMicrophone": gettext_lazy(
        "Browseren har lukket for mikrofonen. Tryk på hængelåsen ved adressen, og vælg »Tillad« ved mikrofon."
    ),
    "unsupported": gettext_lazy(
        "Denne browser kan ikke bruges som telefon. Brug en ny udgave på https eller localhost."
    ),
    "calling": gettext_lazy("Ringer til telefonserveren"),
    "talk": gettext_lazy("Sig noget. Du hører dig selv et øjeblik efter."),
    "works": gettext_lazy("Godt. Headset og telefonserver virker."),
    "mend": gettext_lazy(
        "Vælg en anden højttaler eller mikrofon ovenfor, og prøv igen. Hører du stadig intet, så sig det til driften: "
        "netværket kan spærre for lyd."
    ),
    "over": gettext_lazy("Prøven er slut."),
    "failed": gettext_lazy("Telefonserveren svarede ikke. Prøv igen om lidt; ingen borger er berørt."),
}


class NoSuchPhoneError(BorgerlinjeError):
    """The employee has no such telephone."""

    code = "no_such_phone"
    status = 409
    message = gettext_lazy(
        "Den telefon er ikke klar endnu. Dine opkald ringer, hvor de hele tiden har ringet. Tilmeld den først."
    )


@allowed(Role.EMPLOYEE)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the employee's telephones."""
    return render(request, "desk/phone_page.html", _context(request, employee_of(request)))


@allowed(Role.EMPLOYEE)
@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """Answer the telephones as they are now."""
    return _answer(request, employee_of(request))


@allowed(Role.EMPLOYEE)
@require_POST
def choose_phone(request: HttpRequest) -> HttpResponse:
    """Let calls ring at another telephone from now on."""
    employee, kind = employee_of(request), request.POST.get("kind", "")
    if kind not in Kind.values or not run_here(own_phone.do_choose(employee.pk, kind, now=clock.now())):
        raise NoSuchPhoneError
    hints.send_on_commit(f"desk:{employee.pk}")
    return _answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account for a desk telephone, and show its password this once; the one before ends."""
    employee = employee_of(request)
    server = run_here(choose()).name
    credentials = run_here(do_issue_sip_endpoint(employee.pk, now=clock.now(), server=server))
    hints.send_on_commit("phone", f"desk:{employee.pk}")
    registrar = registrar_of(request, server)
    context: dict[str, Any] = {
        "shows_new": True,
        "credentials": credentials,
        "registrar": registrar,
        "qr": qr_code(sip_uri(credentials, registrar)),
        "typed": " ".join(credentials.secret[start : start + 4] for start in range(0, len(credentials.secret), 4)),
    }
    return _answer(request, employee, **context)


@allowed(Role.EMPLOYEE)
@require_POST
def sign_off(request: HttpRequest) -> HttpResponse:
    """End the desk telephone's account; calls that rang there ring in the browser."""
    employee = employee_of(request)
    run_here(do_revoke_sip_endpoint(employee.pk, now=clock.now()))
    run_here(own_phone.do_leave(employee.pk, Kind.SIP, now=clock.now()))
    hints.send_on_commit("phone", f"desk:{employee.pk}")
    return _answer(request, employee, shows_new=True)


@allowed(Role.EMPLOYEE)
@require_POST
def ask_number(request: HttpRequest) -> HttpResponse:
    """Have a number called that is to be the employee's own."""
    employee, text = employee_of(request), request.POST.get("number", "")
    outcome = run_here(own_phone.do_ask_number(employee.pk, text[:40], now=clock.now()))
    return _asked(request, employee, outcome, typed_number=text[:40])


@allowed(Role.EMPLOYEE)
@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """Have the employee's desk telephone or number called, to hear whether it works."""
    employee, kind = employee_of(request), request.POST.get("kind", "")
    if kind not in {Kind.SIP, Kind.NUMBER}:
        raise NoSuchPhoneError
    return _asked(request, employee, run_here(own_phone.do_ask_test(employee.pk, kind, now=clock.now())))


@allowed(Role.EMPLOYEE)
@require_POST
def type_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was said at the number."""
    employee = employee_of(request)
    typed = run_here(own_phone.do_type_code(employee.pk, request.POST.get("code", "")[:8], now=clock.now()))
    if typed is Typed.RIGHT:
        hints.send_on_commit(f"desk:{employee.pk}")
        return _answer(request, employee)
    faults = {
        Typed.WRONG: _("Koden er forkert. Hør den igen, eller se efter, om et ciffer er byttet om."),
        Typed.TOO_MANY: _("Koden var forkert tre gange og gælder ikke mere. Bed om et nyt opkald."),
        Typed.OVER: _("Koden gælder ikke mere. Bed om et nyt opkald."),
    }
    return _answer(request, employee, status=HTTPStatus.UNPROCESSABLE_ENTITY, code_fault=faults[typed])


@allowed(Role.EMPLOYEE)
@require_POST
def forget_number(request: HttpRequest) -> HttpResponse:
    """Forget the employee's number; calls that rang there ring in the browser."""
    employee = employee_of(request)
    run_here(own_phone.do_forget_number(employee.pk, now=clock.now()))
    hints.send_on_commit(f"desk:{employee.pk}")
    return _answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def echo(request: HttpRequest) -> HttpResponse:
    """Give the browser an account by which it hears its own echo."""
    employee = employee_of(request)
    server = run_here(choose())
    credentials = run_here(do_issue_test_endpoint(employee.pk, now=clock.now(), server=server.name))
    hints.send_on_commit("phone")
    return JsonResponse(
        {
            "name": credentials.name,
            "secret": credentials.secret,
            "socket": server.ws_url or settings.SIP_WS_URL,
            "host": settings.SIP_HOST,
            "target": ECHO,
        }
    )


@allowed(Role.EMPLOYEE)
@require_POST
def heard(request: HttpRequest) -> HttpResponse:
    """Note that the employee heard their own echo: microphone and loudspeaker work."""
    employee = employee_of(request)
    run_here(own_phone.do_note_tested(employee.pk, now=clock.now()))
    return _answer(request, employee)


@allowed(Role.EMPLOYEE)
@require_POST
def move(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Move the conversation to another of the employee's own telephones; the citizen stays on the line."""
    employee, kind = employee_of(request), request.POST.get("to", "")
    contact = access_conversation(employee, contact_id, {State.CONNECTED})
    choices = {choice.kind: choice for choice in telephones_of(employee)}
    if kind not in choices:
        raise NoSuchPhoneError
    target = Target(str(Kind(kind).label), digits=choices[kind].digits or kind)
    change = run_here(do_start(contact.pk, target, employee_id=employee.pk, mode=Mode.MOVE, now=clock.now()))
    if change is NotBrought.UNDER_WAY:
        raise UnderWayError
    if isinstance(change, NotBrought):
        raise GoneError
    hints.send_on_commit(*change.topics)
    return answer(request, employee)


def _asked(
    request: HttpRequest, employee: Employee, outcome: own_phone.Check | Refusal, *, typed_number: str = ""
) -> HttpResponse:
    if isinstance(outcome, Refusal):
        return _answer(
            request,
            employee,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            number_fault=words(outcome.reason),
            typed_number=typed_number,
        )
    hints.send_on_commit("phone")
    return _answer(request, employee)


def _answer(request: HttpRequest, employee: Employee, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    """Answer the telephones as they now are; a browser without scripts gets the whole page."""
    context = _context(request, employee) | more
    if request.headers.get("HX-Request"):
        return render(request, "desk/phone_now.html", context, status=status)
    if not more:
        return redirect("desk:own_phone")
    return render(request, "desk/phone_page.html", context, status=status)


def _context(request: HttpRequest, employee: Employee) -> dict[str, Any]:
    texts = {name: str(text) for name, text in _TEXTS.items()}
    return {"phone": own_phone_of(request, employee), "device_texts": texts}
