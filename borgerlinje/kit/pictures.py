"""Pictures from people: judged before anything is unpacked, and drawn anew. Pure.

What is kept is our own picture of the points and never the bytes that came: whatever else a file carried stays behind. Drawings (SVG) are
programs as much as pictures, and are refused.
"""

import io
import re
import struct
import warnings
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from django.utils.text import slugify
from PIL import Image, ImageOps

_FORMATS: Final = ("PNG", "JPEG", "WEBP")
# What a broken file makes of the reading of it, and broken words beside a picture of how it is turned.
_UNREADABLE: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)
_SVG: Final = re.compile(rb"^\s*(<\?xml|<!--|<!doctype svg|<svg)", re.IGNORECASE)


class Flaw(StrEnum):
    """Why a file does not become a picture."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    DRAWING = "drawing"
    NO_PICTURE = "no_picture"
    TOO_SMALL = "too_small"
    TOO_MANY_POINTS = "too_many_points"


def read(content: bytes, *, largest_bytes: int, smallest_side: int, longest_side: int) -> Image.Image | Flaw:
    """Return the picture that an uploaded file holds, upright and with its transparency; what is wrong with one that cannot be used."""
    if not content:
        return Flaw.EMPTY
    if len(content) > largest_bytes:
        return Flaw.TOO_LARGE
    if _SVG.match(content.removeprefix(b"\xef\xbb\xbf")[:200]):
        return Flaw.DRAWING
    try:
        with warnings.catch_warnings():
            # A picture that claims more points than it is long is told from its size below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _upright(content, smallest_side, longest_side)
    except _UNREADABLE:
        return Flaw.NO_PICTURE


def _upright(content: bytes, smallest_side: int, longest_side: int) -> Image.Image | Flaw:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        # Nothing is unpacked before its size is known.
        if min(opened.size) < smallest_side:
            return Flaw.TOO_SMALL
        if max(opened.size) > longest_side:
            return Flaw.TOO_MANY_POINTS
        return ImageOps.exif_transpose(opened).convert("RGBA")


def points_alone(picture: Image.Image) -> Image.Image:
    """Return a new picture of the points: no words, places or profiles of the old file."""
    return Image.frombytes(picture.mode, picture.size, picture.tobytes())


def as_png(picture: Image.Image) -> bytes:
    """Return a picture as the bytes of a PNG."""
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def stem_of(name: str, otherwise: str) -> str:
    """Return a file's name as it stands in an address: at most 24 letters, without its ending."""
    return slugify(PurePath(name).stem)[:24].strip("-") or otherwise
