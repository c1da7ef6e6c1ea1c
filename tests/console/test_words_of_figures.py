"""How the console writes what lasted: as people say it, never as a number with a point."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from borgerlinje.console.templatetags.console import lasted
from borgerlinje.dispatch.fairness import Group, Waits


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (0, "0 sek."),
        (5.9, "5 sek."),
        (60, "1 min. 0 sek."),
        (250, "4 min. 10 sek."),
        (3900, "1 t. 5 min."),
    ],
)
def test_length_is_said_with_its_units(seconds: float | None, said: str) -> None:
    with translation.override("da"):
        assert lasted(seconds).replace("\N{NO-BREAK SPACE}", " ") == said


def test_waits_of_a_member_are_told_in_minutes_and_seconds() -> None:
    row = Waits(
        Group.ALL, None, is_host=False, offered=9, answered=8, in_target=6, median_seconds=5, longest_seconds=65
    )
    with translation.override("da"):
        cells = " ".join(render_to_string("console/waits_cells.html", {"row": row}).split())
    assert ">5 sek.<" in cells
    assert ">1 min. 5 sek.<" in cells
    assert "0.05" not in cells
