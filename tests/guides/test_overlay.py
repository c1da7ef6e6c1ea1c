"""A member's local truth over the common text: its own parts in their places, everything else inherited."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from borgerlinje.guides.content import Content, Step, Text
from borgerlinje.guides.overlay import Fact, LocalText, Moved, Overlay, localise, moved, orphans

TEXT = Text(
    "Parkering",
    "Du søger hos kommunen.",
    have=("MitID",),
    steps=(Step("s1", "Find siden.", "Sig en.", "Ser en."), Step("s2", "Send.")),
    mistakes=("Forkert bil.",),
    not_digital="Kom forbi.",
)
CONTENT = Content({"da": TEXT, "en": replace(TEXT, title="Parking")}, unit="Parkering")
OWN = Overlay(
    texts={
        "da": LocalText(
            replaced={"not_digital": "Kom på rådhuset."},
            added={"have": ("Registreringsattest",)},
            steps={"s2": {"text": "Send, og betal gebyret."}},
        )
    },
    facts=(Fact("Gebyr", "Se taksten", "Fee", "See the rate"),),
    unit="Trafik og Park",
)


def test_own_parts_stand_in_their_places_and_the_rest_is_inherited() -> None:
    found = localise(CONTENT, OWN, "da")
    assert found.text.intro == TEXT.intro
    assert found.text.not_digital == "Kom på rådhuset."
    assert found.text.have == ("MitID", "Registreringsattest")
    assert [step.text for step in found.text.steps] == ["Find siden.", "Send, og betal gebyret."]
    assert (found.unit, found.facts) == ("Trafik og Park", (("Gebyr", "Se taksten"),))
    assert found.local == {"not_digital", "have:Registreringsattest", "step:s2:text", "unit"}
    assert found.instead_of == {"not_digital": "Kom forbi.", "step:s2:text": "Send.", "unit": "Parkering"}


def test_another_language_has_what_is_replaced_in_danish_only_and_the_facts() -> None:
    found = localise(CONTENT, OWN, "en")
    assert found.text.title == "Parking"
    assert found.text.not_digital == "Kom på rådhuset."
    assert [step.text for step in found.text.steps] == ["Find siden.", "Send, og betal gebyret."]
    assert found.facts == (("Fee", "See the rate"),)
    assert found.local == {"not_digital", "step:s2:text", "unit"}
    assert found.in_danish == {"not_digital", "step:s2:text"}
    assert localise(CONTENT, OWN, "da").in_danish == frozenset()
    english = LocalText(replaced={"not_digital": "Come to the town hall."})
    both = localise(CONTENT, replace(OWN, texts={**OWN.texts, "en": english}), "en")
    assert (both.text.not_digital, both.in_danish) == ("Come to the town hall.", frozenset({"step:s2:text"}))
    danish_alone = replace(CONTENT, texts={"da": TEXT})
    assert localise(danish_alone, OWN, "en").text.not_digital == "Kom på rådhuset.", "Danish with its local part"


def test_nobody_else_sees_it() -> None:
    found = localise(CONTENT, None, "da")
    assert (found.text, found.unit, found.facts, found.local) == (TEXT, "Parkering", (), frozenset())


def test_owner_is_told_what_changed_under_the_local_text_and_nothing_else() -> None:
    changed = replace(
        TEXT, intro="Noget andet.", not_digital="Ring.", steps=(TEXT.steps[0], replace(TEXT.steps[1], say="Farvel."))
    )
    after = replace(CONTENT, texts={**CONTENT.texts, "da": changed})
    assert moved(CONTENT, after, OWN) == [Moved("da", "not_digital", "Kom forbi.", "Ring.", "Kom på rådhuset.")]
    assert moved(CONTENT, CONTENT, OWN) == []


def test_step_moved_keeps_its_local_text_and_a_step_gone_leaves_it_to_its_owner() -> None:
    turned = replace(CONTENT, texts={"da": replace(TEXT, steps=TEXT.steps[::-1])})
    assert [step.text for step in localise(turned, OWN, "da").text.steps] == ["Send, og betal gebyret.", "Find siden."]
    assert orphans(turned, OWN) == []
    gone = replace(CONTENT, texts={"da": replace(TEXT, steps=TEXT.steps[:1])})
    assert [step.text for step in localise(gone, OWN, "da").text.steps] == ["Find siden."]
    assert orphans(gone, OWN) == [Moved("da", "step:s2:text", "", None, "Send, og betal gebyret.")]
    assert moved(CONTENT, gone, OWN) == [Moved("da", "step:s2:text", "Send.", None, "Send, og betal gebyret.")]


words = st.text(min_size=1, max_size=8)
overlays = st.builds(
    Overlay,
    texts=st.dictionaries(
        st.sampled_from(["da", "en"]),
        st.builds(
            LocalText,
            replaced=st.dictionaries(st.sampled_from(["intro", "not_digital"]), words),
            added=st.dictionaries(st.sampled_from(["have", "mistakes"]), st.tuples(words)),
            steps=st.dictionaries(
                st.sampled_from(["s1", "s2", "s9"]), st.dictionaries(st.sampled_from(["text", "say"]), words)
            ),
        ),
    ),
    facts=st.tuples(st.builds(Fact, words, words, words, words)),
    words=st.dictionaries(st.sampled_from(["da", "en"]), st.tuples(words)),
    unit=words,
)


@settings(deadline=None)
@given(overlays, st.sampled_from(["da", "en"]))
def test_every_local_text_is_shown_or_given_back_to_its_owner(overlay: Overlay, language: str) -> None:
    assert Overlay.of(overlay.stored()) == overlay
    found = localise(CONTENT, overlay, language)
    own = overlay.texts.get(language, LocalText())
    lost = {each.part for each in orphans(CONTENT, overlay) if each.language == language}
    for name, text in own.replaced.items():
        assert getattr(found.text, name) == text
    for key, parts in own.steps.items():
        for name, text in parts.items():
            shown = [getattr(step, name) for step in found.text.steps if step.key == key]
            assert shown == [text] or (not shown and f"step:{key}:{name}" in lost)
    assert [step.key for step in found.text.steps] == ["s1", "s2"]
