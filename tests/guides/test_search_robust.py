"""The search never fails, whatever is typed, and what it found is marked as it was typed."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgerlinje.guides.search.index import Document, Index
from borgerlinje.guides.search.marking import Meant, meant_by, pieces

INDEX = Index(
    [
        Document("boernebidrag", (("Børnebidrag", 1.0), ("penge fra den anden forælder", 1.0), ("blåt øre", 1.0))),
        Document("flytning", (("Meld flytning", 1.0), ("min læge", 0.9)), (("ny adresse", 0.3),)),
    ]
)
# What people, and those who mean harm, put into a box.
ODD = st.one_of(
    st.text(max_size=60),
    st.text(
        alphabet="æøåÆØÅaoeAOE-. 0123456789'\"%_\\()[]{}*+?|^$;:/<>\u0000\u200b\u200f\u202e\u0301\u030a🙂", max_size=60
    ),
    st.sampled_from(["børnebidrag", "flytning", "blåt øre"]).map(lambda each: unicodedata.normalize("NFD", each)),
    st.builds(lambda piece, count: piece * count, st.text(min_size=1, max_size=3), st.integers(1, 4000)),
)


@settings(deadline=None)
@given(ODD)
def test_whatever_is_typed_is_answered(asked: str):
    hits = INDEX.search(asked)
    assert all(0 <= hit.score <= 1 for hit in hits)
    for hit in hits:
        assert "".join(piece for piece, _ in pieces(hit.phrase, meant_by(asked, hit.words))) == hit.phrase


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_marking_loses_nothing_of_a_text(text: str, asked: str):
    assert "".join(piece for piece, _ in pieces(text, meant_by(asked, ()))) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "asked",
    [
        "BØRNEBIDRAG",
        "boernebidrag",
        "bornebidrag",
        "bo\u0308rnebidrag",
        "Børne-bidrag",
        "  børnebidrag!!! 🙂",
        "\u202ebørnebidrag",
        "børnebidrag'; DROP TABLE--",
    ],
)
def test_same_word_however_it_is_typed(asked: str):
    assert INDEX.search(asked)[0].key == "boernebidrag"


def test_ten_thousand_letters_are_answered():
    assert INDEX.search("børnebidrag " + "x" * 10_000)[0].key == "boernebidrag"
    assert isinstance(INDEX.search("bidrag " * 10_000), list)


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("Forny dit børnepas", "boern", ["børn"]),
        ("Nyt sundhedskort", "kort", ["kort"]),
        ("Nyt sundhedskort", "SUNDHEDSKORT", ["sundhedskort"]),
        ("Børnebidrag", "bidrag", ["bidrag"]),
        ("Pas", "hvad er et", []),
    ],
)
def test_what_was_written_is_marked_and_no_more(text: str, asked: str, marked: list[str]):
    assert [piece for piece, is_meant in pieces(text, meant_by(asked, ())) if is_meant] == marked


def test_word_that_was_meant_is_marked_whole():
    assert pieces("gult kort", Meant(frozenset({"gule"}), frozenset({"gult"}))) == [("gult", True), (" kort", False)]
