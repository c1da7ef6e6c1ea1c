"""Changes of a menu, one at a time. Pure. Each returns the new menu and raises LookupError where the place is gone."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from borgerlinje.lines.menus.conditions import Condition
from borgerlinje.lines.menus.reading import write, write_action
from borgerlinje.lines.menus.tree import (
    GREETING,
    KEYS,
    PERSON_KEY,
    SILENCE,
    WRONG,
    Action,
    Branch,
    Choice,
    Kind,
    Menu,
    Node,
    Place,
    Saying,
    action_at,
    node_at,
)

T = TypeVar("T")


def change_action(menu: Menu, place: Place, change: Callable[[Action], Action]) -> Menu:
    """Change what happens at a place."""
    changed = _change(Action(Kind.MENU, node=menu.start), place, change)
    if changed.node is None:
        raise LookupError("the start is a menu")
    return replace(menu, start=changed.node)


def _change(action: Action, place: Place, change: Callable[[Action], Action]) -> Action:
    if not place:
        return change(action)
    if action.node is None:
        raise LookupError("no menu there")
    node, (name, *rest) = action.node, place
    if name in {SILENCE, WRONG}:
        patience = node.silence if name == SILENCE else node.wrong
        changed = replace(patience, action=_change(patience.action, tuple(rest), change))
        is_silence = name == SILENCE
        return replace(action, node=replace(node, silence=changed) if is_silence else replace(node, wrong=changed))
    if not name[1:].isdigit():
        raise LookupError("no such step")
    index = int(name[1:])
    if name.startswith("k"):
        inner = _change(node.choices[index].action, tuple(rest), change)
        return replace(
            action, node=replace(node, choices=_put(node.choices, index, replace(node.choices[index], action=inner)))
        )
    if name.startswith("w"):
        inner = _change(node.branches[index].action, tuple(rest), change)
        return replace(
            action, node=replace(node, branches=_put(node.branches, index, replace(node.branches[index], action=inner)))
        )
    raise LookupError("no such step")


def _put(items: tuple[T, ...], index: int, item: T) -> tuple[T, ...]:
    return (*items[:index], item, *items[index + 1 :])


def change_node(menu: Menu, place: Place, change: Callable[[Node], Node]) -> Menu:
    """Change the node at a place."""

    def changed(action: Action) -> Action:
        if action.node is None:
            raise LookupError("no menu there")
        return replace(action, node=change(action.node))

    return change_action(menu, place, changed)


def set_saying(menu: Menu, place: Place, saying: Saying) -> Menu:
    """Change what is said at a place: the greeting, a node's text, or what a key says."""
    if place == GREETING:
        return replace(menu, greeting=saying)
    action = action_at(menu, place)
    if action is not None and action.node is not None:
        return change_node(menu, place, lambda node: replace(node, saying=saying))
    return change_action(menu, place, lambda found: replace(found, saying=saying))


def saying_at(menu: Menu, place: Place) -> Saying:
    """Return what is said at a place."""
    if place == GREETING:
        return menu.greeting
    action = action_at(menu, place)
    if action is None:
        raise LookupError("nothing there")
    return action.node.saying if action.node is not None else action.saying


def set_kind(action: Action, kind: Kind, to: str = "") -> Action:
    """Return an action of another kind; what the new kind has no use for is dropped."""
    node = (action.node or Node()) if kind is Kind.MENU else None
    keeps_saying = kind in {Kind.SAY, Kind.END}
    return Action(kind, to, node, action.saying if keeps_saying else Saying())


def free_key(node: Node) -> str:
    """Return the key that is suggested for a new choice: the next free digit, 0 last, then * and #."""
    taken = {choice.key for choice in node.choices}
    return next((key for key in KEYS if key not in taken), "")


def add_key(menu: Menu, place: Place) -> Menu:
    """Add a key to a node, at its end but before that of a person; the first 0 suggests a person."""

    def changed(node: Node) -> Node:
        key = free_key(node)
        if not key:
            raise LookupError("no key is free")
        action = Action(Kind.PERSON) if key == PERSON_KEY or not node.choices else Action(Kind.SAY)
        last = [index for index, each in enumerate(node.choices) if each.key in {PERSON_KEY, "*"}]
        where = last[0] if last else len(node.choices)
        return replace(node, choices=(*node.choices[:where], Choice(key, action), *node.choices[where:]))

    return change_node(menu, place, changed)


def add_branch(menu: Menu, place: Place) -> Menu:
    """Add a branch by time to a node, after those it has: closed days lead to a person until somebody says otherwise."""
    branch = Branch(Condition(is_closed_day=True), Action(Kind.PERSON))
    return change_node(menu, place, lambda node: replace(node, branches=(*node.branches, branch)))


def change_choice(menu: Menu, place: Place, *, key: str, label: str) -> Menu:
    """Change the key and the words of a choice."""
    index = _index(place, "k")

    def changed(node: Node) -> Node:
        choice = replace(node.choices[index], key=key, label=label)
        return replace(node, choices=_put(node.choices, index, choice))

    return change_node(menu, place[:-1], changed)


def change_condition(menu: Menu, place: Place, condition: Condition) -> Menu:
    """Change when a branch holds."""
    index = _index(place, "w")

    def changed(node: Node) -> Node:
        return replace(node, branches=_put(node.branches, index, replace(node.branches[index], condition=condition)))

    return change_node(menu, place[:-1], changed)


def remove(menu: Menu, place: Place) -> Menu:
    """Take away a key or a branch with all below it."""
    name = place[-1] if place else ""
    index = _index(place, name[:1])

    def changed(node: Node) -> Node:
        if name.startswith("k"):
            return replace(node, choices=_without(node.choices, index))
        return replace(node, branches=_without(node.branches, index))

    return change_node(menu, place[:-1], changed)


def _without(items: tuple[T, ...], index: int) -> tuple[T, ...]:
    if index >= len(items):
        raise LookupError("no such step")
    return (*items[:index], *items[index + 1 :])


def move(menu: Menu, place: Place, by: int) -> Menu:
    """Move a key or a branch up (-1) or down (1) among its neighbours; at the end it stays."""
    name = place[-1] if place else ""
    index = _index(place, name[:1])

    def changed(node: Node) -> Node:
        if name.startswith("k"):
            return replace(node, choices=_moved(node.choices, index, by))
        return replace(node, branches=_moved(node.branches, index, by))

    return change_node(menu, place[:-1], changed)


def _moved(items: tuple[T, ...], index: int, by: int) -> tuple[T, ...]:
    if index >= len(items):
        raise LookupError("no such step")
    others = [*items]
    item = others.pop(index)
    others.insert(min(max(index + by, 0), len(others)), item)
    return tuple(others)


def move_into(menu: Menu, place: Place, target: Place) -> Menu:
    """Move a key into another menu of the tree, with all below it; there it keeps its key when that is free."""
    if target[: len(place)] == place:
        raise LookupError("a menu cannot be moved into itself")
    parent, index = node_at(menu, place[:-1]), _index(place, "k")
    if parent is None or index >= len(parent.choices) or node_at(menu, target) is None:
        raise LookupError("nothing there")
    choice = parent.choices[index]

    def added(node: Node) -> Node:
        key = choice.key if node.choice(choice.key) is None else free_key(node)
        return replace(node, choices=(*node.choices, replace(choice, key=key)))

    # Added first: taking it away renumbers its later neighbours.
    return remove(change_node(menu, target, added), place)


def _index(place: Place, letter: str) -> int:
    name = place[-1] if place else ""
    if letter not in {"k", "w"} or not name.startswith(letter) or not name[1:].isdigit():
        raise LookupError("no such step")
    return int(name[1:])


def digest(menu: Menu, place: Place) -> str:
    """Return a short mark of all that a form at a place shows: another mark means that somebody has changed it meanwhile."""
    shown: object
    if place == GREETING:
        shown = write(replace(menu, start=Node()))
    else:
        action = action_at(menu, place)
        shown = [write_action(action)] if action else []
        parent = node_at(menu, place[:-1]) if place else None
        if parent is not None:
            step = place[-1]
            shown = [shown, repr(dict(_neighbours(parent)).get(step))]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def _neighbours(node: Node) -> list[tuple[str, object]]:
    branches = [(f"w{index}", each.condition) for index, each in enumerate(node.branches)]
    return [*branches, *((f"k{index}", (each.key, each.label)) for index, each in enumerate(node.choices))]
