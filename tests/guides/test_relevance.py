"""The demo's guides answer citizens' own words: the sets that nothing was tuned by hold what `make bench ROOM=guides` demands."""

import pytest

from bench.guides import MISSPELT, MRR, RECALL, SETS, demo_documents, measure, mrr, questions, recall
from bench.parts.guide_engines import Search, ours


@pytest.fixture(scope="module")
def search() -> Search:
    return ours(demo_documents())


@pytest.mark.parametrize("name", ["held", "fresh3"])
def test_the_right_guide_is_among_the_first_three(search: Search, name: str) -> None:
    places = measure(search, questions(name))

    assert len(places["all"]) >= 200
    assert recall(places["all"]) >= RECALL
    assert mrr(places["all"]) >= MRR
    assert recall(places["misspelt"]) >= MISSPELT


def test_three_letters_are_enough(search: Search) -> None:
    titles = [(document.key, document.phrases[1][0]) for document in demo_documents()]
    found = [[*search(title[:3]), key].index(key) for key, title in titles]

    assert sum(place < 5 for place in found) / len(found) >= RECALL


def test_nothing_is_measured_that_was_tuned_by() -> None:
    asked = {name: {" ".join(question.text.casefold().split()) for question in questions(name)} for name in SETS}
    seen = asked["tuned"] | asked["fresh"] | asked["fresh2"]

    assert not seen & asked["held"]
    assert not seen & asked["fresh3"]
