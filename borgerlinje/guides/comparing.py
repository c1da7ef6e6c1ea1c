"""Two versions of a guide beside one another, part by part, with what was taken out and put in marked word by word. Pure.

A step is compared with the one of the same key, so that a step that was moved is the same step.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from borgerlinje.guides.content import LANGUAGES, Content, Step, Text

_TOKENS: Final = re.compile(r"\w+|\s+|[^\w\s]")
# Above so many words the marks cost more than they tell, and below such a likeness the texts are two different ones.
_MOST_TOKENS: Final = 1500
_LEAST_LIKE: Final = 0.25
_TEXT_PARTS: Final = ("title", "intro", "have")
_TEXT_ENDS: Final = ("mistakes", "not_digital")
_STEP_PARTS: Final = ("text", "say", "sees", "picture", "picture_alt")
_FACTS: Final = ("life_events", "complexity", "channels", "unit", "legal_basis", "facts_from")


class Kind(StrEnum):
    """What became of a part."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a part's text; `is_marked`: it is only there on this side."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a guide on both sides. `language` is empty for what is the same in all; `name` as in `content`.

    For a part of a step `step` is its number, on the newer side where it is there; `was_step` the number it had where it was moved, else 0.
    """

    language: str
    name: str
    kind: Kind
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    step: int = 0
    was_step: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether anything differs, be it the place alone."""
        return self.kind is not Kind.SAME or self.was_step != 0


def compare(before: Content, after: Content) -> list[Part]:
    """Return every part that either of two contents says anything in, in the order it is read."""
    parts: list[Part] = []
    for language in LANGUAGES:
        old, new = before.texts.get(language), after.texts.get(language)
        if old is not None or new is not None:
            parts += _texts(language, old or Text("", ""), new or Text("", ""))
        words = [tuple(each.words.get(language, ())) for each in (before, after)]
        parts += _part(language, "words", *map(_lines, words))
    for name in _FACTS:
        parts += _part("", name, *(_value(getattr(each, name)) for each in (before, after)))
    return parts


def compare_texts(name: str, before: str, after: str) -> Part | None:
    """Return one part by what it says on both sides; None where neither says anything."""
    return next(_part("", name, before, after), None)


def _texts(language: str, old: Text, new: Text) -> Iterator[Part]:
    for name in _TEXT_PARTS:
        yield from _part(language, name, _value(getattr(old, name)), _value(getattr(new, name)))
    yield from _steps(language, old.steps, new.steps)
    for name in _TEXT_ENDS:
        yield from _part(language, name, _value(getattr(old, name)), _value(getattr(new, name)))


def _steps(language: str, old: Sequence[Step], new: Sequence[Step]) -> Iterator[Part]:
    was = {step.key: (number, step) for number, step in enumerate(old, 1)}
    now = {step.key: (number, step) for number, step in enumerate(new, 1)}
    # Where a step came in or went out the others have other numbers without having been moved.
    shared_before, shared_after = [key for key in was if key in now], [key for key in now if key in was]
    stayed = _stayed(shared_before, shared_after)
    for key in _in_order(list(was), list(now)):
        number, step = now.get(key, (0, None))
        old_number, old_step = was.get(key, (0, None))
        moved_from = old_number if step and old_step and key not in stayed else 0
        for name in _STEP_PARTS:
            texts = (getattr(each, name) if each else "" for each in (old_step, step))
            for part in _part(language, name, *texts):
                is_first = name == _STEP_PARTS[0]
                yield Part(
                    *(part.language, part.name, part.kind, part.before, part.after),
                    step=number or old_number,
                    was_step=moved_from if is_first else 0,
                )


def _stayed(before: list[str], after: list[str]) -> set[str]:
    """Return the keys that stand in the same order on both sides."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return {key for block in matcher.get_matching_blocks() for key in before[block.a : block.a + block.size]}


def _in_order(before: list[str], after: list[str]) -> list[str]:
    """Return all keys in the newer order; one that is gone stands where it stood, after the one before it."""
    found = list(after)
    for index, key in enumerate(before):
        if key not in after:
            previous = before[index - 1] if index else None
            found.insert(found.index(previous) + 1 if previous else 0, key)
    return found


def _part(language: str, name: str, before: str, after: str) -> Iterator[Part]:
    if before or after:
        kind, (left, right) = _kind(before, after), _marked(before, after)
        yield Part(language, name, kind, left, right)


def _kind(before: str, after: str) -> Kind:
    if before == after:
        return Kind.SAME
    return Kind.ADDED if not before else Kind.REMOVED if not after else Kind.CHANGED


def _marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if before == after:
        return _whole(before, is_marked=False), _whole(after, is_marked=False)
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if max(len(old), len(new)) > _MOST_TOKENS or matcher.ratio() < _LEAST_LIKE:
        return _whole(before, is_marked=True), _whole(after, is_marked=True)
    left: list[Piece] = []
    right: list[Piece] = []
    codes = matcher.get_opcodes()
    for index, (tag, a, b, c, d) in enumerate(codes):
        # What only parts two marks is marked with them: whole phrases are read, not a word at a time.
        is_between = 0 < index < len(codes) - 1 and not "".join(old[a:b]).strip()
        is_marked = tag != "equal" or is_between
        left += _whole("".join(old[a:b]), is_marked=is_marked)
        right += _whole("".join(new[c:d]), is_marked=is_marked)
    return _joined(left), _joined(right)


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Return the pieces with neighbours of the same mark as one."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].is_marked == piece.is_marked:
            found[-1] = Piece(found[-1].text + piece.text, piece.is_marked)
        else:
            found.append(piece)
    return tuple(found)


def _whole(text: str, *, is_marked: bool) -> tuple[Piece, ...]:
    return (Piece(text, is_marked),) if text else ()


def _value(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else _lines(value)


def _lines(items: Sequence[str]) -> str:
    return "\n".join(items)
