"""Many employees at once, from a table: every fault at once, then what it will do, then all of it or nothing."""

import structlog
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.staff import access
from borgerlinje.console.staff.notes import note_change
from borgerlinje.console.staff.page import administers
from borgerlinje.console.staff.roster import reading
from borgerlinje.console.staff.roster.planning import Item, Plan, World, plan
from borgerlinje.console.staff.roster.reading import Table
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock
from borgerlinje.kit.errors import GoneError
from borgerlinje.staff.models import Employee, Skill, User
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import ROLE_NAMES

log = structlog.get_logger("web")


class FileForm(forms.Form):
    """A table from the person's own machine."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("CSV-fil"),
        widget=forms.ClearableFileInput(attrs={"class": "bl-input", "accept": ".csv,text/csv"}),
        error_messages={
            "required": gettext_lazy("Vælg en fil."),
            "empty": gettext_lazy("Filen er tom. Hent skabelonen, og udfyld den."),
        },
    )


@allowed(*access.KEEPS)
@require_http_methods(["GET", "POST"])
def people_import(request: HttpRequest) -> HttpResponse:
    """Take a table, and say what is wrong with it or what it will do. Nothing is stored."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    # One byte more than the most tells a file that is too large, however large it is.
    table = reading.read(form.cleaned_data["file"].read(reading.MOST_BYTES + 1))
    return _shown(request, table)


@allowed(*access.KEEPS)
@require_POST
def people_import_do(request: HttpRequest) -> HttpResponse:
    """Carry out what was shown, in this one transaction; shown anew when it would do something else by now. Raises GoneError."""
    text = request.POST.get("text", "")
    if len(text.encode()) > 2 * reading.MOST_BYTES or "\0" in text:
        raise GoneError
    table = reading.read_text(text)
    found = plan(table, _world(request, table))
    if found.faults or found.digest != request.POST.get("seen"):
        return _shown(request, table, has_changed=True)
    for item in found.items:
        _do_item(request, item)
    log.info("people_imported", new=len(found.new), changed=len(found.changed), by=user_of(request).pk)
    messages.success(request, _done(found))
    return redirect("console:people")


@allowed(*access.KEEPS)
@require_GET
def people_import_template(request: HttpRequest) -> HttpResponse:
    """Answer an empty table with the right headings, as a Danish spreadsheet opens it."""
    del request
    return HttpResponse(
        "\ufeff" + ";".join(reading.COLUMNS) + "\r\n",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="medarbejdere.csv"'},
    )


def _shown(request: HttpRequest, table: Table, *, has_changed: bool = False) -> HttpResponse:
    found = plan(table, _world(request, table))
    if found.faults:
        return _page(request, FileForm(), found=found, status=422)
    context = {"plan": found, "text": table.text, "has_changed": has_changed}
    return render(request, "console/staff/import_plan.html", context, status=409 if has_changed else 200)


def _page(request: HttpRequest, form: FileForm, *, found: Plan | None = None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "faults": found.faults if found else [],
        "authorities": access.own_authorities(request),
        "centres": access.own_centres(request),
        "roles": ROLE_NAMES.values(),
        "skills": Skill.objects.all(),
        "most_rows": reading.MOST_ROWS,
    }
    return render(request, "console/staff/import.html", context, status=status)


def _world(request: HttpRequest, table: Table) -> World:
    """Read what the table may speak of; of other people's accounts only that an address is taken."""
    addresses = {entry.cells[reading.EMAIL].lower() for entry in table.entries}
    people = access.people_of(request, access.KEEPS).filter(user__email__in=addresses)
    found = people.prefetch_related("user__role_assignments")
    return World(
        authorities={
            name.casefold(): each for each in access.own_authorities(request) for name in (each.name, each.full_name)
        },
        centres={name.casefold(): each for each in access.own_centres(request) for name in (each.name, each.slug)},
        skills={name.casefold(): each for each in Skill.objects.all() for name in (each.name, each.code)},
        people={each.user.email: each for each in found if each.user},
        taken=frozenset(User.objects.filter(email__in=addresses).values_list("email", flat=True)),
        administers=administers(request),
        today=clock.today(),
    )


def _do_item(request: HttpRequest, item: Item) -> None:
    if not item.steps:
        return
    employee = item.employee or Employee()
    for step in item.steps:
        step.do(employee)
    after = {"import": [step.says for step in item.steps]}
    note_change(request, employee, before={}, after=after)


def _done(found: Plan) -> str:
    new, changed = len(found.new), len(found.changed)
    made = ngettext("%(count)d medarbejder er oprettet", "%(count)d medarbejdere er oprettet", new) % {"count": new}
    return _("%(made)s, og %(changed)d er ændret. Inviter de nye, så kontoen kan tages i brug.") % {
        "made": made,
        "changed": changed,
    }
