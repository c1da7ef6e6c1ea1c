"""Where a title or a phrase holds what was asked for, so that it can be marked. Pure.

Compared as the search compares: "boern" marks "børn", and of a compound only the part that was written is marked.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from borgerlinje.guides.search.lexicon import EMPTY
from borgerlinje.guides.search.words import fold, words_of

_WORD: Final = re.compile(r"\w+")
_LEAST_PART: Final = 3


@dataclass(frozen=True, slots=True)
class Meant:
    """What was asked for: the words written that say anything, and those of the guide's own that they were taken for; folded."""

    asked: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


NOTHING_MEANT: Final = Meant()


def meant_by(asked: str, words: tuple[str, ...]) -> Meant:
    """Return what a question meant; `words` are those of the hit."""
    written = frozenset(words_of(asked))
    return Meant((written - EMPTY) or written, frozenset(words) - EMPTY)


def pieces(text: str, meant: Meant) -> list[tuple[str, bool]]:
    """Return a text in pieces, each with whether it is to be marked. Together they are the text (composed: NFC)."""
    text = unicodedata.normalize("NFC", text)
    found: list[tuple[str, bool]] = []
    end = 0
    for word in _WORD.finditer(text):
        begins, ends = _part(word.group(), meant)
        if ends:
            found += [
                (text[end : word.start() + begins], False),
                (text[word.start() + begins : word.start() + ends], True),
            ]
            end = word.start() + ends
    found.append((text[end:], False))
    return [piece for piece in found if piece[0]]


def _part(word: str, meant: Meant) -> tuple[int, int]:
    """Return from where to where a word is to be marked; (0, 0): nowhere."""
    letters = [fold(letter) for letter in word]
    folded = "".join(letters)
    if folded in meant.asked:
        return 0, len(word)
    for part in sorted(meant.asked, key=lambda each: (-len(each), each)):
        at = folded.find(part) if len(part) >= _LEAST_PART else -1
        if at >= 0:
            return _letter_at(letters, at), _letter_at(letters, at + len(part) - 1) + 1
    return (0, len(word)) if folded in meant.words else (0, 0)


def _letter_at(letters: list[str], place: int) -> int:
    """Return the letter that a place of the folded word belongs to."""
    passed = 0
    for number, letter in enumerate(letters):
        passed += len(letter)
        if place < passed:
            return number
    return len(letters) - 1
