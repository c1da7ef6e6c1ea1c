"""The pictures of the documentation are drawn from the code."""

from pathlib import Path

import pytest

from borgerlinje.contacts import lifecycle
from borgerlinje.dispatch import presence
from setup import diagram


def test_document_is_as_the_code_is() -> None:
    assert diagram.stale() == []


@pytest.mark.parametrize(("name", "states"), [("contact", lifecycle.State), ("employee", presence.State)])
def test_every_state_can_be_reached_in_the_picture(name: str, states: type[lifecycle.State | presence.State]) -> None:
    drawn = diagram.pictures()[name]
    reached = {line.split("-->")[1].split(":")[0].strip() for line in drawn.splitlines() if "-->" in line}
    assert reached == {state.value for state in states}


def test_what_a_whole_box_has_in_common_leaves_the_box() -> None:
    edges = {("a", "z"): frozenset({"gone", "own"}), ("b", "z"): frozenset({"gone"}), ("a", "b"): frozenset({"on_x"})}
    assert diagram.picture(edges, first="a", boxes={"box": ("a", "b")}).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> a",
        "    state box {",
        "        a --> b: on x",
        "    }",
        "    a --> z: own",
        "    box --> z: gone",
    ]


def test_stale_picture_and_missing_markers_are_named(tmp_path: Path) -> None:
    document = tmp_path / "text.md"
    document.write_text(diagram.DOCUMENT.read_text().replace("greeted", "welcomed"))
    assert "run .venv/bin/python -m setup.diagram" in diagram.stale(document)[0]
    diagram.main([document])
    assert diagram.stale(document) == []
    document.write_text("No picture here.")
    assert "markers of the picture 'contact' are missing" in diagram.stale(document)[0]
