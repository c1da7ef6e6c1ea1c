"""Guides as rows of a table, one row for each guide: which column holds which part. Pure.

The columns are in Danish, as an editor fills them; the English text has the same columns with `_en` behind. A step has columns of its own
with its number behind (trin1, sig1, ser1), so that a guide reads from left to right. A list is one cell with | between its items. A cell
that a spreadsheet would take for a formula has a ' before it, which is taken off again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from borgerlinje.guides.carrying.checks import MOST_STEPS, SOLUTION_LISTS, SOLUTION_TEXTS, Flaw
from borgerlinje.guides.carrying.values import of_value, value_of
from borgerlinje.guides.markdown import Read

# Each column with the path of the part it holds, in the order an editor fills them.
_FRONT: Final = {"slug": "slug", "emne": "subject", "kle": "kle"}
_TEXT: Final = {
    "titel": "title",
    "indledning": "intro",
    "hav_klar": "have",
    "det_går_galt": "mistakes",
    "ikke_digitalt": "not_digital",
}
_STEP: Final = {
    "trin": "text",
    "sig": "say",
    "ser": "sees",
    "nøgle": "key",
    "billede": "picture",
    "billedtekst": "picture_alt",
}
_BEHIND: Final = {
    "livssituation": "life_events",
    "kompleksitet": "complexity",
    "kanaler": "channels",
    "enhed": "unit",
    "lov": "legal_basis",
    "kilde": "facts_from",
}
_SOLUTION: Final = {
    f"løsning_{name}": f"solution.{name}" for name in (*SOLUTION_TEXTS, *SOLUTION_LISTS, "per_authority")
}
_ENDINGS: Final = {"da": "", "en": "_en"}
_LISTS: Final = frozenset({"have", "mistakes", "life_events", "channels", "da", "en", *SOLUTION_LISTS})
_STEP_COLUMN: Final = re.compile(r"(trin|sig|ser|nøgle|billede|billedtekst)([1-9]\d?)(_en)?")
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_YES: Final = {"ja": True, "nej": False, "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}


def columns(values: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns that some guides need: as many steps as the longest has, at least three, and the rarer columns where one needs them."""
    found = [*_FRONT]
    for language, ending in _ENDINGS.items():
        texts = [value["texts"][language] for value in values if language in value["texts"]]
        found += [f"{name}{ending}" for name in list(_TEXT)[:3]]
        count = max([3, *(len(text.get("steps", ())) for text in texts)])
        steps = [step for text in texts for step in numbered(text.get("steps", ()))]
        parts = [
            name
            for name, part in _STEP.items()
            if name in {"trin", "sig", "ser"} or any(part in step for step in steps)
        ]
        found += [f"{name}{number}{ending}" for number in range(1, count + 1) for name in parts]
        found += [f"{name}{ending}" for name in list(_TEXT)[3:]]
        found.append(f"ord{ending}")
    return [*found, *_BEHIND, *_SOLUTION]


def numbered(steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield steps without the keys that their places give them anyway."""
    for number, step in enumerate(steps, 1):
        yield {name: value for name, value in step.items() if name != "key" or value != f"s{number}"}


def table(guides: Iterable[Read]) -> Iterator[list[str]]:
    """Yield the columns' names, and then the row of each guide."""
    values = [value_of(guide) for guide in guides]
    names = columns(values)
    yield names
    for value in values:
        cells = _cells(value)
        yield [guarded(cells.get(name, "")) for name in names]


def _cells(value: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in each column for a guide."""
    cells = {name: _cell(value.get(path, "")) for name, path in (_FRONT | _BEHIND).items()}
    for language, ending in _ENDINGS.items():
        text = value["texts"].get(language, {})
        cells |= {f"{name}{ending}": _cell(text.get(path, "")) for name, path in _TEXT.items()}
        cells[f"ord{ending}"] = _cell(value.get("words", {}).get(language, []))
        for number, step in enumerate(numbered(text.get("steps", ())), 1):
            cells |= {f"{name}{number}{ending}": step.get(part, "") for name, part in _STEP.items()}
    solution = value.get("solution", {})
    return cells | {f"løsning_{name}": _cell(part) for name, part in solution.items()}


def heading(names: Sequence[str]) -> tuple[list[str], list[Flaw]]:
    """Return the columns' names as they are meant, and what is wrong with them: each flaw's path is the column."""
    meant = [" ".join(name.split()).lower() for name in names]
    while meant and not meant[-1]:
        meant.pop()
    known = {*_FRONT, *_BEHIND, *_SOLUTION, *(f"{name}{end}" for name in (*_TEXT, "ord") for end in _ENDINGS.values())}
    found = []
    for name in dict.fromkeys(meant):
        if name not in known and not _STEP_COLUMN.fullmatch(name):
            found.append(Flaw(name, f"Kolonnen »{name}« kendes ikke. Slet den, eller brug en af skabelonens navne."))
        elif meant.count(name) > 1:
            found.append(Flaw(name, f"Kolonnen »{name}« står to gange. Slet den ene."))
    found += [
        Flaw(name, f"Kolonnen »{name}« mangler. Hent skabelonen, og udfyld den.")
        for name in ("slug", "titel")
        if name not in meant
    ]
    return meant, found


def of_row(names: Sequence[str], cells: Sequence[str]) -> tuple[Read | None, list[Flaw]]:
    """Return the guide of a row, None where it is none; each flaw's path is the column that it stands in."""
    given = {name: text for name, cell in zip(names, cells, strict=False) if (text := unguarded(cell.strip()))}
    value: dict[str, Any] = {"texts": {}, "words": {}, "solution": {}}
    found: list[Flaw] = []
    for name, path in (_FRONT | _BEHIND).items():
        if name in given:
            value[path] = _part(path, given[name])
    for language, ending in _ENDINGS.items():
        said: dict[str, Any] = {
            part: _part(part, given[f"{name}{ending}"]) for name, part in _TEXT.items() if f"{name}{ending}" in given
        }
        steps = _steps(given, ending, found)
        if said or steps or language == "da":
            value["texts"][language] = said | {"steps": steps}
        if f"ord{ending}" in given:
            value["words"][language] = _part(language, given[f"ord{ending}"])
    for name, path in _SOLUTION.items():
        if name in given:
            part = path.partition(".")[2]
            value["solution"][part] = (
                _answer(name, given[name], found) if part == "per_authority" else _part(part, given[name])
            )
    guide, flaws = of_value(value)
    found += (Flaw(column_of(flaw.path), flaw.says) for flaw in flaws)
    return (None, found) if found else (guide, [])


def column_of(path: str) -> str:
    """Return the column that holds a part."""
    names = {path: name for name, path in (_FRONT | _BEHIND | _SOLUTION).items()}
    if path in names:
        return names[path]
    parts = path.split(".")
    if parts[0] == "words":
        return f"ord{_ENDINGS[parts[1]]}"
    ending = _ENDINGS.get(parts[1], "") if len(parts) > 1 else ""
    if parts[2:3] == ["steps"]:
        number = int(parts[3]) + 1 if len(parts) > 3 else MOST_STEPS + 1  # noqa: PLR2004 - texts, language, steps, number
        part = parts[4] if len(parts) > 4 else "text"  # noqa: PLR2004 - and the part of the step
        return f"{next(name for name, each in _STEP.items() if each == part)}{number}{ending}"
    return next((f"{name}{ending}" for name, each in _TEXT.items() if parts[2:3] == [each]), "slug")


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else ""
    if isinstance(value, list):
        return " | ".join(each.replace("\\", "\\\\").replace("|", "\\|") for each in value)
    return str(value)


def _part(path: str, text: str) -> Any:
    if path not in _LISTS:
        return text
    items = re.findall(r"(?:\\.|[^\\|]|\\$)+", text)
    return [re.sub(r"\\(.)", r"\1", item).strip() for item in items if item.strip()]


def _answer(column: str, text: str, found: list[Flaw]) -> bool:
    if text.lower() not in _YES:
        found.append(Flaw(column, "Skriv ja eller nej."))
    return _YES.get(text.lower(), False)


def _steps(given: Mapping[str, str], ending: str, found: list[Flaw]) -> list[dict[str, str]]:
    """Return the steps of a row; a number that is left out is told."""
    steps: dict[int, dict[str, str]] = {}
    for name, text in given.items():
        column = _STEP_COLUMN.fullmatch(name)
        if column and (column[3] or "") == ending:
            steps.setdefault(int(column[2]), {})[_STEP[column[1]]] = text
    last = max(steps, default=0)
    found += (
        Flaw(f"trin{number}{ending}", f"Trin {number} er tomt, men der er flere efter det.")
        for number in range(1, last)
        if number not in steps
    )
    return [steps[number] for number in sorted(steps)]
