"""The lines a person answers for, as they are now: a page of them at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Page, Paginator

from borgerlinje.lines import queries
from borgerlinje.lines.expected_wait import Flow
from borgerlinje.lines.models import Line
from borgerlinje.portal.cards import Card, card
from borgerlinje.portal.dialling import numbers_of

SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class LinesNow:
    """One page of the lines: what is said of each, and how busy it is."""

    page: "Page[int]"
    cards: Sequence[tuple[Card, Flow]]

    @property
    def is_cut(self) -> bool:
        """Whether there are more lines than one page shows; then those on which somebody waits stand first."""
        return self.page.has_other_pages()


def lines_now(owner_ids: Iterable[int], *, at: datetime, side: str | None) -> LinesNow:
    """Return a page of the lines that some authorities own, by name. How busy they are is asked of all in one question."""
    # A line without a number reaches nobody.
    found = queries.shown_lines().filter(owner__in=list(owner_ids), numbers__isnull=False).distinct()
    ids = list(found.order_by("name", "pk").values_list("pk", flat=True))
    busy = queries.loads(ids, at=at) if ids else {}
    if len(ids) > SHOWN:
        ids.sort(key=lambda pk: (-busy[pk].waiting, -busy[pk].longest_wait_seconds))
    page = Paginator(ids, SHOWN).get_page(side)
    chosen = list(page)
    lines = {line.pk: line for line in queries.with_hours(Line.objects.filter(pk__in=chosen), around=at)}
    numbers = numbers_of(chosen, None)
    cards = [card(lines[pk], place=None, at=at, load=busy[pk], numbers_of_line=numbers[pk]) for pk in chosen]
    return LinesNow(page, [(each, busy[each.line.pk]) for each in cards])
