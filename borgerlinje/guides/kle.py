"""Numbers after the pattern of KLE, the subject plan that Danish municipalities file by: groups, subjects, journal numbers. Pure.

The plan itself is KL's and is not open: an installation carries in the file it subscribes to. Read are the elements that every version of it
has: Hovedgruppe, Gruppe and Emne, each with its Nr and Titel, and UdgivelsesDato.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Self
from xml.etree import ElementTree as ET

from borgerlinje.guides.carrying.xml_guard import has_own_types

_SUBJECT: Final = re.compile(r"\d{2}\.\d{2}\.\d{2}")
_FACET: Final = re.compile(r"[A-Z]\d{2}")
_LEVELS: Final = (("Hovedgruppe", r"\d{2}"), ("Gruppe", r"\d{2}\.\d{2}"), ("Emne", r"\d{2}\.\d{2}\.\d{2}"))
_LARGEST: Final = 64 * 1024 * 1024
_LONGEST_TITLE: Final = 300


class KleError(ValueError):
    """A number or a plan that is none; the text says what is wrong with it, in Danish."""


@dataclass(frozen=True, slots=True)
class JournalNumber:
    """A case's number: the subject, what is done about it (its facet), the case's own number among these, and its year.

    The year is written with two digits as a rule, and kept as it was written.
    """

    subject: str
    facet: str
    number: int
    year: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read »00.14.00-G01-6-14«. Raises KleError."""
        parts = text.strip().split("-")
        if len(parts) != 4:  # noqa: PLR2004 - the four parts of the class
            raise KleError(f"»{text}« skal have fire dele med bindestreg imellem, fx 00.14.00-G01-6-14.")
        subject, facet, number, year = (part.strip() for part in parts)
        check_subject(subject)
        if not _FACET.fullmatch(facet):
            raise KleError(f"»{facet}« er ingen handlingsfacet: et stort bogstav og to tal, fx G01.")
        if not re.fullmatch(r"[1-9]\d{0,6}", number):
            raise KleError(f"»{number}« er intet sagsnummer: et tal fra 1.")
        if not re.fullmatch(r"\d{2}|\d{4}", year):
            raise KleError(f"»{year}« er intet årstal: to eller fire tal.")
        return cls(subject, facet, int(number), year)

    def __str__(self) -> str:
        return f"{self.subject}-{self.facet}-{self.number}-{self.year}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A main group, a group or a subject: its number (00, 00.14, 00.14.00) and its title."""

    number: str
    title: str

    @property
    def parent(self) -> str:
        """The number of what it belongs to; empty for a main group."""
        return self.number.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """A subject plan: when it was issued (None: it does not say) and all its entries, in their order."""

    issued_on: date | None
    entries: tuple[Entry, ...]


def check_subject(number: str) -> None:
    """Raise KleError for what is no subject's number."""
    if not _SUBJECT.fullmatch(number):
        raise KleError(f"»{number}« er intet emnenummer: tre gange to tal med punktum imellem, fx 00.14.00.")


def read_plan(xml: bytes) -> tuple[Plan | None, list[str]]:
    """Return the plan that a file holds, None where it is none; and all that is wrong with it.

    A file with a document type of its own is refused: that is how an XML file makes a reader swallow more than it holds.
    """
    if len(xml) > _LARGEST:
        return None, [f"Filen er større end {_LARGEST // 1024 // 1024} MB."]
    if has_own_types(xml):
        return None, ["Filen har sin egen dokumenttype. Det har en emneplan ikke."]
    try:
        root = ET.fromstring(xml)  # noqa: S314 - without a document type there is nothing to expand
    except (ET.ParseError, LookupError, ValueError) as error:
        return None, [f"Filen er ikke rigtig XML: {error}."]
    entries = tuple(_entries(root, 0))
    faults = list(_faults(entries))
    if not entries:
        faults.append("Filen har ingen Hovedgruppe med HovedgruppeNr og HovedgruppeTitel.")
    return (None, faults) if faults else (Plan(_issued(root), entries), [])


def _entries(parent: ET.Element, level: int) -> Iterator[Entry]:
    if level == len(_LEVELS):
        return
    name, _ = _LEVELS[level]
    for element in parent.findall(name):
        number = (element.findtext(f"{name}Nr") or "").strip()
        yield Entry(number, " ".join((element.findtext(f"{name}Titel") or "").split())[:_LONGEST_TITLE])
        yield from _entries(element, level + 1)


def _faults(entries: tuple[Entry, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for entry in entries:
        if not any(re.fullmatch(pattern, entry.number) for _, pattern in _LEVELS):
            yield f"»{entry.number}« ({entry.title or 'uden titel'}) er intet nummer i en emneplan."
        elif entry.number in seen:
            yield f"{entry.number} står to gange."
        elif entry.parent and entry.parent not in seen:
            yield f"{entry.number} står ikke under {entry.parent}."
        elif not entry.title:
            yield f"{entry.number} har ingen titel."
        seen.add(entry.number)


def _issued(root: ET.Element) -> date | None:
    try:
        return date.fromisoformat((root.findtext("UdgivelsesDato") or "").strip()[:10])
    except ValueError:
        return None
