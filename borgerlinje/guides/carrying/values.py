"""Guides as plain values: what a JSON file holds, and what the rows of a table are made of. Pure.

Reading takes nothing on trust: each value's kind is looked at, what is not known is told, and every flaw is told at once by its path.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from borgerlinje.guides.carrying.checks import Flaw, flaws
from borgerlinje.guides.carrying.solutions import clean_solution, solution_kinds
from borgerlinje.guides.clean import clean_content, one_line
from borgerlinje.guides.content import LANGUAGES, Complexity, Content, Step, Text
from borgerlinje.guides.markdown import Read

NAMES: Final = ("slug", "subject", "kle", "complexity", "unit", "legal_basis", "facts_from")
LISTS: Final = ("life_events", "channels")
TEXTS: Final = ("title", "intro", "not_digital")
TEXT_LISTS: Final = ("have", "mistakes")
STEP: Final = ("key", "text", "say", "sees", "picture", "picture_alt")


def value_of(guide: Read) -> dict[str, Any]:
    """Return a guide as plain values; what is empty is left out."""
    content = guide.content
    names: dict[str, Any] = {"slug": guide.slug, "subject": guide.subject, "kle": guide.kle}
    names |= {name: str(getattr(content, name)) for name in ("complexity", "unit", "legal_basis", "facts_from")}
    names |= {name: list(getattr(content, name)) for name in LISTS}
    names["words"] = _full({language: list(words) for language, words in content.words.items()})
    names["texts"] = {language: _text_value(text) for language, text in content.texts.items()}
    names["solution"] = dict(guide.solution or {})
    return _full(names)


def of_value(value: Any) -> tuple[Read | None, list[Flaw]]:
    """Return the guide that plain values hold, None where they hold none; and everything that is wrong with them."""
    if not isinstance(value, dict):
        return None, [Flaw("", "Her skal stå en guide: et objekt med slug og texts.")]
    found = list(_kinds(value))
    if found:
        return None, found
    texts = {language: _text(value["texts"][language]) for language in LANGUAGES if language in value["texts"]}
    words = value.get("words", {})
    content = Content(
        texts=texts,
        words={language: tuple(words.get(language, ())) for language in LANGUAGES},
        life_events=tuple(value.get("life_events", ())),
        complexity=value.get("complexity") or Complexity.SIMPLE.value,
        channels=tuple(value.get("channels", ())),
        **{name: value.get(name, "") for name in ("unit", "legal_basis", "facts_from")},
    )
    solution = value.get("solution")
    guide = Read(
        slug=value.get("slug", "").strip(),
        subject=one_line(value.get("subject", "")),
        content=clean_content(content),
        solution=clean_solution(solution) if solution else None,
        kle=value.get("kle", "").strip(),
    )
    wrong = list(flaws(**guide.parts()))
    return (None, wrong) if wrong else (guide, [])


def _text_value(text: Text) -> dict[str, Any]:
    lists = {name: list(getattr(text, name)) for name in TEXT_LISTS}
    steps = [_full({name: getattr(step, name) for name in STEP}) for step in text.steps]
    return _full({**{name: getattr(text, name) for name in TEXTS}, **lists, "steps": steps})


def _text(value: Mapping[str, Any]) -> Text:
    steps = tuple(
        Step(**{"key": f"s{number}", "text": "", **each}) for number, each in enumerate(value.get("steps", ()), 1)
    )
    parts: dict[str, Any] = {name: value.get(name, "") for name in TEXTS}
    parts |= {name: tuple(value.get(name, ())) for name in TEXT_LISTS}
    return Text(steps=steps, **parts)


def _full(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _kinds(value: Mapping[str, Any]) -> Iterator[Flaw]:
    yield from _known(value, "", {*NAMES, *LISTS, "words", "texts", "solution"})
    yield from _strings(value, "", NAMES)
    yield from _lists(value, "", LISTS)
    for name in ("words", "texts", "solution"):
        if not isinstance(value.get(name, {}), dict):
            yield Flaw(name, f"{name} skal være et objekt.")
            return
    yield from _known(value.get("words", {}), "words.", set(LANGUAGES))
    yield from _lists(value.get("words", {}), "words.", LANGUAGES)
    yield from _known(value.get("texts", {}), "texts.", set(LANGUAGES))
    if LANGUAGES[0] not in value.get("texts", {}):
        yield Flaw(f"texts.{LANGUAGES[0]}.title", "Titlen mangler. Skriv den.")
    for language, text in value.get("texts", {}).items():
        yield from _text_kinds(text, f"texts.{language}")
    yield from solution_kinds(value.get("solution", {}))


def _text_kinds(text: Any, path: str) -> Iterator[Flaw]:
    if not isinstance(text, dict):
        yield Flaw(path, "Her skal stå et objekt med title, intro og steps.")
        return
    yield from _known(text, f"{path}.", {*TEXTS, *TEXT_LISTS, "steps"})
    yield from _strings(text, f"{path}.", TEXTS)
    yield from _lists(text, f"{path}.", TEXT_LISTS)
    steps = text.get("steps", [])
    if not isinstance(steps, list):
        yield Flaw(f"{path}.steps", "steps skal være en liste af trin.")
        return
    for index, step in enumerate(steps):
        if isinstance(step, dict):
            yield from _known(step, f"{path}.steps.{index}.", set(STEP))
            yield from _strings(step, f"{path}.steps.{index}.", STEP)
        else:
            yield Flaw(f"{path}.steps.{index}", "Et trin skal være et objekt med text.")


def _known(value: Mapping[str, Any], path: str, known: set[str]) -> Iterator[Flaw]:
    for name in value:
        if name not in known:
            yield Flaw(f"{path}{name}", f"»{name}« kendes ikke. Brug: {', '.join(sorted(known))}.")


def _strings(value: Mapping[str, Any], path: str, names: tuple[str, ...]) -> Iterator[Flaw]:
    for name in names:
        if not isinstance(value.get(name, ""), str):
            yield Flaw(f"{path}{name}", f"{name} skal være en tekst.")


def _lists(value: Mapping[str, Any], path: str, names: tuple[str, ...]) -> Iterator[Flaw]:
    for name in names:
        items = value.get(name, [])
        if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
            yield Flaw(f"{path}{name}", f"{name} skal være en liste af tekster.")
