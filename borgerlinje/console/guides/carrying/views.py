"""Guides carried in from files and out to them: looked at first, stored as drafts, never published from here."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.guides.access import EDITS, READS, edits_common
from borgerlinje.console.guides.carrying.keeping import access_kept, do_keep
from borgerlinje.console.guides.carrying.words import part_said
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.guides.actions import as_file
from borgerlinje.guides.carrying.files import (
    FORMATS,
    LARGEST,
    FileFault,
    Taken,
    empty_table,
    ending,
    take_files,
    write_file,
)
from borgerlinje.guides.carrying.plan import Done, Plan, do_carry_in, plan
from borgerlinje.guides.carrying.values import of_value, value_of
from borgerlinje.guides.models import Guide, GuideUpload
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr
from borgerlinje.lines.models import Subject
from borgerlinje.staff.permission import allowed

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

log = structlog.get_logger("web")
_LONGEST_NOTE: Final = 200
_TYPES: Final = {
    "md": "application/zip",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@allowed(*READS)
@require_http_methods(["GET", "POST"])
def guide_carry(request: HttpRequest) -> HttpResponse:
    """Show how guides are carried in and out; take files and say what is wrong with them, or what they do. No guide is changed."""
    if request.method != "POST":
        return _page(request)
    if not _edits(request):
        raise NotAllowedError
    files = request.FILES.getlist("file")
    refused = _refused(files)
    if refused:
        return _page(request, faults=(FileFault("", "", refused),), status=422)
    taken = take_files((file.name or "", file.read()) for file in files)
    found = plan(taken, may_write=_may_write(request))
    if found.faults:
        return _page(request, faults=found.faults, status=422)
    if not found.changes:
        return _page(
            request,
            faults=(FileFault("", "", _("Der er ingen guider i filen. Udfyld den, og prøv igen.")),),
            status=422,
        )
    guides = [[file, value_of(read)] for file, read in taken.guides]
    return _shown(request, found, do_keep(request, GuideUpload.Kind.GUIDES, guides))


@allowed(*EDITS)
@require_POST
def guide_carry_do(request: HttpRequest) -> HttpResponse:
    """Store what was shown as drafts, sent for approval where that was chosen; shown anew when it would do something else by now. Raises GoneError."""
    upload = access_kept(request, GuideUpload.Kind.GUIDES)
    found = plan(_taken(upload), may_write=_may_write(request))
    if found.faults:
        return _page(request, faults=found.faults, status=422)
    if found.digest != request.POST.get("seen"):
        return _shown(request, found, upload, has_changed=True)
    note = request.POST.get("note", "").strip()[:_LONGEST_NOTE]
    try:
        check_no_cpr(note)
    except CprInTextError as error:
        return _shown(request, found, upload, fault=str(error), note=note)
    done = do_carry_in(found, is_sent="send" in request.POST, note=note, now=clock.now(), by=user_of(request))
    upload.delete()
    log.info("guides_carried_in", new=done.new, changed=done.changed, sent=done.sent, by=user_of(request).pk)
    messages.success(request, _said(done))
    if done.unsent:
        messages.warning(
            request, _("Ikke sendt, for noget mangler i dem: %(titles)s.") % {"titles": ", ".join(done.unsent)}
        )
    return redirect("console:guides")


@allowed(*READS)
@require_GET
def guide_carry_out(request: HttpRequest, form: str) -> HttpResponse:
    """Send the published guides as a file, or those of one subject (`emne`); `tom` an empty table to fill. Raises Http404 for no such form."""
    if form not in FORMATS:
        raise Http404
    if "tom" in request.GET and form in {"csv", "xlsx"}:
        return _download(HttpResponse(empty_table(form)), form, "guider-skabelon")
    subject = request.GET.get("emne", "")
    found = (
        Guide.objects.filter(published__isnull=False)
        .select_related("published", "solution", "subject")
        .order_by("slug")
    )
    if subject:
        found = found.filter(subject__code=subject)
    guides = [as_file(guide) for guide in found]
    return _download(HttpResponse(b"".join(write_file(guides, form))), form, f"guider-{clock.today()}")


def _download(response: HttpResponse, form: str, name: str) -> HttpResponse:
    kind = form if name.endswith("skabelon") else ending(form)
    response.headers["Content-Type"] = _TYPES[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _page(request: HttpRequest, *, faults: tuple[FileFault, ...] = (), status: int = 200) -> HttpResponse:
    context = {
        "edits": _edits(request),
        "faults": faults,
        "subjects": Subject.objects.filter(guides__published__isnull=False).distinct(),
        "count": Guide.objects.filter(published__isnull=False).count(),
        "most_mb": LARGEST // 1024 // 1024,
    }
    return render(request, "console/guides/carry.html", context, status=status)


def _shown(
    request: HttpRequest,
    found: Plan,
    upload: GuideUpload,
    *,
    has_changed: bool = False,
    fault: str = "",
    note: str = "",
) -> HttpResponse:
    rows = [
        {"change": change, "parts": [part_said(part) for part in change.parts] if change.guide else []}
        for change in found.changes
        if not change.is_same
    ]
    context: dict[str, Any] = {
        "plan": found,
        "rows": rows,
        "upload": upload,
        "has_changed": has_changed,
        "fault": fault,
        "note": note,
    }
    status = 409 if has_changed else 422 if fault else 200
    return render(request, "console/guides/carry_plan.html", context, status=status)


def _edits(request: HttpRequest) -> bool:
    return edits_common(request) or Guide.objects.filter(owner__in=authorities_as(request, EDITS)).exists()


def _may_write(request: HttpRequest) -> Callable[[Guide | None], bool]:
    """Return what tells whether the person writes a guide's common text; asked once, for files name hundreds."""
    mine, common = set(authorities_as(request, EDITS)), edits_common(request)

    def may(guide: Guide | None) -> bool:
        return common if guide is None or guide.owner_id is None else guide.owner_id in mine

    return may


def _refused(files: "list[UploadedFile[Any]]") -> str:
    if not files:
        return _("Vælg en fil med guider.")
    if sum(file.size or 0 for file in files) > LARGEST:
        return _("Filerne er større end %(most)d MB tilsammen. Del dem, og hent dem ind hver for sig.") % {
            "most": LARGEST // 1024 // 1024
        }
    return ""


def _taken(upload: GuideUpload) -> Taken:
    guides, faults = [], []
    for file, value in upload.held:
        read, flaws = of_value(value)
        faults += [FileFault(file, flaw.path, flaw.says) for flaw in flaws]
        guides += [(file, read)] if read else []
    return Taken(tuple(guides), tuple(faults))


def _said(done: Done) -> str:
    made = ngettext("%(count)d ny guide", "%(count)d nye guider", done.new) % {"count": done.new}
    changed = ngettext("%(count)d ændret", "%(count)d ændrede", done.changed) % {"count": done.changed}
    words = {"made": made, "changed": changed, "sent": done.sent}
    if done.sent:
        return _("%(made)s og %(changed)s er gemt som kladder; %(sent)d er sendt til godkendelse.") % words
    return _("%(made)s og %(changed)s er gemt som kladder. Borgerne ser dem først, når de er godkendt.") % words
