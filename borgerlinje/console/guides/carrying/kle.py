"""The subject plan that guides are numbered by: what is in use, another edition looked at and taken into use, and a journal number tried."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import structlog
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from borgerlinje.console.guides.access import EDITS, READS, edits_common
from borgerlinje.console.guides.carrying.keeping import access_kept, do_keep
from borgerlinje.console.standing import user_of
from borgerlinje.guides.kle import KleError, read_plan
from borgerlinje.guides.kle_plan import KleChange, change_by, check_journal_number, do_take_plan, held, of_held
from borgerlinje.guides.models import Guide, GuideUpload, KleEntry
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.permission import allowed

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

log = structlog.get_logger("web")
_LARGEST: Final = 32 * 1024 * 1024
_LONGEST_NUMBER: Final = 60
_FAULTS_SHOWN: Final = 100
# Of each kind of change; a new edition of a whole plan has thousands.
_SHOWN: Final = 200


@allowed(*READS)
@require_http_methods(["GET", "POST"])
def kle(request: HttpRequest) -> HttpResponse:
    """Show the plan in use, with what a journal number (`nr`) is; take a file and show what it would change. Nothing is taken into use."""
    if request.method != "POST":
        return _page(request)
    if not edits_common(request):
        raise NotAllowedError
    file = request.FILES.get("file")
    faults = _refused(file)
    if file is None or faults:
        return _page(request, faults=faults, status=422)
    found, faults = read_plan(file.read())
    if found is None:
        return _page(request, faults=faults, status=422)
    value = held(found)
    return _shown(request, change_by(found), do_keep(request, GuideUpload.Kind.KLE, value))


@allowed(*EDITS)
@require_POST
def kle_do(request: HttpRequest) -> HttpResponse:
    """Take the plan that was shown into use; shown anew when it would change something else by now. Raises GoneError, NotAllowedError."""
    if not edits_common(request):
        raise NotAllowedError
    upload = access_kept(request, GuideUpload.Kind.KLE)
    found = of_held(upload.held)
    change = change_by(found)
    if _digest(change) != request.POST.get("seen"):
        return _shown(request, change, upload, has_changed=True)
    do_take_plan(found, today=clock.today())
    upload.delete()
    log.info(
        "kle_taken", new=len(change.new), changed=len(change.changed), gone=len(change.gone), by=user_of(request).pk
    )
    messages.success(request, _("Emneplanen er taget i brug."))
    if change.guides:
        text = ngettext(
            "%(count)d guide har et nummer, der er udgået.",
            "%(count)d guider har et nummer, der er udgået.",
            len(change.guides),
        )
        messages.warning(request, text % {"count": len(change.guides)})
    return redirect("console:kle")


def _page(request: HttpRequest, *, faults: list[str] | None = None, status: int = 200) -> HttpResponse:
    in_use = Q(retired_on=None)
    told = KleEntry.objects.aggregate(
        count=Count("pk", filter=in_use),
        retired=Count("pk", filter=~in_use),
        edition=Max("edition"),
        demo=Count("pk", filter=Q(is_demo=True)),
    )
    known = KleEntry.objects.filter(in_use).values("number")
    numbered = Guide.objects.exclude(kle="")
    context: dict[str, Any] = {
        **_tried(request.GET.get("nr", "").strip()[:_LONGEST_NUMBER]),
        "told": told,
        "faults": (faults or [])[:_FAULTS_SHOWN],
        "edits": edits_common(request),
        "numbered": numbered.count(),
        "out_of_use": numbered.exclude(kle__in=known).order_by("kle", "title")[:_SHOWN] if told["count"] else [],
        "most_mb": _LARGEST // 1024 // 1024,
    }
    return render(request, "console/guides/kle.html", context, status=status)


def _tried(text: str) -> dict[str, Any]:
    """Return what a journal number that was typed is, or what is wrong with it."""
    if not text:
        return {}
    try:
        number, title = check_journal_number(text)
    except KleError as error:
        return {"tried": text, "tried_fault": str(error)}
    return {"tried": text, "number": number, "title": title}


def _shown(request: HttpRequest, change: KleChange, upload: GuideUpload, *, has_changed: bool = False) -> HttpResponse:
    context = {
        "change": change,
        "new": change.new[:_SHOWN],
        "changed": change.changed[:_SHOWN],
        "gone": change.gone[:_SHOWN],
        "upload": upload,
        "seen": _digest(change),
        "has_changed": has_changed,
    }
    return render(request, "console/guides/kle_plan.html", context, status=409 if has_changed else 200)


def _refused(file: "UploadedFile[Any] | None") -> list[str]:
    if file is None:
        return [_("Vælg filen med emneplanen.")]
    if (file.size or 0) > _LARGEST:
        return [
            _("Filen er større end %(most)d MB. En emneplan er mindre: er det den rigtige fil?")
            % {"most": _LARGEST // 1024 // 1024}
        ]
    return []


def _digest(change: KleChange) -> str:
    told = (change.new, change.changed, change.gone, [guide.pk for guide in change.guides])
    return sha256(repr(told).encode()).hexdigest()
