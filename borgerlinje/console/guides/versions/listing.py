"""Which guides are listed: by their state, their subject, their owner, and the words that are typed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from borgerlinje.guides.models import Guide, GuideVersion, LocalGuide
from borgerlinje.guides.reading import holding
from borgerlinje.guides.reminders import DAYS_BEFORE
from borgerlinje.guides.search.finder import finder

if TYPE_CHECKING:
    from django.db.models import QuerySet

_MOST_FOUND: Final = 100
_State = GuideVersion.State
# What a filter is called in the address, and on the page.
STATES: Final = {
    "kladde": _("Kladde"),
    "godkendelse": _("Til godkendelse"),
    "udgivet": _("Udgivet"),
    "snart": _("Snart til gennemgang"),
    "gennemgaas": _("Skal gennemgås"),
    "trukket": _("Trukket tilbage"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to; empty: not by that. `owner` is an authority's code, or "ingen"; `subject` a subject's code."""

    words: str = ""
    state: str = ""
    subject: str = ""
    owner: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.words or self.state or self.subject or self.owner)


def listed(asked: Asked, *, today: date, drafts: bool) -> "QuerySet[Guide]":
    """Return the guides that fit all of it but the state, the best first where words are typed; `drafts` False: what can be read today alone.

    Each carries `is_draft`, `is_in_review`, `is_withdrawn`, `is_soon`, `is_due`, `local_count`.
    """
    found = Guide.objects.all() if drafts else Guide.objects.filter(holding(today))
    if asked.subject:
        found = found.filter(subject__code=asked.subject)
    if asked.owner:
        found = found.filter(owner=None) if asked.owner == "ingen" else found.filter(owner__code=asked.owner)
    return _worded(_told(found, today), asked.words)


def in_state(guides: "QuerySet[Guide]", state: str) -> "QuerySet[Guide]":
    """Return those of the guides listed that are in a state of `STATES`; all of them for any other word."""
    condition = _conditions().get(state)
    return guides if condition is None else guides.filter(condition)


def counts(guides: "QuerySet[Guide]") -> dict[str, int]:
    """Return how many of the guides listed are in each state; one may be in two."""
    asked: dict[str, Any] = {state: Count("pk", filter=condition) for state, condition in _conditions().items()}
    return guides.order_by().aggregate(alle=Count("pk"), **asked)


def waiting(guides: "QuerySet[Guide]") -> "QuerySet[GuideVersion]":
    """Return the versions of some guides that wait for approval, the longest first."""
    waiting_now = GuideVersion.objects.filter(state=_State.IN_REVIEW, guide__in=guides)
    return waiting_now.select_related("guide__owner", "guide__subject", "sent_by").order_by("sent_at", "pk")


def _conditions() -> dict[str, Q]:
    return {
        "kladde": Q(is_draft=True),
        "godkendelse": Q(is_in_review=True),
        "udgivet": Q(published__isnull=False),
        "snart": Q(is_soon=True, is_due=False),
        "gennemgaas": Q(is_due=True),
        "trukket": Q(is_withdrawn=True),
    }


def _told(guides: "QuerySet[Guide]", today: date) -> "QuerySet[Guide]":
    versions = GuideVersion.objects.filter(guide=OuterRef("pk"))
    local = LocalGuide.objects.filter(guide=OuterRef("pk"), published__isnull=False).order_by()
    local_count = local.values("guide").annotate(count=Count("pk")).values("count")
    is_due = Q(published__review_on__lt=today) | Q(published__valid_to__lte=today)
    soon = (today, today + timedelta(days=DAYS_BEFORE))
    is_soon = Q(published__review_on__range=soon) | Q(published__valid_to__range=soon)
    told: QuerySet[Guide] = guides.annotate(
        is_draft=Exists(versions.filter(state=_State.DRAFT)),
        is_in_review=Exists(versions.filter(state=_State.IN_REVIEW)),
        is_withdrawn=Q(published=None) & Exists(versions.filter(state=_State.WITHDRAWN)),
        is_soon=Case(When(is_soon, then=Value(True)), default=Value(False)),
        is_due=Case(When(is_due, then=Value(True)), default=Value(False)),
        local_count=Coalesce(Subquery(local_count, output_field=IntegerField()), 0),
    )
    return told


def _worded(guides: "QuerySet[Guide]", words: str) -> "QuerySet[Guide]":
    """Return those that answer what is typed: by the search that citizens use, and by title, number or address, for what is not published."""
    if not words:
        return guides.order_by("title", "pk")
    keys = [hit.key for hit in finder.search(words, limit=_MOST_FOUND)]
    named = Q(kle__startswith=words) | Q(slug__icontains=words)
    titled = Q()
    for word in words.split():
        titled &= Q(title__icontains=word) | Q(title_en__icontains=word)
    rank = Case(
        *(When(slug=key, then=Value(place)) for place, key in enumerate(keys)),
        default=Value(_MOST_FOUND),
        output_field=IntegerField(),
    )
    found = guides.filter(Q(slug__in=keys) | named | titled)
    # PostgreSQL takes a number alone for the place of a column.
    return found.order_by(rank, "title", "pk") if keys else found.order_by("title", "pk")
