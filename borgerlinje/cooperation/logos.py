"""A member's logo: read from what was uploaded, judged, and drawn anew. Pure.

What is kept is our own picture of it and never the bytes that came: whatever else a file carried stays behind. Drawings (SVG) are programs
as much as pictures, and are refused.
"""

import hashlib
import io
import re
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from django.utils.text import slugify
from PIL import Image, ImageOps

LARGEST_BYTES: Final = 2 * 1024 * 1024
SMALLEST_SIDE, LONGEST_SIDE = 32, 4000
# Twice what it is shown at, for screens with fine points.
WIDEST, HIGHEST = 480, 144
_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_SVG: Final = re.compile(rb"^\s*(<\?xml|<!--|<!doctype svg|<svg)", re.IGNORECASE)
_KEY: Final = re.compile(r"[a-z0-9-]{1,40}-(\d{1,3})x(\d{1,3})")


class Flaw(StrEnum):
    """Why a file does not become a logo."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    DRAWING = "drawing"
    NO_PICTURE = "no_picture"
    TOO_SMALL = "too_small"
    TOO_MANY_POINTS = "too_many_points"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A logo as it is kept: `png` is its picture, `key` names it in an address and tells its size."""

    key: str
    png: bytes


def draw(content: bytes, *, name: str) -> Drawn | Flaw:
    """Return the logo that an uploaded file holds, no larger than it is shown; what is wrong with one that cannot be used."""
    if not content:
        return Flaw.EMPTY
    if len(content) > LARGEST_BYTES:
        return Flaw.TOO_LARGE
    if _SVG.match(content.removeprefix(b"\xef\xbb\xbf")[:200]):
        return Flaw.DRAWING
    try:
        with warnings.catch_warnings():
            # A picture that claims more points than it is long is told from its size below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _drawn(content, name)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return Flaw.NO_PICTURE


def size_of(key: str) -> tuple[int, int]:
    """Return the width and height of a logo in points of a page, from its key; zeros for no logo."""
    found = _KEY.fullmatch(key)
    return (int(found[1]) // 2, int(found[2]) // 2) if found else (0, 0)


def _drawn(content: bytes, name: str) -> Drawn | Flaw:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        # Nothing is unpacked before its size is known.
        if min(opened.size) < SMALLEST_SIDE:
            return Flaw.TOO_SMALL
        if max(opened.size) > LONGEST_SIDE:
            return Flaw.TOO_MANY_POINTS
        picture = ImageOps.exif_transpose(opened).convert("RGBA")
    picture.thumbnail((WIDEST, HIGHEST))
    file = io.BytesIO()
    # A new picture of the points alone: no words, places or profiles of the old file.
    clean = Image.frombytes("RGBA", picture.size, picture.tobytes())
    clean.save(file, "PNG", optimize=True)
    png = file.getvalue()
    stem = slugify(PurePath(name).stem)[:24].strip("-") or "logo"
    return Drawn(f"{stem}-{hashlib.sha256(png).hexdigest()[:8]}-{clean.width}x{clean.height}", png)
