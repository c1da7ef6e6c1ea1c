"""Pictures of a guide's steps: what is uploaded (`kit.pictures`), drawn anew, kept with the guide, and who may see it."""

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _
from PIL import Image

from borgerlinje.guides.content import Content
from borgerlinje.guides.models import Guide, GuidePicture
from borgerlinje.kit import pictures
from borgerlinje.kit.pictures import Flaw
from borgerlinje.staff.models import User

LARGEST_BYTES: Final = 8 * 1024 * 1024
SMALLEST_SIDE, LONGEST_SIDE = 32, 5000
WIDEST, HIGHEST = 1600, 1600
# A screen's picture is small and sharp as PNG; a photograph is not, and goes as WebP.
_LARGEST_PNG: Final = 300 * 1024
_WEBP_QUALITY: Final = 88
_KEY: Final = re.compile(r"[a-z0-9_-]{1,60}-(\d{1,4})x(\d{1,4})")
FLAW_TEXTS: Final = {
    Flaw.EMPTY: _("Vælg en fil med et billede."),
    Flaw.TOO_LARGE: _(
        "Billedet er ikke hentet ind: filen er for stor. Den må højst fylde 8 MB. Gem den mindre, og prøv igen."
    ),
    Flaw.DRAWING: _(
        "Billedet er ikke hentet ind: filen er en SVG-tegning, og den slags kan gemme på programmer. Gem den som PNG, og prøv igen."
    ),
    Flaw.NO_PICTURE: _(
        "Billedet er ikke hentet ind: filen kan ikke læses som et billede. Gem den som PNG, JPEG eller WebP, og prøv igen."
    ),
    Flaw.TOO_SMALL: _("Billedet er ikke hentet ind: det er for lille. Det skal være mindst 32 punkter på hver led."),
    Flaw.TOO_MANY_POINTS: _(
        "Billedet er ikke hentet ind: det er for stort. Det må højst være 5000 punkter på hver led."
    ),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it is kept: `key` names it in an address and tells its size."""

    key: str
    content: bytes


def draw(content: bytes, *, name: str, slug: str) -> Drawn | Flaw:
    """Return the picture that an uploaded file holds, for the guide `slug`; what is wrong with one that cannot be used."""
    read = pictures.read(content, largest_bytes=LARGEST_BYTES, smallest_side=SMALLEST_SIDE, longest_side=LONGEST_SIDE)
    if isinstance(read, Flaw):
        return read
    read.thumbnail((WIDEST, HIGHEST))
    # On white: what a drawing leaves out is to be read on dark pages, too.
    flat = Image.new("RGB", read.size, "#ffffff")
    flat.paste(read, mask=read.getchannel("A"))
    drawn = pictures.as_png(flat)
    if len(drawn) > _LARGEST_PNG:
        file = io.BytesIO()
        flat.save(file, "WEBP", quality=_WEBP_QUALITY)
        drawn = min(drawn, file.getvalue(), key=len)
    # Keys are of all guides: the same picture in two is kept twice, for each guide decides who sees its own.
    digest = hashlib.sha256(slug.encode() + drawn).hexdigest()[:12]
    return Drawn(f"{pictures.stem_of(name, 'billede')}-{digest}-{flat.width}x{flat.height}", drawn)


def do_keep(guide: Guide, drawn: Drawn, *, now: datetime, by: User) -> GuidePicture:
    """Store a picture of a guide's, once."""
    values = {"guide": guide, "png": drawn.content, "made_at": now, "made_by": by}
    return GuidePicture.objects.get_or_create(key=drawn.key, defaults=values)[0]


def size_of(key: str) -> tuple[int, int]:
    """Return a picture's width and height, from its key; zeros for what is no key."""
    found = _KEY.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def content_type(content: bytes) -> str:
    """Return the type of what `draw` made."""
    return "image/webp" if content.startswith(b"RIFF") else "image/png"


def keys_in(content: Content) -> set[str]:
    """Return the keys of the pictures that a guide shows."""
    return {step.picture for text in content.texts.values() for step in text.steps if step.picture}


def access_picture(key: str, *, is_editor: bool) -> GuidePicture | None:
    """Return a picture that is published with its guide, or any for who writes guides; None otherwise."""
    picture = GuidePicture.objects.select_related("guide__published").filter(key=key).first()
    if picture is None or is_editor:
        return picture
    published = picture.guide.published
    return picture if published is not None and key in keys_in(published.content) else None
