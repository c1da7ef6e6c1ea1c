"""A telephone menu as values: what is said, what each key does, and what happens to those who press none. Pure.

A place in the tree is a path of steps from its start: `k0` is the first key of a node, `w1` its second branch by time, `silence` and
`wrong` what happens in the end to a citizen who presses nothing, or wrong keys only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from borgerlinje.lines.menus.conditions import Condition

Place = tuple[str, ...]

KEYS = "1234567890*#"
PERSON_KEY, BACK_KEY = "0", "*"
DEEPEST = 3
LONGEST_TEXT, LONGEST_LABEL = 600, 80
LANGUAGES = ("da", "en")
START: Place = ()
GREETING: Place = ("greeting",)
SILENCE, WRONG = "silence", "wrong"


class Kind(StrEnum):
    """What a key, a branch or the patience's end does."""

    SUBJECT = "subject"
    PERSON = "person"
    MENU = "menu"
    SAY = "say"
    REPEAT = "repeat"
    BACK = "back"
    LANGUAGE = "language"
    LINE = "line"
    CALLBACK = "callback"
    VOICEMAIL = "voicemail"
    END = "end"


# After these the citizen is out of this menu: they wait, are elsewhere, are called back, leave a message, or the call is over.
FINAL = frozenset(
    {Kind.SUBJECT, Kind.PERSON, Kind.LANGUAGE, Kind.LINE, Kind.CALLBACK, Kind.VOICEMAIL, Kind.END},
)
# What may happen without a key having been pressed; another language is nothing to be sent to unasked.
UNASKED = FINAL - {Kind.LANGUAGE}
# What `Action.to` names.
NAMES = frozenset({Kind.SUBJECT, Kind.LANGUAGE, Kind.LINE})
SPEAKS = frozenset({Kind.SAY, Kind.END})


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said: a text, spoken by the machine unless a recording of it (`sound_id`) is there."""

    text: str = ""
    sound_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.text.strip()) or self.sound_id is not None


@dataclass(frozen=True, slots=True)
class Action:
    """What happens. `to` names a subject's code, a language or a line's slug; `node` is the menu below; `saying` is said."""

    kind: Kind = Kind.PERSON
    to: str = ""
    node: "Node | None" = None
    saying: Saying = field(default_factory=Saying)


@dataclass(frozen=True, slots=True)
class Choice:
    """A key and what it does; `label` are the words for it in "press 1 for ...", empty where the kind says enough."""

    key: str
    action: Action
    label: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """Something that happens in place of a node while a condition holds; a node's branches are tried in order."""

    condition: Condition
    action: Action


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a node is said again before `action` happens."""

    repeats: int = 1
    action: Action = field(default_factory=Action)


@dataclass(frozen=True, slots=True)
class Node:
    """One menu: what is said, its branches by time, its keys. `silence_seconds` run from the end of what is said.

    `says_keys`: the keys are said after the text ("press 1 for ..."), so that what is said and what holds cannot differ; a recording
    says them itself.
    """

    saying: Saying = field(default_factory=Saying)
    branches: tuple[Branch, ...] = ()
    choices: tuple[Choice, ...] = ()
    says_keys: bool = True
    silence_seconds: int = 5
    silence: Patience = field(default_factory=Patience)
    wrong: Patience = field(default_factory=lambda: Patience(repeats=2))

    def choice(self, key: str) -> tuple[int, Choice] | None:
        """Return the choice of a key and its number, None when the key is free."""
        return next(((index, choice) for index, choice in enumerate(self.choices) if choice.key == key), None)


@dataclass(frozen=True, slots=True)
class Menu:
    """A line's menu in one language. Without a greeting of its own the line's is said."""

    language: str = "da"
    greeting: Saying = field(default_factory=Saying)
    start: Node = field(default_factory=Node)


def steps(node: Node) -> Iterator[tuple[str, Action]]:
    """Yield what can happen in a node, each with its step, in the order of the page."""
    for index, branch in enumerate(node.branches):
        yield f"w{index}", branch.action
    for index, choice in enumerate(node.choices):
        yield f"k{index}", choice.action
    yield SILENCE, node.silence.action
    yield WRONG, node.wrong.action


def action_at(menu: Menu, place: Place) -> Action | None:
    """Return what happens at a place, None when there is nothing; the start is a menu like any other."""
    action: Action | None = Action(Kind.MENU, node=menu.start)
    for step in place:
        if action is None or action.node is None:
            return None
        action = dict(steps(action.node)).get(step)
    return action


def node_at(menu: Menu, place: Place) -> Node | None:
    """Return the node at a place, None when there is none."""
    action = action_at(menu, place)
    return action.node if action else None


def nodes(node: Node, place: Place = START) -> Iterator[tuple[Place, Node]]:
    """Yield a node and all below it with their places, in the order of the page."""
    yield place, node
    for step, action in steps(node):
        if action.node is not None:
            yield from nodes(action.node, (*place, step))


def actions(menu: Menu) -> Iterator[tuple[Place, Action]]:
    """Yield everything that can happen anywhere in a menu, with its place."""
    for place, node in nodes(menu.start):
        for step, action in steps(node):
            yield (*place, step), action


def sound_ids(menu: Menu) -> frozenset[int]:
    """Return the recordings a menu plays."""
    said = [menu.greeting, *(node.saying for _, node in nodes(menu.start)), *(each.saying for _, each in actions(menu))]
    return frozenset(saying.sound_id for saying in said if saying.sound_id is not None)


def level(place: Place) -> int:
    """Return how deep a place lies: 1 at the start, one more below each key."""
    return 1 + sum(step.startswith("k") for step in place)


def above(place: Place) -> Place:
    """Return the menu that a citizen came from: the start for the start itself."""
    keys = [index for index, step in enumerate(place) if step.startswith("k")]
    if not keys:
        return START
    up = place[: keys[-1]]
    # What holds at this hour is asked anew.
    return up[:-1] if up and up[-1].startswith("w") else up


def to_text(place: Place) -> str:
    """Write a place as forms and ids have it, `start.k0.w1`."""
    return ".".join(("start", *place))


def from_text(text: str) -> Place:
    """Read what `to_text` wrote; anything else is a place where there is nothing."""
    return tuple(text.split(".")[1:])
