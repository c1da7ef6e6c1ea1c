"""Two versions of a guide beside one another: every part, steps by their keys, words marked."""

from dataclasses import replace

from borgerlinje.guides.comparing import Kind, Part, Piece, compare, compare_texts
from borgerlinje.guides.content import Content, Step, Text
from tests.guides.making import DANISH, STEPS, content


def danish(**changes: object) -> Content:
    return content(texts={"da": replace(DANISH, **changes)})  # type: ignore[arg-type]


def changed(before: Content, after: Content) -> list[Part]:
    return [part for part in compare(before, after) if part.is_changed]


def test_same_content_has_every_part_and_no_change() -> None:
    parts = compare(content(), content())
    assert not [part for part in parts if part.is_changed]
    assert {(part.language, part.name) for part in parts} >= {("da", "title"), ("en", "intro"), ("", "channels")}


def test_changed_words_are_marked_on_their_side_and_phrases_are_one_mark() -> None:
    part = compare_texts("intro", "Du bestiller selv kortet.", "Du bestiller et nyt kort selv kortet.")
    assert part is not None
    assert part.kind is Kind.CHANGED
    assert part.before == (Piece("Du bestiller selv kortet."),)
    assert part.after == (Piece("Du bestiller"), Piece(" et nyt kort", is_marked=True), Piece(" selv kortet."))


def test_other_text_altogether_is_marked_as_a_whole() -> None:
    part = compare_texts("intro", "Gå til borger.dk", "Ring, kom forbi eller skriv i Digital Post")
    assert part is not None
    assert [piece.is_marked for piece in (*part.before, *part.after)] == [True, True]


def test_step_put_in_does_not_change_the_ones_after_it() -> None:
    (part,) = changed(danish(), danish(steps=(STEPS[0], Step("ny", "Log på."), STEPS[1])))
    assert (part.name, part.kind, part.step, part.after) == ("text", Kind.ADDED, 2, (Piece("Log på.", is_marked=True),))


def test_step_taken_out_stands_where_it_stood() -> None:
    parts = compare(danish(), danish(steps=STEPS[1:]))
    gone = [part for part in parts if part.kind is Kind.REMOVED]
    assert [(part.name, part.step) for part in gone] == [("text", 1), ("say", 1), ("sees", 1)]
    assert [part.is_changed for part in parts if part.step == 1 and part.kind is Kind.SAME] == [False]


def test_step_that_was_moved_says_where_it_was() -> None:
    steps = (*STEPS, Step("s3", "Godkend."))
    (part,) = changed(danish(steps=steps), danish(steps=(steps[2], steps[0], steps[1])))
    assert (part.kind, part.step, part.was_step) == (Kind.SAME, 1, 3)


def test_language_that_came_is_new_in_every_part() -> None:
    added = changed(danish(), content())
    assert {part.language for part in added} == {"en"}
    assert {part.kind for part in added} == {Kind.ADDED}


def test_text_from_nothing_and_a_very_long_one_are_compared_too() -> None:
    assert {part.kind for part in compare(Content({}, complexity=""), content())} == {Kind.ADDED}
    long = "ord " * 20_000
    (part,) = changed(danish(intro=long), danish(intro=f"{long} til"))
    assert part.kind is Kind.CHANGED
    assert compare_texts("intro", "", "") is None
    assert compare(Content({"da": Text("", "")}, complexity=""), Content({}, complexity="")) == []
