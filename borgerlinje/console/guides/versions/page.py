"""One guide's page: what is read now, what is worked on, every version before, and what members say otherwise."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from borgerlinje.console.guides import access
from borgerlinje.console.guides.versions import undo
from borgerlinje.console.guides.versions.forms import RemarkForm, SendForm
from borgerlinje.console.guides.versions.notes import GUIDE_KIND, WORDS
from borgerlinje.console.guides.versions.views import is_editor
from borgerlinje.console.standing import user_of
from borgerlinje.guides.behind import behind
from borgerlinje.guides.drafting import is_own
from borgerlinje.guides.models import Guide, GuideSave, GuideVersion, KleEntry, LocalGuide, LocalVersion, State
from borgerlinje.guides.reading import holding
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.changes import changes_of
from borgerlinje.staff.models import User
from borgerlinje.staff.permission import allowed

if TYPE_CHECKING:
    from django.forms import Form

# The newest; the page that compares has them all.
_SHOWN = 50
_OPEN = (State.DRAFT, State.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Local:
    """A member's local text on the page; `address` is empty where it cannot be opened."""

    local: LocalGuide
    address: str
    is_draft: bool
    is_in_review: bool
    is_behind: bool


@dataclass(frozen=True, slots=True)
class Open:
    """A version that is not read yet; `is_own`: the person wrote of it, and somebody else is to approve it."""

    version: GuideVersion
    is_own: bool
    writers: list[str]


@allowed()
@require_GET
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide: to who reads what is published, to editors all of it."""
    return guide_page(request, access_guide(request, slug))


def guide_page(
    request: HttpRequest,
    found: Guide,
    *,
    send_form: "Form | None" = None,
    remark_form: "Form | None" = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw a guide's page; a form that was refused, or a `fault`, is shown with its `status`."""
    edits, today = is_editor(request), clock.today()
    context: dict[str, Any] = {
        "guide": found,
        "published": found.published,
        "edits": edits,
        "is_read": is_read(found, today),
        "is_due": is_due(found, today),
        "has_ended": bool(found.published and found.published.valid_to and found.published.valid_to <= today),
        "text": found.published.content.text(get_language() or "da") if found.published else None,
        "last_on": _last_on(found),
        "fault": fault,
        "kle_title": _kle_title(found.kle),
    }
    if edits:
        context |= _working(request, found, send_form or SendForm(), remark_form or RemarkForm())
    return render(request, "console/guides/guide.html", context, status=status)


def access_guide(request: HttpRequest, slug: str) -> Guide:
    """Return a guide that the person sees. Raises Http404."""
    guides = Guide.objects if is_editor(request) else Guide.objects.filter(holding(clock.today()))
    joined = ("published__made_by", "published__approved_by", "subject", "solution", "owner", "keeper")
    found = guides.select_related(*joined).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def access_common(request: HttpRequest, slug: str) -> Guide:
    """Return a guide whose common text the person writes. Raises Http404, NotAllowedError."""
    found = access_guide(request, slug)
    if not access.edits_common(request, found):
        raise NotAllowedError
    return found


def is_read(guide: Guide, today: date) -> bool:
    """Return whether citizens read the guide on a day: the same as `reading.holding`."""
    version = guide.published
    if version is None:
        return False
    begun = version.valid_from is None or version.valid_from <= today
    return begun and (version.valid_to is None or version.valid_to > today)


def is_due(guide: Guide, today: date) -> bool:
    """Return whether the published version should have been gone through before a day."""
    version = guide.published
    return bool(version and version.review_on and version.review_on < today)


def edit_address(guide: Guide) -> str:
    """Return where the guide's draft is written; empty where nobody can."""
    try:
        return reverse("console:guide_edit", args=[guide.slug])
    except NoReverseMatch:
        return ""


def _last_on(guide: Guide) -> date | None:
    """Return the last day on which the published version holds; None without an end."""
    ends = guide.published.valid_to if guide.published else None
    return ends - timedelta(days=1) if ends else None


def _working(request: HttpRequest, guide: Guide, send_form: "Form", remark_form: "Form") -> dict[str, Any]:
    """Return what only editors see; who may not write this guide sees it without the buttons."""
    may_edit = access.edits_common(request, guide)
    saves = Prefetch("saves", GuideSave.objects.select_related("saved_by").only("version", "saved_by"))
    people = ("made_by", "sent_by", "approved_by", "based_on")
    versions = list(guide.versions.select_related(*people).defer("stored", "based_on__stored")[:_SHOWN])
    waiting = list(guide.versions.filter(state__in=_OPEN).prefetch_related(saves).select_related(*people[:2]))
    locals_ = _locals(guide)
    may_own = may_edit and access.may_approve_own(request, guide.owner_id)
    return {
        "may_edit": may_edit,
        "open": [_open(each, user_of(request), may_own=may_own) for each in waiting],
        "has_draft": any(each.state == State.DRAFT for each in waiting),
        "versions": versions,
        "locals": locals_,
        "own_locals": _to_write(request, guide, {each.local.authority_id for each in locals_}),
        "edit_address": edit_address(guide) if may_edit else "",
        "send_form": send_form,
        "remark_form": remark_form,
        "withdrawn": undo.kept(request, guide) if may_edit else None,
        "changes": changes_of(GUIDE_KIND, guide.pk, words=WORDS),
    }


def _open(version: GuideVersion, user: User, *, may_own: bool) -> Open:
    names = dict.fromkeys(str(each.saved_by) for each in version.saves.all() if each.saved_by)
    return Open(version, not may_own and is_own(version, user), list(names))


def _locals(guide: Guide) -> list[Local]:
    versions = LocalVersion.objects.filter(local=OuterRef("pk"))
    found = guide.local.select_related("authority", "published", "held_against").annotate(
        is_draft=Exists(versions.filter(state=State.DRAFT)),
        is_in_review=Exists(versions.filter(state=State.IN_REVIEW)),
    )
    return [
        Local(
            each,
            _local_address(guide, each.authority.code),
            each.is_draft,
            each.is_in_review,
            is_behind=bool(each.published and behind(each, each.published.overlay, guide.published)),
        )
        for each in found
    ]


def _to_write(request: HttpRequest, guide: Guide, written: set[int]) -> list[tuple[str, str]]:
    """Return the person's authorities that say nothing of their own yet, each with where they would write it."""
    if guide.published_id is None:
        return []
    mine = [each for each in access.edits_local(request) if each.pk not in written]
    found = [(each.full_name, _local_address(guide, each.code)) for each in mine]
    return [(name, address) for name, address in found if address]


def _local_address(guide: Guide, code: str) -> str:
    try:
        return reverse("console:guide_local", args=[guide.slug, code])
    except NoReverseMatch:
        return ""


def _kle_title(number: str) -> str:
    entry = KleEntry.objects.filter(number=number).first() if number else None
    return entry.title if entry else ""
