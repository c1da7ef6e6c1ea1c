"""How a notice will look and sound before it goes out: on the citizens' pages, at the desk and on the telephone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from borgerlinje.lines import news
from borgerlinje.lines.models import Line, Notice
from borgerlinje.lines.news import News
from borgerlinje.lines.notices import lines_of

# As the citizens' pages name it: its kind, the text, and the language the text is in.
Told = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text the telephone says; `is_this` marks the notice that is looked at."""

    text: str
    language: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What the page shows: the texts in the order they come, those of other news that hold when this one begins among them."""

    notice: Notice
    lines: Sequence[Line]
    begins_now: bool
    said: Sequence[tuple[str, Sequence[Sentence]]]
    shown: Sequence[tuple[str, Sequence[Told]]]

    @property
    def desk(self) -> Sequence[Notice]:
        """What employees see beside their own work: the notice, whether it is said and shown or not."""
        return [self.notice]


def preview_of(notice: Notice, *, instead_of: Notice | None, now: datetime) -> Preview:
    """Return the preview of a notice that is not stored, in place of one that is (None: it is new)."""
    begins, lines, this = max(notice.from_at, now), lines_of(notice), _news(notice)
    old = _news(instead_of) if instead_of is not None else None
    ids = [line.pk for line in lines]
    said = _with(this, news.said(begins), ids, begins, without=old)
    shown = _with(this, news.shown(begins), ids, begins, without=old)
    return Preview(
        notice=notice,
        lines=lines,
        begins_now=notice.from_at <= now,
        said=[
            (
                language,
                [Sentence(each.in_language(language), each.language_of(language), each == this) for each in said],
            )
            for language in ("da", "en")
        ],
        shown=[
            (language, [(each.kind, each.in_language(language), each.language_of(language)) for each in shown])
            for language in ("da", "en")
        ],
    )


def _with(
    this: News,
    told: Mapping[int, Sequence[News]],
    line_ids: Sequence[int],
    at: datetime,
    *,
    without: News | None,
) -> list[News]:
    others = [each for each in news.once({key: tuple(of) for key, of in told.items()}, line_ids) if each.holds(at)]
    return news.once({0: (this, *(each for each in others if each != without))}, [0])


def _news(notice: Notice) -> News:
    return News(notice.kind, notice.text, notice.text_en or notice.text, notice.from_at, notice.to_at)
