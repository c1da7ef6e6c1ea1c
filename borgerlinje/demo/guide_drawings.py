"""Drawings of screens for the demo's guides: made up, marked as demo, and nobody's real page. Pure.

The font that comes with Pillow has no Danish letters: the words do without them.
"""

from typing import Final

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageDraw import ImageDraw as Pen

from borgerlinje.kit.pictures import as_png

_WIDTH, _HEIGHT, _BAR, _MARGIN, _ROW = 720, 420, 56, 24, 68
_PAPER, _INK, _QUIET, _LINE, _CHOSEN, _BLUE = "#ffffff", "#1a1a1a", "#5c6670", "#c9d1d9", "#dcebf7", "#0b4f8a"
_LETTERS: Final = (
    ("Demo Kommune", "Tid i borgerservice"),
    ("Demo Region", "Indkaldelse"),
    ("Demo Bank", "Kontoudtog"),
    ("Demo Vandforsyning", "Regning"),
)


def inbox() -> bytes:
    """Return a PNG of an inbox with four letters, the first of them chosen."""
    image, pen = _screen("Demo: Indbakke")
    for number, (sender, about) in enumerate(_LETTERS):
        top = _BAR + _MARGIN + number * (_ROW + 8)
        box = (_MARGIN, top, _WIDTH - _MARGIN, top + _ROW)
        pen.rectangle(box, fill=_PAPER if number else _CHOSEN, outline=_LINE if number else _BLUE, width=2)
        pen.text((_MARGIN + 16, top + 10), sender, fill=_INK, font=_font(20))
        pen.text((_MARGIN + 16, top + 38), about, fill=_QUIET, font=_font(17))
    return as_png(image)


def letter() -> bytes:
    """Return a PNG of a letter that is open, with a file and a button to answer."""
    image, pen = _screen("Demo: Brev fra Demo Kommune")
    left, top = _MARGIN, _BAR + _MARGIN
    pen.text((left, top), "Tid i borgerservice", fill=_INK, font=_font(24))
    for number, width in enumerate((640, 600, 620, 380)):
        pen.rectangle((left, top + 52 + number * 26, left + width, top + 62 + number * 26), fill=_LINE)
    pen.rectangle((left, top + 176, left + 240, top + 226), outline=_BLUE, width=2)
    pen.text((left + 16, top + 190), "brev.pdf", fill=_BLUE, font=_font(20))
    pen.rectangle((left, top + 256, left + 140, top + 306), fill=_BLUE)
    pen.text((left + 44, top + 270), "Svar", fill=_PAPER, font=_font(20))
    return as_png(image)


def _screen(title: str) -> tuple[Image.Image, Pen]:
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, _WIDTH, _BAR), fill=_BLUE)
    pen.text((_MARGIN, 16), title, fill=_PAPER, font=_font(22))
    pen.rectangle((0, 0, _WIDTH - 1, _HEIGHT - 1), outline=_LINE, width=2)
    return image, pen


def _font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(pixels)
