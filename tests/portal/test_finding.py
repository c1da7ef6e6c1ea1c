"""What a citizen means among the subjects, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.portal.finding import folded, search, slips

NAMES = {
    name: name
    for name in (
        "MitID",
        "Digital Post",
        "Pas og kørekort",
        "Flytning",
        "Børnepenge",
        "Boligstøtte",
        "Folkepension",
        "Sundhedskort (gult kort)",
        "Skat og årsopgørelse",
        "Når nogen dør",
    )
}
words = st.text(st.sampled_from("abcdefghijklmnoprstuvyæøå"), min_size=4, max_size=14)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("mitid", "MitID"),
        ("Jeg har glemt mit MitID", "MitID"),
        ("mit-id", "MitID"),
        ("Mit-ID virker ikke", "MitID"),
        ("mit id", "MitID"),
        ("mit id virker ikke på min nye telefon", "MitID"),
        ("PAS", "Pas og kørekort"),
        ("nyt pas", "Pas og kørekort"),
        ("hvordan får jeg nyt kørekort?", "Pas og kørekort"),
        ("koerekort", "Pas og kørekort"),
        ("korekort", "Pas og kørekort"),
        ("boernepenge", "Børnepenge"),
        ("bornepenge", "Børnepenge"),
        ("börnepenge", "Børnepenge"),
        ("penge til børn", "Børnepenge"),
        ("bolig", "Boligstøtte"),
        ("boligstotte", "Boligstøtte"),
        ("boligstøtteansøgning", "Boligstøtte"),
        ("pension", "Folkepension"),
        ("folkepenison", "Folkepension"),
        ("flyttning", "Flytning"),
        ("flytn", "Flytning"),
        ("gult kort", "Sundhedskort (gult kort)"),
        ("aarsopgorelse", "Skat og årsopgørelse"),
        ("digital post", "Digital Post"),
        ("digtal post", "Digital Post"),
        ("doer", "Når nogen dør"),
    ],
)
def test_subject_is_found_as_people_write_it(asked: str, first: str) -> None:
    assert search(asked, NAMES)[:1] == [first]


@pytest.mark.parametrize("asked", ["", "  ", "jeg vil gerne have hjælp til", "?!", "xyzxyz", "krokodille", "1"])
def test_nothing_is_found_where_nothing_is_meant(asked: str) -> None:
    assert search(asked, NAMES) == []


def test_subjects_with_more_of_the_words_come_alone() -> None:
    assert search("gult kort", NAMES) == ["Sundhedskort (gult kort)"]
    assert set(search("kort", NAMES)) == {"Sundhedskort (gult kort)", "Pas og kørekort"}


def test_danish_letters_and_their_spelling_are_one() -> None:
    assert folded("Ærø, Ålborg & Æblegrød") == folded("aeroe aalborg aeblegroed")
    assert folded("É") == ["e"]


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("pas", "pas", 0), ("pas", "psa", 1), ("pas", "pass", 1), ("pas", "", 3), ("flytning", "flyttnign", 2)],
)
def test_slips_are_counted(one: str, other: str, count: int) -> None:
    assert slips(one, other) == count


@given(words, words)
def test_slips_are_the_same_both_ways(one: str, other: str) -> None:
    assert slips(one, other) == slips(other, one)
    assert (slips(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= slips(one, other) <= max(len(one), len(other))


@given(st.text(st.sampled_from("abcdefghiklmnoprstuvy"), min_size=4, max_size=14), st.data())
def test_long_word_is_found_with_one_letter_swapped_left_out_or_doubled(word: str, data: st.DataObject) -> None:
    if not search(word, {"it": word}):
        return  # one of the words that say nothing
    at = data.draw(st.integers(1, len(word) - 1))
    doubled = word[:at] + word[at - 1] + word[at:]
    swapped = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at > 1 else word
    for written in (doubled, swapped, word[:at]):
        if len(folded(written)[0]) >= 4 and search(written, {"it": written}):
            assert search(written, {"it": word}) == ["it"], written


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=40), max_size=8, unique=True))
def test_any_text_is_answered_with_some_of_the_subjects_each_once(asked: str, names: list[str]) -> None:
    found = search(asked, {name: name for name in names})
    assert len(found) == len(set(found))
    assert set(found) <= set(names)
