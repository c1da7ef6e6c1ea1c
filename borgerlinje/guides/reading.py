"""A guide as it is read: in one language, for one authority, with where its solution is and whether it works now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.behind import behind
from borgerlinje.guides.content import Content, Text
from borgerlinje.guides.models import (
    Guide,
    GuideVersion,
    LocalGuide,
    LocalVersion,
    Solution,
    SolutionAddress,
    SolutionStatus,
)
from borgerlinje.guides.overlay import Localised, Overlay, localise


@dataclass(frozen=True, slots=True)
class Local:
    """What is the reader's authority's own in a guide. `is_behind`: the common text changed under it, and nobody there has looked yet."""

    authority: Authority
    version: LocalVersion
    localised: Localised
    is_behind: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A published guide for a reader. `text` is as the reader's authority has it, `local` what of it is its own (None: nothing is).

    `address` is empty where the reader's authority has none that is known; `status` None: it works. A solution out of use is none.
    """

    guide: Guide
    version: GuideVersion
    content: Content
    text: Text
    language: str
    solution: Solution | None
    address: str
    status: SolutionStatus | None
    is_due: bool
    local: Local | None = None

    @property
    def unit(self) -> str:
        """Who takes the matter over."""
        return self.local.localised.unit if self.local is not None else self.content.unit

    @property
    def is_other_language(self) -> bool:
        """Whether the guide is there in Danish only, and another language was asked for."""
        return self.language not in self.content.texts


def holding(today: date, *, of: str = "") -> Q:
    """Return the condition on guides that are published and hold on a day; `of` leads to them from another table, as `guide__`."""
    version = f"{of}published__"
    return (
        Q(**{f"{version}isnull": False})
        & (Q(**{f"{version}valid_from": None}) | Q(**{f"{version}valid_from__lte": today}))
        & (Q(**{f"{version}valid_to": None}) | Q(**{f"{version}valid_to__gt": today}))
    )


def read_guide(slug: str, *, language: str, authority: Authority | None, now: datetime, today: date) -> Reading | None:
    """Return a guide for a reader; None where nothing by that name holds today."""
    own = SolutionAddress.objects.filter(authority=authority)
    running = SolutionStatus.objects.filter(
        Q(authority=None) | Q(authority=authority), Q(until_at=None) | Q(until_at__gt=now), from_at__lte=now
    )
    guides = Guide.objects.filter(holding(today), slug=slug).select_related("published", "solution", "subject")
    local = LocalGuide.objects.filter(authority=authority, published__isnull=False)
    joined = ("published", "held_against", "authority")
    parts = (
        Prefetch("local", local.select_related(*joined), to_attr="own_local"),
        Prefetch("solution__addresses", own, to_attr="own_addresses"),
        Prefetch("solution__statuses", running, to_attr="running"),
    )
    guide = guides.prefetch_related(*parts).first()
    if guide is None or guide.published is None:
        return None
    version, solution = guide.published, in_use(guide.solution, today=today)
    own_addresses = getattr(solution, "own_addresses", [])
    statuses = sorted(getattr(solution, "running", []), key=lambda each: each.kind != SolutionStatus.Kind.DOWN)
    content, local_parts = version.content, own_of(guide, version, language)
    return Reading(
        guide=guide,
        version=version,
        content=content,
        text=local_parts.localised.text if local_parts is not None else content.text(language),
        language=language,
        solution=solution,
        address=own_addresses[0].url if own_addresses else solution.address if solution else "",
        status=statuses[0] if statuses else None,
        is_due=version.review_on is not None and version.review_on < today,
        local=local_parts,
    )


def in_use(solution: Solution | None, *, today: date) -> Solution | None:
    """Return a solution; None for one that is out of use."""
    is_retired = solution is not None and solution.retired_on is not None and solution.retired_on <= today
    return None if is_retired else solution


def overlays_of(guides: Iterable[Guide], authority: Authority | None) -> dict[int, Overlay]:
    """Return what an authority has published of its own over guides, by their keys; one query, none without an authority or guides."""
    guides = list(guides)
    if authority is None or not guides:
        return {}
    found = LocalGuide.objects.filter(guide__in=guides, authority=authority, published__isnull=False)
    return {each.guide_id: each.published.overlay for each in found.select_related("published") if each.published}


def own_of(guide: Guide, common: GuideVersion, language: str) -> Local | None:
    """Return what is an authority's own in a guide that was read with its `own_local`; None where it says nothing that can be shown."""
    found: LocalGuide | None = next(iter(getattr(guide, "own_local", ())), None)
    if found is None or found.published is None:
        return None
    overlay = found.published.overlay
    localised = localise(common.content, overlay, language)
    if not localised.local and not localised.facts:
        return None
    is_behind = found.held_against_id != common.pk and bool(behind(found, overlay, common))
    return Local(found.authority, found.published, localised, is_behind)
