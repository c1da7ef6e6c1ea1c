"""What a page's first load weighs as it is sent: itself and every file of ours that it names. The softphone, loaded to talk, is apart.

Of the design system's fonts a browser fetches those cuts alone that a page's text is set in: ours are upright, regular or semi-bold.
"""

import gzip
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders

APART = "softphone"
FONTS = ("Regular.woff2", "SemiBold.woff2")
_THIRD_WEIGHT = b"font-weight: 500"
_PACKED = (".css", ".js", ".svg", ".html")
_NAMED_BY_PAGE = re.compile(r"""<(?:link|script|img|source|audio|video)\b[^>]*?\b(?:href|src)="([^"]+)\"""")
_NAMED_BY_CSS = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])([^"')]+)""")
# Ours are written one import to a line; what is built of others' (vendor/) is whole in itself.
_NAMED_BY_SCRIPT = re.compile(r"""^import\b[^"']*["'](\.[^"']+)["']""", re.MULTILINE)


def weigh(html: str) -> Mapping[str, int]:
    """Return the bytes of a page by file, the page itself under ""."""
    found = {"": len(gzip.compress(html.encode()))}
    for name in _NAMED_BY_PAGE.findall(html):
        _weigh_file(name, found)
    return found


def _weigh_file(address: str, found: dict[str, int]) -> None:
    path = urlsplit(address).path
    if not path.startswith(settings.STATIC_URL) or path in found or APART in path or not _is_fetched(path):
        return
    stored = finders.find(path.removeprefix(settings.STATIC_URL))
    assert isinstance(stored, str), f"{path} is not there"
    content = Path(stored).read_bytes()
    found[path] = len(gzip.compress(content)) if path.endswith(_PACKED) else len(content)
    for name in _named_in(path, content):
        _weigh_file(urljoin(path, name), found)


def _is_fetched(path: str) -> bool:
    is_font = path.endswith((".woff2", ".woff", ".ttf", ".eot", ".otf"))
    return path.endswith(FONTS) if is_font else True


def _named_in(path: str, content: bytes) -> list[str]:
    if path.endswith(".css"):
        assert _THIRD_WEIGHT not in content or "/vendor/" in path, (
            f"{path} asks for a third weight, which is 60 kB more"
        )
        return _NAMED_BY_CSS.findall(content.decode())
    if path.endswith(".js"):
        return _NAMED_BY_SCRIPT.findall(content.decode())
    return []
