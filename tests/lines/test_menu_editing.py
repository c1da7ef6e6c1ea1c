from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines.menus import Action, Condition, Kind, Menu, Saying, read
from borgerlinje.lines.menus import editing as edit
from borgerlinje.lines.menus.checking import Known, faults_of
from borgerlinje.lines.menus.tree import GREETING, action_at, actions, from_text, node_at, nodes, to_text
from borgerlinje.lines.menus.words import (
    Names,
    action_text,
    condition_text,
    differences,
    fault_text,
    place_text,
    weekdays_text,
)
from tests.lines.menu_trees import SOME, menus
from tests.lines.test_menus import TREE, changed

if TYPE_CHECKING:
    from collections.abc import Callable

MENU = read(TREE)[0]
NAMES = Names({"pas": "Pas"}, {"1881": "Hjælp til Borger.dk"})


def keys(menu: Menu, *place: str) -> str:
    node = node_at(menu, place)
    assert node is not None
    return "".join(choice.key for choice in node.choices)


def test_new_key_is_the_next_free_one_and_stands_before_the_person() -> None:
    menu = edit.add_key(MENU, ())
    assert keys(menu) == "128930"
    assert keys(edit.add_key(menu, ("k1",)), "k1") == "1293"


def test_key_is_removed_with_all_below_it() -> None:
    menu = edit.remove(MENU, ("k1",))
    assert keys(menu) == "1890"
    assert len(list(nodes(menu.start))) == 1


def test_key_moves_among_its_neighbours_and_stays_at_the_end() -> None:
    assert keys(edit.move(MENU, ("k1",), -1)) == "21890"
    assert keys(edit.move(MENU, ("k1",), 1)) == "18290"
    assert keys(edit.move(MENU, ("k0",), -1)) == "12890"


def test_key_moves_into_another_menu_and_gets_a_free_key_there() -> None:
    menu = edit.move_into(MENU, ("k0",), ("k1",))
    assert keys(menu) == "2890"
    assert keys(menu, "k0") == "1293"
    with pytest.raises(LookupError):
        edit.move_into(MENU, ("k1",), ("k1",))


def test_text_changes_at_every_kind_of_place() -> None:
    for place in (GREETING, (), ("k1",), ("k1", "k0")):
        menu = edit.set_saying(MENU, place, Saying("Nyt."))
        assert edit.saying_at(menu, place).text == "Nyt."
        assert edit.digest(menu, place) != edit.digest(MENU, place)


def test_kind_that_needs_no_menu_drops_what_lay_below() -> None:
    menu = edit.change_action(MENU, ("k1",), lambda action: edit.set_kind(action, Kind.PERSON))
    assert action_at(menu, ("k1",)) == Action(Kind.PERSON)


def test_branch_is_added_and_changed() -> None:
    menu = edit.change_condition(edit.add_branch(MENU, ()), ("w1",), Condition(is_open=False))
    assert [branch.condition.is_open for branch in menu.start.branches] == [None, False]


@pytest.mark.parametrize("place", [("k9",), ("x",), ("k",), ("k0", "k0"), ("w7",), ("silence",), ()])
def test_place_that_is_gone_is_an_error_that_can_be_told(place: tuple[str, ...]) -> None:
    for act in (edit.remove, lambda menu, where: edit.move(menu, where, 1)):
        with pytest.raises(LookupError):
            act(MENU, place)


def test_change_elsewhere_leaves_the_mark_of_a_place_alone() -> None:
    other = edit.set_saying(MENU, ("k1",), Saying("Nyt."))
    assert edit.digest(other, ("k0",)) == edit.digest(MENU, ("k0",))
    assert edit.digest(other, ("k1",)) != edit.digest(MENU, ("k1",))
    relabelled = edit.change_choice(MENU, ("k0",), key="7", label="pas og kørekort")
    assert edit.digest(relabelled, ("k0",)) != edit.digest(MENU, ("k0",))


@SOME
@given(menus, st.data())
def test_every_change_of_every_menu_gives_a_menu(menu: Menu, data: st.DataObject) -> None:
    place, _ = data.draw(st.sampled_from(list(actions(menu))))
    changes: list[Callable[[], Menu]] = [
        lambda: edit.remove(menu, place),
        lambda: edit.move(menu, place, 1),
        lambda: edit.add_key(menu, place),
        lambda: edit.set_saying(menu, place, Saying("x")),
        lambda: edit.change_action(menu, place, lambda action: replace(action, to="x")),
    ]
    try:
        after = data.draw(st.sampled_from(changes))()
    except LookupError:
        return
    assert isinstance(after, Menu)
    assert edit.digest(menu, place)
    assert from_text(to_text(place)) == place
    assert place_text(menu, place)
    assert all(isinstance(each.where, str) for each in differences(menu, after, NAMES))


def test_differences_are_told_in_words() -> None:
    menu = edit.change_choice(edit.remove(MENU, ("k3",)), ("k0",), key="1", label="pas og kørekort")
    found = {(each.where, each.before, each.after) for each in differences(MENU, menu, NAMES)}
    assert ("Tast 9", "»at høre det igen«: hører det igen", "") in found
    assert ("Tast 1", "»pas«: går i kø med emnet »Pas«", "»pas og kørekort«: går i kø med emnet »Pas«") in found
    assert len(found) == 2
    assert differences(MENU, MENU, NAMES) == []


def test_key_that_only_moved_is_no_difference() -> None:
    assert differences(MENU, edit.move(MENU, ("k1",), 1), NAMES) == []


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition(), "altid"),
        (Condition(frozenset({0, 1, 2, 3})), "mandag–torsdag"),
        (Condition(frozenset({5, 6})), "lørdag og søndag"),
        (read(changed(when=[{"if": {"opens": "15:00", "closes": "21:00"}, "do": "person"}]))[0].start.branches[0].condition, "kl. 15.00–21.00"),
        (read(changed(when=[{"if": {"opens": "21:00", "closes": "09:00"}, "do": "person"}]))[0].start.branches[0].condition, "kl. 21.00–09.00 næste dag"),
        (MENU.start.branches[0].condition, "24. december hvert år"),
        (Condition(is_open=False, is_closed_day=True), "lukkedage, når linjen er lukket"),
    ],
)  # fmt: skip
def test_condition_is_told_in_words(condition: Condition, text: str) -> None:
    assert condition_text(condition) == text


def test_every_fault_and_kind_has_words() -> None:
    tree = changed(keys=[{"key": "Ø", "do": "subject", "to": "x"}], say={"text": "x" * 700})
    assert all(fault_text(fault) for fault in faults_of(tree, Known()))
    assert all(action_text(Action(kind, "x"), NAMES) for kind in Kind)
    assert weekdays_text(frozenset()) == "ingen dage"
    assert place_text(MENU, ("k1", "k0")) == "Tast 2 › Tast 1"
