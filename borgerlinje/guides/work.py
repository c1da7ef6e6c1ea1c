"""What an editor works off: guides that did not help, words nobody answered, matters that were passed on all the same, texts past their review.

Each item says how many times it happened to somebody: the list is sorted by that. What is done is marked, and comes back only when it
happens anew. Nothing here tells who asked.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count, Max, Q, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Feedback, Guide, MissedSearch, Side
from borgerlinje.guides.reading import holding
from borgerlinje.kit import clock

DAYS: Final = 90
# What stands below so many others is never reached; when those are done it comes up.
_MOST_OF_A_KIND: Final = 300
_MOST_REMARKS: Final = 5
_OPEN: Final = Q(helped=False, done_at=None)
_TRANSFERRED: Final = "SELECT guide, authority, unit, count FROM bl_guides_transferred(%(authorities)s, %(since)s)"


class Kind(TextChoices):
    """What there is to do."""

    NOT_HELPED = "hjalp-ikke", _("Hjalp ikke")
    MISSED = "uden-svar", _("Søgt uden svar")
    TRANSFERRED = "viderestillet", _("Viderestillet alligevel")
    DUE = "gennemgang", _("Skal gennemgås")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose readers are looked at: those of `authority_ids`, and those of the pages common to all; `side` None: citizens and employees."""

    authority_ids: tuple[int, ...]
    has_common: bool = True
    side: Side | None = None

    @property
    def rows(self) -> Q:
        """The condition on rows that carry an authority and a side."""
        whose = Q(authority__in=self.authority_ids)
        whose = whose | Q(authority=None) if self.has_common else whose
        return whose & Q(side=self.side) if self.side else whose


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader wrote. `place` is empty for the pages common to all."""

    words: str
    side: str
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do. `key` is a guide's slug, or the words that were asked for; `weight` how many times it happened.

    `answered` and `helped` count all answers of the last 90 days. `until` is the newest row it was made of: what comes later is not
    marked with it. `units` says to whom matters went, and how often.
    """

    kind: Kind
    key: str
    title: str
    weight: int
    until: str = ""
    last_on: date | None = None
    answered: int = 0
    helped: int = 0
    remarks: tuple[Remark, ...] = ()
    sides: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    units: tuple[tuple[str, int], ...] = ()


def to_do(scope: Scope, *, now: datetime, kind: Kind | None = None, own: Q | None = None) -> list[Item]:
    """Return what there is to do, what happened most often first. `own` is the condition on guides whose common text the reader keeps: None, all."""
    since = now - timedelta(days=DAYS)
    found: list[Item] = []
    if kind in {None, Kind.NOT_HELPED}:
        found += _not_helped(scope, since)
    if kind in {None, Kind.MISSED}:
        found += _missed(scope, since)
    if kind in {None, Kind.TRANSFERRED} and scope.side != Side.CITIZEN:
        found += _transferred(scope, since)
    if kind in {None, Kind.DUE}:
        found += _due(scope, since, own or Q())
    return sorted(found, key=lambda each: (-each.weight, each.title.casefold(), each.kind))


def with_remarks(items: Iterable[Item], scope: Scope) -> list[Item]:
    """Return items with the newest words that readers wrote of their guides."""
    items = list(items)
    slugs = [each.key for each in items if each.kind is Kind.NOT_HELPED]
    rows = Feedback.objects.filter(scope.rows, _OPEN, guide__slug__in=slugs).exclude(words="")
    said: dict[str, list[Remark]] = {}
    for row in rows.select_related("guide", "authority").order_by("-at")[:_MOST_OF_A_KIND]:
        place = row.authority.name if row.authority else ""
        said.setdefault(row.guide.slug, []).append(Remark(row.words, row.get_side_display(), place, row.at))
    return [replace(each, remarks=tuple(said.get(each.key, ())[:_MOST_REMARKS])) for each in items]


def _not_helped(scope: Scope, since: datetime) -> list[Item]:
    rows = Feedback.objects.filter(scope.rows, at__gt=since).values("guide__slug", "guide__title").order_by()
    rows = rows.annotate(
        answered=Count("pk"),
        good=Count("pk", filter=Q(helped=True)),
        open=Count("pk", filter=_OPEN),
        newest=Max("pk", filter=_OPEN),
        last=Max("at", filter=_OPEN),
        sides=ArrayAgg("side", filter=_OPEN, distinct=True, default=[]),
        places=ArrayAgg("authority__name", filter=_OPEN & Q(authority__isnull=False), distinct=True, default=[]),
    )
    return [
        Item(
            kind=Kind.NOT_HELPED,
            key=row["guide__slug"],
            title=row["guide__title"],
            weight=row["open"],
            until=str(row["newest"]),
            last_on=row["last"].astimezone(clock.COPENHAGEN).date(),
            answered=row["answered"],
            helped=row["good"],
            sides=_sides(row["sides"]),
            places=tuple(row["places"]),
        )
        for row in rows.filter(open__gt=0).order_by("-open")[:_MOST_OF_A_KIND]
    ]


def _missed(scope: Scope, since: datetime) -> list[Item]:
    rows = MissedSearch.objects.filter(scope.rows, done_at=None, on__gt=since.date()).values("asked").order_by()
    rows = rows.annotate(
        times=Sum("count"),
        newest=Max("on"),
        sides=ArrayAgg("side", distinct=True, default=[]),
        places=ArrayAgg("authority__name", filter=Q(authority__isnull=False), distinct=True, default=[]),
    )
    return [
        Item(
            kind=Kind.MISSED,
            key=row["asked"],
            title=row["asked"],
            weight=row["times"],
            until=row["newest"].isoformat(),
            last_on=row["newest"],
            sides=_sides(row["sides"]),
            places=tuple(row["places"]),
        )
        for row in rows.order_by("-times", "asked")[:_MOST_OF_A_KIND]
    ]


def _transferred(scope: Scope, since: datetime) -> list[Item]:
    units: dict[int, Counter[str]] = {}
    places: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TRANSFERRED, {"authorities": list(scope.authority_ids), "since": since})
        for guide_id, authority_id, unit, count in cursor.fetchall():
            units.setdefault(guide_id, Counter())[unit] += count
            places.setdefault(guide_id, set()).add(authority_id)
    if not units:
        return []
    names = dict(Authority.objects.filter(pk__in=set().union(*places.values())).values_list("pk", "name"))
    guides = Guide.objects.filter(pk__in=sorted(units, key=lambda pk: -units[pk].total())[:_MOST_OF_A_KIND])
    return [
        Item(
            kind=Kind.TRANSFERRED,
            key=guide.slug,
            title=guide.title,
            weight=units[guide.pk].total(),
            sides=(str(Side.EMPLOYEE.label),),
            places=tuple(sorted(names[pk] for pk in places[guide.pk])),
            units=tuple(units[guide.pk].most_common()),
        )
        for guide in guides
    ]


def _due(scope: Scope, since: datetime, own: Q) -> list[Item]:
    """Return the guides past their review; they weigh as much as their solution was opened meanwhile."""
    today = clock.today()
    of_scope = Q(openings__authority__in=scope.authority_ids)
    of_scope = of_scope | Q(openings__authority=None) if scope.has_common else of_scope
    of_scope &= Q(openings__on__gt=since.date())
    if scope.side:
        of_scope &= Q(openings__side=scope.side)
    guides = Guide.objects.filter(holding(today), own, published__review_on__lt=today)
    rows: Any = guides.annotate(opened=Sum("openings__count", filter=of_scope, default=0)).select_related("published")
    return [
        Item(Kind.DUE, guide.slug, guide.title, guide.opened, last_on=guide.published.review_on)
        for guide in rows.order_by("-opened", "published__review_on")[:_MOST_OF_A_KIND]
    ]


def _sides(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(Side(code).label) for code in sorted(codes))


def do_mark(kind: Kind, key: str, scope: Scope, *, until: str, now: datetime) -> datetime | None:
    """Mark an item as done, for rows up to `until`. Returns when its guide was looked at before (None: never, or it is no guide's).

    Raises ValueError for what cannot be marked: a kind that has an end of its own, an `until` that is none, a guide that is gone.
    """
    if kind is Kind.NOT_HELPED:
        Feedback.objects.filter(scope.rows, _OPEN, guide__slug=key, pk__lte=int(until)).update(done_at=now)
    elif kind is Kind.MISSED:
        day = date.fromisoformat(until)
        MissedSearch.objects.filter(scope.rows, asked=key, done_at=None, on__lte=day).update(done_at=now)
    elif kind is Kind.TRANSFERRED:
        guide = Guide.objects.select_for_update().filter(slug=key).first()
        if guide is None:
            raise ValueError(key)
        before = guide.looked_at
        Guide.objects.filter(pk=guide.pk).update(looked_at=now)
        return before
    else:
        raise ValueError(kind)
    return None


def do_unmark(kind: Kind, key: str, scope: Scope, *, at: datetime, before: datetime | None = None) -> None:
    """Take back what was marked as done at the instant `at`; `before` is what `do_mark` returned."""
    if kind is Kind.NOT_HELPED:
        Feedback.objects.filter(scope.rows, guide__slug=key, done_at=at).update(done_at=None)
    elif kind is Kind.MISSED:
        MissedSearch.objects.filter(scope.rows, asked=key, done_at=at).update(done_at=None)
    elif kind is Kind.TRANSFERRED:
        Guide.objects.filter(slug=key, looked_at=at).update(looked_at=before)
