"""Guides as Markdown files: TOML in front, then the text in Danish and, under a second title, in English. Pure.

The file is what an editor writes by hand, what is carried out of one centre and into another, and what the demo's guides are. Reading
returns every fault at once, each with its line; nothing is guessed.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from borgerlinje.guides.carrying.checks import flaws
from borgerlinje.guides.carrying.solutions import clean_solution, solution_kinds
from borgerlinje.guides.clean import clean_content, one_line
from borgerlinje.guides.content import LANGUAGES, Complexity, Content, Step, Text

_FENCE: Final = "+++"
_HEADINGS: Final = {
    "da": ("Hav klar", "Sådan gør du", "Det går ofte galt", "Hvis det ikke kan ske digitalt"),
    "en": ("Have ready", "What to do", "Common mistakes", "If it cannot be done digitally"),
}
# What stands under a step, and the part of it that it is.
_UNDER_STEP: Final = {
    "da": {"Sig": "say", "Ser": "sees", "Nøgle": "key", "Billede": "picture", "Billedtekst": "picture_alt"},
    "en": {"Say": "say", "Sees": "sees", "Key": "key", "Picture": "picture", "Picture text": "picture_alt"},
}
_SECTIONS: Final = ("have", "steps", "mistakes", "not_digital")
_STEP: Final = re.compile(r"\d{1,2}\.\s+(\S.*)")
_UNDER: Final = re.compile(r"\s+-\s+(\w+(?: text)?):\s+(\S.*)")
# A paragraph that begins like a title has a backslash before it, as Markdown has it.
_TAKEN_LITERALLY: Final = ("\\#", "\\\\")
_ITEM: Final = re.compile(r"-\s+(\S.*)")
_LISTS: Final = ("words", "words_en", "life_events", "channels")
_TEXTS: Final = ("slug", "complexity", "unit", "legal_basis", "facts_from", "subject", "kle")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, and in which line (from 1)."""

    line: int
    says: str


@dataclass(frozen=True, slots=True)
class Read:
    """A guide read from a file. `solution` holds what the file says of the self-service solution, None where it names none; `kle` a number or nothing."""

    slug: str
    subject: str
    content: Content
    solution: Mapping[str, Any] | None = None
    kle: str = ""

    def parts(self) -> dict[str, Any]:
        """Return the parts by their names."""
        return {name: getattr(self, name) for name in self.__slots__}


def read(source: str) -> tuple[Read | None, list[Fault]]:
    """Return the guide a file holds, None where it has a fault; and all its faults."""
    lines = source.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != _FENCE or _FENCE not in (line.strip() for line in lines[1:]):
        return None, [Fault(1, "Filen skal begynde med oplysninger mellem to linjer med +++.")]
    end = next(number for number, line in enumerate(lines) if number and line.strip() == _FENCE)
    try:
        front = tomllib.loads("\n".join(lines[1:end]))
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is no TOML error of its own.
        return None, [Fault(1, f"Oplysningerne mellem +++ kan ikke læses: {error}")]
    faults = list(_front_faults(front))
    reader = _Body(lines, end + 1)
    texts = reader.texts()
    if not faults:
        guide = _guide(front, texts)
        faults += (Fault(reader.line_of(flaw.path), flaw.says) for flaw in flaws(**guide.parts()))
    faults += reader.faults
    if faults:
        return None, sorted(dict.fromkeys(faults), key=lambda fault: fault.line)
    return guide, []


def write(guide: Read) -> str:
    """Return a guide as the file that `read` reads."""
    content = guide.content
    values: dict[str, Any] = {
        "slug": guide.slug,
        "words": list(content.words.get("da", ())),
        "words_en": list(content.words.get("en", ())),
        "life_events": list(content.life_events),
        "subject": guide.subject,
        **({"kle": guide.kle} if guide.kle else {}),
        "complexity": str(content.complexity),
        "channels": list(content.channels),
        "unit": content.unit,
        "legal_basis": content.legal_basis,
        "facts_from": content.facts_from,
    }
    lines = [_FENCE, *(f"{name} = {_toml(value)}" for name, value in values.items())]
    if guide.solution is not None:
        lines += ["", "[solution]", *(f"{name} = {_toml(value)}" for name, value in guide.solution.items())]
    lines += [_FENCE]
    for language in LANGUAGES:
        if language in content.texts:
            lines += _written(content.texts[language], language)
    return "\n".join(lines) + "\n"


def _front_faults(front: Mapping[str, Any]) -> Iterator[Fault]:
    for name in _TEXTS:
        if not isinstance(front.get(name, ""), str):
            yield Fault(1, f"{name} skal være en tekst.")
    for name in _LISTS:
        value = front.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            yield Fault(1, f"{name} skal være en liste af tekster.")
    solution = front.get("solution", {})
    if not isinstance(solution, dict):
        yield Fault(1, "[solution] skal være en tabel.")
        return
    yield from (Fault(1, says) for says in dict.fromkeys(flaw.says for flaw in solution_kinds(solution)))


def _guide(front: Mapping[str, Any], texts: Mapping[str, Text]) -> Read:
    content = Content(
        texts=dict(texts),
        words={"da": tuple(front.get("words", ())), "en": tuple(front.get("words_en", ()))},
        life_events=tuple(front.get("life_events", ())),
        complexity=front.get("complexity", Complexity.SIMPLE),
        channels=tuple(front.get("channels", ())),
        unit=front.get("unit", ""),
        legal_basis=front.get("legal_basis", ""),
        facts_from=front.get("facts_from", ""),
    )
    return Read(
        slug=front.get("slug", ""),
        subject=one_line(front.get("subject", "")),
        content=clean_content(content),
        solution=clean_solution(front["solution"]) if front.get("solution") else None,
        kle=front.get("kle", "").strip(),
    )


class _Body:
    """Reads the text below the front matter; collects what is wrong."""

    def __init__(self, lines: list[str], start: int) -> None:
        self._lines = list(enumerate(lines, 1))[start:]
        self._places: dict[str, int] = {}
        self.faults: list[Fault] = []

    def line_of(self, path: str) -> int:
        """Return the line of a part, or of the nearest part around it; 1 for what stands in front."""
        while path and path not in self._places:
            path = path.rpartition(".")[0]
        return self._places.get(path, 1)

    def texts(self) -> dict[str, Text]:
        """Return the text of each language."""
        parts: list[tuple[str, int, list[tuple[int, str]]]] = []
        for number, line in self._lines:
            if line.startswith("# "):
                parts.append((line[2:].strip(), number, []))
            elif parts:
                parts[-1][2].append((number, line))
            elif line.strip():
                self._fault(number, "Før teksten skal der stå en titel: # Titel.")
        if not parts:
            self._fault(self._lines[0][0] if self._lines else 1, "Der mangler en titel: # Titel.")
        if len(parts) > len(LANGUAGES):
            self._fault(parts[len(LANGUAGES)][1], "Der kan kun være to titler: den danske og den engelske.")
        texts = {}
        for language, (title, number, lines) in zip(LANGUAGES, parts, strict=False):
            self._places[f"texts.{language}"] = number
            texts[language] = self._text(title, lines, language)
        return texts

    def _text(self, title: str, lines: list[tuple[int, str]], language: str) -> Text:
        sections: dict[str, list[tuple[int, str]]] = {"": []}
        name = ""
        for number, line in lines:
            if line.startswith("## "):
                name = line[3:].strip()
                if name not in _HEADINGS[language]:
                    self._fault(number, f"Overskriften »{name}« kendes ikke. Brug: {', '.join(_HEADINGS[language])}.")
                if name in sections:
                    self._fault(number, f"Overskriften »{name}« står to gange.")
                sections[name] = []
                if name in _HEADINGS[language]:
                    self._places[f"texts.{language}.{_SECTIONS[_HEADINGS[language].index(name)]}"] = number
            elif line.strip():
                sections[name].append((number, line))
        have, steps, mistakes, not_digital = (sections.get(heading, []) for heading in _HEADINGS[language])
        return Text(
            title=title,
            intro=_paragraph(sections[""]),
            have=self._items(have),
            steps=self._steps(steps, language),
            mistakes=self._items(mistakes),
            not_digital=_paragraph(not_digital),
        )

    def _items(self, lines: list[tuple[int, str]]) -> tuple[str, ...]:
        found: list[str] = []
        for number, line in lines:
            if item := _ITEM.fullmatch(line.rstrip()):
                found.append(item[1])
            elif found and line.startswith("  "):
                found[-1] = f"{found[-1]} {line.strip()}"
            else:
                self._fault(number, "Her skal hver linje begynde med en bindestreg og et mellemrum.")
        return tuple(found)

    def _steps(self, lines: list[tuple[int, str]], language: str) -> tuple[Step, ...]:
        found: list[dict[str, str]] = []
        for number, line in lines:
            under = _UNDER.fullmatch(line.rstrip())
            if step := _STEP.fullmatch(line.strip()):
                self._places[f"texts.{language}.steps.{len(found)}"] = number
                found.append({"key": f"s{len(found) + 1}", "text": step[1].strip()})
            elif under and found and under[1] in _UNDER_STEP[language]:
                found[-1][_UNDER_STEP[language][under[1]]] = under[2]
            elif found and line.startswith(" ") and not line.lstrip().startswith("-"):
                last = list(found[-1])[-1]
                found[-1][last] = f"{found[-1][last]} {line.strip()}"
            else:
                self._fault(
                    number,
                    f"Her skal stå et trin (1. ...) eller under det - {' eller - '.join(f'{each}: ...' for each in _UNDER_STEP[language])}",
                )
        return tuple(Step(**step) for step in found)

    def _fault(self, line: int, says: str) -> None:
        self.faults.append(Fault(line, says))


def _paragraph(lines: list[tuple[int, str]]) -> str:
    text = " ".join(line.strip() for _, line in lines)
    return text[1:] if text.startswith(_TAKEN_LITERALLY) else text


def _written(text: Text, language: str) -> Iterator[str]:
    have, steps, mistakes, not_digital = _HEADINGS[language]
    yield from ("", f"# {text.title}", "", _as_paragraph(text.intro))
    if text.have:
        yield from ("", f"## {have}", "", *(f"- {each}" for each in text.have))
    if text.steps:
        yield from ("", f"## {steps}", "")
    for number, step in enumerate(text.steps, 1):
        yield f"{number}. {step.text}"
        for word, part in _UNDER_STEP[language].items():
            said = getattr(step, part)
            if said and not (part == "key" and said == f"s{number}"):
                yield f"   - {word}: {said}"
    if text.mistakes:
        yield from ("", f"## {mistakes}", "", *(f"- {each}" for each in text.mistakes))
    if text.not_digital:
        yield from ("", f"## {not_digital}", "", _as_paragraph(text.not_digital))


def _as_paragraph(text: str) -> str:
    """Return a paragraph that is not taken for a title."""
    return f"\\{text}" if f"\\{text}".startswith(_TAKEN_LITERALLY) else text


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(each) for each in value)}]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found.group()):04x}", text) + '"'
