"""Who answers a member's citizens at each hour of a week: the authority's own switchboard, the centre, nobody. Pure.

Hours are local hours of the clock on the wall, 24 a day also on the days on which it is turned. Where both the switchboard and the centre
are open, the switchboard answers: the centre is there for the hours outside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

from borgerlinje.lines.hours import Span
from borgerlinje.lines.spans import minute_of, minute_of_closing

HOURS: Final = 24
_HOUR: Final = 60
_DAY: Final = HOURS * _HOUR


class Answer(IntEnum):
    """Who answers; the smaller is the weaker, and stands for an hour that is shared evenly."""

    NOBODY = 0
    CENTRE = 1
    OWN = 2


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a day: for how many of its 60 minutes each answers. `answer` is who does for the most of it."""

    minutes: Mapping[Answer, int]

    @property
    def answer(self) -> Answer:
        """The one answer that the hour counts as."""
        return max(Answer, key=lambda each: (self.minutes[each], -each))

    @property
    def is_whole(self) -> bool:
        """Whether nobody else answers for a part of it."""
        return self.minutes[self.answer] == _HOUR


@dataclass(frozen=True, slots=True)
class Run:
    """Minutes [from_minute, to_minute) of a day in which the same one answers."""

    from_minute: int
    to_minute: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Day:
    """A day from midnight to midnight as runs without a gap, neighbours with different answers."""

    runs: Sequence[Run]

    def minutes(self, answer: Answer) -> int:
        """Return for how many minutes of the day somebody answers."""
        return sum(run.to_minute - run.from_minute for run in self.runs if run.answer == answer)

    @property
    def hours(self) -> list[Hour]:
        """The day's 24 hours."""
        return [Hour(self._within(first, first + _HOUR)) for first in range(0, _DAY, _HOUR)]

    def _within(self, first: int, last: int) -> dict[Answer, int]:
        found = dict.fromkeys(Answer, 0)
        for run in self.runs:
            found[run.answer] += max(0, min(last, run.to_minute) - max(first, run.from_minute))
        return found


def day_of(own: Iterable[Span], centre: Iterable[Span]) -> Day:
    """Return who answers when, given the switchboard's openings of a day and those of all the centre's lines; they may overlap."""
    spans = {Answer.OWN: [_minutes(each) for each in own], Answer.CENTRE: [_minutes(each) for each in centre]}
    ends = {0, _DAY, *(end for each in spans.values() for span in each for end in span)}
    runs: list[Run] = []
    for first, last in pairwise(sorted(ends)):
        answer = _at(first, spans)
        if runs and runs[-1].answer == answer:
            runs[-1] = Run(runs[-1].from_minute, last, answer)
        else:
            runs.append(Run(first, last, answer))
    return Day(tuple(runs))


def total(days: Iterable[Day]) -> dict[Answer, int]:
    """Return for how many minutes of some days each answers."""
    found = dict.fromkeys(Answer, 0)
    for day in days:
        for answer in Answer:
            found[answer] += day.minutes(answer)
    return found


def _at(minute: int, spans: Mapping[Answer, Iterable[tuple[int, int]]]) -> Answer:
    for answer in (Answer.OWN, Answer.CENTRE):
        if any(first <= minute < last for first, last in spans[answer]):
            return answer
    return Answer.NOBODY


def _minutes(span: Span) -> tuple[int, int]:
    return minute_of(span[0]), minute_of_closing(span[1])
