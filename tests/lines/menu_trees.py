"""Menus of every shape, for property-based tests."""

from datetime import date, time

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from borgerlinje.lines.menus import Action, Branch, Choice, Condition, Kind, Menu, Node, Patience, Saying

# Whole menus take their time to be made.
SOME = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
sayings = st.builds(Saying, texts, st.none() | st.integers(1, 9))
times = st.none() | st.builds(time, st.integers(0, 23), st.sampled_from([0, 30, 59]))
dates = st.none() | st.dates(date(2026, 1, 1), date(2028, 12, 31))
conditions = st.builds(
    Condition,
    st.frozensets(st.integers(0, 6)),
    times,
    times,
    dates,
    dates,
    st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
)
ends = st.builds(Action, st.sampled_from([kind for kind in Kind if kind is not Kind.MENU]), texts, st.none(), sayings)


def _nodes(actions: st.SearchStrategy[Action]) -> st.SearchStrategy[Node]:
    return st.builds(
        Node,
        sayings,
        st.lists(st.builds(Branch, conditions, actions), max_size=2).map(tuple),
        st.lists(st.builds(Choice, st.sampled_from("0123456789*#"), actions, texts), max_size=4).map(tuple),
        st.booleans(),
        st.integers(0, 30),
        st.builds(Patience, st.integers(0, 5), actions),
        st.builds(Patience, st.integers(0, 5), actions),
    )


actions = st.recursive(
    ends, lambda inner: st.builds(Action, st.just(Kind.MENU), st.just(""), _nodes(inner)), max_leaves=6
)
menus = st.builds(Menu, st.sampled_from(["da", "en"]), sayings, _nodes(actions))
