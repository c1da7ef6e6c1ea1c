"""A menu out of JSON and back. Pure. Whatever the JSON holds there is a menu, and a list of what could not be read."""

import math
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from borgerlinje.lines.menus.conditions import WEEK, Condition
from borgerlinje.lines.menus.faults import Fault, Wrong
from borgerlinje.lines.menus.tree import (
    SILENCE,
    START,
    WRONG,
    Action,
    Branch,
    Choice,
    Kind,
    Menu,
    Node,
    Patience,
    Place,
    Saying,
)

_DEEPEST_JSON = 12
_MOST = 99


def read(tree: object, *, language: str = "da") -> tuple[Menu, tuple[Fault, ...]]:
    """Return the menu that JSON describes, and what in it could not be read: that is left out, or as it usually is."""
    reader = _Reader()
    whole = reader.mapping(tree, START)
    menu = Menu(language, reader.saying(whole.get("greeting"), START), reader.node(whole.get("start"), START))
    return menu, tuple(reader.faults)


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def mapping(self, value: object, place: Place) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        if value is not None:
            self.faults.append(Fault(place, Wrong.NOT_A_MENU))
        return {}

    def items(self, value: object, place: Place) -> Iterator[tuple[int, Mapping[str, Any]]]:
        if value is not None and not isinstance(value, list):
            self.faults.append(Fault(place, Wrong.NOT_A_MENU))
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield index, self.mapping(item, place)

    def text(self, value: object, place: Place) -> str:
        if value is None or isinstance(value, str):
            return (value or "").replace("\0", "")
        self.faults.append(Fault(place, Wrong.BAD_VALUE))
        return ""

    def number(self, value: object, usual: int, place: Place) -> int:
        if value is None:
            return usual
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not is_number or not 0 <= value <= _MOST or value != int(value):  # type: ignore[operator, call-overload] # a number by now
            self.faults.append(Fault(place, Wrong.BAD_NUMBER))
            return usual
        return int(value)  # type: ignore[call-overload, no-any-return] # a number by now

    def saying(self, value: object, place: Place) -> Saying:
        given = self.mapping(value, place)
        sound = given.get("sound")
        if sound is not None and (not isinstance(sound, int) or isinstance(sound, bool)):
            self.faults.append(Fault(place, Wrong.BAD_VALUE))
            sound = None
        return Saying(self.text(given.get("text"), place), sound)

    def node(self, value: object, place: Place) -> Node:
        if len(place) >= _DEEPEST_JSON:
            self.faults.append(Fault(place, Wrong.TOO_DEEP))
            return Node()
        given, usual = self.mapping(value, place), Node()
        silence, wrong = (self.mapping(given.get(name), place) for name in (SILENCE, WRONG))
        return Node(
            self.saying(given.get("say"), place),
            tuple(
                Branch(self.condition(item.get("if"), (*place, f"w{index}")), self.action(item, (*place, f"w{index}")))
                for index, item in self.items(given.get("when"), place)
            ),
            tuple(
                Choice(
                    self.text(item.get("key"), (*place, f"k{index}")),
                    self.action(item, (*place, f"k{index}")),
                    self.text(item.get("label"), (*place, f"k{index}")),
                )
                for index, item in self.items(given.get("keys"), place)
            ),
            given.get("says_keys") is not False,
            self.number(silence.get("seconds"), usual.silence_seconds, place),
            self.patience(silence, usual.silence.repeats, (*place, SILENCE)),
            self.patience(wrong, usual.wrong.repeats, (*place, WRONG)),
        )

    def patience(self, given: Mapping[str, Any], usual: int, place: Place) -> Patience:
        then = given.get("then")
        action = Action() if then is None else self.action(self.mapping(then, place), place)
        return Patience(self.number(given.get("repeats"), usual, place[:-1]), action)

    def action(self, given: Mapping[str, Any], place: Place) -> Action:
        named = given.get("do")
        if not isinstance(named, str) or named not in set(Kind):
            self.faults.append(Fault(place, Wrong.UNKNOWN_KIND))
            return Action()
        kind = Kind(named)
        node = self.node(given.get("node"), place) if kind is Kind.MENU else None
        return Action(kind, self.text(given.get("to"), place), node, self.saying(given.get("say"), place))

    def condition(self, value: object, place: Place) -> Condition:
        given = self.mapping(value, place)
        try:
            return Condition(
                weekdays=_weekdays(given.get("weekdays")),
                opens=_time(given.get("opens")),
                closes=_time(given.get("closes")),
                from_on=_date(given.get("from_on")),
                last_on=_date(given.get("last_on")),
                is_yearly=given.get("yearly") is True,
                is_open=_flag(given.get("open")),
                is_closed_day=_flag(given.get("closed_day")),
            )
        except (TypeError, ValueError):
            self.faults.append(Fault(place, Wrong.BAD_VALUE))
            # It must not hold by mistake.
            return Condition(weekdays=frozenset())


def _weekdays(value: Any) -> frozenset[int]:
    days = WEEK if value is None else frozenset(value)
    if not days <= WEEK:
        raise ValueError("weekdays are 0 to 6")
    return frozenset(int(day) for day in days)


def _time(value: Any) -> time | None:
    found = None if value is None else time.fromisoformat(value)
    if found is not None and found.tzinfo is not None:
        raise ValueError("a local time has no zone")
    return found


def _date(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _flag(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError("true, false or nothing")
    return value


def write(menu: Menu) -> dict[str, Any]:
    """Return a menu as the JSON that `read` reads; what is as usual is left out."""
    greeting = {"greeting": _write_saying(menu.greeting)} if menu.greeting != Saying() else {}
    return {**greeting, "start": write_node(menu.start)}


def write_node(node: Node) -> dict[str, Any]:
    """Return a node as JSON."""
    written: dict[str, Any] = {"say": _write_saying(node.saying)}
    if node.branches:
        written["when"] = [
            {"if": _write_condition(each.condition), **write_action(each.action)} for each in node.branches
        ]
    if node.choices:
        written["keys"] = [
            {"key": each.key, **({"label": each.label} if each.label else {}), **write_action(each.action)}
            for each in node.choices
        ]
    if not node.says_keys:
        written["says_keys"] = False
    written[SILENCE] = {"seconds": node.silence_seconds, **_write_patience(node.silence)}
    written[WRONG] = _write_patience(node.wrong)
    return written


def write_action(action: Action) -> dict[str, Any]:
    """Return what happens as JSON."""
    return {
        "do": action.kind.value,
        **({"to": action.to} if action.to else {}),
        **({"say": _write_saying(action.saying)} if action.saying != Saying() else {}),
        **({"node": write_node(action.node)} if action.node is not None else {}),
    }


def _write_patience(patience: Patience) -> dict[str, Any]:
    return {"repeats": patience.repeats, "then": write_action(patience.action)}


def _write_saying(saying: Saying) -> dict[str, Any]:
    return {"text": saying.text, **({"sound": saying.sound_id} if saying.sound_id is not None else {})}


def _write_condition(condition: Condition) -> dict[str, Any]:
    values = {
        "weekdays": sorted(condition.weekdays) if condition.weekdays != WEEK else None,
        "opens": condition.opens and condition.opens.isoformat("minutes"),
        "closes": condition.closes and condition.closes.isoformat("minutes"),
        "from_on": condition.from_on and condition.from_on.isoformat(),
        "last_on": condition.last_on and condition.last_on.isoformat(),
        "yearly": condition.is_yearly or None,
        "open": condition.is_open,
        "closed_day": condition.is_closed_day,
    }
    return {name: value for name, value in values.items() if value is not None}
