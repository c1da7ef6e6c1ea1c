"""Two people's work in one draft: what either wrote is in it, or handed back beside it."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borgerlinje.guides.content import Content, Step, Text
from borgerlinje.guides.merging import merge

_WORDS = st.sampled_from(("", "en", "to", "tre", "fire"))
_LISTS = st.lists(st.sampled_from(("a", "b", "c", "d")), unique=True, max_size=4).map(tuple)
_STEPS = st.lists(
    st.builds(Step, st.sampled_from(("s1", "s2", "s3", "s4")), _WORDS, _WORDS, _WORDS),
    unique_by=lambda step: step.key,
    max_size=4,
).map(tuple)
_TEXTS = st.builds(Text, _WORDS, _WORDS, _LISTS, _STEPS, _LISTS, _WORDS)
_CONTENTS = st.builds(
    lambda danish, english, words, channels, unit: Content(
        {"da": danish} | ({"en": english} if english != Text("", "") else {}),
        {"da": words} if words else {},
        channels=channels,
        unit=unit,
    ),
    *(_TEXTS, _TEXTS, _LISTS, _LISTS, _WORDS),
)
# Contents are large values: how long it takes to think of one says nothing of what is tested.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
BASE = Content({"da": Text("Titel", "Indledning", ("a", "b"), (Step("s1", "Et"), Step("s2", "To")))}, {"da": ("x",)})


def parts(content: Content) -> Iterator[tuple[str, str, str]]:
    """Yield all that a content says: the language, the part and its text."""
    yield "", "unit", content.unit
    yield "", "channels", "\n".join(content.channels)
    for language, words in content.words.items():
        yield from ((language, "words", each) for each in words)
    for language, text in content.texts.items():
        yield from ((language, name, getattr(text, name)) for name in ("title", "intro", "not_digital"))
        yield from ((language, name, each) for name in ("have", "mistakes") for each in getattr(text, name))
        for step in text.steps:
            yield from ((language, f"step:{step.key}:{name}", getattr(step, name)) for name in ("text", "say", "sees"))


@settings(_UNHURRIED, max_examples=300)
@given(_CONTENTS, _CONTENTS, _CONTENTS)
def test_what_either_wrote_is_in_the_draft_or_handed_back(base: Content, mine: Content, theirs: Content) -> None:
    merged = merge(base, mine, theirs)
    there = set(parts(merged.content))
    back = {
        (each.language, each.part, line) for each in merged.conflicts for line in (each.mine, *each.mine.split("\n"))
    }
    was = set(parts(base))
    assert {each for each in set(parts(theirs)) - was if each[2]} <= there
    assert {each for each in set(parts(mine)) - was if each[2]} <= there | back


@settings(_UNHURRIED, max_examples=200)
@given(_CONTENTS, _CONTENTS)
def test_where_one_alone_wrote_it_is_as_they_left_it(base: Content, other: Content) -> None:
    assert merge(base, other, base).content == other
    assert merge(base, base, other).content == other
    assert merge(base, other, other).content == other
    for merged in (merge(base, other, base), merge(base, base, other), merge(base, other, other)):
        assert merged.conflicts == ()


def text(**changes: object) -> Content:
    return replace(BASE, texts={"da": replace(BASE.texts["da"], **changes)})  # type: ignore[arg-type] # any of a text's parts


def test_both_added_an_item_at_the_end_and_both_are_there() -> None:
    merged = merge(BASE, text(have=("a", "b", "mit")), text(have=("a", "b", "dit")))
    assert merged.content.text("da").have == ("a", "b", "dit", "mit")
    assert merged.conflicts == ()


def test_both_changed_the_same_item_and_it_is_a_conflict() -> None:
    merged = merge(BASE, text(have=("a", "mit")), text(have=("a", "dit")))
    assert merged.content.text("da").have == ("a", "dit")
    assert [(each.name, each.mine) for each in merged.conflicts] == [("da:have", "a\nmit")]


def test_a_step_one_removed_and_the_other_wrote_in_stays() -> None:
    first, second = BASE.texts["da"].steps
    merged = merge(BASE, text(steps=(first,)), text(steps=(first, replace(second, say="Sig to"))))
    assert [step.say for step in merged.content.text("da").steps] == ["", "Sig to"]


def test_one_moved_the_steps_and_the_other_added_one() -> None:
    first, second = BASE.texts["da"].steps
    new = Step("s3", "Ny")
    merged = merge(BASE, text(steps=(second, first)), text(steps=(first, new, second)))
    assert [step.key for step in merged.content.text("da").steps] == ["s2", "s1", "s3"]
