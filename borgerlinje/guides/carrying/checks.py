"""What a guide from a file must be to be stored: the same for every kind of file. Pure.

A flaw names its place by its path (`texts.da.steps.0.say`), which each kind of file says in its own way: a line, a cell, the path itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from borgerlinje.guides.clean import WebAddressError, check_web_address
from borgerlinje.guides.content import Channel, Complexity, Content, LifeEvent, Step, Text
from borgerlinje.guides.kle import KleError, check_subject
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr

MOST_STEPS: Final = 40
# Words that stand where a guide's name stands in addresses.
RESERVED: Final = frozenset({"ny", "arbejdsliste", "filer", "kle", "aabnet", "godkend", "laes", "lokalt"})
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LONGEST: Final = 2000
_LONGEST_OF: Final = {"title": 120, "unit": 120, "legal_basis": 300, "facts_from": 300, "subject": 80, "slug": 80}
_LONGEST_WORD: Final = 120
_MOST_ITEMS: Final = 200
# Of a solution: what is text, how long it may be at most, and what must be there.
SOLUTION_TEXTS: Final = {
    "slug": 80,
    "name": 120,
    "name_en": 120,
    "purpose": 300,
    "purpose_en": 300,
    "owner": 120,
    "owner_kind": 12,
    "address": 300,
    "sign_in": 16,
    "exempt": 400,
    "exempt_en": 400,
    "mandatory_from": 10,
}
SOLUTION_LISTS: Final = ("at_hand", "at_hand_en")
_OWNERS: Final = ("state", "region", "municipality", "other")
_SIGN_INS: Final = ("mitid", "mitid_erhverv", "none")
_NEEDED: Final = ("slug", "name", "owner", "owner_kind")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a guide, and the path of the part that it is wrong with."""

    path: str
    says: str


def flaws(*, slug: str, subject: str, kle: str, content: Content, solution: Mapping[str, Any] | None) -> Iterator[Flaw]:
    """Yield all that keeps a guide from being stored, in the order of its parts."""
    yield from _names(slug, subject, kle)
    yield from _closed(content)
    for language, text in content.texts.items():
        yield from _text(f"texts.{language}", text)
    for language, words in content.words.items():
        yield from _items(f"words.{language}", words, _LONGEST_WORD)
    for name in ("unit", "legal_basis", "facts_from"):
        yield from _said(name, getattr(content, name), _LONGEST_OF[name])
    if solution is not None:
        yield from _solution(solution)


def _names(slug: str, subject: str, kle: str) -> Iterator[Flaw]:
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_OF["slug"]:
        yield Flaw("slug", "slug skal være små bogstaver, tal og bindestreger: højst 80.")
    elif slug in RESERVED:
        yield Flaw("slug", f"»{slug}« bruges af siderne selv. Vælg en anden slug.")
    yield from _said("subject", subject, _LONGEST_OF["subject"])
    if kle:
        try:
            check_subject(kle)
        except KleError as error:
            yield Flaw("kle", str(error))


def _closed(content: Content) -> Iterator[Flaw]:
    closed: dict[str, set[str]] = {"life_events": {*LifeEvent}, "channels": {*Channel}}
    for name, known in closed.items():
        for each in getattr(content, name):
            if each not in known:
                yield Flaw(name, f"»{each}« kendes ikke her. Brug: {', '.join(sorted(known))}.")
    if content.complexity not in set(Complexity):
        yield Flaw("complexity", f"»{content.complexity}« kendes ikke her. Brug: {' eller '.join(Complexity)}.")


def _text(path: str, text: Text) -> Iterator[Flaw]:
    if not text.title:
        yield Flaw(f"{path}.title", "Titlen mangler. Skriv den.")
    yield from _said(f"{path}.title", text.title, _LONGEST_OF["title"])
    for name in ("intro", "not_digital"):
        yield from _said(f"{path}.{name}", getattr(text, name))
    for name in ("have", "mistakes"):
        yield from _items(f"{path}.{name}", getattr(text, name))
    if len(text.steps) > MOST_STEPS:
        yield Flaw(f"{path}.steps", f"En guide kan have højst {MOST_STEPS} trin.")
    yield from _steps(path, text.steps)


def _steps(path: str, steps: Iterable[Step]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for index, step in enumerate(steps):
        place = f"{path}.steps.{index}"
        if not step.text:
            yield Flaw(f"{place}.text", f"Trin {index + 1} mangler, hvad borgeren skal gøre.")
        if not _KEY.fullmatch(step.key):
            yield Flaw(f"{place}.key", f"»{step.key}« kan ikke være et trins nøgle: bogstaver og tal, højst 40.")
        elif step.key in seen:
            yield Flaw(f"{place}.key", f"To trin har nøglen {step.key}. Hvert trin skal have sin egen.")
        seen.add(step.key)
        if step.picture and not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", step.picture):
            yield Flaw(f"{place}.picture", f"»{step.picture}« er intet billedes nøgle.")
        for name in ("text", "say", "sees", "picture_alt"):
            yield from _said(f"{place}.{name}", getattr(step, name))


def _solution(values: Mapping[str, Any]) -> Iterator[Flaw]:
    for name in _NEEDED:
        if not values.get(name):
            yield Flaw(f"solution.{name}", f"Selvbetjeningsløsningen mangler {name}.")
    if values.get("slug") and not _SLUG.fullmatch(values["slug"]):
        yield Flaw("solution.slug", "Løsningens slug skal være små bogstaver, tal og bindestreger.")
    for name, closed in (("owner_kind", _OWNERS), ("sign_in", _SIGN_INS)):
        if values.get(name) and values[name] not in closed:
            yield Flaw(f"solution.{name}", f"{name} skal være en af: {', '.join(closed)}.")
    for name, longest in SOLUTION_TEXTS.items():
        yield from _said(f"solution.{name}", values.get(name, ""), longest)
    for name in SOLUTION_LISTS:
        yield from _items(f"solution.{name}", values.get(name, ()))
    yield from _solution_forms(values)


def _solution_forms(values: Mapping[str, Any]) -> Iterator[Flaw]:
    """Yield what is wrong with the address and the day."""
    if values.get("address"):
        try:
            check_web_address(values["address"])
        except WebAddressError as error:
            yield Flaw("solution.address", str(error))
    if values.get("mandatory_from"):
        try:
            date.fromisoformat(values["mandatory_from"])
        except ValueError:
            yield Flaw("solution.mandatory_from", "Datoen skal skrives som 2026-12-31.")


def _items(path: str, items: Iterable[str], longest: int = _LONGEST) -> Iterator[Flaw]:
    items = tuple(items)
    if len(items) > _MOST_ITEMS:
        yield Flaw(path, f"Her er {len(items)} punkter. Der kan være højst {_MOST_ITEMS}.")
    for each in items:
        yield from _said(path, each, longest)


def _said(path: str, text: str, longest: int = _LONGEST) -> Iterator[Flaw]:
    if len(text) > longest:
        yield Flaw(path, f"Teksten er {len(text)} tegn. Den kan være højst {longest}.")
    try:
        check_no_cpr(text)
    except CprInTextError as error:
        yield Flaw(path, str(error))
