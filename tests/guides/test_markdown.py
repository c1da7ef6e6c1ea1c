"""Guides as files: what is written is read again, and every fault is told with its line."""

from dataclasses import replace

import pytest

from borgerlinje.guides.markdown import Fault, read, write

GUIDE = """\
+++
slug = "prøve"
words = ["gult kort", "kortet er væk"]
words_en = ["health card"]
life_events = ["sygdom"]
subject = "demo-sundhedskort"
complexity = "simple"
channels = ["self_service", "phone"]
unit = "Borgerservice"
legal_basis = ""
facts_from = "borger.dk"

[solution]
slug = "nyt-kort"
name = "Nyt kort"
owner = "Kommunen"
owner_kind = "municipality"
+++

# Sundhedskort

Du viser kortet hos lægen.
Det er gult.

## Hav klar

- MitID
- Din adresse, som den står
  i folkeregistret

## Sådan gør du

1. Gå til borger.dk.
   - Sig: Har du en computer ved dig?
   - Ser: Forsiden.
2. Tryk »Send«.

## Hvis det ikke kan ske digitalt

Kom i borgerservice.

# Health card

You show the card at the doctor's.

## What to do

1. Go to borger.dk.
   - Say: Are you at a computer?
2. Send.
""".replace("prøve", "sundhedskort")


def test_file_is_read_whole_and_written_as_it_was_read():
    guide, faults = read(GUIDE)
    assert not faults
    assert guide is not None
    text = guide.content.text("da")
    assert (guide.slug, guide.subject, text.title) == ("sundhedskort", "demo-sundhedskort", "Sundhedskort")
    assert text.intro == "Du viser kortet hos lægen. Det er gult."
    assert text.have == ("MitID", "Din adresse, som den står i folkeregistret")
    assert [(step.key, step.text, step.say, step.sees) for step in text.steps] == [
        ("s1", "Gå til borger.dk.", "Har du en computer ved dig?", "Forsiden."),
        ("s2", "Tryk »Send«.", "", ""),
    ]
    assert text.not_digital == "Kom i borgerservice."
    assert guide.content.text("en").steps[0].say == "Are you at a computer?"
    assert guide.solution is not None
    assert guide.solution["name"] == "Nyt kort"
    assert read(write(guide)) == (guide, [])


def test_stored_content_is_the_content():
    guide, _ = read(GUIDE)
    assert guide is not None
    assert type(guide.content).of(guide.content.stored()) == guide.content


@pytest.mark.parametrize("text", ['C:\\nyt "kort"', "æøå 🙂", "'''", "a\\u0041"])
def test_odd_characters_survive_the_way_out_and_in(text: str):
    guide, _ = read(GUIDE)
    assert guide is not None
    odd = type(guide)(guide.slug, text, guide.content, guide.solution)
    again, faults = read(write(odd))
    assert (again, faults) == (odd, [])


def test_all_faults_are_told_at_once_each_with_its_line():
    source = (
        GUIDE.replace('"sygdom"', '"vejret"').replace("## Hav klar", "## Medbring").replace("   - Sig:", "   - Råb:")
    )
    guide, faults = read(source)
    assert guide is None
    lines = source.splitlines()
    assert [lines[fault.line - 1] for fault in faults] == [
        "+++",
        "## Medbring",
        "   - Råb: Har du en computer ved dig?",
    ]
    assert "»vejret«" in faults[0].says
    assert "Hav klar" in faults[1].says


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "mellem to linjer med +++"),
        ("# Titel\n", "mellem to linjer med +++"),
        ("+++\nslug = \n+++\n# Titel\n", "kan ikke læses"),
        ('+++\nslug = "Med Store"\n+++\n# Titel\n', "små bogstaver"),
        ('+++\nslug = "en"\n+++\ntekst\n', "mangler en titel"),
        ('+++\nslug = "en"\nwords = "et"\n+++\n# Titel\n', "liste af tekster"),
        ('+++\nslug = "en"\n+++\n# Et\n# To\n# Tre\n', "kun være to titler"),
    ],
)
def test_file_that_is_no_guide_is_refused_with_words(source: str, says: str):
    guide, faults = read(source)
    assert guide is None
    assert any(says in fault.says for fault in faults)
    assert all(isinstance(fault, Fault) and fault.line >= 1 for fault in faults)


@pytest.mark.parametrize(
    "intro", ["# Ingen titel", "## Hav klar", "\\# begge", "1. ikke et trin", "- ikke et punkt", "+++"]
)
def test_paragraph_that_looks_like_a_title_survives_the_way_out_and_in(intro: str):
    guide, _ = read(GUIDE)
    assert guide is not None
    text = replace(guide.content.text("da"), intro=intro, not_digital=intro)
    odd = replace(guide, content=replace(guide.content, texts={"da": text}))
    assert read(write(odd)) == (odd, [])


def test_keys_and_pictures_of_steps_are_carried():
    guide, _ = read(GUIDE)
    assert guide is not None
    text = guide.content.text("da")
    steps = (replace(text.steps[1], picture="b-1", picture_alt="Knappen Send"), text.steps[0])
    moved = replace(guide, kle="90.14.05", content=replace(guide.content, texts={"da": replace(text, steps=steps)}))
    assert read(write(moved)) == (moved, [])
    assert "   - Nøgle: s2\n   - Billede: b-1\n   - Billedtekst: Knappen Send\n" in write(moved)


def test_texts_are_cleaned_and_what_cannot_be_stored_is_told_at_its_line():
    guide, faults = read(GUIDE.replace("Du viser", "Du <b>viser</b><script>alert(1)</script>"))
    assert not faults
    assert guide is not None
    assert guide.content.text("da").intro.startswith("Du viser kortet")
    bad = GUIDE.replace("# Health card", f"# {'x' * 121}").replace("2. Tryk »Send«.", "2. Skriv 010190-1234.")
    bad = bad.replace('owner = "Kommunen"', 'owner = "Kommunen"\naddress = "javascript:alert(1)"\nkonge = "ja"')
    _, kinds = read(bad)
    assert [fault.line for fault in kinds] == [1]
    assert "»konge«" in kinds[0].says
    _, faults = read(bad.replace('konge = "ja"\n', ""))
    lines = bad.replace('konge = "ja"\n', "").splitlines()
    assert [lines[fault.line - 1] for fault in faults] == ["+++", "2. Skriv 010190-1234.", f"# {'x' * 121}"]
