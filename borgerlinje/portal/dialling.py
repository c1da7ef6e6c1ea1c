"""Which of a line's numbers a citizen is shown: a line for a whole country has one for each authority, and a page shows one or two."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db.models import Q

from borgerlinje.cooperation.models import Authority
from borgerlinje.lines.models import Line, LineNumber


class Number(NamedTuple):
    """A line's number, and whose citizens it is for (None: anybody's)."""

    digits: str
    home_authority_id: int | None
    is_main: bool


def numbers_of(line_ids: Iterable[int], place: Authority | None) -> Mapping[int, list[Number]]:
    """Return by line the numbers to choose from for citizens of `place` (None: for anybody); two queries at most."""
    ids = set(line_ids)
    found = _numbers(ids, Q(home_authority=None) | Q(home_authority=place))
    # Only a line that no number is common to shows a stranger somebody else's.
    return {**found, **_numbers(ids - found.keys(), Q())}


def numbers_here(line: Line, place: Authority | None) -> list[Number]:
    """Return one line's numbers to choose from; no query where the line has them already."""
    if "numbers" in getattr(line, "_prefetched_objects_cache", {}):
        return [Number(each.digits, each.home_authority_id, each.is_main) for each in line.numbers.all()]
    return numbers_of([line.pk], place)[line.pk]


def digits_for(numbers: Collection[Number], place: Authority | None) -> list[str]:
    """Return the numbers to show, the one to call first: the place's own, else those common to all."""
    own = [number for number in numbers if place is not None and number.home_authority_id == place.pk]
    common = [number for number in numbers if number.home_authority_id is None]
    # A number that belongs to one place is never shown to the citizens of another, unless the line has no other at all.
    chosen = own or common or sorted(numbers, key=_rank)[:1]
    return [number.digits for number in sorted(chosen, key=_rank)]


def _numbers(line_ids: Collection[int], whose: Q) -> dict[int, list[Number]]:
    found: dict[int, list[Number]] = defaultdict(list)
    rows = LineNumber.objects.filter(whose, line__in=line_ids).order_by().values_list("line_id", *Number._fields)
    for line_id, *values in rows if line_ids else ():
        found[line_id].append(Number(*values))
    return found


def _rank(number: Number) -> tuple[bool, str]:
    return not number.is_main, number.digits
