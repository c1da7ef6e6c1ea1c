"""The search for guides: the words citizens use find what they mean."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgerlinje.guides.search.index import Document, Index
from borgerlinje.guides.search.words import fold, sound_of, stem_of, words_of


def guide(key: str, *names: str, said: str = "", authorities: frozenset[str] | None = None) -> Document:
    return Document(key, tuple((name, 1.0) for name in names), ((said, 0.3),) if said else (), authorities)


INDEX = Index(
    [
        guide("boernebidrag", "Børnebidrag", "penge fra den anden forælder", "child support", said="ydelse hver måned"),
        guide("boerneydelse", "Børne- og ungeydelse", "børnepenge", "børnecheck", said="ydelse hvert kvartal"),
        guide("sundhedskort", "Sundhedskort", "gult kort", "sygesikringskort", "health card"),
        guide("blaat-kort", "Blåt EU-sygesikringskort", "blåt kort", "rejsesygesikring"),
        guide("koerekort", "Forny kørekort", "mit kørekort er udløbet", "driving licence"),
        guide("mitid", "MitID", "nemid", "glemt adgangskode til mitid"),
        guide("flytning", "Meld flytning", "ny adresse", "jeg er flyttet"),
        guide("oel", "Ølbevilling", "servere øl", said="alkohol bevilling"),
        guide("rotter", "Anmeld rotter", "rotter i kælderen"),
        guide("lejre-skov", "Lejres skov", "skovtur", authorities=frozenset({"350"})),
    ]
)


def best(text: str, **options: Any) -> str:
    hits = INDEX.search(text, **options)
    return hits[0].key if hits else ""


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("børnebidrag", "boernebidrag"),
        ("børnebidragssats", "boernebidrag"),
        ("boernebidrag", "boernebidrag"),
        ("bornebidrag", "boernebidrag"),
        ("BØRNEBIDRAGET", "boernebidrag"),
        ("børne bidrag", "boernebidrag"),
        ("børnebidrad", "boernebidrag"),
        ("bidrag til børn", "boernebidrag"),
        ("børnepenge", "boerneydelse"),
        ("gult kort", "sundhedskort"),
        ("gule kort", "sundhedskort"),
        ("blåt kort", "blaat-kort"),
        ("blat kort", "blaat-kort"),
        ("sygesikring", "sundhedskort"),
        ("kørekordt", "koerekort"),
        ("forny mit korekort", "koerekort"),
        ("my driving license has expired", "koerekort"),
        ("mit id", "mitid"),
        ("mit-id kode", "mitid"),
        ("flytt", "flytning"),
        ("jeg skal flytte til en anden lejlighed", "flytning"),
        ("child suport", "boernebidrag"),
        ("øl", "oel"),
        ("rotte", "rotter"),
        ("adresseændring", "flytning"),
    ],
)
def test_citizens_words_find_what_they_mean(asked: str, expected: str):
    assert best(asked) == expected


def test_what_is_typed_so_far_finds_already():
    assert best("kør") == "koerekort"
    assert best("sundh") == "sundhedskort"


def test_hit_tells_what_it_matched():
    hit = INDEX.search("mit gule kort er væk")[0]
    assert hit.phrase == "gult kort"
    assert "kort" in hit.words
    assert 0 < hit.score <= 1


def test_what_holds_for_one_authority_is_found_by_its_own_only():
    assert best("skovtur", authority="350") == "lejre-skov"
    assert INDEX.search("skovtur", authority="370") == []
    assert INDEX.search("skovtur") == []


@pytest.mark.parametrize("asked", ["", "   ", "?!", "»«", "\x00", "🙂", "og eller i", "zzzzqqqq", "%_\\'\"", "'" * 500])
def test_nothing_to_go_by_finds_nothing_and_never_fails(asked: str):
    assert INDEX.search(asked) == [] or all(hit.score < 0.5 for hit in INDEX.search(asked))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_answered(asked: str):
    hits = INDEX.search(asked)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_no_more_than_asked_for():
    assert len(INDEX.search("kort", limit=1)) == 1


def test_empty_index_finds_nothing():
    assert Index([]).search("flytning") == []


@settings(deadline=None)
@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str):
    assert fold(fold(text)) == fold(text)
    assert all(word.isascii() for word in words_of(text))


def test_words_sound_alike_however_they_are_spelt():
    for one, other in (("hjemmehjælp", "jemmehjelp"), ("kørekort", "kørekordt"), ("vand", "van")):
        assert sound_of(fold(one)) == sound_of(fold(other))
    assert stem_of("pensionen") == stem_of("pension")


def test_name_that_has_been_begun_is_before_what_only_speaks_of_such_words() -> None:
    index = Index(
        [guide("a", "Rotter", "boligblok med rotter"), guide("b", "Boligstøtte"), guide("c", "Lån til bolig")]
    )

    assert [hit.key for hit in index.search("bol")][2:] == ["a"]


def test_spelling_of_all_names_together_finds_what_no_word_does() -> None:
    index = Index([guide("a", "Rottebekæmpelse", "rottefænger"), guide("b", "Skattekort"), guide("c", "Fiskeri")])

    assert index.search("rottebekæmperne")[0].key == "a"


def test_word_that_many_of_a_guides_names_have_says_more_of_it_than_of_one_with_a_single() -> None:
    often = guide("often", "Lægevalg", "skifte læge", "ny læge", "finde en læge", "min læge flytter")
    once = guide("once", "Kørsel", "kørsel til læge", "taxa", "patientbus", "befordring")

    assert [hit.key for hit in Index([once, often]).search("læge jeg vil have en anden")] == ["often", "once"]
