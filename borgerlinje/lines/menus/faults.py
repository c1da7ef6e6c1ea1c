"""What can be wrong with a menu, as values: all of it at once, each with its place. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from borgerlinje.lines.menus.tree import Place


class Wrong(StrEnum):
    """A fault. Those of `WARNINGS` may be published."""

    NOT_A_MENU = "not_a_menu"
    UNKNOWN_KIND = "unknown_kind"
    BAD_VALUE = "bad_value"
    NO_TEXT = "no_text"
    TOO_LONG = "too_long"
    TOO_LONG_LABEL = "too_long_label"
    UNKNOWN_KEY = "unknown_key"
    KEY_TWICE = "key_twice"
    TOO_DEEP = "too_deep"
    UNKNOWN_SUBJECT = "unknown_subject"
    RETIRED_SUBJECT = "retired_subject"
    UNKNOWN_LINE = "unknown_line"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_SOUND = "unknown_sound"
    OWN_LINE = "own_line"
    LINE_LOOP = "line_loop"
    NOT_FINAL = "not_final"
    NOT_HERE = "not_here"
    NEVER_REACHED = "never_reached"
    IMPOSSIBLE = "impossible"
    NESTED_BRANCH = "nested_branch"
    BAD_NUMBER = "bad_number"
    NO_LABEL = "no_label"
    IS_OVER = "is_over"
    NO_PERSON = "no_person"
    NO_WAY_BACK = "no_way_back"
    NO_MENU_THERE = "no_menu_there"
    MANY_KEYS = "many_keys"


WARNINGS = frozenset(
    {
        Wrong.RETIRED_SUBJECT,
        Wrong.IS_OVER,
        Wrong.NO_PERSON,
        Wrong.NO_WAY_BACK,
        Wrong.NO_MENU_THERE,
        Wrong.MANY_KEYS,
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place; `values` are the words for its text (a key, a name, a number)."""

    place: Place
    wrong: Wrong
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        """Whether the menu may be published all the same."""
        return self.wrong in WARNINGS
