"""The index of guides: everything that can be found, in memory, and how well each answers what is asked. Pure, but for its libraries.

A guide is known by its phrases: its title, and each of the other names and happenings that citizens call it by. What is asked is compared
with each phrase as two sets of words weighted by how rare they are (cosine of tf-idf, Salton and Buckley 1988), with everything that is
said of the guide (a saturated sum over fields as in BM25F, Robertson and Zaragoza 2009), and with how all its phrases are spelt (`profile`).
A phrase that is all there beats a word here and a word there; a word that many of a guide's phrases have says more of it than one that a
single phrase has; a word that is nowhere but in the steps still finds.

A word asked for stands for the words that are it (`words`), for the compounds it begins or ends, its parts, and where it is none of those
for the words it is a slip away from; each is worth less than the last.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt

from borgerlinje.guides.search.asking import Asked, Reader
from borgerlinje.guides.search.lexicon import EMPTY, WEAK
from borgerlinje.guides.search.postings import Collected, Floats
from borgerlinje.guides.search.profile import Profiles
from borgerlinje.guides.search.vocabulary import Vocabulary
from borgerlinje.guides.search.words import stem_of, words_of

# What the best phrase counts, all that is said, and how everything is spelt; and the least that is an answer.
_PHRASE_SHARE: Final = 0.34
_SAID_SHARE: Final = 0.34
_SPELT_SHARE: Final = 0.32
_LEAST_SCORE: Final = 0.12
# What a word counts that stands in one of a document's phrases, of one that stands in very many: 0.6.
_ONCE: Final = 0.2
# How like what was asked a word must be to be shown as what was meant.
_SHOWN: Final = 0.6
# Of a question longer than this the beginning is read.
_MOST_WORDS: Final = 16
# The first phrases of a document are its names, which are shown with what was meant in them marked.
_NAMES: Final = 4
# What it counts that a name begins as somebody has begun to type, and that a later word of a name does.
_BEGUN_NAME: Final = 0.4
_BEGUN_LATER: Final = 0.2
# A word of so many letters is read as a word of its own, if it is one.
_WHOLE: Final = 5
# What a word that says nothing counts of one that does, and one that says who it is about rather than what.
_EMPTY_SHARE: Final = 0.2
_WEAK_SHARE: Final = 0.65
# What a document that only speaks of a word counts of one that is named by it, where it is asked how rare the word is.
_SPOKEN_SHARE: Final = 0.3
# A word asked for counts at most so much more in a phrase than in the question: a rare form of it is not more telling.
_MOST_RARER: Final = 1.4


@dataclass(frozen=True, slots=True)
class Document:
    """Something to find. `phrases` are its names, each with its worth (0 to 1); `texts` what is said of it, each with its worth.

    `authorities` None: it holds everywhere. One key may have several documents: what holds everywhere, and what each authority says.
    """

    key: str
    phrases: Sequence[tuple[str, float]]
    texts: Sequence[tuple[str, float]] = ()
    authorities: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: how well (0 to 1), the phrase that answers best, and the words of its own that were meant, folded."""

    key: str
    score: float
    phrase: str
    words: tuple[str, ...]


class Index:
    """Answers questions about the documents it was made of. Immutable: make a new one when something has changed."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = tuple(documents)
        self._words: dict[str, int] = {}
        phrases, names, times, texts = Collected(), Collected(), Collected(), Collected()
        self._phrases: list[str] = []
        # The words of each phrase, and of all that is said in each document.
        self._own: list[tuple[int, ...]] = []
        self._said: list[frozenset[int]] = []
        of_phrase: list[int] = []
        worth: list[float] = []
        starts: list[int] = []
        for number, document in enumerate(self._documents):
            starts.append(len(of_phrase))
            often: dict[int, int] = defaultdict(int)
            best: dict[int, float] = defaultdict(float)
            for text, value in document.phrases or (("", 0.0),):
                own = tuple(self._number(word) for word in dict.fromkeys(words_of(text)))
                for word in own:
                    phrases.add(word, len(of_phrase), value)
                    often[word] += 1
                    best[word] = max(best[word], value)
                self._own.append(own)
                self._phrases.append(text)
                of_phrase.append(number)
                worth.append(value)
            for word, count in often.items():
                times.add(word, number, count)
                names.add(word, number, best[word])
            said: dict[int, float] = defaultdict(float)
            for text, value in document.texts:
                for spelt in words_of(text):
                    word = self._number(spelt)
                    said[word] = max(said[word], value)
            for word, value in said.items():
                texts.add(word, number, value)
            self._said.append(frozenset(said))
        self._of_phrase = np.asarray(of_phrase, np.int32)
        self._worth = np.asarray(worth, np.float32)
        self._starts = np.asarray(starts, np.int32)
        self._spelt = tuple(self._words)
        count = len(self._spelt)
        self._in_phrases = phrases.done(count)
        # In which documents' phrases: with the worth of the worthiest, and with how many have it.
        self._in_names = names.done(count)
        self._times = times.done(count)
        self._in_texts = texts.done(count)
        self._counts = np.asarray([_share(word) for word in self._spelt], np.float32)
        self._profiles = Profiles(self._spelt, self._counts, self._times, len(self._documents))
        self._known = Vocabulary(self._spelt, {number for number in range(count) if self._in_names.has(number)})
        self._idf = self._weigh()
        self._shares = self._worth / self._measure()
        self._mask_of = lru_cache(maxsize=128)(self._make_mask)
        self._reader = Reader(self._known, self._idf)
        self._named = self._name()
        # One search after another: side by side they would only wait for each other in the midst of their work.
        self._turn = Lock()

    def __len__(self) -> int:
        return len(self._documents)

    # --- building

    def _number(self, word: str) -> int:
        return self._words.setdefault(word, len(self._words))

    def _weigh(self) -> Floats:
        """Return how rare each word's stem is among what can be found (idf); words that say nothing count little."""
        named: dict[str, set[int]] = defaultdict(set)
        said: dict[str, set[int]] = defaultdict(set)
        # All documents of one key count as one: a word is not less rare because a guide's members say it as well.
        keys: dict[str, int] = {}
        key_of = np.asarray([keys.setdefault(each.key, len(keys)) for each in self._documents], np.int32)
        for number, word in enumerate(self._spelt):
            named[stem_of(word)].update(key_of[self._in_names[number][0]].tolist())
            said[stem_of(word)].update(key_of[self._in_texts[number][0]].tolist())
        count = max(len(keys), 1)
        idf = np.empty(len(self._spelt), np.float32)
        for number, word in enumerate(self._spelt):
            stem = stem_of(word)
            having = len(named[stem]) + _SPOKEN_SHARE * len(said[stem] - named[stem])
            idf[number] = np.log(1 + count / (having + 0.5))
        return idf * self._counts

    def _measure(self) -> Floats:
        squares = np.zeros(len(self._of_phrase), np.float32)
        np.add.at(squares, self._in_phrases.places, self._idf[self._in_phrases.words()] ** 2)
        return np.sqrt(np.maximum(squares, 1e-6))

    def _make_mask(self, authority: str) -> npt.NDArray[np.bool_]:
        return np.asarray([each.authorities is None or authority in each.authorities for each in self._documents])

    def _name(self) -> list[tuple[str, int, float]]:
        """Return the words of the documents' names in their order, each with its document and what it counts to have begun it."""
        found = set()
        for number, document in enumerate(self._documents):
            for text, _ in document.phrases[:_NAMES]:
                for place, word in enumerate(words_of(text)):
                    if word not in EMPTY:
                        found.add((word, number, _BEGUN_LATER if place else _BEGUN_NAME))
        return sorted(found)

    # --- asking

    def search(self, text: str, *, authority: str = "", limit: int = 10) -> list[Hit]:
        """Return what answers a question, the best first; nothing for one without a word that is known.

        `authority` leaves out what holds for others only; empty: what holds everywhere.
        """
        with self._turn:
            return self._search(text, authority, limit)

    def _search(self, text: str, authority: str, limit: int) -> list[Hit]:
        words = words_of(text)[:_MOST_WORDS]
        asked = self._reader.read(words)
        if not self._documents or not asked:
            return []
        scores, cosines = self._score(asked)
        scores += _SPELT_SHARE * self._profiles.like((word, _share(word)) for word in words)
        self._begin(words, scores)
        scores[~self._mask_of(authority)] = 0
        # An authority sees at most two documents of a guide: the common one and its own.
        count = min(2 * limit, len(scores))
        best = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
        ranked = sorted(
            (number for number in best.tolist() if scores[number] >= _LEAST_SCORE),
            key=lambda number: (-scores[number], self._documents[number].key),
        )
        first: dict[str, int] = {}
        for number in ranked:
            first.setdefault(self._documents[number].key, number)
        near = frozenset(word for each in asked for word, likeness in each.like.items() if likeness >= _SHOWN)
        return [self._hit(number, float(scores[number]), cosines, near) for number in list(first.values())[:limit]]

    # --- weighing

    def _begin(self, words: Sequence[str], scores: Floats) -> None:
        """Lift the documents one of whose names begins as the one word does that somebody is typing."""
        (word, *others) = words
        if others or (len(word) >= _WHOLE and self._known.are_spelt(word)):
            return
        lift: dict[int, float] = {}
        for at in range(bisect_left(self._named, (word,)), len(self._named)):
            named, number, value = self._named[at]
            if not named.startswith(word):
                break
            lift[number] = max(lift.get(number, 0.0), value)
        for number, value in lift.items():
            scores[number] += value

    def _score(self, asked: Sequence[Asked]) -> tuple[Floats, Floats]:
        """Return how well each document answers, and how well each phrase does."""
        cosines = np.zeros(len(self._of_phrase), np.float32)
        here = np.zeros(len(self._of_phrase), np.float32)
        said = np.zeros(len(self._documents), np.float32)
        squares = sum(each.weight**2 for each in asked)
        total = sum(each.weight for each in asked)
        for each in asked:
            numbers = np.fromiter(each.like, np.int32)
            likeness = np.fromiter(each.like.values(), np.float32)
            values = likeness * np.minimum(self._idf[numbers], np.float32(_MOST_RARER * each.weight))
            # The greatest last: where a phrase has several of the words that it stands for, the last one holds.
            order = np.argsort(values)
            numbers, likeness, values = numbers[order], likeness[order], values[order]
            rows, of_word = self._in_phrases.rows(numbers)
            places = self._in_phrases.places[rows]
            here[places] = values[of_word]
            # A place that is there twice is added to once.
            cosines[places] += here[places] * np.float32(each.weight)
            named = np.zeros(len(self._documents), np.float32)
            # The two are side by side: what holds of a row of the one holds of that row of the other.
            rows, of_word = self._in_names.rows(numbers)
            documents = self._in_names.places[rows]
            np.maximum.at(named, documents, values[of_word] * self._in_names.values[rows])
            times = values[of_word] * self._times.values[rows]
            often = np.bincount(documents, times, len(self._documents)).astype(np.float32) / max(each.weight, 1e-6)
            named = np.minimum(named / max(each.weight, 1e-6), 1.0) * (often + _ONCE) / (often + 1)
            there = np.zeros(len(self._documents), np.float32)
            rows, of_word = self._in_texts.rows(numbers)
            np.maximum.at(there, self._in_texts.places[rows], likeness[of_word] * self._in_texts.values[rows])
            said += each.weight * np.maximum(named, there)
        cosines *= self._shares
        cosines /= max(squares, 1e-9) ** 0.5
        best = np.minimum(np.maximum.reduceat(cosines, self._starts), 1.0)
        return _PHRASE_SHARE * best + _SAID_SHARE * said / max(total, 1e-9), cosines

    def _hit(self, number: int, score: float, cosines: Floats, near: frozenset[int]) -> Hit:
        """Return a hit; `near` are the words that were meant, not only akin to one asked for."""
        first = int(self._starts[number])
        last = int(self._starts[number + 1]) if number + 1 < len(self._starts) else len(self._phrases)
        best = first + int(np.argmax(cosines[first:last]))
        shown = {word for place in (best, *range(first, min(first + _NAMES, last))) for word in self._own[place]}
        words = tuple(sorted(self._spelt[word] for word in near & (shown | self._said[number])))
        return Hit(self._documents[number].key, min(score, 1.0), self._phrases[best], words)


def _share(word: str) -> float:
    if word in EMPTY:
        return _EMPTY_SHARE
    return _WEAK_SHARE if word in WEAK or word.isdigit() else 1.0
