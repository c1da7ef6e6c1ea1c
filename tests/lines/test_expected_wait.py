from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines.expected_wait import (
    FEWEST_ANSWERED,
    NO_WAIT,
    SCALE,
    Estimate,
    Flow,
    Span,
    estimate,
    newcomer,
    sentence,
    span,
    spans,
    usual_sentences,
    words,
)

counts = st.integers(0, 400)
flows = st.builds(
    Flow,
    waiting=counts,
    longest_wait_seconds=st.floats(0, 7200),
    ready=st.integers(0, 20),
    busy=st.integers(0, 100),
    pool_waiting=counts,
    answered=counts,
    abandoned=counts,
    handling_seconds=st.none() | st.floats(5, 3600),
)
BUSY = Flow(waiting=4, longest_wait_seconds=120, busy=5, answered=25, handling_seconds=300)


@given(flows, st.integers(1, 400))
def test_who_stands_further_back_never_waits_less(flow: Flow, place: int) -> None:
    here, behind = estimate(place, flow), estimate(place + 1, flow)
    assert (here is None) == (behind is None)
    if here and behind:
        assert here.low_seconds <= behind.low_seconds
        assert here.high_seconds <= behind.high_seconds


@given(flows, st.integers(1, 400))
def test_low_is_never_above_high(flow: Flow, place: int) -> None:
    found = estimate(place, flow)
    assert found is None or 0 <= found.low_seconds <= found.high_seconds


@given(flows)
def test_whoever_comes_last_is_never_told_less_than_the_first_has_waited(flow: Flow) -> None:
    found = newcomer(flow)
    if found is None or flow.waiting == 0:
        return
    assert found.low_seconds >= flow.longest_wait_seconds
    said = span(found)
    if said is not None and said.most is not None:
        assert said.most * 60 * 1.15 >= flow.longest_wait_seconds


@given(flows, st.integers(1, 400))
def test_whatever_is_said_can_be_spoken_beforehand_and_holds_the_estimate(flow: Flow, place: int) -> None:
    found = estimate(place, flow)
    said = span(found)
    if said is None:
        return
    assert said in set(spans())
    assert found is not None
    assert said.least * 60 <= found.low_seconds * 1.15
    assert said.most is None or said.most * 60 * 1.15 >= found.high_seconds


@given(flows)
def test_more_people_at_work_never_make_it_longer(flow: Flow) -> None:
    fewer, more = replace(flow, ready=0), replace(flow, ready=0, busy=flow.busy + 1)
    before, after = estimate(3, fewer), estimate(3, more)
    if before and after:
        assert after.high_seconds <= before.high_seconds


def test_nobody_waits_and_somebody_is_ready_means_no_wait() -> None:
    assert newcomer(Flow(ready=1)) == NO_WAIT
    assert words(span(NO_WAIT) or Span(9, 9), "da") == "mindre end et minut"


@pytest.mark.parametrize(
    "flow",
    [
        Flow(waiting=3, longest_wait_seconds=60, busy=2),
        Flow(waiting=3, longest_wait_seconds=60, busy=2, answered=FEWEST_ANSWERED - 1, handling_seconds=120),
        Flow(waiting=3, longest_wait_seconds=60, answered=40, handling_seconds=120),
    ],
    ids=["nothing known", "too few answered", "nobody at work any more"],
)
def test_nothing_is_said_when_too_little_is_known(flow: Flow) -> None:
    assert estimate(1, flow) is None
    assert sentence(span(estimate(1, flow)), "da") == "Vi kan ikke sige, hvor længe du kommer til at vente."


def test_five_people_with_calls_of_five_minutes_take_one_a_minute() -> None:
    found = newcomer(BUSY)
    assert found is not None
    assert found.low_seconds < 5 * 60 < found.high_seconds
    assert sentence(span(found), "da") == "Ventetiden er mellem tre og syv minutter."


def test_those_who_wait_on_other_lines_may_come_first_and_may_not() -> None:
    alone, shared = estimate(2, BUSY), estimate(2, BUSY, pool_place=10)
    assert alone is not None
    assert shared is not None
    assert shared.low_seconds == alone.low_seconds
    assert shared.high_seconds > 2 * alone.high_seconds


def test_an_estimate_too_wide_to_help_is_not_said() -> None:
    assert span(Estimate(61, 3000)) is None
    assert span(Estimate(0, 1900)) is None


@pytest.mark.parametrize(
    ("low", "high", "danish", "english"),
    [
        (0, 59, "mindre end et minut", "less than a minute"),
        (0, 61, "op til to minutter", "up to two minutes"),
        (10, 280, "op til fem minutter", "up to five minutes"),
        (55, 65, "omkring et minut", "about one minute"),
        (280, 310, "omkring fem minutter", "about five minutes"),
        (300, 600, "mellem fem og ti minutter", "between five and ten minutes"),
        (1500, 9000, "mindst tyve minutter", "at least twenty minutes"),
    ],
)
def test_an_estimate_is_said_in_round_words(low: float, high: float, danish: str, english: str) -> None:
    found = span(Estimate(low, high))
    assert found is not None
    assert words(found, "da") == danish
    assert words(found, "en") == english


def test_every_sentence_is_its_own_and_few_are_spoken_beforehand() -> None:
    for language in ("da", "en"):
        everything = [sentence(each, language) for each in spans()]
        assert len(everything) == len(set(everything))
        assert set(usual_sentences(language)) <= {*everything, sentence(None, language)}
        assert len(list(usual_sentences(language))) < 35
    assert tuple(sorted(SCALE)) == SCALE
