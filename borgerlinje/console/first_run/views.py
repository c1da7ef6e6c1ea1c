"""The guide from an empty installation to a first call: one page, a short form for each step, and the call as it happens."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.console.first_run import actions
from borgerlinje.console.first_run.access import check_may_set_up, is_untouched
from borgerlinje.console.first_run.forms import FirstCentreForm, FirstEmployeeForm, FirstLineForm, FirstMemberForm
from borgerlinje.console.first_run.progress import Progress, progress
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Centre
from borgerlinje.kit import clock
from borgerlinje.kit.errors import GoneError
from borgerlinje.lines.new_line import NumberTakenError
from borgerlinje.portal.cards import card
from borgerlinje.staff.permission import allowed


@allowed()
@require_GET
def first_run(request: HttpRequest) -> HttpResponse:
    """Show how far the installation is, and the next step."""
    check_may_set_up(request)
    return _page(request)


@allowed()
@require_GET
def first_call(request: HttpRequest) -> HttpResponse:
    """Answer the step of the first call as it is now."""
    check_may_set_up(request)
    return render(request, "console/first_run/call.html", _call(request, progress(request, now=clock.now())))


@allowed()
@require_POST
def first_centre(request: HttpRequest) -> HttpResponse:
    """Store the centre and its host. Raises GoneError when something is set up already."""
    check_may_set_up(request)
    if not is_untouched(request):
        raise GoneError
    form = FirstCentreForm(request.POST)
    return _store(
        request,
        form,
        "centre_form",
        lambda: actions.do_first_centre(request, form.authority_values(), name=form.cleaned_data["centre_name"]),
    )


@allowed()
@require_POST
def first_member(request: HttpRequest) -> HttpResponse:
    """Store another member of the centre."""
    centre = _access_centre(request)
    form = FirstMemberForm(request.POST)
    return _store(
        request,
        form,
        "member_form",
        lambda: actions.do_first_member(request, centre, form.authority_values()),
    )


@allowed()
@require_POST
def first_line(request: HttpRequest) -> HttpResponse:
    """Store a line with its number."""
    centre = _access_centre(request)
    form = FirstLineForm(request.POST, centre=centre)
    return _store(
        request,
        form,
        "line_form",
        lambda: actions.do_first_line(
            request, centre, name=form.cleaned_data["name"], numbers=form.cleaned_data["numbers"]
        ),
    )


@allowed()
@require_POST
def first_employee(request: HttpRequest) -> HttpResponse:
    """Make the person an employee who may be offered the line's calls."""
    centre = _access_centre(request)
    lines = progress(request, now=clock.now()).lines
    form = FirstEmployeeForm(request.POST, user=user_of(request))
    return _store(
        request,
        form,
        "employee_form",
        lambda: actions.do_answer_oneself(
            request,
            centre,
            lines,
            given_name=form.cleaned_data["given_name"],
            initial=form.cleaned_data["letter"],
        ),
    )


@allowed()
@require_POST
def first_opening(request: HttpRequest) -> HttpResponse:
    """Hold the first line open for the rest of the day. Raises GoneError when there is none."""
    check_may_set_up(request)
    lines = progress(request, now=clock.now()).lines
    if not lines:
        raise GoneError
    actions.do_open_today(request, lines[0], now=clock.now())
    messages.success(request, _("%(line)s er åben til midnat.") % {"line": lines[0].name})
    return redirect("console:first_run")


def _access_centre(request: HttpRequest) -> Centre:
    """Return the centre that the guide is about. Raises NotAllowedError, and GoneError before there is one."""
    check_may_set_up(request)
    centre = progress(request, now=clock.now()).centre
    if centre is None:
        raise GoneError
    return centre


def _store(request: HttpRequest, form: Any, name: str, store: Callable[[], object]) -> HttpResponse:
    """Store a valid form and go back to the guide; say what is wrong in its own step otherwise."""
    if form.is_valid():
        try:
            with transaction.atomic():
                store()
        except NumberTakenError as error:
            form.add_error("numbers", str(error))
        except IntegrityError:
            form.add_error(None, _("En anden har lige oprettet det samme. Genindlæs siden, og se listen."))
        else:
            messages.success(request, _("Gemt."))
            return redirect("console:first_run")
    return _page(request, status=422, **{name: form})


def _page(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    found = progress(request, now=clock.now())
    context = {
        **_call(request, found),
        "centre_form": FirstCentreForm(),
        "member_form": FirstMemberForm(),
        "line_form": FirstLineForm(centre=found.centre),
        "employee_form": FirstEmployeeForm(user=user_of(request)),
        "has_authorities": not is_untouched(request),
    }
    return render(request, "console/first_run/guide.html", context | forms, status=status)


def _call(request: HttpRequest, found: Progress) -> dict[str, Any]:
    """Return what the last step shows."""
    line = found.lines[0] if found.lines else None
    employee = request.employee  # type: ignore[attr-defined] # set by staff.fence.Fence
    return {
        "progress": found,
        "card": card(line, place=None, at=clock.now()) if line else None,
        "is_mine": employee is not None and employee.pk in {each.pk for each in found.people},
        "has_telephone": bool(settings.SIP_WS_URL),
    }
