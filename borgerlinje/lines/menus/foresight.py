"""What a citizen would hear at an instant, and where each key leads. Pure; made for the page that asks "what happens on 24 December?"."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from borgerlinje.lines.hours import Schedule
from borgerlinje.lines.menus import speaking
from borgerlinje.lines.menus.conditions import Moment, moment
from borgerlinje.lines.menus.speaking import Spoken
from borgerlinje.lines.menus.tree import SILENCE, START, WRONG, Action, Choice, Kind, Menu, Node, Place, node_at
from borgerlinje.lines.menus.walking import Entered, Listen, Out, Position, Say, is_heard, step

_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a key, a silence or the hour leads to; `heard` is the menu below, None where there is none."""

    step: str
    action: Action
    key: str = ""
    label: str = ""
    heard: "Heard | None" = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A node as it is heard at that instant. `at_once` is what happens in its place; then there are no keys."""

    place: Place
    spoken: tuple[Spoken, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    at_once: Outcome | None = None
    silence_seconds: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What happens to a call at `moment`. `start` is None when the line is closed and the menu does not speak of it."""

    moment: Moment
    greeting: tuple[Spoken, ...] = ()
    start: Heard | None = None
    branches: tuple[Place, ...] = field(default=())


def what_happens(menu: Menu, schedule: Schedule, at: datetime, *, greeting: str = "") -> Foreseen:
    """Return what a citizen hears who calls at an aware instant; `greeting` is the line's, said where the menu has none."""
    now = moment(schedule, at)
    if not is_heard(menu, now):
        return Foreseen(now)
    own = speaking.saying_spoken(menu.greeting, menu.language)
    lines = (Spoken(greeting, menu.language),) if greeting.strip() else ()
    start = _heard(menu, now, START, _DEEPEST)
    return Foreseen(now, own or lines, start, tuple(_branches(start)))


def _heard(menu: Menu, now: Moment, place: Place, depth: int) -> Heard:
    """Return a place as one comes to it now; the interpreter itself says what is heard."""
    # As if the start lay there: it is the start that is entered.
    below = Menu(menu.language, start=node_at(menu, place) or Node())
    walked = step(below, Position(), Entered(), now)
    spoken = tuple(each for act in walked.acts if isinstance(act, Say) for each in act.spoken)
    if walked.position is None:
        out = next(act for act in walked.acts if isinstance(act, Out))
        return Heard(place, spoken, at_once=Outcome(out.place[-1] if out.place else "", out.action))
    here = (*place, *walked.position.place)
    node = node_at(menu, here) or Node()
    seconds = next(act.seconds for act in walked.acts if isinstance(act, Listen))
    return Heard(
        here,
        spoken,
        tuple(_outcomes(menu, now, here, node, depth)),
        silence_seconds=seconds,
        repeats=node.silence.repeats if node.choices else 0,
    )


def _outcomes(menu: Menu, now: Moment, here: Place, node: Node, depth: int) -> Iterator[Outcome]:
    for index, choice in enumerate(node.choices):
        name = f"k{index}"
        goes_down = choice.action.kind is Kind.MENU and depth > 0
        heard = _heard(menu, now, (*here, name), depth - 1) if goes_down else None
        yield Outcome(name, choice.action, choice.key, _label(choice, menu.language), heard)
    if node.choices and node.choice("0") is None:
        yield Outcome("", Action(Kind.PERSON), "0", speaking.words(menu.language).labels[Kind.PERSON])
    yield Outcome(SILENCE, node.silence.action)
    if node.choices:
        yield Outcome(WRONG, node.wrong.action)


def _label(choice: Choice, language: str) -> str:
    return choice.label.strip() or speaking.label_of(choice, language)


def _branches(heard: Heard) -> Iterator[Place]:
    """Yield the branches that the instant has chosen."""
    if heard.place and heard.place[-1].startswith("w"):
        yield heard.place
    for outcome in heard.outcomes:
        if outcome.heard is not None:
            yield from _branches(outcome.heard)
