"""A member's local truth over the common text: parts replaced or added for one authority, everything else inherited. Pure.

An overlay names what it replaces: the introduction, what a step says, what is to be done where it cannot be done digitally, who takes over.
It adds what to have at hand, mistakes, words, and local facts (where, when, what it costs). A step is known by its key, so a local text
stays at its step when the steps around it change; where the step is gone, the local text is shown to its owner and to nobody else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

from borgerlinje.guides.content import LANGUAGES, Content, Step, Text

# What can be said instead of the common text, but for the steps.
REPLACED: Final = ("intro", "not_digital")
ADDED: Final = ("have", "mistakes")
STEP_PARTS: Final = ("text", "say", "sees")


@dataclass(frozen=True, slots=True)
class Fact:
    """A local fact under a word: »Åbent«, »Gebyr«. An empty `value_en`: the Danish one is shown."""

    label: str
    value: str
    label_en: str = ""
    value_en: str = ""

    def said(self, language: str) -> tuple[str, str]:
        """Return the word and the fact in a language."""
        if language == "en":
            return self.label_en or self.label, self.value_en or self.value
        return self.label, self.value


@dataclass(frozen=True, slots=True)
class LocalText:
    """What an overlay says in one language. `steps` maps a step's key to the parts of it that are replaced."""

    replaced: Mapping[str, str] = field(default_factory=dict)
    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Return what `asdict` made, as JSON carries it."""
        return cls(
            replaced={name: text for name, text in value.get("replaced", {}).items() if name in REPLACED},
            added={name: tuple(items) for name, items in value.get("added", {}).items() if name in ADDED},
            steps={key: dict(parts) for key, parts in value.get("steps", {}).items()},
        )


@dataclass(frozen=True, slots=True)
class Overlay:
    """All that one authority says otherwise about a guide. An empty `unit`: who takes over is as in the common text."""

    texts: Mapping[str, LocalText] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: str = ""

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Return the overlay of a stored version."""
        return cls(
            texts={language: LocalText.of(text) for language, text in value.get("texts", {}).items()},
            facts=tuple(Fact(**fact) for fact in value.get("facts", ())),
            words={language: tuple(words) for language, words in value.get("words", {}).items()},
            unit=value.get("unit", ""),
        )

    def stored(self) -> dict[str, Any]:
        """Return the overlay as JSON carries it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Localised:
    """A guide's text for one authority. `local` names the parts that are its own: "intro", "step:s2:say"; `instead_of` what they stand for.

    `in_danish` are those of them that are said in Danish only, while the text is in another language.
    """

    text: Text
    unit: str
    facts: tuple[tuple[str, str], ...] = ()
    local: frozenset[str] = frozenset()
    instead_of: Mapping[str, str] = field(default_factory=dict)
    in_danish: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """A part of the common text that changed under a local one: what it was, what it is now (None: it is gone), and the local text."""

    language: str
    part: str
    was: str
    now: str | None
    local: str


def localise(content: Content, overlay: Overlay | None, language: str) -> Localised:
    """Return the text of a guide in a language with an authority's own parts in their places.

    Where the guide has no text in that language the Danish one is shown, and with it what is local in Danish. A part that is replaced in
    Danish only is shown in Danish: the common text does not hold there in any language.
    """
    text = content.text(language)
    said_in = language if language in content.texts else LANGUAGES[0]
    if overlay is None:
        return Localised(text, content.unit)
    own = overlay.texts.get(said_in, LocalText())
    common = _common(content, said_in)
    said, danish = dict(_replacements(own)), dict(_replacements(overlay.texts.get(LANGUAGES[0], LocalText())))
    replaced = {name: part for name, part in (danish | said).items() if name in common}
    instead_of = {name: common[name] for name in replaced}
    local = set(replaced)
    values: dict[str, Any] = {name: replaced[name] for name in REPLACED if name in replaced}
    for name in ADDED:
        if own.added.get(name):
            values[name] = (*getattr(text, name), *own.added[name])
            local |= {f"{name}:{item}" for item in own.added[name]}
    values["steps"] = tuple(_step(step, replaced) for step in text.steps)
    if overlay.unit:
        local.add("unit")
        instead_of["unit"] = content.unit
    facts = tuple(fact.said(said_in) for fact in overlay.facts)
    return Localised(
        text=replace(text, **values),
        unit=overlay.unit or content.unit,
        facts=facts,
        local=frozenset(local),
        instead_of=instead_of,
        in_danish=frozenset(replaced.keys() - said.keys()),
    )


def moved(before: Content, after: Content, overlay: Overlay) -> list[Moved]:
    """Return what changed in the common text under the parts that an authority replaced: its owner decides whether the local text still holds."""
    found: list[Moved] = []
    for language, own in overlay.texts.items():
        was, now = _common(before, language), _common(after, language)
        for part, local in _replacements(own):
            old, new = was.get(part), now.get(part)
            if old is not None and old != new:
                found.append(Moved(language, part, old, new, local))
    if overlay.unit and before.unit != after.unit:
        found.append(Moved(LANGUAGES[0], "unit", before.unit, after.unit, overlay.unit))
    return found


def orphans(content: Content, overlay: Overlay) -> list[Moved]:
    """Return the local texts whose step the common text no longer has: they are shown to nobody until they are moved or dropped."""
    found = []
    for language, own in overlay.texts.items():
        common = _common(content, language)
        found += [Moved(language, part, "", None, text) for part, text in _replacements(own) if part not in common]
    return found


def parts(overlay: Overlay) -> dict[str, str]:
    """Return everything an authority says by the name of its part, in the order it is read: "unit", "da:intro", "en:step:s2:say", "fact:0"."""
    said = {"unit": overlay.unit} if overlay.unit else {}
    for language in LANGUAGES:
        own = overlay.texts.get(language, LocalText())
        said |= {f"{language}:{part}": text for part, text in _replacements(own)}
        lists = {name: own.added.get(name, ()) for name in ADDED} | {"words": overlay.words.get(language, ())}
        said |= {f"{language}:{name}": "; ".join(items) for name, items in lists.items() if items}
    for number, fact in enumerate(overlay.facts):
        english = " / ".join(filter(None, (fact.label_en, fact.value_en)))
        said[f"fact:{number}"] = f"{fact.label}: {fact.value}" + (f" ({english})" if english else "")
    return said


def _replacements(own: LocalText) -> Iterator[tuple[str, str]]:
    """Yield each replaced part by its name, with the local text."""
    yield from own.replaced.items()
    for key, parts in own.steps.items():
        for name, text in parts.items():
            if name in STEP_PARTS:
                yield f"step:{key}:{name}", text


def _common(content: Content, language: str) -> dict[str, str]:
    """Return every part of the common text that can be replaced, by its name; nothing for a language it is not in."""
    text = content.texts.get(language)
    if text is None:
        return {}
    parts = {name: str(getattr(text, name)) for name in REPLACED}
    return parts | {f"step:{step.key}:{name}": getattr(step, name) for step in text.steps for name in STEP_PARTS}


def _step(step: Step, parts: Mapping[str, str]) -> Step:
    names = {name: f"step:{step.key}:{name}" for name in STEP_PARTS}
    return replace(step, **{name: parts[part] for name, part in names.items() if part in parts})
