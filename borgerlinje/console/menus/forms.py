"""What the editor's small forms say, as changes of a menu. Whatever cannot be read is told; nothing is guessed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.personal_data import check_no_cpr
from borgerlinje.lines.menus import Condition, Kind, Menu, Place
from borgerlinje.lines.menus import editing as edit
from borgerlinje.lines.menus.tree import START, Node, Patience, from_text

if TYPE_CHECKING:
    from django.http import QueryDict

_FLAGS: Final[Mapping[str, bool | None]] = {"yes": True, "no": False}
_LONGEST: Final = 2000


class UnreadableError(BorgerlinjeError):
    """A form holds something that is none of what it offers."""

    code = "unreadable"
    status = 422
    message = _("Det skrevne kan ikke læses. Menuen er ikke ændret. Ret feltet, og prøv igen.")


def change(menu: Menu, act: str, place: Place, form: "QueryDict") -> Menu:
    """Return the menu as a form changes it. Raises LookupError where the place is gone, and UnreadableError or a refused CPR number."""
    do = _CHANGES.get(act)
    if do is None:
        raise UnreadableError
    return do(menu, place, form)


def _text(menu: Menu, place: Place, form: "QueryDict") -> Menu:
    saying = edit.saying_at(menu, place)
    text = form.get("text", "").replace("\r\n", "\n")[:_LONGEST]
    check_no_cpr(text)
    return edit.set_saying(menu, place, replace(saying, text=text))


def _choice(menu: Menu, place: Place, form: "QueryDict") -> Menu:
    label = form.get("label", "").strip()[:_LONGEST]
    check_no_cpr(label)
    return _what(edit.change_choice(menu, place, key=form.get("key", "")[:1], label=label), place, form)


def _branch(menu: Menu, place: Place, form: "QueryDict") -> Menu:
    try:
        condition = Condition(
            weekdays=frozenset(int(day) for day in form.getlist("weekday")) & frozenset(range(7)),
            opens=_time(form.get("opens", "")),
            closes=_time(form.get("closes", "")),
            from_on=_date(form.get("from_on", "")),
            last_on=_date(form.get("last_on", "")),
            is_yearly=form.get("yearly") == "yes",
            is_open=_FLAGS.get(form.get("open", "")),
            is_closed_day=_FLAGS.get(form.get("closed_day", "")),
        )
    except ValueError as error:
        raise UnreadableError from error
    return _what(edit.change_condition(menu, place, condition), place, form)


def _what(menu: Menu, place: Place, form: "QueryDict") -> Menu:
    """Change what happens at a place, where the form says something else than holds."""
    named, _colon, to = form.get("what", "").partition(":")
    if named not in set(Kind):
        raise UnreadableError
    kind = Kind(named)
    return edit.change_action(
        menu,
        place,
        lambda action: action if (action.kind, action.to) == (kind, to) else edit.set_kind(action, kind, to),
    )


def _manners(menu: Menu, place: Place, form: "QueryDict") -> Menu:
    seconds, silent, wrong = (_number(form.get(name, "")) for name in ("seconds", "silent", "wrong"))

    def changed(node: Node) -> Node:
        return replace(
            node,
            says_keys=form.get("says_keys") == "yes",
            silence_seconds=seconds,
            silence=Patience(silent, node.silence.action),
            wrong=Patience(wrong, node.wrong.action),
        )

    menu = edit.change_node(menu, place, changed)
    for name in ("silence", "wrong"):
        if form.get(f"{name}_what"):
            only = form.copy()
            only["what"] = form.get(f"{name}_what", "")
            menu = _what(menu, (*place, name), only)
    return menu


def _into(menu: Menu, place: Place, form: "QueryDict") -> Menu:
    return edit.move_into(menu, place, from_text(form.get("target", "")))


def _unsound(menu: Menu, place: Place, form: "QueryDict") -> Menu:
    del form
    return edit.set_saying(menu, place, replace(edit.saying_at(menu, place), sound_id=None))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3:  # noqa: PLR2004 - no count here has four digits
        raise UnreadableError
    return int(text)


def _time(text: str) -> time | None:
    return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None) if text else None


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_CHANGES: Final[Mapping[str, "Callable[[Menu, Place, QueryDict], Menu]"]] = {
    "text": _text,
    "choice": _choice,
    "branch": _branch,
    "what": _what,
    "manners": _manners,
    "into": _into,
    "unsound": _unsound,
    "add_key": lambda menu, place, _form: edit.add_key(menu, place),
    "add_branch": lambda menu, place, _form: edit.add_branch(menu, place),
    "remove": lambda menu, place, _form: edit.remove(menu, place),
    "up": lambda menu, place, _form: edit.move(menu, place, -1),
    "down": lambda menu, place, _form: edit.move(menu, place, 1),
}
# What changes the shape of the tree is told, and can be taken back with one press.
TELLS: Final = frozenset({"remove", "into", "unsound", "add_branch"})


def watched(act: str, place: Place) -> Place:
    """Return the place whose change by somebody else stands in the way of an act: what moves keys looks at the whole menu they are in."""
    return place[:-1] if act in {"remove", "up", "down", "into"} and place != START else place
