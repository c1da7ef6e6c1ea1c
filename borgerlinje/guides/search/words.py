"""Words as they are compared: folded, without their endings, as they sound, and with the everyday words that mean the same. Pure.

People type without Danish letters (ae or a for æ, oe or o for ø, aa or a for å), as they say a word, and with its parts apart. Each form
here is one way in which a word written is known again; `index` says how much each is worth.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import snowballstemmer

_LETTERS: Final = str.maketrans(
    {"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ü": "u", "ß": "ss", "đ": "d", "ł": "l"}
)
_WORD: Final = re.compile(r"[a-z0-9]+")
_DANISH: Final = snowballstemmer.stemmer("danish")
_ENGLISH: Final = snowballstemmer.stemmer("english")
_LONGEST: Final = 40
_KEPT: Final = 1 << 16

# What one does makes the same root as what one has done: ansøge, ansøgning; opsige, opsigelse. The longest first.
_ROOT_ENDINGS: Final = (
    "ningerne", "ningens", "ningen", "ninger", "elserne", "elsen", "elser", "heden", "heder", "ingen", "inger",
    "ning", "else", "ende", "ing", "hed", "est", "er", "en", "et", "te", "de", "e", "t",
)  # fmt: skip
_LEAST_ROOT: Final = 4

# How Danish is spelt by ear: a letter nobody hears, or one of two that sound alike.
_SOUNDS: Final = (
    (re.compile(r"aa|ae|oe"), lambda found: {"aa": "o", "ae": "e", "oe": "o"}[found.group()]),
    (re.compile(r"ch|ck|qu|q|c(?![eiy])"), "k"),
    (re.compile(r"c(?=[eiy])|z|sj|sh"), "s"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"\bh(?=[vj])"), ""),
    (re.compile(r"w"), "v"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?<=[ln])d|d(?=t)|(?<=r)d(?![aeiouy])"), ""),
    (re.compile(r"(?<=[aeiouy])g(?=[ln]|\b)"), "j"),
    (re.compile(r"y"), "i"),
    (re.compile(r"b(?=\b)|b(?=[st])"), "p"),
    (re.compile(r"d(?=\b)"), "t"),
    (re.compile(r"g(?=\b)|g(?=[st])"), "k"),
    (re.compile(r"(?<=e)re?\b|(?<=r)e\b"), ""),
)
_TWICE: Final = re.compile(r"(.)\1+")


def fold(text: str) -> str:
    """Return a text in small letters without accents, Danish letters spelt out."""
    spelt = unicodedata.normalize("NFC", text.casefold()).translate(_LETTERS)
    if spelt.isascii():
        return spelt
    return "".join(each for each in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(each))


def words_of(text: str) -> list[str]:
    """Return the words of a text folded, in their order; those with a hyphen or a full stop inside as their parts and as one (mit-id is mitid)."""
    found: list[str] = []
    for piece in fold(text).split():
        parts = _WORD.findall(piece)
        found += [part[:_LONGEST] for part in parts]
        whole = "".join(parts)
        if len(parts) > 1 and len(whole) <= _LONGEST and ("-" in piece or "." in piece):
            found.append(whole)
    return found


@lru_cache(maxsize=_KEPT)
def stem_of(word: str) -> str:
    """Return a folded word without its Danish endings (Snowball, Porter 2001)."""
    return str(_DANISH.stemWord(word))


@lru_cache(maxsize=_KEPT)
def english_stem_of(word: str) -> str:
    """Return a folded word without its English endings (Snowball, Porter 2001)."""
    return str(_ENGLISH.stemWord(word))


@lru_cache(maxsize=_KEPT)
def root_of(word: str) -> str:
    """Return what a verb and the noun made of it have in common; the word itself where little would be left."""
    for ending in _ROOT_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_ROOT:
            return _TWICE.sub(r"\1", word[: -len(ending)])
    return _TWICE.sub(r"\1", word)


@lru_cache(maxsize=_KEPT)
def bare_of(word: str) -> str:
    """Return a folded word as one writes it who leaves the marks of Danish letters out: a for å and æ, o for ø."""
    return word.replace("ae", "a").replace("aa", "a").replace("oe", "o")


@lru_cache(maxsize=_KEPT)
def sound_of(word: str) -> str:
    """Return roughly how a folded word sounds: what is spelt by ear sounds as it does spelt right."""
    for pattern, into in _SOUNDS:
        word = pattern.sub(into, word)
    return _TWICE.sub(r"\1", word)
