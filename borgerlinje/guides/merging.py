"""Two people's work in one draft, brought together part by part. Pure.

What only one of them changed is as they left it. Where both changed the same part, what is stored stays and the other text is handed back
beside it: whoever wrote it chooses. A step that one removed and the other wrote in stays, and of two new items at one place both stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple, TypeVar

from borgerlinje.guides.content import LANGUAGES, Content, Step, Text

STEP_PARTS: Final = ("text", "say", "sees", "picture", "picture_alt")
_TEXT_PARTS: Final = ("title", "intro", "not_digital")
_TEXT_LISTS: Final = ("have", "mistakes")
_PARTS: Final = ("complexity", "unit", "legal_basis", "facts_from")
_NO_TEXT: Final = Text("", "")

_T = TypeVar("_T", str, tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Conflict:
    """A part that two people wrote differently: what is stored stays, `mine` was sent later. Lists are one item to a line.

    `language` is empty for what is the same in all; `part` is named "intro", "step:s2:say", "channels".
    """

    language: str
    part: str
    mine: str
    theirs: str

    @property
    def name(self) -> str:
        """Return the part's whole name: "da:intro"; ":unit" for what is the same in all languages."""
        return f"{self.language}:{self.part}"


@dataclass(frozen=True, slots=True)
class Merged:
    """A draft of two hands. `taken` names the parts ("da:intro") that the other one changed and that are in it now."""

    content: Content
    conflicts: tuple[Conflict, ...] = ()
    taken: tuple[str, ...] = ()


class _Hunk(NamedTuple):
    """Items [`start`, `end`) of a list that somebody put other ones in the place of."""

    start: int
    end: int
    items: tuple[str, ...]


@dataclass(slots=True)
class _Merger:
    conflicts: list[Conflict] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def one(self, language: str, part: str, base: _T, mine: _T, theirs: _T) -> _T:
        """Return a part as a whole; a conflict where both changed it."""
        if mine in (theirs, base):
            if theirs not in (base, mine):
                self.taken.append(f"{language}:{part}")
            return theirs
        if theirs != base:
            self.conflicts.append(Conflict(language, part, _joined(mine), _joined(theirs)))
            return theirs
        return mine

    def items(self, language: str, part: str, *sides: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list with the changes of both sides; a conflict where they changed the same items."""
        base, mine, theirs = sides
        if base not in (mine, theirs) and mine != theirs:
            woven = _woven(base, mine, theirs)
            if woven is not None:
                self.taken.append(f"{language}:{part}")
                return woven
        return self.one(language, part, base, mine, theirs)

    def bag(self, language: str, part: str, *sides: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list whose order says nothing: all that either put in, without what either took out."""
        base, mine, theirs = sides
        if base in (mine, theirs) or mine == theirs:
            return self.one(language, part, base, mine, theirs)
        self.taken.append(f"{language}:{part}")
        gone = set(base) - set(mine)
        return tuple(dict.fromkeys((*(each for each in theirs if each not in gone), *_without(mine, base))))

    def steps(self, language: str, *sides: tuple[Step, ...]) -> tuple[Step, ...]:
        """Return the steps in the order of whoever moved them; where both did, in the order stored."""
        base, mine, theirs = ({step.key: step for step in steps} for steps in sides)
        found: dict[str, Step] = {}
        for key in dict.fromkeys((*theirs, *mine)):
            step = self._step(language, key, base, mine, theirs)
            if step is not None:
                found[key] = step
        self.taken += [
            f"{language}:step:{key}" for key in base if key in mine and key not in theirs and key not in found
        ]
        return tuple(found[key] for key in _order(*map(list, (base, mine, theirs))) if key in found)

    def _step(self, language: str, key: str, *sides: Mapping[str, Step]) -> Step | None:
        base, mine, theirs = (side.get(key) for side in sides)
        if mine is None or theirs is None:
            left = mine or theirs
            if base is not None and left == base:
                return None
            if mine is None:
                self.taken.append(f"{language}:step:{key}")
            return left
        was = base or Step(key, "")
        parts = {
            part: self.one(
                language, f"step:{key}:{part}", getattr(was, part), getattr(mine, part), getattr(theirs, part)
            )
            for part in STEP_PARTS
        }
        return replace(theirs, **parts)


def merge(base: Content, mine: Content, theirs: Content) -> Merged:
    """Return what is stored (`theirs`) with what was changed in `mine` since `base`."""
    merger = _Merger()
    texts, words = {}, {}
    for language in _languages(base, mine, theirs):
        text = _text(merger, language, *(each.texts.get(language, _NO_TEXT) for each in (base, mine, theirs)))
        if text != _NO_TEXT or language == LANGUAGES[0]:
            texts[language] = text
        said = merger.bag(language, "words", *(tuple(each.words.get(language, ())) for each in (base, mine, theirs)))
        if said:
            words[language] = said
    content = Content(
        texts=texts,
        words=words,
        life_events=merger.bag("", "life_events", base.life_events, mine.life_events, theirs.life_events),
        channels=merger.one("", "channels", base.channels, mine.channels, theirs.channels),
        **{part: merger.one("", part, *(str(getattr(each, part)) for each in (base, mine, theirs))) for part in _PARTS},
    )
    return Merged(content, tuple(merger.conflicts), tuple(merger.taken))


def _text(merger: _Merger, language: str, base: Text, mine: Text, theirs: Text) -> Text:
    sides = (base, mine, theirs)
    values: dict[str, Any] = {
        part: merger.one(language, part, *(str(getattr(each, part)) for each in sides)) for part in _TEXT_PARTS
    }
    for part in _TEXT_LISTS:
        values[part] = merger.items(language, part, *(getattr(each, part) for each in sides))
    return Text(**values, steps=merger.steps(language, base.steps, mine.steps, theirs.steps))


def _languages(*contents: Content) -> Iterator[str]:
    known = {language for each in contents for language in (*each.texts, *each.words)}
    yield from (language for language in LANGUAGES if language in known or language == LANGUAGES[0])
    yield from sorted(known - set(LANGUAGES))


def _order(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Return all keys of both, in the order of whoever moved any; a key that is only the other one's stands where it stood there."""
    shared = set(base) & set(mine) & set(theirs)
    was, left, right = ([key for key in keys if key in shared] for keys in (base, mine, theirs))
    lead, other = (mine, theirs) if right == was and left != was else (theirs, mine)
    found = list(lead)
    previous = None
    for key in other:
        if key not in found:
            found.insert(found.index(previous) + 1 if previous is not None else 0, key)
        previous = key
    return found


def _woven(base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return a list with the changes of both; None where they changed the same items."""
    left, right = _hunks(base, mine), _hunks(base, theirs)
    if any(a != b and a.start < b.end and b.start < a.end for a in left for b in right):
        return None
    found: list[str] = []
    at = 0
    # Theirs first: of two new items at one place the stored one stands first.
    for hunk in dict.fromkeys(sorted((*right, *left), key=lambda each: (each.start, each.end))):
        found += [*base[at : hunk.start], *hunk.items]
        at = hunk.end
    return tuple(dict.fromkeys((*found, *base[at:])))


def _hunks(base: Sequence[str], other: Sequence[str]) -> list[_Hunk]:
    changes = SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
    return [_Hunk(a, b, tuple(other[c:d])) for tag, a, b, c, d in changes if tag != "equal"]


def _without(items: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in items if each not in others)


def _joined(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "\n".join(value)
