"""An authority's own part of the site: whose it is, and the lines that are for its citizens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.http import Http404

from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock
from borgerlinje.lines import queries
from borgerlinje.lines.models import Line
from borgerlinje.portal.cards import Card, card

# So many lines of the whole site are shown at once.
MOST_SHOWN = 24


@dataclass
class Place:
    """The whole site (`authority` None), or an authority's own part of it, at an aware instant.

    What is said of a line costs a few queries, and is read when it is asked for, once.
    """

    authority: Authority | None
    at: datetime
    all_lines: list[Line]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines for these citizens: those with a number of their own first, then those common to all."""
        if self.authority is None:
            # Without an authority, a line's own numbers are those common to all.
            return sorted(self.all_lines, key=lambda line: self.is_cut and not self._has_own_number(line))
        ours = [line for line in self.all_lines if self._is_for(line)]
        return sorted(ours, key=lambda line: not self._has_own_number(line))

    @cached_property
    def cards(self) -> list[Card]:
        """What is said of each line; where all the country's are, of those that are common to all: a citizen chooses where they live first."""
        return self.cards_of(self.lines[:MOST_SHOWN] if self.is_cut else self.lines)

    @property
    def is_cut(self) -> bool:
        """Whether there are more lines on the whole site than anybody reads."""
        return self.authority is None and len(self.all_lines) > MOST_SHOWN

    @cached_property
    def main_card(self) -> Card | None:
        """What is said of the line that is named first; None where there is none."""
        first = next((line for line in self.lines if line.audience == Line.Audience.CITIZENS), None)
        return next(iter(self.cards_of([first] if first is not None else [])), None)

    def cards_of(self, lines: Sequence[Line]) -> list[Card]:
        """Return what is said of some of the lines."""
        loads = queries.loads([line.pk for line in lines], at=self.at)
        return [card(line, place=self.authority, at=self.at, load=loads.get(line.pk)) for line in lines]

    def for_audience(self, audience: str) -> list[Card]:
        """Return the cards of the lines for some people, as `Line.Audience` has them."""
        return [each for each in self.cards if each.line.audience == audience]

    def _is_for(self, line: Line) -> bool:
        return any(number.home_authority_id in {self._pk, None} for number in line.numbers.all())

    def _has_own_number(self, line: Line) -> bool:
        return any(number.home_authority_id == self._pk for number in line.numbers.all())

    @property
    def _pk(self) -> int | None:
        return self.authority.pk if self.authority else None


def everywhere() -> Place:
    """Return the whole site."""
    now = clock.now()
    return Place(None, now, _lines(now))


def place(code: str) -> Place:
    """Return an authority's part of the site, the whole site for an empty code. Raises Http404 for one that takes no part today."""
    if not code:
        return everywhere()
    today = clock.today()
    authority = Authority.objects.select_related("face").filter(code=code).first()
    if authority is None:
        raise Http404
    now = clock.now()
    lines = _lines(now)
    holds = Q(from_on__lte=today) & (Q(to_on__isnull=True) | Q(to_on__gt=today))
    takes_part = authority in queries.home_authorities(lines) or any(line.owner_id == authority.pk for line in lines)
    if not takes_part and not authority.memberships.filter(holds).exists():
        raise Http404
    return Place(authority, now, lines)


def chosen(found: Place, code: str | None) -> Place:
    """Return the part of the authority that a citizen has chosen among those of `found`; `found` itself for any other code."""
    authority = next((each for each in authorities(found.all_lines) if each.code == code), None)
    return Place(authority, found.at, found.all_lines) if authority else found


def authorities(lines: Iterable[Line]) -> list[Authority]:
    """Return the authorities a citizen can choose, by name: those with a number of their own."""
    return queries.home_authorities(lines)


def _lines(now: datetime) -> list[Line]:
    return [line for line in queries.open_lines(around=now) if line.numbers.all()]
