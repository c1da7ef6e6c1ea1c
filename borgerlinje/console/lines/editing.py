"""One line: whether it works, its own fields, its numbers, and until when it is open at all."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from borgerlinje.console.lines import undo
from borgerlinje.console.lines.access import SETS, access_line, members_of, owners_in
from borgerlinje.console.lines.actions import KIND, do_change, said
from borgerlinje.console.lines.basics import BasicsForm
from borgerlinje.console.lines.line_forms import EndForm, NumberForm
from borgerlinje.console.lines.readiness import checks
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock
from borgerlinje.lines import queries
from borgerlinje.lines.models import Line, LineNumber
from borgerlinje.lines.numbers import display
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

# A line for a whole country has a number for each authority.
_SHOWN = 30
_WORDS = {
    "name": gettext_lazy("navn"),
    "owner": gettext_lazy("ejer"),
    "audience": gettext_lazy("for"),
    "language": gettext_lazy("sprog"),
    "skill": gettext_lazy("kompetence"),
    "skill_level": gettext_lazy("niveau"),
    "scope": gettext_lazy("omfang"),
    "greeting_text": gettext_lazy("velkomst"),
    "numbers": gettext_lazy("numre"),
    "main": gettext_lazy("vises først"),
    "ended_on": gettext_lazy("lukket fra"),
}


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def line_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a line, or change what it is called, whose it is and who can answer it."""
    line = access_line(request, slug)
    if request.method == "GET":
        return page(request, line)
    form = BasicsForm(request.POST, line=line, owners=_owners(request, line, members_of(line.centre)))
    if not form.is_valid():
        return page(request, line, form=form, status=422)
    before = said(line)
    form.write_to(line)
    do_change(line, before, by=user_of(request), now=clock.now())
    messages.success(request, _("Gemt. Det gælder fra det næste opkald."))
    return redirect("console:line_edit", line.slug)


def page(request: HttpRequest, line: Line, *, status: int = 200, **more: Any) -> HttpResponse:
    """Answer the page of a line; `more` are forms with their faults, and what is shown of a change before it is made."""
    found = line.numbers.select_related("home_authority").order_by("-is_main", "home_authority__name", "digits")
    numbers, members = list(found), members_of(line.centre)
    asked, removed = request.GET.get("q", "").strip(), undo.removed(request, line)
    shown = Paginator(_found(numbers, asked), _SHOWN).get_page(request.GET.get("side"))
    sets_trunks = Role.ADMINISTRATOR in request.roles  # type: ignore[attr-defined] # set by staff.fence.Fence
    context = {
        "line": line,
        "checks": list(checks(line, numbers=len(numbers), sets_trunks=sets_trunks, now=clock.now())),
        "form": BasicsForm(line=line, owners=_owners(request, line, members)),
        "page": shown,
        "asked": asked,
        "numbers": [(each, display(each.digits)) for each in shown],
        "number_form": NumberForm(members=members),
        "removed": display(removed.digits) if removed is not None else "",
        "end_form": EndForm(initial={"ended_on": clock.today()}),
        "has_ended": queries.has_ended(line),
        "today": clock.today(),
        "changes": changes_of(KIND, line.pk, words=_WORDS),
    }
    return render(request, "console/lines/line.html", context | more, status=status)


def _found(numbers: list[LineNumber], asked: str) -> list[LineNumber]:
    """Return the numbers that hold the digits, or are for the authority, that are asked for."""
    words, digits = asked.lower(), "".join(asked.split())
    return [each for each in numbers if digits in each.digits or words in str(each.home_authority or "").lower()]


def _owners(request: HttpRequest, line: Line, members: list[Authority]) -> list[Authority]:
    """Return whose the line may be; who owns it now is among them, also after having left the centre."""
    found = owners_in(request, line.centre, members)
    return found if line.owner in found else [*found, line.owner]
