"""The pictures of docs/architecture.md that are drawn from the code: the life of a contact and of an employee at work.

`.venv/bin/python -m setup.diagram` writes them anew between their markers; `make check` fails when they differ from the code. Parallel
edges share one label, and what all states of a box have in common leaves the box.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from borgerlinje.contacts import lifecycle
from borgerlinje.contacts.lifecycle import Context
from borgerlinje.dispatch import presence

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "architecture.md"

Edges = Mapping[tuple[str, str], frozenset[str]]
# What stands together in a box, by the name of the box.
_CONTACT_BOXES = {
    "before_an_employee": ("arrived", "in_menu", "waiting"),
    "in_conversation": ("connected", "held", "consulting", "three_way"),
}
_EMPLOYEE_BOXES = {
    "at_work": tuple(state.value for state in presence.State if state is not presence.State.SIGNED_OUT),
}
# The circumstances the picture shows: the usual one, a callback, a citizen who is not reached at the last try, one who was transferred.
# Not those of a line without after-call work: there `closed` stands in the place of `wrap_up`.
_CONTEXTS = (
    Context(),
    Context(is_callback=True),
    Context(is_callback=True, attempts_left=False),
    Context(is_documented=True, is_transferred=True),
)


def contact_edges() -> Edges:
    """Return from which state of a contact to which, by what events."""
    edges: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for state, event, _ in lifecycle.transitions():
        for context in _CONTEXTS:
            decision = lifecycle.decide(state, event, context=context)
            if decision.expected and decision.state is not state:
                edges[state.value, decision.state.value].add(event.value)
    return {ends: frozenset(events) for ends, events in edges.items()}


def employee_edges() -> Edges:
    """Return from which state of an employee to which, by what events, over a call; chats and letters leave the state alone."""
    edges: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for state in presence.State:
        for event in presence.Event:
            for pause_after in (False, True):
                standing = presence.Standing(state, pause_after and state in presence.BUSY)
                after = presence.decide(standing, event).standing
                if after.state is not state:
                    edges[state.value, after.state.value].add(event.value)
    return {ends: frozenset(events) for ends, events in edges.items()}


def picture(edges: Edges, *, first: str, boxes: Mapping[str, tuple[str, ...]]) -> str:
    """Return a mermaid state diagram; `boxes` maps the name of a box to the states in it."""
    left = dict(_lifted(edges, boxes))
    lines = [f"[*] --> {first}"]
    for box, states in boxes.items():
        inner = {ends: left.pop(ends) for ends in list(left) if set(ends) <= set(states)}
        lines += [f"state {box} {{", *(f"    {line}" for line in _arrows(inner)), "}"]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in [*lines, *_arrows(left)])])


def _lifted(edges: Edges, boxes: Mapping[str, tuple[str, ...]]) -> Edges:
    """Move what leads from every state of a box to the same state outside to the box itself."""
    found = {ends: set(events) for ends, events in edges.items()}
    for box, states in boxes.items():
        for to in sorted({to for _, to in edges if to not in states}):
            common = set.intersection(*(found.get((state, to), set()) for state in states))
            if common:
                found[box, to] = common
                for state in states:
                    found[state, to] -= common
    return {ends: frozenset(events) for ends, events in found.items() if events}


def _arrows(edges: Edges) -> Iterator[str]:
    for (start, end), events in edges.items():
        yield f"{start} --> {end}: {_label(events)}"


def _label(events: Iterable[str]) -> str:
    """Write events as one reads them, one to a line."""
    return "<br>".join(event.replace("_", " ") for event in sorted(events))


def pictures() -> dict[str, str]:
    """Return every picture by the name in its markers."""
    return {
        "contact": picture(contact_edges(), first=lifecycle.State.ARRIVED.value, boxes=_CONTACT_BOXES),
        "employee": picture(employee_edges(), first=presence.State.SIGNED_OUT.value, boxes=_EMPLOYEE_BOXES),
    }


def redrawn(text: str, drawn: Mapping[str, str]) -> str:
    """Return a document with its pictures drawn anew. Raises ValueError when a picture's markers are not there."""
    for name, body in drawn.items():
        begin, end = f"<!-- {name}: drawn by setup/diagram.py -->", f"<!-- {name}: end -->"
        before, opened, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not opened or not closed:
            msg = f"the markers of the picture {name!r} are missing"
            raise ValueError(msg)
        text = f"{before}{begin}\n\n```mermaid\n{body}\n```\n\n{end}{after}"
    return text


def stale(document: Path = DOCUMENT) -> list[str]:
    """Return what is wrong with the document's pictures; nothing when they are as the code is."""
    text = document.read_text(encoding="utf-8")
    try:
        is_same = redrawn(text, pictures()) == text
    except ValueError as error:
        return [f"{document.name}: {error}"]
    return (
        []
        if is_same
        else [f"{document.name}: the pictures are not as the code is: run .venv/bin/python -m setup.diagram"]
    )


def main(documents: Iterable[Path] = (DOCUMENT,)) -> int:
    """Draw the pictures anew; return the exit code."""
    for document in documents:
        document.write_text(redrawn(document.read_text(encoding="utf-8"), pictures()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
