"""What a document's names look like as a whole: how often each four letters in a row stand in them. Pure, but for its libraries.

A comparison of such profiles (Cavnar and Trenkle 1994; Damashek 1995) knows again what no single word gives away: a word in a form nobody has
written, half of a compound, a slip in each of three words.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from borgerlinje.guides.search.postings import Floats, Postings

_LETTERS: Final = 4
_EDGE: Final = "_"


class Profiles:
    """The profiles of so many documents. `times` says how often each of the words stands in each of them, `shares` what each word counts."""

    def __init__(self, words: Sequence[str], shares: Floats, times: Postings, count: int) -> None:
        self._count = count
        self._numbers: dict[str, int] = {}
        pieces, lengths = array("i"), array("i")
        for word in words:
            cut = [self._numbers.setdefault(piece, len(self._numbers)) for piece in _cut(word)]
            pieces.extend(cut)
            lengths.append(len(cut))
        # A word that stands in a document stands there with each of its pieces.
        of_each = times.words()
        per = np.asarray(lengths, np.int64)[of_each]
        starts = (np.cumsum(lengths) - lengths)[of_each]
        piece = np.repeat(starts - np.cumsum(per) + per, per) + np.arange(per.sum())
        keys = np.asarray(pieces, np.int64)[piece] * count + np.repeat(times.places, per)
        keys, same = np.unique(keys, return_inverse=True)
        counts = np.bincount(same, weights=np.repeat(times.values * shares[of_each], per))
        of_piece, documents = np.divmod(keys, max(count, 1))
        bounds = np.searchsorted(of_piece, np.arange(len(self._numbers) + 1))
        self._rare = np.log(1 + count / (np.diff(bounds) + 0.5)).tolist()
        values = np.log1p(counts) * np.asarray(self._rare)[of_piece]
        lengths_of = np.sqrt(np.bincount(documents, weights=values**2, minlength=count))
        values /= np.maximum(lengths_of, 1e-3)[documents]
        self._having = Postings(bounds, documents.astype(np.int32), values.astype(np.float32))

    def like(self, words: Iterable[tuple[str, float]]) -> Floats:
        """Return how like each document's profile that of some words is, each with what it counts (cosine, 0 to 1)."""
        asked: dict[int, float] = defaultdict(float)
        for word, share in words:
            for piece in _cut(word):
                if piece in self._numbers:
                    asked[self._numbers[piece]] += share
        found = np.zeros(self._count, np.float32)
        square = 0.0
        for number, count in asked.items():
            value = count * self._rare[number]
            square += value**2
            documents, values = self._having[number]
            found[documents] += value * values
        found /= max(square, 1e-9) ** 0.5
        return found


def _cut(word: str) -> list[str]:
    """Return each four letters in a row of a word, its edges among them."""
    edged = f"{_EDGE}{word}{_EDGE}"
    return [edged[at : at + _LETTERS] for at in range(max(len(edged) - _LETTERS + 1, 1))]
