"""The words there are, and each way in which one written otherwise is known again. Pure, but for its libraries."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from borgerlinje.guides.search.words import bare_of, english_stem_of, root_of, sound_of, stem_of

# How much a way of knowing a word again is worth: the same word is worth 1.
STEM: Final = 0.9
ENGLISH_STEM: Final = 0.85
BARE: Final = 0.85
ROOT: Final = 0.75
SOUND: Final = 0.7
_WAYS: Final = ((STEM, stem_of), (ENGLISH_STEM, english_stem_of), (BARE, bare_of), (ROOT, root_of), (SOUND, sound_of))

# The letters that a part of a compound must have: any, one whose rest is unknown, and what may stand between two.
_LEAST_PART: Final = 3
_LEAST_ALONE: Final = 5
_LINKS: Final = ("", "s", "e", "es", "er")
# Up to so many letters a word may have so many slips.
_SLIPS: Final = ((3, 0), (5, 1), (10, 2))
_MOST_SLIPS: Final = 3
_MOST_LIKE: Final = 40


class Vocabulary:
    """The words there are, by each of the ways they can be known again. `named`: those of phrases, where slips are looked for."""

    def __init__(self, spelt: Sequence[str], named: set[int]) -> None:
        self.named = named
        self._spelt = spelt
        self._by: tuple[tuple[float, dict[str, list[int]]], ...] = tuple(
            (likeness, defaultdict(list)) for likeness, _ in _WAYS
        )
        self._number = {word: number for number, word in enumerate(spelt)}
        for number, word in enumerate(spelt):
            for (_, table), (_, way) in zip(self._by, _WAYS, strict=True):
                table[way(word)].append(number)
        self._sorted = sorted(spelt)
        self._backwards = sorted(word[::-1] for word in spelt)
        # Where slips are looked for: by length and first letter, and by length and the two letters after it.
        self._stems: dict[tuple[int, str] | tuple[int, str, str], list[str]] = defaultdict(list)
        self._with_stem: dict[str, list[int]] = defaultdict(list)
        for number in sorted(named):
            self._with_stem[stem_of(spelt[number])].append(number)
        for stem in self._with_stem:
            self._stems[len(stem), stem[0]].append(stem)
            self._stems[len(stem), "", stem[1:3]].append(stem)
        self._lengths = sorted({len(stem) for stem in self._with_stem})

    def has(self, word: str) -> bool:
        """Tell whether a phrase has this word, with whatever ending."""
        return word in self._number or stem_of(word) in self._with_stem

    def are_spelt(self, *words: str) -> bool:
        """Tell whether all of these are words as they are."""
        return all(word in self._number for word in words)

    def initial(self, number: int) -> str:
        """Return a word's first letter."""
        return self._spelt[number][0]

    def spelt(self, word: str) -> list[int]:
        return [self._number[word]] if word in self._number else []

    def with_stem(self, stem: str) -> list[int]:
        return self._with_stem.get(stem, [])

    def forms(self, word: str) -> list[tuple[float, list[int]]]:
        """Return the words that are this one written otherwise, each way with its likeness."""
        return [
            (likeness, table.get(way(word), [])) for (likeness, table), (_, way) in zip(self._by, _WAYS, strict=True)
        ]

    def begun_by(self, word: str) -> list[tuple[int, str]]:
        return [(self._number[each], each) for each in _begun(self._sorted, word)]

    def ended_by(self, word: str) -> list[tuple[int, str]]:
        return [(self._number[each[::-1]], each[::-1]) for each in _begun(self._backwards, word[::-1])]

    def parts(self, word: str) -> tuple[str, ...]:
        """Return the known words a compound is made of, the longest it can be parted into; none where a piece is left over.

        Between the parts there may be an s or an e ("bidrag-s-sats"). The last part may be unknown where the first is long.
        """
        best: tuple[str, ...] = ()
        most = 0
        for cut in range(_LEAST_PART, len(word) - 2):
            first = word[:cut]
            if not self.has(first):
                continue
            for linked in _LINKS:
                if not word.startswith(linked, cut):
                    continue
                rest = word[cut + len(linked) :]
                found = (
                    (first, rest)
                    if len(rest) >= _LEAST_PART and self.has(rest)
                    else (first,)
                    if len(first) >= _LEAST_ALONE
                    else ()
                )
                covered = sum(len(each) for each in found)
                if covered > most:
                    best, most = found, covered
        for cut in range(_LEAST_PART, len(word) - _LEAST_ALONE + 1):
            # What it begins with is unknown, what it ends with is known: a kind of that.
            if len(word) - cut > most and self.has(word[cut:]):
                best, most = (word[cut:],), len(word) - cut
        return best

    def slips(self, word: str) -> list[tuple[int, int]]:
        """Return the words of phrases that are one or a few slips away, and how many."""
        stem = stem_of(word)
        most = next((slips for letters, slips in _SLIPS if len(stem) <= letters), _MOST_SLIPS)
        if not most:
            return []
        found: list[tuple[int, int]] = []
        for length in self._lengths[bisect_left(self._lengths, len(stem) - most) :]:
            if length > len(stem) + most:
                break
            # The first letter is seldom wrong; where it is, what follows is right.
            choices = [*self._stems.get((length, stem[0]), ()), *self._stems.get((length, "", stem[1:3]), ())]
            like = process.extract(
                stem, list(dict.fromkeys(choices)), scorer=OSA.distance, score_cutoff=most, limit=_MOST_LIKE
            )
            found += [(number, int(distance)) for each, distance, _ in like for number in self._with_stem[each]]
        return found


def _begun(ordered: Sequence[str], beginning: str) -> list[str]:
    found: list[str] = []
    at = bisect_left(ordered, beginning)
    while at < len(ordered) and ordered[at].startswith(beginning) and len(found) < _MOST_LIKE:
        found.append(ordered[at])
        at += 1
    return found
