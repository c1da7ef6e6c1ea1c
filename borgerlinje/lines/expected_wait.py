"""How long a citizen will wait, no more exactly than is known. Pure: what the last half hour was like in, words out.

Those in front are taken one after another, at the rate at which the people at work get through their calls, or at which calls were
answered. The interval holds the middle half of what then happens, wider the fewer stand in front and the fewer calls it is known from
(the times between calls as a Poisson process: Cooper, *Introduction to Queueing Theory*, 1981, ch. 2). Where it would be so wide
that it says nothing, nothing is said. The words are few and whole sentences, so that each can be spoken beforehand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Final

WINDOW_SECONDS: Final = 1800
FEWEST_ANSWERED: Final = 5
# The minutes there are words for.
SCALE: Final = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60)
# From here on it is honest to say »at least«.
_LONG: Final = 20
_USUAL: Final = 15
_MINUTE: Final = 60.0
# The middle half of a normal distribution lies within so many standard deviations.
_MIDDLE_HALF: Final = 0.67
_WIDEST_STEPS: Final = 2
# So far beside a point of the scale one may still be called by its name.
_TOLERANCE: Final = 1.15


@dataclass(frozen=True, slots=True)
class Flow:
    """A line now, and in the last half hour.

    `waiting` citizens wait on the line, the first for `longest_wait_seconds`, and `pool_waiting` on all lines of its centre;
    `ready` and `busy` are the people who can take the line. What they did on all lines: so many contacts `answered` and `abandoned`, and
    `handling_seconds` for each, with its after-call work (None: not known).
    """

    waiting: int = 0
    longest_wait_seconds: float = 0.0
    ready: int = 0
    busy: int = 0
    pool_waiting: int = 0
    answered: int = 0
    abandoned: int = 0
    handling_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Half of all citizens in that place wait between these."""

    low_seconds: float
    high_seconds: float


@dataclass(frozen=True, slots=True)
class Span:
    """An estimate in words' own minutes, both of `SCALE`: `least` 0 is »up to«, `most` None is »at least«; 0 and 1 are under a minute."""

    least: int
    most: int | None


NO_WAIT: Final = Estimate(0.0, 0.0)


def newcomer(flow: Flow) -> Estimate | None:
    """Return what somebody who calls now will wait; None when there is nothing honest to say."""
    return estimate(flow.waiting + 1, flow, pool_place=flow.pool_waiting + 1)


def estimate(place: int, flow: Flow, *, pool_place: int = 0) -> Estimate | None:
    """Return how long the citizen in that place of the line, counted from 1, will wait from now; None when too little is known.

    `pool_place` counts those in front on the centre's other lines too: they may all be taken first, or none of them. Never less than
    the queue proves: whoever comes last waits as long as the first has waited already, and so in proportion.
    """
    if flow.waiting == 0 and flow.ready > 0:
        return NO_WAIT
    rates = _rates(flow)
    if rates is None:
        return None
    slow, fast = rates
    floor = flow.longest_wait_seconds * min(1.0, place / (flow.waiting + 1))
    low = place / fast * max(0.0, 1 - _noise(place, flow))
    last = max(place, pool_place)
    high = last / slow * (1 + _noise(last, flow))
    return Estimate(max(low, floor), max(high, floor))


def _noise(place: int, flow: Flow) -> float:
    return _MIDDLE_HALF * sqrt(1 / place + 1 / max(flow.answered, 1))


def _rates(flow: Flow) -> tuple[float, float] | None:
    """Return how many are taken a second at least and at most; None when too little is known of it."""
    at_work = flow.ready + flow.busy
    if not at_work or flow.answered < FEWEST_ANSWERED:
        return None
    seen = flow.answered / WINDOW_SECONDS
    able = at_work / flow.handling_seconds if flow.handling_seconds else seen
    # Who gives up makes room too, but nobody is promised that.
    return able, max(seen, able) + flow.abandoned / WINDOW_SECONDS


def span(estimate: Estimate | None) -> Span | None:
    """Return an estimate rounded to what there are words for; None when it is none, or too wide to say anything."""
    if estimate is None:
        return None
    low, high = estimate.low_seconds / _MINUTE, estimate.high_seconds / _MINUTE
    if high <= SCALE[0]:
        return Span(0, SCALE[0])
    least = max((point for point in SCALE if point <= low * _TOLERANCE), default=0)
    most = min((point for point in SCALE if point * _TOLERANCE >= high), default=None)
    if most is None:
        return Span(least, None) if least >= _LONG else None
    if least == 0:
        return Span(0, max(most, SCALE[1])) if most <= _USUAL else None
    if SCALE.index(most) - SCALE.index(least) > _WIDEST_STEPS:
        return None
    return Span(min(least, most), most)


def spans() -> Iterator[Span]:
    """Yield everything `span` can return."""
    yield Span(0, SCALE[0])
    yield from (Span(0, point) for point in SCALE[1:] if point <= _USUAL)
    yield from (Span(point, point) for point in SCALE)
    yield from (Span(*pair) for pair in pairwise(SCALE))
    yield from (Span(*pair) for pair in zip(SCALE, SCALE[_WIDEST_STEPS:], strict=False))
    yield from (Span(point, None) for point in SCALE if point >= _LONG)


def usual_sentences(language: str) -> Iterator[str]:
    """Yield the sentences that are often said, to be spoken beforehand; a rarer one is spoken when it is wanted."""
    yield sentence(None, language)
    yield from (sentence(each, language) for each in spans() if each.most is not None and each.most <= _USUAL)


def words(span: Span, language: str) -> str:
    """Return a span as part of a sentence: »mellem fem og ti minutter«."""
    tongue = _TONGUES.get(language, _DANISH)
    if span.most == SCALE[0] and span.least == 0:
        return tongue.under
    if span.least == 0:
        return tongue.up_to.format(tongue.minutes(span.most))
    if span.most is None:
        return tongue.at_least.format(tongue.minutes(span.least))
    if span.least == span.most:
        return tongue.about.format(tongue.minutes(span.most))
    return tongue.between.format(tongue.numbers[span.least], tongue.minutes(span.most))


def sentence(span: Span | None, language: str) -> str:
    """Return what a waiting citizen is told."""
    tongue = _TONGUES.get(language, _DANISH)
    return tongue.unknown if span is None else tongue.wait.format(words(span, language))


@dataclass(frozen=True, slots=True)
class _Tongue:
    wait: str
    unknown: str
    under: str
    up_to: str
    about: str
    between: str
    at_least: str
    one: str
    many: str
    numbers: dict[int, str]

    def minutes(self, count: int | None) -> str:
        return self.one if count == 1 else self.many.format(self.numbers[count or 0])


def _numbers(text: str) -> dict[int, str]:
    return dict(zip(SCALE, text.split(), strict=True))


_DANISH: Final = _Tongue(
    wait="Ventetiden er {}.",
    unknown="Vi kan ikke sige, hvor længe du kommer til at vente.",
    under="mindre end et minut",
    up_to="op til {}",
    about="omkring {}",
    between="mellem {} og {}",
    at_least="mindst {}",
    one="et minut",
    many="{} minutter",
    numbers=_numbers("et to tre fem syv ti femten tyve tredive femogfyrre tres"),
)
_ENGLISH: Final = _Tongue(
    wait="The wait is {}.",
    unknown="We cannot say how long you will wait.",
    under="less than a minute",
    up_to="up to {}",
    about="about {}",
    between="between {} and {}",
    at_least="at least {}",
    one="one minute",
    many="{} minutes",
    numbers=_numbers("one two three five seven ten fifteen twenty thirty forty-five sixty"),
)
_TONGUES: Final = {"da": _DANISH, "en": _ENGLISH}
