"""A citizen's way through a menu. Pure: `step(menu, position, event, moment) -> Step`.

It always ends: every node is left after so many silences or wrong keys, and after `MOST_TURNS` events, whatever they were, a person is
asked for. Nobody who cannot press keys is lost: silence leads to a person unless the menu says something else.
"""

from dataclasses import dataclass, replace

from borgerlinje.lines.menus import speaking
from borgerlinje.lines.menus.conditions import Moment
from borgerlinje.lines.menus.speaking import Spoken
from borgerlinje.lines.menus.tree import (
    BACK_KEY,
    PERSON_KEY,
    SILENCE,
    START,
    WRONG,
    Action,
    Kind,
    Menu,
    Node,
    Patience,
    Place,
    above,
    node_at,
)

MOST_TURNS = 40
# A branch leads to a node that may have branches of its own only in a menu that has faults.
_MOST_BRANCHES = 4


@dataclass(frozen=True, slots=True)
class Entered:
    """The menu begins."""


@dataclass(frozen=True, slots=True)
class Key:
    """The citizen pressed a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was pressed for as long as the node waits."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a citizen is, how often they were silent or wrong there, and how much has happened since the call began."""

    place: Place = START
    silences: int = 0
    wrongs: int = 0
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Say:
    """Say these, one after another."""

    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for a key, so many seconds from the end of what is said."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Out:
    """The menu is over for this citizen: what `action` says comes next. `place` is where it was decided, `key` what was pressed."""

    action: Action
    place: Place = START
    key: str = ""


Event = Entered | Key | Silence
Act = Say | Listen | Out


@dataclass(frozen=True, slots=True)
class Step:
    """What one event does: the new position (None when the citizen is out), and what is to be done, in order."""

    position: Position | None
    acts: tuple[Act, ...]


def step(menu: Menu, position: Position, event: Event, moment: Moment) -> Step:
    """Answer an event. A position that the tree does not have (any more) is the start."""
    turns = position.turns + 1
    if turns > MOST_TURNS:
        return Step(None, (Out(Action(Kind.PERSON), position.place),))
    walk = _Walk(menu, moment, turns)
    node = node_at(menu, position.place)
    if node is None or isinstance(event, Entered):
        return walk.enter(START)
    if isinstance(event, Key):
        return walk.key(replace(position, turns=turns), node, event.key)
    return walk.silence(replace(position, turns=turns), node)


@dataclass(frozen=True, slots=True)
class _Walk:
    menu: Menu
    moment: Moment
    turns: int

    def enter(self, place: Place) -> Step:
        """Come to a node, or to what happens in its place at this moment."""
        for _ in range(_MOST_BRANCHES):
            node = node_at(self.menu, place) or Node()
            found = chosen_branch(node, self.moment)
            if found is None:
                return self.hear(Position(place, turns=self.turns), node)
            index, action = found
            place = (*place, f"w{index}")
            if action.kind is not Kind.MENU:
                return self.out(action, place)
        return self.out(Action(Kind.PERSON), place)

    def hear(self, position: Position, node: Node, *before: Spoken) -> Step:
        """Hear a node, from its beginning."""
        said = (*before, *speaking.node_spoken(node, self.menu.language))
        # Where nothing can be chosen nothing is waited for.
        seconds = node.silence_seconds if node.choices else 0
        return Step(position, (*((Say(said),) if said else ()), Listen(seconds)))

    def key(self, position: Position, node: Node, key: str) -> Step:
        found = node.choice(key)
        if found is None:
            return self.unnamed_key(position, node, key)
        index, choice = found
        place = (*position.place, f"k{index}")
        match choice.action.kind:
            case Kind.MENU:
                return self.enter(place)
            case Kind.REPEAT:
                return self.hear(position, node)
            case Kind.BACK:
                return self.enter(above(position.place))
            case Kind.SAY:
                said = speaking.saying_spoken(choice.action.saying, self.menu.language)
                return self.hear(Position(position.place, turns=self.turns), node, *said)
        return self.out(choice.action, place, key)

    def unnamed_key(self, position: Position, node: Node, key: str) -> Step:
        """A key that the node does not name: 0 is a person everywhere and * the way back; others are wrong."""
        if key == PERSON_KEY and node.choices:
            return self.out(Action(Kind.PERSON), position.place, key)
        if key == BACK_KEY and position.place != START:
            return self.enter(above(position.place))
        wrongs = position.wrongs + 1
        if wrongs > node.wrong.repeats:
            return self.lost(position, node.wrong, WRONG)
        said = speaking.wrong_key(key, self.menu.language)
        return self.hear(replace(position, wrongs=wrongs), node, said)

    def silence(self, position: Position, node: Node) -> Step:
        silences = position.silences + 1
        if silences > node.silence.repeats or not node.choices:
            return self.lost(position, node.silence, SILENCE)
        return self.hear(replace(position, silences=silences), node)

    def lost(self, position: Position, patience: Patience, step_name: str) -> Step:
        return self.out(patience.action, (*position.place, step_name))

    def out(self, action: Action, place: Place, key: str = "") -> Step:
        """Leave the menu. What cannot end a menu is a person instead."""
        if action.kind in {Kind.MENU, Kind.SAY, Kind.REPEAT, Kind.BACK}:
            action = Action(Kind.PERSON)
        said = speaking.saying_spoken(action.saying, self.menu.language) if action.kind is Kind.END else ()
        return Step(None, (*((Say(said),) if said else ()), Out(action, place, key)))


def chosen_branch(node: Node, moment: Moment) -> tuple[int, Action] | None:
    """Return the first branch of a node that holds at a moment, with its number; None when the node itself is heard."""
    return next(
        ((index, each.action) for index, each in enumerate(node.branches) if each.condition.holds(moment)), None
    )


def is_heard(menu: Menu, moment: Moment) -> bool:
    """Tell whether the menu answers at a moment: while the line is open, and where its start has a branch for closed hours."""
    if moment.is_open:
        return True
    found = chosen_branch(menu.start, moment)
    return found is not None and menu.start.branches[found[0]].condition.speaks_of_closing
