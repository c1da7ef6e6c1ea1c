"""One authority's page of a guide: the common text, what it says instead, what is on its way, and what was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from borgerlinje.console.guides import access
from borgerlinje.console.guides.local import form
from borgerlinje.console.standing import user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides import drafting
from borgerlinje.guides.behind import behind
from borgerlinje.guides.content import Content
from borgerlinje.guides.local import local_of, source_of, token
from borgerlinje.guides.models import Guide, LocalGuide, LocalVersion, SolutionAddress, State
from borgerlinje.guides.overlay import Overlay, parts
from borgerlinje.guides.part_names import part_name
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.kit.intervals import in_force
from borgerlinje.staff.models import RoleAssignment, User
from borgerlinje.staff.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Page:
    """What the page is about. `local` None: the authority says nothing of its own yet; `common` is what stands to the left."""

    guide: Guide
    authority: Authority
    local: LocalGuide | None
    source: LocalVersion | None
    common: Content
    may_edit: bool

    @property
    def overlay(self) -> Overlay:
        """What an editor goes on from."""
        return self.source.overlay if self.source is not None else Overlay()


@dataclass(frozen=True, slots=True)
class Difference:
    """A part in two texts, by its words; empty where it is not there."""

    name: str
    before: str
    after: str


def access_page(request: HttpRequest, slug: str, code: str, *, to_edit: bool = False) -> Page:
    """Return what a page is about. Raises Http404, and NotAllowedError where it is `to_edit` and another authority's."""
    guide = Guide.objects.select_related("published", "solution").filter(slug=slug).first()
    authority = Authority.objects.filter(code=code).first()
    version = (guide.published or drafting.source_of(guide)) if guide is not None else None
    if guide is None or authority is None or version is None:
        raise Http404
    may_edit = authority in access.edits_local(request)
    if to_edit and not may_edit:
        raise NotAllowedError
    local = local_of(guide, authority)
    if local is None and not may_edit:
        raise Http404
    return Page(guide, authority, local, source_of(local), version.content, may_edit)


def show(
    request: HttpRequest,
    page: Page,
    *,
    overlay: Overlay | None = None,
    faults: Mapping[str, str] | None = None,
    fault: str = "",
    is_refused: bool = False,
    values: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the page; `overlay` is what was sent and is not stored, where it `is_refused` because another one's text came first."""
    shown, found = overlay if overlay is not None else page.overlay, dict(faults or {})
    keys = [step.key for step in page.common.text("da").steps]
    local, versions = page.local, []
    if local is not None:
        people = ("made_by", "sent_by", "approved_by")
        versions = list(local.versions.select_related(*people).prefetch_related("writers"))
    read = local.published.overlay if local is not None and local.published is not None else Overlay()
    waiting = next((each for each in versions if each.state == State.IN_REVIEW), None)
    draft = next((each for each in versions if each.state == State.DRAFT), None)
    changed = behind(local, shown, page.guide.published) if local is not None else []
    own = (
        SolutionAddress.objects.filter(solution=page.guide.solution, authority=page.authority)
        if page.guide.solution
        else None
    )
    context: dict[str, Any] = {
        "page": page,
        "guide": page.guide,
        "authority": page.authority,
        "local": local,
        "groups": form.groups(page.common, shown, found),
        "facts": form.fact_rows(shown, found),
        "faults": found,
        "fault": fault,
        "base": token(page.source),
        "draft": draft,
        "waiting": waiting,
        "is_own": waiting is not None and page.may_edit and _is_own(request, waiting),
        "waiting_changes": differences(read, waiting.overlay, keys) if waiting is not None else [],
        "draft_changes": differences(read, draft.overlay, keys) if draft is not None else [],
        "versions": versions,
        "changed": [
            (each, part_name(each.part if each.part == "unit" else f"{each.language}:{each.part}", keys))
            for each in changed
        ],
        "refused": differences(page.overlay, shown, keys) if is_refused else [],
        "is_refused": is_refused,
        "refused_by": page.source,
        "own_address": own.values_list("url", flat=True).first() or "" if own is not None else "",
        "values": values or {},
        "keepers": keepers(local) if local is not None and page.may_edit else [],
    }
    return render(request, "console/guides/local.html", context, status=status)


def keepers(local: LocalGuide) -> "QuerySet[User]":
    """Return who may keep a local text: the authority's editors today, and who keeps it already."""
    roles = RoleAssignment.objects.filter(in_force(clock.today()), role=Role.GUIDE_EDITOR, authority=local.authority_id)
    is_one = Q(pk__in=roles.values("user"), is_active=True) | Q(pk=local.keeper_id)
    return User.objects.filter(is_one).order_by("name", "email")


def differences(before: Overlay, after: Overlay, keys: list[str]) -> list[Difference]:
    """Return the parts in which two overlays differ; `keys` are the common text's steps' in order."""
    was, now = parts(before), parts(after)
    names = list(dict.fromkeys((*now, *was)))
    return [
        Difference(part_name(name, keys), was.get(name, ""), now.get(name, ""))
        for name in names
        if was.get(name) != now.get(name)
    ]


def _is_own(request: HttpRequest, version: LocalVersion) -> bool:
    user = user_of(request)
    wrote = {version.made_by_id, version.sent_by_id, *(each.pk for each in version.writers.all())}
    return user.pk in wrote and not access.may_approve_own(request, version.local.authority_id)
