"""What a guide says, in one language and in all: values as they are stored with each version, compared, and carried in and out. Pure.

A step has a key of its own that stays when steps are moved, so that a member's local text stays at its step.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

LANGUAGES: Final = ("da", "en")


class Channel(StrEnum):
    """Where a matter can be dealt with."""

    SELF_SERVICE = "self_service"
    PHONE = "phone"
    COUNTER = "counter"


class Complexity(StrEnum):
    """Whether the centre can deal with a matter by a rule, or somebody must judge the case (the channel strategy's two kinds)."""

    SIMPLE = "simple"
    DISCRETION = "discretion"


class LifeEvent(StrEnum):
    """What happens in a life that a citizen turns to the authorities for."""

    BIRTH = "foedsel"
    CHILDREN = "boern"
    EDUCATION = "uddannelse"
    WORK = "arbejde"
    UNEMPLOYED = "ledig"
    HOME = "bolig"
    TRANSPORT = "transport"
    TRAVEL = "rejse"
    ILLNESS = "sygdom"
    DISABILITY = "handicap"
    PENSION = "pension"
    COUPLE = "parforhold"
    DIVORCE = "skilsmisse"
    DEATH = "doedsfald"
    MONEY = "oekonomi"
    TO_DENMARK = "til-danmark"
    FROM_DENMARK = "fra-danmark"
    DIGITAL = "digital"
    BUSINESS = "virksomhed"
    LEISURE = "fritid"
    DEMOCRACY = "demokrati"
    SURROUNDINGS = "miljoe"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what the citizen does, what the employee says to them, and what they see on the screen then.

    `picture` is the key of a picture of the guide's, `picture_alt` what it shows, in words.
    """

    key: str
    text: str
    say: str = ""
    sees: str = ""
    picture: str = ""
    picture_alt: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A guide in one language."""

    title: str
    intro: str
    have: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    mistakes: tuple[str, ...] = ()
    not_digital: str = ""

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Return what `asdict` made, as JSON carries it."""
        steps = tuple(Step(**step) for step in value.get("steps", ()))
        lists = {name: tuple(value.get(name, ())) for name in ("have", "mistakes")}
        return cls(value["title"], value["intro"], steps=steps, not_digital=value.get("not_digital", ""), **lists)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a version of a guide says. `words` maps a language to what citizens call the matter."""

    texts: Mapping[str, Text]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    life_events: tuple[str, ...] = ()
    complexity: str = Complexity.SIMPLE
    channels: tuple[str, ...] = ()
    unit: str = ""
    legal_basis: str = ""
    facts_from: str = ""

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Return the content of a stored version."""
        return cls(
            texts={language: Text.of(text) for language, text in value["texts"].items()},
            words={language: tuple(words) for language, words in value.get("words", {}).items()},
            life_events=tuple(value.get("life_events", ())),
            channels=tuple(value.get("channels", ())),
            **{name: value.get(name, "") for name in ("complexity", "unit", "legal_basis", "facts_from")},
        )

    def stored(self) -> dict[str, Any]:
        """Return the content as JSON carries it."""
        return asdict(self)

    def text(self, language: str) -> Text:
        """Return the text in a language, or in Danish where there is none."""
        return self.texts.get(language) or self.texts[LANGUAGES[0]]
