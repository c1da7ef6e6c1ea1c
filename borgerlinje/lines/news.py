"""What everybody is told first, on the telephone and on the citizens' pages: a crisis, an outage, then other news."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Q, QuerySet

from borgerlinje.lines.crisis import centres_of
from borgerlinje.lines.models import Crisis, CrisisLine, Line, Notice

CRISIS = "crisis"
_ORDER = {CRISIS: 0, Notice.Kind.OUTAGE.value: 1, Notice.Kind.NEWS.value: 2}


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell, in [from_at, to_at); `kind` is "crisis" or a kind of notice, `text_en` the Danish text where there is no other."""

    kind: str
    text: str
    text_en: str
    from_at: datetime
    to_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether it is to be told at an aware instant."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)

    def in_language(self, language: str) -> str:
        """Return the text for who chose `language`: the Danish one for every other than English."""
        return self.text_en if language == "en" else self.text

    def language_of(self, language: str) -> str:
        """Return which language `in_language` answers in, for a page that says so."""
        return "en" if language == "en" and self.text_en != self.text else "da"


def said(at: datetime) -> Mapping[int, tuple[News, ...]]:
    """Return, by line, what the telephone says first: what holds at an aware instant, or will some time; three queries at most.

    Who keeps it asks `News.holds` when a call comes.
    """
    crises = [
        (part.line_id, _of_crisis(part.crisis, part.crisis.announcement, part.crisis.announcement_en))
        for part in _running()
    ]
    return _in_order(crises, Notice.objects.filter(_not_over(at), is_said=True))


def shown(at: datetime) -> Mapping[int, tuple[News, ...]]:
    """Return, by line, what the citizens' pages show at an aware instant; three queries at most."""
    crises = [(part.line_id, _of_crisis(part.crisis, part.crisis.banner)) for part in _running()]
    return _in_order(crises, Notice.objects.filter(_not_over(at), from_at__lte=at, is_shown=True))


def for_desk(employee_id: int, *, at: datetime, **also: Exists) -> list[Notice]:
    """Return the notices that hold at an aware instant where an employee answers, outages first; one query.

    `also` is what the query answers besides, on every notice by that name: for who asks anyway.
    """
    holding = Notice.objects.filter(_not_over(at), from_at__lte=at, centre__in=centres_of(employee_id, at=at))
    told = holding.select_related("line").annotate(**also)
    return sorted(told, key=lambda notice: (_ORDER[notice.kind], notice.from_at))


def once(news: Mapping[int, tuple[News, ...]], line_ids: Iterable[int]) -> list[News]:
    """Return the news of these lines together, in order, each once."""
    found = {each: None for line_id in line_ids for each in news.get(line_id, ())}
    return sorted(found, key=_rank)


def _running() -> QuerySet[CrisisLine]:
    return CrisisLine.objects.filter(crisis__ended_at__isnull=True).select_related("crisis")


def _of_crisis(crisis: Crisis, text: str, text_en: str = "") -> News:
    return News(CRISIS, text, text_en or text, crisis.started_at)


def _not_over(at: datetime) -> Q:
    return Q(to_at__isnull=True) | Q(to_at__gt=at)


def _in_order(crises: Iterable[tuple[int, News]], notices: Iterable[Notice]) -> dict[int, tuple[News, ...]]:
    found: dict[int, list[News]] = defaultdict(list)
    for line_id, news in crises:
        if news.text:
            found[line_id].append(news)
    notices = list(notices)
    of_whole_centres = {each.centre_id for each in notices if each.line_id is None}
    lines: dict[int, list[int]] = defaultdict(list)
    if of_whole_centres:
        for line_id, centre_id in Line.objects.filter(centre__in=of_whole_centres).values_list("pk", "centre_id"):
            lines[centre_id].append(line_id)
    for each in notices:
        news = News(each.kind, each.text, each.text_en or each.text, each.from_at, each.to_at)
        for line_id in lines[each.centre_id] if each.line_id is None else (each.line_id,):
            found[line_id].append(news)
    return {line_id: tuple(sorted(several, key=_rank)) for line_id, several in found.items()}


def _rank(news: News) -> tuple[int, datetime, str]:
    return _ORDER[news.kind], news.from_at, news.text
