"""An authority's own part of the site: whose it is, and the lines that are for its citizens.

A country has hundreds of lines, and a page shows a few. So what chooses among them is read of all, in one row for each; what is said of
a line (its hours, its wait) is read of those that are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from borgerlinje.cooperation.models import Authority, Membership
from borgerlinje.kit import clock
from borgerlinje.lines import queries
from borgerlinje.lines.models import Line, LineNumber
from borgerlinje.lines.numbers import display
from borgerlinje.portal.cards import Card, card
from borgerlinje.portal.dialling import digits_for, numbers_of

# So many lines are shown at once with all that is said of them.
MOST_SHOWN = 24


class Outline(NamedTuple):
    """A line in one row: what tells who it is for and what it helps with. `has_own`: it has a number of the place's own."""

    pk: int
    name: str
    audience: str
    skill_id: int | None
    is_demo: bool
    recording_purpose: str
    recording_days: int
    voicemail_days: int
    has_own: bool


@dataclass
class Place:
    """The whole site (`authority` None), or an authority's own part of it, at an aware instant. Everything is read when asked for, once."""

    authority: Authority | None
    at: datetime

    @cached_property
    def lines(self) -> list[Outline]:
        """The lines for these citizens: those with a number of their own first, then those common to all."""
        whose = Q() if self.authority is None else Q(home_authority=self.authority) | Q(home_authority=None)
        # Without an authority, a line's own numbers are those common to all.
        own = _number(Q(home_authority=self.authority))
        found = queries.shown_lines().filter(_number(whose)).annotate(has_own=own)
        lines = [Outline(*row) for row in found.order_by("name", "pk").values_list(*Outline._fields)]
        if self.authority is None and len(lines) <= MOST_SHOWN:
            return lines
        return sorted(lines, key=lambda line: not line.has_own)

    @cached_property
    def cards(self) -> list[Card]:
        """What is said of the first lines; where all the country's are, of those that are common to all: a citizen chooses where they live first."""
        return self.cards_of(self.lines[:MOST_SHOWN])

    @property
    def is_cut(self) -> bool:
        """Whether there are more lines on the whole site than anybody reads."""
        return self.authority is None and len(self.lines) > MOST_SHOWN

    @cached_property
    def more(self) -> list[tuple[str, str]]:
        """The lines of an authority's own part that its cards leave out: each with the number to call, and what is written of it."""
        left_out = [] if self.authority is None else self.lines[MOST_SHOWN:]
        numbers = numbers_of([line.pk for line in left_out], self.authority)
        digits = {pk: digits_for(several, self.authority)[0] for pk, several in numbers.items()}
        mark = " (" + _("Demo") + ")"
        return [
            (digits[line.pk], f"{line.name}: {display(digits[line.pk])}{mark if line.is_demo else ''}")
            for line in left_out
            if line.pk in digits
        ]

    @cached_property
    def main_card(self) -> Card | None:
        """What is said of the line that is named first; None where there is none."""
        first = next((line for line in self.lines if line.audience == Line.Audience.CITIZENS), None)
        return next(iter(self.cards_of([first] if first is not None else [])), None)

    def cards_of(self, lines: Sequence[Outline]) -> list[Card]:
        """Return what is said of some of the lines; nothing of one that has lost its numbers meanwhile."""
        if not lines:
            return []
        ids = [line.pk for line in lines]
        found = {line.pk: line for line in queries.with_hours(Line.objects.filter(pk__in=ids), around=self.at)}
        numbers = numbers_of(ids, self.authority)
        still = [pk for pk in ids if pk in found and pk in numbers]
        # Nobody is told of a wait on a closed line.
        busy = [pk for pk in still if queries.line_status(found[pk], at=self.at).is_open]
        loads = queries.loads(busy, at=self.at) if busy else {}
        return [
            card(found[pk], place=self.authority, at=self.at, load=loads.get(pk), numbers_of_line=numbers[pk])
            for pk in still
        ]

    def for_audience(self, audience: str) -> list[Card]:
        """Return the cards of the lines for some people, as `Line.Audience` has them."""
        return [each for each in self.cards if each.line.audience == audience]

    @cached_property
    def choices(self) -> list[Authority]:
        """The authorities a citizen can choose, by name: those with a number of their own. None where one is chosen."""
        return [] if self.authority else list(_choices())


def everywhere() -> Place:
    """Return the whole site."""
    return Place(None, clock.now())


def place(code: str) -> Place:
    """Return an authority's part of the site, the whole site for an empty code. Raises Http404 for one that takes no part today."""
    if not code:
        return everywhere()
    owns = queries.shown_lines().filter(_number(Q()), owner=OuterRef("pk"))
    takes_part = Exists(_own_numbers()) | Exists(owns) | Exists(_memberships(clock.today()))
    authority = Authority.objects.select_related("face").filter(takes_part, code=code).first()
    if authority is None:
        raise Http404
    return Place(authority, clock.now())


def chosen(found: Place, code: str | None) -> Place:
    """Return the part of the authority that a citizen has chosen among those of `found`; `found` itself for any other code."""
    authority = _choices().select_related("face").filter(code=code).first() if code else None
    return Place(authority, found.at) if authority else found


def _choices() -> QuerySet[Authority]:
    return Authority.objects.filter(Exists(_own_numbers()))


def _number(whose: Q) -> Exists:
    """Return whether a line has such a number."""
    return Exists(LineNumber.objects.filter(whose, line=OuterRef("pk")))


def _own_numbers() -> QuerySet[LineNumber]:
    """Return an authority's own numbers on lines that are shown."""
    return LineNumber.objects.filter(home_authority=OuterRef("pk"), line__in=queries.shown_lines())


def _memberships(today: date) -> QuerySet[Membership]:
    holds = Q(from_on__lte=today) & (Q(to_on__isnull=True) | Q(to_on__gt=today))
    return Membership.objects.filter(holds, authority=OuterRef("pk"))
