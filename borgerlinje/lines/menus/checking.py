"""What is wrong with a menu. Pure: all of it at once, each fault with its place."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from borgerlinje.lines.menus.conditions import Condition
from borgerlinje.lines.menus.faults import Fault, Wrong
from borgerlinje.lines.menus.reading import read
from borgerlinje.lines.menus.speaking import label_of
from borgerlinje.lines.menus.tree import (
    DEEPEST,
    GREETING,
    KEYS,
    LANGUAGES,
    LONGEST_LABEL,
    LONGEST_TEXT,
    SILENCE,
    SPEAKS,
    START,
    UNASKED,
    WRONG,
    Action,
    Branch,
    Kind,
    Menu,
    Node,
    Place,
    Saying,
    actions,
    level,
    nodes,
    steps,
)

_SECONDS = range(2, 31)
_REPEATS = range(6)
_MANY_KEYS = 6


@dataclass(frozen=True, slots=True)
class Known:
    """What a menu may name. `line` is the menu's own line, `lines` maps the slugs of all to where a citizen is sent there unasked.

    `retired` are those of the subjects that are out of use. `languages` are those in which this line has a menu. `sounds` are the line's recordings.
    """

    line: str = ""
    subjects: Collection[str] = ()
    lines: Mapping[str, Collection[str]] = field(default_factory=dict)
    languages: Collection[str] = LANGUAGES
    sounds: Collection[int] = ()
    today: date = date.min
    retired: Collection[str] = ()


def faults_of(tree: object, known: Known, *, language: str = "da") -> tuple[Fault, ...]:
    """Return everything that is wrong with a menu in JSON."""
    menu, unread = read(tree, language=language)
    return (*unread, *check(menu, known))


def check(menu: Menu, known: Known) -> tuple[Fault, ...]:
    """Return everything that is wrong with a menu, in the order of the page."""
    return (
        *_saying(menu.greeting, GREETING, known, may_be_empty=True),
        *(fault for place, node in nodes(menu.start) for fault in _node(node, place, menu, known)),
        *(fault for place, action in actions(menu) for fault in _action(action, place, known)),
        *_loops(menu, known),
        *_ways_out(menu),
    )


def _node(node: Node, place: Place, menu: Menu, known: Known) -> Iterator[Fault]:
    if level(place) > DEEPEST:
        yield Fault(place, Wrong.TOO_DEEP, {"levels": DEEPEST})
    yield from _saying(node.saying, place, known, may_be_empty=_is_unheard(node))
    if node.silence_seconds not in _SECONDS:
        yield Fault(place, Wrong.BAD_NUMBER)
    if node.silence.repeats not in _REPEATS or node.wrong.repeats not in _REPEATS:
        yield Fault(place, Wrong.BAD_NUMBER)
    if node.branches and place and place[-1].startswith("w"):
        yield Fault(place, Wrong.NESTED_BRANCH)
    yield from _branches(node.branches, place, known)
    yield from _choices(node, place, menu)


def _is_unheard(node: Node) -> bool:
    """Tell whether something always happens in a node's place, or its keys say enough."""
    return any(branch.condition.covers(Condition()) for branch in node.branches) or bool(
        node.says_keys and node.choices
    )


def _choices(node: Node, place: Place, menu: Menu) -> Iterator[Fault]:
    times = Counter(choice.key for choice in node.choices)
    for index, choice in enumerate(node.choices):
        here = (*place, f"k{index}")
        if len(choice.key) != 1 or choice.key not in KEYS:
            yield Fault(here, Wrong.UNKNOWN_KEY, {"key": choice.key})
        elif times[choice.key] > 1:
            yield Fault(here, Wrong.KEY_TWICE, {"key": choice.key})
        if len(choice.label) > LONGEST_LABEL:
            yield Fault(here, Wrong.TOO_LONG_LABEL, {"most": LONGEST_LABEL})
        if node.says_keys and not choice.label.strip() and not label_of(choice, menu.language):
            yield Fault(here, Wrong.NO_LABEL, {"key": choice.key})
        if choice.action.kind is Kind.BACK and place == START:
            yield Fault(here, Wrong.NOT_HERE)
    if len(node.choices) > _MANY_KEYS:
        yield Fault(place, Wrong.MANY_KEYS, {"count": len(node.choices)})
    has_own_star = any(choice.key == "*" and choice.action.kind is not Kind.BACK for choice in node.choices)
    has_way_back = any(choice.action.kind is Kind.BACK for choice in node.choices)
    if level(place) > 1 and has_own_star and not has_way_back:
        yield Fault(place, Wrong.NO_WAY_BACK)


def _branches(branches: tuple[Branch, ...], place: Place, known: Known) -> Iterator[Fault]:
    for index, branch in enumerate(branches):
        here = (*place, f"w{index}")
        before = [each.condition for each in branches[:index]]
        if not branch.condition.is_possible:
            yield Fault(here, Wrong.IMPOSSIBLE)
        elif any(earlier.covers(branch.condition) for earlier in before):
            yield Fault(here, Wrong.NEVER_REACHED)
        elif branch.condition.is_over(known.today):
            yield Fault(here, Wrong.IS_OVER)


def _action(action: Action, place: Place, known: Known) -> Iterator[Fault]:
    is_unasked = place[-1] in {SILENCE, WRONG}
    if is_unasked and action.kind not in UNASKED:
        yield Fault(place, Wrong.NOT_FINAL)
    if place[-1].startswith("w") and action.kind not in UNASKED | {Kind.MENU}:
        yield Fault(place, Wrong.NOT_FINAL)
    if action.kind in SPEAKS:
        yield from _saying(action.saying, place, known)
    match action.kind:
        case Kind.SUBJECT if action.to not in known.subjects:
            yield Fault(place, Wrong.UNKNOWN_SUBJECT, {"name": action.to})
        case Kind.SUBJECT if action.to in known.retired:
            yield Fault(place, Wrong.RETIRED_SUBJECT)
        case Kind.LANGUAGE if action.to not in LANGUAGES:
            yield Fault(place, Wrong.UNKNOWN_LANGUAGE, {"name": action.to})
        case Kind.LANGUAGE if action.to not in known.languages:
            yield Fault(place, Wrong.NO_MENU_THERE, {"name": action.to})
        case Kind.LINE if action.to == known.line:
            yield Fault(place, Wrong.OWN_LINE)
        case Kind.LINE if action.to not in known.lines:
            yield Fault(place, Wrong.UNKNOWN_LINE, {"name": action.to})


def _saying(saying: Saying, place: Place, known: Known, *, may_be_empty: bool = False) -> Iterator[Fault]:
    if not saying and not may_be_empty:
        yield Fault(place, Wrong.NO_TEXT)
    if len(saying.text) > LONGEST_TEXT:
        yield Fault(place, Wrong.TOO_LONG, {"most": LONGEST_TEXT, "count": len(saying.text)})
    if saying.sound_id is not None and saying.sound_id not in known.sounds:
        yield Fault(place, Wrong.UNKNOWN_SOUND)


def sent_on(menu: Menu) -> dict[Place, str]:
    """Return the lines to which a citizen is sent without having pressed a key, by the places that do it.

    Only what is reached without a key counts: the start, its branches, and their silence and wrong keys.
    """
    found: dict[Place, str] = {}
    waiting: list[tuple[Place, Node]] = [(START, menu.start)]
    while waiting:
        place, node = waiting.pop()
        for name, action in steps(node):
            here = (*place, name)
            if name.startswith("k"):
                continue
            if action.kind is Kind.LINE:
                found[here] = action.to
            elif action.node is not None and name.startswith("w"):
                waiting.append((here, action.node))
    return found


def _loops(menu: Menu, known: Known) -> Iterator[Fault]:
    """Find ways on which a citizen who presses nothing is sent from line to line for ever."""
    for place, slug in sorted(sent_on(menu).items()):
        seen, waiting = {slug}, [slug]
        while waiting:
            following = set(known.lines.get(waiting.pop(), ())) - seen
            seen |= following
            waiting += following
        if known.line in seen and slug != known.line:
            yield Fault(place, Wrong.LINE_LOOP, {"name": slug})


def _ways_out(menu: Menu) -> Iterator[Fault]:
    """Warn where a citizen can reach nobody: no person, subject, line, callback or message anywhere below the start."""
    reaches = {Kind.PERSON, Kind.SUBJECT, Kind.LINE, Kind.CALLBACK, Kind.VOICEMAIL}
    for place, node in nodes(menu.start):
        # 0 is a person wherever there are keys and it is not something else.
        has_zero = bool(node.choices) and node.choice("0") is None
        below = [action.kind for _, inner in nodes(node) for _, action in steps(inner)]
        if not has_zero and not reaches.intersection(below):
            yield Fault(place, Wrong.NO_PERSON)
