"""A member's colour: what is stored can be read, and what is proposed instead is as near as can be."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgerlinje.cooperation import colours
from borgerlinje.cooperation.colours import DARK, LEAST_CONTRAST, LIGHT, Theme

TOKENS = Path(colours.__file__).parents[1] / "kit" / "static" / "kit" / "tokens.css"
SOFT = ("--bl-local-soft", "--bl-ok-soft", "--bl-warn-soft", "--bl-bad-soft", "--bl-info-soft")
GROUNDS = ("--bl-paper", "--bl-ground", "--bl-sunk", *SOFT)

any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
any_theme = st.sampled_from([LIGHT, DARK])
# Colours, and how many of them; a busy machine is no fault.
some = settings(deadline=None)


def tokens(start: str) -> dict[str, str]:
    sheet = TOKENS.read_text()
    part = sheet[sheet.index(start) :]
    return dict(re.findall(r"(--bl-[\w-]+): (#[0-9a-f]{6});", part[: part.index("}")]))


@pytest.mark.parametrize(("theme", "start"), [(LIGHT, ":root {"), (DARK, '[data-theme="dark"] {')])
def test_themes_are_those_of_the_design(theme: Theme, start: str) -> None:
    said = tokens(start)
    assert theme.grounds == tuple(said[name] for name in GROUNDS)
    assert theme.quiet == said["--bl-ink-3"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
    ],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, expected: float) -> None:
    assert colours.contrast(one, other) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#0b5160", "#0b5160"),
        (" 0B5160 ", "#0b5160"),
        ("#abc", "#aabbcc"),
        ("", None),
        ("red", None),
        ("#12345", None),
        ("#0b5160; }", None),
        ("url(x)", None),
    ],
)
def test_colour_is_read_as_people_write_it(text: str, colour: str | None) -> None:
    assert colours.read(text) == colour


@some
@given(any_colour, any_colour)
def test_contrast_is_the_same_both_ways_and_within_bounds(one: str, other: str) -> None:
    assert colours.contrast(one, other) == colours.contrast(other, one)
    assert 1 <= colours.contrast(one, other) <= 21.0001


@some
@given(any_colour, any_theme)
def test_nearest_can_be_read_and_is_its_own_nearest(colour: str, theme: Theme) -> None:
    found = colours.nearest(colour, theme)
    assert colours.passes(found, theme)
    assert colours.nearest(found, theme) == found
    assert colours.read(found) == found


@some
@given(any_colour, any_theme)
def test_colour_that_can_be_read_is_left_alone_and_another_is_moved_no_further_than_needed(
    colour: str, theme: Theme
) -> None:
    found = colours.nearest(colour, theme)
    if colours.passes(colour, theme):
        assert found == colour
    else:
        assert LEAST_CONTRAST <= colours.weakest(found, theme) < LEAST_CONTRAST + 0.25


@some
@given(any_colour, any_theme)
def test_everything_that_is_drawn_with_a_colour_can_be_read(colour: str, theme: Theme) -> None:
    palette = colours.palette(colour, theme)
    assert colours.passes(palette.act, theme)
    for text, ground in (
        (palette.on, palette.act),
        (palette.on, palette.hover),
        (palette.act, palette.soft),
        (palette.hover, palette.soft),
        (palette.hover, theme.paper),
        (theme.quiet, palette.soft),
    ):
        assert colours.contrast(text, ground) >= LEAST_CONTRAST
