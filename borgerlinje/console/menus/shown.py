"""A menu as the editor shows it: each place with its form's values, its faults and what it sounds like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from borgerlinje.lines.menus import Action, Choice, Fault, Kind, Menu, Node, Place, Saying
from borgerlinje.lines.menus.conditions import Condition
from borgerlinje.lines.menus.editing import digest
from borgerlinje.lines.menus.speaking import label_of
from borgerlinje.lines.menus.tree import DEEPEST, GREETING, KEYS, LANGUAGES, SPEAKS, UNASKED, level, nodes, to_text
from borgerlinje.lines.menus.words import (
    KIND_NAMES,
    LANGUAGE_NAMES,
    Names,
    action_text,
    condition_text,
    fault_text,
    place_text,
)

Options = Sequence[tuple[str, Sequence[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class ShownFault:
    """A fault in words; a warning keeps nobody from publishing."""

    text: str
    is_warning: bool
    where: str
    id: str


@dataclass(frozen=True, slots=True)
class ShownSaying:
    """A text to write, or its recording."""

    place: str
    id: str
    seen: str
    label: str
    saying: Saying
    is_short: bool = False

    @property
    def sound_version(self) -> str:
        """A mark that changes with what is heard there, so that a browser never plays what was said before."""
        return self.seen


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A key, a branch, or the patience's end: what happens there, and below."""

    place: str
    id: str
    seen: str
    title: str
    action: Action
    what: str
    what_text: str
    options: Options
    faults: Sequence[ShownFault]
    key: str = ""
    label: str = ""
    hint: str = ""
    condition: Condition | None = None
    condition_text: str = ""
    said: ShownSaying | None = None
    node: "ShownNode | None" = None
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class ShownNode:
    """A menu with its keys."""

    place: str
    id: str
    seen: str
    title: str
    said: ShownSaying
    node: Node
    branches: Sequence[ShownStep]
    choices: Sequence[ShownStep]
    silence: ShownStep
    wrong: ShownStep
    faults: Sequence[ShownFault]
    may_branch: bool
    may_add: bool


class Showing:
    """Builds what is shown of one menu."""

    def __init__(self, menu: Menu, faults: Sequence[Fault], names: Names, *, line_slug: str) -> None:
        self._menu = menu
        self._names = names
        self._line_slug = line_slug
        self._faults: dict[Place, list[ShownFault]] = {}
        for fault in faults:
            self._faults.setdefault(fault.place, []).append(self._fault(fault))

    def start(self) -> ShownNode:
        """Return the whole tree."""
        return self._node(self._menu.start, ())

    def greeting(self) -> ShownSaying:
        """Return what is said before it."""
        return self._said(GREETING, self._menu.greeting, _("Velkomst"), is_short=True)

    def greeting_faults(self) -> Sequence[ShownFault]:
        """Return what is wrong with the greeting."""
        return self._faults.get(GREETING, ())

    def all_faults(self) -> list[ShownFault]:
        """Return all faults, in the order of the page."""
        return [fault for faults in self._faults.values() for fault in faults]

    def menus(self) -> list[tuple[str, str]]:
        """Return every menu of the tree by its place, for moving a key there."""
        return [(to_text(place), place_text(self._menu, place)) for place, _node in nodes(self._menu.start)]

    def _fault(self, fault: Fault) -> ShownFault:
        where = place_text(self._menu, fault.place)
        return ShownFault(fault_text(fault), fault.is_warning, where, id_of(fault.place))

    def _said(self, place: Place, saying: Saying, label: str, *, is_short: bool = False) -> ShownSaying:
        return ShownSaying(to_text(place), id_of(place), digest(self._menu, place), label, saying, is_short)

    def _node(self, node: Node, place: Place) -> ShownNode:
        last = len(node.choices) - 1
        return ShownNode(
            to_text(place),
            id_of(place),
            digest(self._menu, place),
            place_text(self._menu, place),
            self._said(place, node.saying, _("Siger")),
            node,
            [
                self._step(
                    (*place, f"w{index}"),
                    branch.action,
                    condition=branch.condition,
                    is_first=index == 0,
                    is_last=index == len(node.branches) - 1,
                )
                for index, branch in enumerate(node.branches)
            ],
            [
                self._step(
                    (*place, f"k{index}"), choice.action, choice=choice, is_first=index == 0, is_last=index == last
                )
                for index, choice in enumerate(node.choices)
            ],
            self._step((*place, "silence"), node.silence.action),
            self._step((*place, "wrong"), node.wrong.action),
            self._faults.get(place, ()),
            may_branch=not (place and place[-1].startswith("w")),
            may_add=len(node.choices) < len(KEYS),
        )

    def _step(
        self,
        place: Place,
        action: Action,
        *,
        choice: Choice | None = None,
        condition: Condition | None = None,
        is_first: bool = False,
        is_last: bool = False,
    ) -> ShownStep:
        # Those of a menu stand in the menu.
        own = self._faults.get(place, ()) if action.node is None else ()
        speaks = action.kind in SPEAKS
        return ShownStep(
            to_text(place),
            id_of(place),
            digest(self._menu, place),
            place_text(self._menu, place),
            action,
            what_of(action),
            action_text(action, self._names),
            self._options(place, action),
            own,
            key=choice.key if choice else "",
            label=choice.label if choice else "",
            hint=label_of(choice, self._menu.language) if choice else "",
            condition=condition,
            condition_text=condition_text(condition) if condition else "",
            said=self._said(place, action.saying, _("Siger"), is_short=True) if speaks else None,
            node=self._node(action.node, place) if action.node is not None else None,
            is_first=is_first,
            is_last=is_last,
        )

    def _options(self, place: Place, action: Action) -> Options:
        """Return what can be chosen at a place, what is chosen now among it whatever it is."""
        is_key = place[-1].startswith("k")
        is_branch = place[-1].startswith("w")
        kinds = [kind for kind in Kind if is_key or kind in UNASKED or (is_branch and kind is Kind.MENU)]
        # A key of the deepest menu has nothing below it, and the start nothing above.
        too_deep = is_key and level(place) > DEEPEST
        hidden = {Kind.SUBJECT, Kind.LINE, Kind.LANGUAGE}
        if too_deep:
            hidden.add(Kind.MENU)
        if level(place[:-1]) == 1:
            hidden.add(Kind.BACK)
        plain = [(kind.value, str(KIND_NAMES[kind])) for kind in kinds if kind not in hidden]
        chosen = what_of(action)
        subjects = [
            (f"subject:{code}", _("%(subject)s (ude af brug)") % {"subject": name} if is_retired else name)
            for code, name in self._names.subjects.items()
            for is_retired in [code in self._names.retired]
            if not is_retired or chosen == f"subject:{code}"
        ]
        lines = [(f"line:{slug}", name) for slug, name in self._names.lines.items() if slug != self._line_slug]
        groups: list[tuple[str, Sequence[tuple[str, str]]]] = [
            (_("Borgeren …"), plain),
            (_("går i kø med emnet …"), subjects),
        ]
        if is_key:
            languages = [
                (f"language:{code}", str(LANGUAGE_NAMES[code])) for code in LANGUAGES if code != self._menu.language
            ]
            groups.append((_("skifter sprog til …"), languages))
        groups.append((_("kommer til linjen …"), lines))
        if not any(chosen == value for _name, options in groups for value, _text in options):
            groups.append((_("Ukendt"), [(chosen, action_text(action, self._names))]))
        return [group for group in groups if group[1]]


def what_of(action: Action) -> str:
    """Return an action as one value of a list: its kind, and what it names."""
    return (
        f"{action.kind.value}:{action.to}"
        if action.kind in {Kind.SUBJECT, Kind.LINE, Kind.LANGUAGE}
        else action.kind.value
    )


def weekdays() -> Mapping[int, str]:
    """Return the days of the week, Monday 0."""
    return {number: str(name) for number, name in WEEKDAYS.items()}


def id_of(place: Place) -> str:
    """Return the id in the page of what stands at a place."""
    return "p-" + to_text(place).replace(".", "-")
