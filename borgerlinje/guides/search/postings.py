"""Where words are: for each word the places it stands in and what it is worth there, all side by side in two arrays. Pure, but for its libraries."""

from array import array

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


class Collected:
    """Collects words, the places they stand in, and a value for each."""

    def __init__(self) -> None:
        self._words = array("i")
        self._places = array("i")
        self._values = array("f")

    def add(self, word: int, place: int, value: float) -> None:
        self._words.append(word)
        self._places.append(place)
        self._values.append(value)

    def done(self, count: int) -> "Postings":
        """Return everything collected, by word; there are so many words."""
        words = np.asarray(self._words, np.int32)
        order = np.argsort(words, kind="stable")
        starts = np.zeros(count + 1, np.int64)
        np.cumsum(np.bincount(words, minlength=count), out=starts[1:])
        return Postings(starts, np.asarray(self._places, np.int32)[order], np.asarray(self._values, np.float32)[order])


class Postings:
    """The places and values of each word, by its number."""

    def __init__(self, starts: npt.NDArray[np.int64], places: Ints, values: Floats) -> None:
        self.places = places
        self.values = values
        self._starts = starts
        # Numbers of Python's own are faster to slice by.
        self._bounds: list[int] = starts.tolist()

    def __getitem__(self, word: int) -> tuple[Ints, Floats]:
        here = slice(self._bounds[word], self._bounds[word + 1])
        return self.places[here], self.values[here]

    def rows(self, words: Ints) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return which of the places and values are of several words, and for each which of the words it is of."""
        counts = self._starts[words + 1] - self._starts[words]
        of_word = np.repeat(np.arange(len(words)), counts)
        return np.arange(len(of_word)) + np.repeat(self._starts[words] - np.cumsum(counts) + counts, counts), of_word

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def has(self, word: int) -> bool:
        """Tell whether a word stands anywhere."""
        return self._bounds[word] < self._bounds[word + 1]

    def words(self) -> Ints:
        """Return which word each of the places is of."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self._starts))
