"""A member's logo: what is uploaded (`kit.pictures`), no larger than it is shown. Pure."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from borgerlinje.kit import pictures
from borgerlinje.kit.pictures import Flaw

__all__ = ["HIGHEST", "LARGEST_BYTES", "LONGEST_SIDE", "SMALLEST_SIDE", "WIDEST", "Drawn", "Flaw", "draw", "size_of"]

LARGEST_BYTES: Final = 2 * 1024 * 1024
SMALLEST_SIDE, LONGEST_SIDE = 32, 4000
# Twice what it is shown at, for screens with fine points.
WIDEST, HIGHEST = 480, 144
_KEY: Final = re.compile(r"[a-z0-9-]{1,40}-(\d{1,3})x(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A logo as it is kept: `png` is its picture, `key` names it in an address and tells its size."""

    key: str
    png: bytes


def draw(content: bytes, *, name: str) -> Drawn | Flaw:
    """Return the logo that an uploaded file holds, no larger than it is shown; what is wrong with one that cannot be used."""
    picture = pictures.read(
        content, largest_bytes=LARGEST_BYTES, smallest_side=SMALLEST_SIDE, longest_side=LONGEST_SIDE
    )
    if isinstance(picture, Flaw):
        return picture
    picture.thumbnail((WIDEST, HIGHEST))
    png = pictures.as_png(pictures.points_alone(picture))
    stem, digest = pictures.stem_of(name, "logo"), hashlib.sha256(png).hexdigest()[:8]
    return Drawn(f"{stem}-{digest}-{picture.width}x{picture.height}", png)


def size_of(key: str) -> tuple[int, int]:
    """Return the width and height of a logo in points of a page, from its key; zeros for no logo."""
    found = _KEY.fullmatch(key)
    return (int(found[1]) // 2, int(found[2]) // 2) if found else (0, 0)
