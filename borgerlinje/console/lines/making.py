"""A new line: which centre's, then the whole of it on one page."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from borgerlinje.console.lines.access import SETS, centres_for_lines, members_of, owners_in
from borgerlinje.console.lines.actions import do_make
from borgerlinje.console.lines.basics import NewLineForm
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Centre
from borgerlinje.kit import clock
from borgerlinje.lines.new_line import NumberTakenError
from borgerlinje.staff.permission import allowed


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def line_new(request: HttpRequest) -> HttpResponse:
    """Make a line in the centre that is asked for (`center`); who has several chooses first."""
    centres = centres_for_lines(request)
    asked = request.GET.get("center", "")
    if not asked and len(centres) != 1:
        return render(request, "console/lines/choose_centre.html", {"centres": centres})
    centre = next((each for each in centres if each.slug == asked or not asked), None)
    if centre is None:
        raise Http404
    return _make(request, centre, has_choice=len(centres) > 1)


def _make(request: HttpRequest, centre: Centre, *, has_choice: bool) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    members = members_of(centre)
    form = NewLineForm(data, centre=centre, owners=owners_in(request, centre, members), members=members)
    if data is not None and form.is_valid():
        try:
            with transaction.atomic():
                line = do_make(form.new_line(), by=user_of(request), now=clock.now())
        except NumberTakenError as error:
            form.add_error("numbers", str(error))
        except IntegrityError:
            form.add_error(None, _("Der kom en anden ny linje imens. Prøv igen."))
        else:
            messages.success(
                request, _("%(line)s er oprettet. Se herunder, om der kan ringes til den.") % {"line": line}
            )
            return redirect("console:line_edit", line.slug)
    context = {"form": form, "centre": centre, "has_choice": has_choice}
    return render(request, "console/lines/new.html", context, status=422 if form.errors else 200)
