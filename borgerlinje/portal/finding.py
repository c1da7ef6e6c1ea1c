"""Find what a citizen means among the few subjects there are. Pure.

People write in whole sentences, without Danish letters, half a word or with a slip of the finger. So words are compared folded (å is
aa, ø is oe, æ is ae), by their beginning and within compounds, and long ones with a letter wrong. Subjects that have the most of the
words written come first; with equally many, those that have them most exactly, and in their name before any other word for them.
"""

import re
import unicodedata
from collections.abc import Collection, Hashable, Mapping
from itertools import pairwise
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

_LETTERS = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ü": "u", "ß": "ss"})
_WORD = re.compile(r"[a-z0-9]+")
# Words that say nothing of what it is about; folded.
_EMPTY = frozenset(
    _WORD.findall(
        "af alle andet at blive de den der deres det dig dit du efter eller en er et fik for fra faa faar gaar gerne har have hej"
        " hjaelp hjaelpe hos hvad hvem hvor hvordan hvorfor hvornaar i ikke ind jeg kan kom kommer lave maa med men mig min mine mit"
        " naar nogen noget ny nyt og om op os paa se sig sin sit skal skulle soege soeger spoerge til ud vaere vi vil ville"
        " a about am an and can do does for get have help how i in is it me my need not of on or the to want what where with"
    )
)
_MOST_WORDS = 12
_EXACT, _BEGINS, _LONGER, _WITHIN, _SLIP = 8, 6, 4, 3, 2
_LEAST_BEGINNING, _LEAST_STEM, _LEAST_SLIP, _TWO_SLIPS = 2, 4, 4, 8


def folded(text: str) -> list[str]:
    """Return the words of a text as they are compared: small letters without accents, Danish letters spelt out."""
    spelt = unicodedata.normalize("NFC", text.casefold()).translate(_LETTERS)
    plain = "".join(each for each in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(each))
    return _WORD.findall(plain)


def search(asked: str, names: Mapping[K, str], *, also: Mapping[K, str] | None = None) -> list[K]:
    """Return the keys of `names` that are about what is asked, the best first; none for a text without a word that says anything.

    `also` holds what else people call them.
    """
    targets = {key: (_words(name), _words((also or {}).get(key, ""))) for key, name in names.items()}
    known = {word for pair in targets.values() for own in pair for word in own}
    words = [word for word in _words(asked)[:_MOST_WORDS] if word not in _EMPTY] + _parted(asked, known)
    found = {
        key: [max(_likeness(word, own), _likeness(word, others) - 1) for word in words]
        for key, (own, others) in targets.items()
    }
    counts = {key: sum(score > 0 for score in scores) for key, scores in found.items()}
    most = max(counts.values(), default=0)
    hits = [key for key, count in counts.items() if count == most > 0]
    return sorted(hits, key=lambda key: (-sum(found[key]), len(names[key]), names[key].casefold()))


def _words(text: str) -> list[str]:
    """Return the words of a text, each once, those with a hyphen as one word too: mit-id is mitid, and e-Boks is eboks."""
    return list(dict.fromkeys([*folded(text), *folded(text.replace("-", ""))]))


def _parted(asked: str, known: Collection[str]) -> list[str]:
    """Return the known words that were written as two, such as "mit id"; few words of ours are short enough for that to happen by chance."""
    words = folded(asked)[:_MOST_WORDS]
    return [one + other for one, other in pairwise(words) if one + other in known]


def _likeness(word: str, targets: list[str]) -> int:
    return max((_like(word, target) for target in targets), default=0)


def _like(word: str, target: str) -> int:
    """Return how surely a written word stands for one of a name; 0: not at all."""
    if word == target:
        return _EXACT
    if len(word) >= _LEAST_BEGINNING and target.startswith(word):
        return _BEGINS
    if len(target) >= _LEAST_STEM and word.startswith(target):
        return _LONGER
    if len(word) >= _LEAST_STEM and word in target:
        return _WITHIN
    return _SLIP if _is_slip(word, target) else 0


def _is_slip(word: str, target: str) -> bool:
    """Tell whether a word is the other, or its beginning, but for a slip: one letter from four letters on, two from eight on."""
    if len(word) < _LEAST_SLIP:
        return False
    most = 2 if len(word) >= _TWO_SLIPS else 1
    beginnings = {target, *(target[: len(word) + more] for more in range(-most, most + 1) if len(word) + more > 0)}
    # The first letter is seldom wrong, and short words differ by one letter from many others.
    return any(each[0] == word[0] and slips(word, each) <= most for each in beginnings if len(each) >= _LEAST_SLIP - 1)


def slips(one: str, other: str) -> int:
    """Return how many letters must be changed, put in, left out or swapped with the next to make one word the other.

    The distance of Damerau (1964), restricted to neighbours that are not changed again ("optimal string alignment").
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        line = [at]
        for to, across in enumerate(other, 1):
            cost = min(row[to] + 1, line[to - 1] + 1, row[to - 1] + (letter != across))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == across:
                cost = min(cost, before[to - 2] + 1)
            line.append(cost)
        before, row = row, line
    return row[-1]
