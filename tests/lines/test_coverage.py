"""Who answers when: each minute and each hour has exactly one answer, whatever the openings are."""

from datetime import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines.coverage import Answer, Day, Run, day_of, total
from borgerlinje.lines.hours import Span
from borgerlinje.lines.spans import minute_of, minute_of_closing

# Drawn as a first minute and a length, so that none has to be thrown away.
_ENDS = st.integers(0, 24 * 60 - 1).flatmap(lambda first: st.tuples(st.just(first), st.integers(first + 1, 24 * 60)))
# Openings that may overlap, touch and hold one another, as those of several lines do.
OPENINGS = st.lists(_ENDS.map(lambda ends: (_time(ends[0]), _time(ends[1]))), max_size=5)


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def _is_open(spans: list[Span], minute: int) -> bool:
    return any(minute_of(opens) <= minute < minute_of_closing(closes) for opens, closes in spans)


def _answers(day: Day) -> list[Answer]:
    return [run.answer for run in day.runs for _ in range(run.from_minute, run.to_minute)]


@given(OPENINGS, OPENINGS)
def test_each_minute_has_exactly_the_answer_of_the_openings(own: list[Span], centre: list[Span]) -> None:
    found = _answers(day_of(own, centre))
    assert len(found) == 24 * 60
    for minute, answer in enumerate(found):
        expected = Answer.OWN if _is_open(own, minute) else Answer.CENTRE if _is_open(centre, minute) else Answer.NOBODY
        assert answer == expected


@given(OPENINGS, OPENINGS)
def test_each_hour_is_exactly_one_of_the_three(own: list[Span], centre: list[Span]) -> None:
    day = day_of(own, centre)
    minutes = _answers(day)
    assert len(day.hours) == 24
    for at, hour in enumerate(day.hours):
        within = minutes[at * 60 : at * 60 + 60]
        assert sum(hour.minutes.values()) == 60
        assert {each: within.count(each) for each in Answer} == dict(hour.minutes)
        assert within.count(hour.answer) == max(hour.minutes.values())
        assert hour.is_whole == (len(set(within)) == 1)


@given(st.lists(st.tuples(OPENINGS, OPENINGS), max_size=7))
def test_totals_are_all_the_minutes_there_are(week: list[tuple[list[Span], list[Span]]]) -> None:
    days = [day_of(own, centre) for own, centre in week]
    assert sum(total(days).values()) == len(days) * 24 * 60


@given(OPENINGS, OPENINGS)
def test_neighbouring_runs_differ_and_leave_no_gap(own: list[Span], centre: list[Span]) -> None:
    runs = day_of(own, centre).runs
    assert (runs[0].from_minute, runs[-1].to_minute) == (0, 24 * 60)
    for first, second in pairwise(runs):
        assert first.to_minute == second.from_minute
        assert first.answer != second.answer


def test_centre_answers_around_the_switchboard() -> None:
    day = day_of([(time(9), time(15, 30))], [(time(8), time(21))])
    assert list(day.runs) == [
        Run(0, 480, Answer.NOBODY),
        Run(480, 540, Answer.CENTRE),
        Run(540, 930, Answer.OWN),
        Run(930, 1260, Answer.CENTRE),
        Run(1260, 1440, Answer.NOBODY),
    ]
    half = day.hours[15]
    assert half.minutes == {Answer.OWN: 30, Answer.CENTRE: 30, Answer.NOBODY: 0}
    # Shared evenly, it counts as the weaker: the map promises no more than there is.
    assert half.answer == Answer.CENTRE
    assert not half.is_whole


def test_day_without_openings_is_nobodys() -> None:
    assert day_of((), ()).runs == (Run(0, 1440, Answer.NOBODY),)
