"""A member's colour, and whether text in it can be read. Pure.

Contrast is that of WCAG 2.1 (1.4.3, "relative luminance" and "contrast ratio"): 4.5 to 1 against every ground of the citizens' pages
that a link may stand on, and for the words on a button. A colour is written "#rrggbb", in small letters.
"""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

LEAST_CONTRAST = 4.5
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
_STEPS = 512
_HOVER_SHARE = 0.25
_SOFT_PERCENT = 14


@dataclass(frozen=True, slots=True)
class Theme:
    """The grounds of the light or the dark pages, as the design's tokens have them.

    `quiet` is the weakest text that is set on a tinted ground, `on` the words on a button, `end` where readable colours lie: at black
    or at white.
    """

    grounds: tuple[str, ...]
    quiet: str
    on: str
    end: str

    @property
    def paper(self) -> str:
        """The ground that a page is made of."""
        return self.grounds[0]


@dataclass(frozen=True, slots=True)
class Palette:
    """What the pages draw with: links and buttons, the same under the pointer, a tinted ground, and the words on a button."""

    act: str
    hover: str
    soft: str
    on: str


LIGHT = Theme(
    ("#ffffff", "#f3f5f5", "#eaeeee", "#f7eef8", "#e4f3da", "#fff1d2", "#ffe9e9", "#e2f2fb"),
    quiet="#5a6061",
    on="#ffffff",
    end="#000000",
)
DARK = Theme(
    ("#1a2325", "#11181a", "#243033", "#35243a", "#1d3314", "#3a2d10", "#431d1d", "#14324a"),
    quiet="#a9b4b6",
    on="#11181a",
    end="#ffffff",
)


def read(text: str) -> str | None:
    """Return a colour as it is stored, from `#0b5160`, `0B5160` or `#abc`; None for a text that is none."""
    found = _HEX.fullmatch(text.strip().lower())
    if found is None:
        return None
    digits = found[1]
    return f"#{digits}" if len(digits) > len("abc") else "#" + "".join(digit * 2 for digit in digits)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def weakest(colour: str, theme: Theme) -> float:
    """Return the contrast of a colour where it is hardest to read."""
    return min(contrast(colour, ground) for ground in (*theme.grounds, theme.on))


def passes(colour: str, theme: Theme) -> bool:
    """Tell whether text in a colour can be read on every ground of a theme."""
    return weakest(colour, theme) >= LEAST_CONTRAST


def nearest(colour: str, theme: Theme) -> str:
    """Return the colour itself when it passes, else the one of the same hue and strength that is only just light or dark enough."""
    if passes(colour, theme):
        return colour
    hue, lightness, saturation = rgb_to_hls(*_parts(colour))
    end = rgb_to_hls(*_parts(theme.end))[1]
    for step in range(1, _STEPS):
        found = _written(hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation))
        if passes(found, theme):
            return found
    return theme.end


def palette(colour: str, theme: Theme) -> Palette:
    """Return what the pages draw with for a colour; for one that does not pass, the nearest that does."""
    act = nearest(colour, theme)
    return Palette(act, _mixed(act, theme.end, _HOVER_SHARE), _soft(act, theme), theme.on)


def _soft(act: str, theme: Theme) -> str:
    """Return the strongest tint of the paper on which both the colour and the quietest text can be read."""
    for percent in range(_SOFT_PERCENT, 0, -1):
        tint = _mixed(theme.paper, act, percent / 100)
        if min(contrast(act, tint), contrast(theme.quiet, tint)) >= LEAST_CONTRAST:
            return tint
    return theme.paper


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return _written(tuple(first + (second - first) * share for first, second in pairs))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own constants


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _written(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
