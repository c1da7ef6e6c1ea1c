"""What is asked for: the words of a question, and the words that each of them may stand for. Pure, but for its libraries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from borgerlinje.guides.search.lexicon import EMPTY, SAME
from borgerlinje.guides.search.vocabulary import BARE, Vocabulary
from borgerlinje.guides.search.words import stem_of

# How much a word is worth that only means the same, that is typed so far, that begins or ends a compound, or that is a slip away.
_SAME: Final = 0.5
_BEGUN: Final = 0.8
_COMPOUND_BEGINS: Final = 0.45
_COMPOUND_ENDS: Final = 0.5
_SLIP: Final = 0.8
_UNFINISHED: Final = 0.7
_EACH_SLIP: Final = 0.15
_OTHER_INITIAL: Final = 0.15
_NEARLY: Final = 0.1

_LEAST_BEGUN: Final = 2
_SURELY_BEGUN: Final = 5
_LEAST_PART: Final = 4
_LEAST_JOINED: Final = 8
_CACHED: Final = 4096


@dataclass(slots=True)
class Asked:
    """A word asked for: the words it stands for by their numbers, each with its likeness (0 to 1), and how telling it is.

    `is_sure`: a name of something holds this very word, whatever its ending.
    """

    like: dict[int, float] = field(default_factory=dict)
    weight: float = 0.0
    is_sure: bool = False

    def is_like(self, word: int, likeness: float) -> None:
        """Note a word it may stand for; the greatest likeness holds."""
        if likeness > self.like.get(word, 0.0):
            self.like[word] = likeness


class Reader:
    """Reads questions. `idf` holds how rare each word of the vocabulary is."""

    def __init__(self, known: Vocabulary, idf: npt.NDArray[np.float32]) -> None:
        self._known = known
        self._idf = idf
        # Whoever types asks for the same words again with each letter.
        self._stands_for = lru_cache(maxsize=_CACHED)(self._find_likes)

    def read(self, words: Sequence[str]) -> list[Asked]:
        """Return those words of a question that stand for any that are known."""
        said = [word for word in words if word not in EMPTY]
        last = words[-1] if words else ""
        asked: list[Asked] = []
        for word in dict.fromkeys(words):
            if said and word in EMPTY:
                # It says nothing, but tells two phrases apart that are alike in all that does.
                asked.append(self._exactly(word))
                continue
            known = self._stands_for(word, word == last)
            parts = () if known.is_sure else self._known.parts(word)
            if len(parts) > 1 or (parts and not known.like):
                # A compound nobody has written: its parts are asked for instead, as if they had been written apart.
                asked += [self._stands_for(part, False) for part in parts]
            asked.append(known)
        asked += self._joined(words)
        return [each for each in asked if each.like]

    def _joined(self, words: Sequence[str]) -> Iterator[Asked]:
        """Yield what two words that follow each other stand for when they are written as one."""
        for one, other in pairwise(words):
            joined = one + other
            is_short = len(joined) < _LEAST_JOINED
            if self._known.are_spelt(joined) or (
                not is_short and (self._known.has(joined) or not self._known.are_spelt(one, other))
            ):
                whole = self._stands_for(joined, False)
                if one in EMPTY or other in EMPTY:
                    # "min læge" is rather a doctor than an app of that name; "mit id" is nothing but one.
                    most = max(self._stands_for(each, False).weight for each in (one, other))
                    whole = Asked(whole.like, min(whole.weight, most), whole.is_sure)
                yield whole

    def _exactly(self, word: str) -> Asked:
        """Return a word that stands for nothing but itself."""
        like = dict.fromkeys(self._known.spelt(word), 1.0)
        return Asked(like, max((float(self._idf[number]) for number in like), default=0.0))

    def _find_likes(self, word: str, is_last: bool) -> Asked:  # noqa: FBT001 - a cache's key
        known, asked = self._known, Asked()
        for number in known.spelt(word):
            asked.is_like(number, 1.0)
        for likeness, numbers in known.forms(word):
            for number in numbers:
                asked.is_like(number, likeness)
        asked.is_sure = any(number in known.named and likeness >= BARE for number, likeness in asked.like.items())
        if is_last:
            self._begun(word, asked)
        if len(word) >= _LEAST_PART:
            self._compounds(word, asked)
        if not asked.is_sure:
            self._slips(word, asked)
        for stem in SAME.get(stem_of(word), ()):
            for number in known.with_stem(stem):
                asked.is_like(number, _SAME)
        asked.weight = self._weight(asked)
        return asked

    def _weight(self, asked: Asked) -> float:
        """Return how telling a word is: as rare as what it stands for; one that is only guessed says less than one that is read."""
        most = max(asked.like.values(), default=0.0)
        nearest = (float(self._idf[number]) for number, likeness in asked.like.items() if likeness >= most - _NEARLY)
        return float(max(nearest, default=0.0) * most**0.5)

    def _begun(self, word: str, asked: Asked) -> None:
        if len(word) >= _LEAST_BEGUN:
            begun = self._known.begun_by(word)
            if begun and len(word) >= _SURELY_BEGUN and not self._known.are_spelt(word):
                # Half a word that looks like another with an ending ("boligs") is more likely to go on than to be that.
                asked.like.update((number, _UNFINISHED * likeness) for number, likeness in asked.like.items())
            for number, spelt in begun:
                # Few letters begin much; from five on, what has begun is a surer guess than what only looks alike.
                share = 0.5 if len(word) < _SURELY_BEGUN else 0.2
                asked.is_like(number, _BEGUN * (len(word) / len(spelt)) ** share)

    def _compounds(self, word: str, asked: Asked) -> None:
        for number, spelt in self._known.begun_by(stem_of(word)):
            asked.is_like(number, _COMPOUND_BEGINS * (len(word) / len(spelt)) ** 0.25)
        for number, spelt in self._known.ended_by(word):
            asked.is_like(number, _COMPOUND_ENDS * (len(word) / len(spelt)) ** 0.25)

    def _slips(self, word: str, asked: Asked) -> None:
        # A slip in a long word is less of it; the first letter is seldom wrong, and short words differ by one letter from many others.
        each = _EACH_SLIP * _LEAST_JOINED / max(len(word), _LEAST_PART)
        for number, slips in self._known.slips(word):
            if self._known.initial(number) == word[0]:
                asked.is_like(number, _SLIP - each * (slips - 1))
            elif len(word) >= _LEAST_JOINED:
                asked.is_like(number, _SLIP - each * (slips - 1) - _OTHER_INITIAL)
