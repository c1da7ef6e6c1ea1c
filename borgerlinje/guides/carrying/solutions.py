"""What a file may say of a guide's self-service solution: which values there are, and of which kind. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from borgerlinje.guides.carrying.checks import SOLUTION_LISTS, SOLUTION_TEXTS, Flaw
from borgerlinje.guides.clean import one_line


def clean_solution(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is said of a solution with clean texts and without what is empty; None where nothing is left."""
    # An address is judged as it was written: cleaning it would make another one of it.
    texts = {name: values.get(name, "") for name in SOLUTION_TEXTS}
    cleaned = {name: text.strip() if name == "address" else one_line(text) for name, text in texts.items()}
    lists = {name: [item for each in values.get(name, ()) if (item := one_line(each))] for name in SOLUTION_LISTS}
    found = {**cleaned, "per_authority": values.get("per_authority", False), **lists}
    return {name: value for name, value in found.items() if value} or None


def solution_kinds(values: Mapping[str, Any]) -> Iterator[Flaw]:
    """Yield each value of a solution that is not known, or of the wrong kind."""
    known = {*SOLUTION_TEXTS, *SOLUTION_LISTS, "per_authority"}
    for name in values:
        if name not in known:
            yield Flaw(f"solution.{name}", f"»{name}« kendes ikke. Brug: {', '.join(sorted(known))}.")
    for name in SOLUTION_TEXTS:
        if not isinstance(values.get(name, ""), str):
            yield Flaw(f"solution.{name}", f"{name} skal være en tekst.")
    for name in SOLUTION_LISTS:
        items = values.get(name, [])
        if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
            yield Flaw(f"solution.{name}", f"{name} skal være en liste af tekster.")
    if not isinstance(values.get("per_authority", False), bool):
        yield Flaw("solution.per_authority", "per_authority skal være true eller false.")
