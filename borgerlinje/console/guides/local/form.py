"""The form that a local text is written in: what was sent as an overlay, with what is wrong with it, and an overlay as fields.

Fields are named after the parts they hold: "intro-da", "step-s2-say-en", "words-da", "unit", "fact-0-value_en".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from borgerlinje.guides.clean import plain
from borgerlinje.guides.content import LANGUAGES, Content
from borgerlinje.guides.overlay import ADDED, REPLACED, STEP_PARTS, Fact, LocalText, Overlay
from borgerlinje.guides.part_names import PARTS
from borgerlinje.guides.part_names import STEP_PARTS as STEP_PART_NAMES
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr

FACT_FIELDS: Final = ("label", "value", "label_en", "value_en")
_STEP: Final = re.compile(rf"step-([A-Za-z0-9_-]{{1,40}})-({'|'.join(STEP_PARTS)})-({'|'.join(LANGUAGES)})")
_FACT: Final = re.compile(rf"fact-(\d{{1,2}})-({'|'.join(FACT_FIELDS)})")
_LISTS: Final = (*ADDED, "words")
_MORE_FACTS: Final = 3
_LONGEST: Final = {"unit": 120, "label": 60, "label_en": 60, "value": 300, "value_en": 300}
_LONGEST_TEXT, _LONGEST_ITEM = 2000, 300


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, as it was typed, and what is wrong, by field."""

    overlay: Overlay
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """A field beside the common text it stands for or adds to; `common` holds a list's items, or one text."""

    name: str
    label: str
    language: str
    value: str
    common: tuple[str, ...] = ()
    fault: str = ""
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: a step's, or those of the whole guide. `lead` is what the common step says, and begins with."""

    title: str
    anchor: str
    fields: list[Field]
    lead: str = ""

    @property
    def is_open(self) -> bool:
        """Whether there is something to see to: text of the authority's own, or a fault."""
        return not self.lead or any(each.value or each.fault for each in self.fields)


def read(data: QueryDict) -> Sent:
    """Return what was sent."""
    steps: dict[str, dict[str, dict[str, str]]] = {language: {} for language in LANGUAGES}
    names = [f"{name}-{language}" for language in LANGUAGES for name in (*REPLACED, *_LISTS)]
    for name in data:
        found = _STEP.fullmatch(name)
        if found is not None:
            key, part, language = found.groups()
            steps[language].setdefault(key, {})[part] = data.get(name, "")
            names.append(name)
    texts = {
        language: LocalText(
            replaced={name: data.get(f"{name}-{language}", "") for name in REPLACED},
            added={name: _items(data.get(f"{name}-{language}", "")) for name in ADDED},
            steps=steps[language],
        )
        for language in LANGUAGES
    }
    numbers = sorted({int(found[1]) for name in data if (found := _FACT.fullmatch(name))})
    facts = {
        number: Fact(**{part: data.get(f"fact-{number}-{part}", "") for part in FACT_FIELDS}) for number in numbers
    }
    names += ["unit", *(f"fact-{number}-{part}" for number in numbers for part in FACT_FIELDS)]
    overlay = Overlay(
        texts=texts,
        facts=tuple(facts.values()),
        words={language: _items(data.get(f"words-{language}", "")) for language in LANGUAGES},
        unit=data.get("unit", ""),
    )
    faults = {name: fault for name in names if (fault := _fault(name, data.get(name, "")))}
    return Sent(overlay, faults | dict(_fact_faults(facts)))


def groups(content: Content, overlay: Overlay, faults: Mapping[str, str]) -> list[Group]:
    """Return the fields over a common text: the whole guide's, each step's, what is added, and the texts whose step is gone."""
    keys = [step.key for step in content.text(LANGUAGES[0]).steps]
    keys += [step.key for text in content.texts.values() for step in text.steps if step.key not in keys]
    made = _Fields(content, overlay, faults)
    found = [Group(_("Hele guiden"), "hele", [*made.texts("intro"), *made.texts("not_digital"), made.unit()])]
    for number, key in enumerate(dict.fromkeys(keys), 1):
        step = made.step(key)
        lead = next((each.common[0] for each in step if each.common), "")
        found.append(Group(_("Trin %(number)d") % {"number": number}, f"trin-{key}", step, lead))
    added = [each for name in _LISTS for each in made.texts(name)]
    found.append(Group(_("Det lægger vi til"), "til", added))
    gone = [key for own in overlay.texts.values() for key in own.steps if key not in keys]
    for key in dict.fromkeys(gone):
        left = [each for each in made.step(key) if each.value]
        if left:
            found.append(Group(_("Trinnet er fjernet fra den fælles tekst"), f"trin-{key}", left))
    return found


def fact_rows(overlay: Overlay, faults: Mapping[str, str]) -> list[dict[str, object]]:
    """Return the facts' rows, with some empty ones to write in."""
    facts = [*overlay.facts, *(Fact("", "") for _row in range(_MORE_FACTS))]
    return [
        {
            "number": number,
            "fact": fact,
            "faults": [fault for part in FACT_FIELDS if (fault := faults.get(f"fact-{number}-{part}"))],
        }
        for number, fact in enumerate(facts)
    ]


@dataclass(frozen=True, slots=True)
class _Fields:
    content: Content
    overlay: Overlay
    faults: Mapping[str, str]

    def texts(self, name: str) -> Iterator[Field]:
        """Yield the fields of a part in each language."""
        for language in LANGUAGES:
            own, text = self.overlay.texts.get(language, LocalText()), self.content.texts.get(language)
            is_list = name in _LISTS
            if name == "words":
                value, common = self.overlay.words.get(language, ()), tuple(self.content.words.get(language, ()))
            elif is_list:
                value, common = own.added.get(name, ()), tuple(getattr(text, name)) if text else ()
            else:
                said = own.replaced.get(name, "")
                value, common = (said,) if said else (), (getattr(text, name),) if text else ()
            yield self._field(
                f"{name}-{language}", str(PARTS[name]), language, "\n".join(value), common, is_list=is_list
            )

    def unit(self) -> Field:
        """Return the field of who takes over."""
        return self._field("unit", str(PARTS["unit"]), "", self.overlay.unit, (self.content.unit,))

    def step(self, key: str) -> list[Field]:
        """Return the fields of a step: what is said in a language stands with its step."""
        fields = []
        for part in STEP_PARTS:
            for language in LANGUAGES:
                own, text = self.overlay.texts.get(language, LocalText()), self.content.texts.get(language)
                step = next((each for each in text.steps if each.key == key), None) if text else None
                value = own.steps.get(key, {}).get(part, "")
                if step is None and not value:
                    continue
                common = (getattr(step, part),) if step is not None else ()
                name = f"step-{key}-{part}-{language}"
                fields.append(self._field(name, str(STEP_PART_NAMES[part]), language, value, common))
        return fields

    def _field(
        self, name: str, label: str, language: str, value: str, common: tuple[str, ...], *, is_list: bool = False
    ) -> Field:
        if language == "en":
            label = _("%(part)s på engelsk") % {"part": label}
        common = tuple(filter(None, common))
        return Field(name, label, language, value, common, self.faults.get(name, ""), is_list)


def _fact_faults(facts: Mapping[int, Fact]) -> Iterator[tuple[str, str]]:
    for number, fact in facts.items():
        if fact.value.strip() and not fact.label.strip():
            yield f"fact-{number}-label", _("Skriv, hvad det er: fx »Åbent« eller »Gebyr«.")
        elif (fact.label.strip() or fact.label_en.strip() or fact.value_en.strip()) and not fact.value.strip():
            yield f"fact-{number}-value", _("Skriv oplysningen, eller slet hele linjen.")


def _fault(name: str, value: str) -> str:
    if not value:
        return ""
    try:
        check_no_cpr(plain(value))
    except CprInTextError as error:
        return str(error.message)
    if name.split("-", maxsplit=1)[0] in _LISTS:
        is_long = any(len(item) > _LONGEST_ITEM for item in _items(value))
        return (
            _("En linje er for lang. Skriv højst %(longest)d tegn på hver linje.") % {"longest": _LONGEST_ITEM}
            if is_long
            else ""
        )
    longest = _LONGEST.get(name.rpartition("-")[2], _LONGEST_TEXT)
    return (
        _("Teksten er for lang. Skriv højst %(longest)d tegn.") % {"longest": longest} if len(value) > longest else ""
    )


def _items(value: str) -> tuple[str, ...]:
    return tuple(line for line in value.splitlines() if line.strip())
