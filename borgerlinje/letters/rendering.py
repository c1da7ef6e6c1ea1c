"""Fills in templates, and says what is wrong with one. Pure.

A template is plain text with placeholders such as `{name}`. What is filled in is never read for placeholders itself, and cannot add a line
where the template has none: a name that holds a line break stays a name.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]{1,30})\}")
_BRACE: Final = re.compile(r"[{}]")
LONGEST_SUBJECT: Final = 150

# The alphabet of ETSI TS 123 038, section 6.2.1, and what its extension table adds at the cost of two characters.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it is sent; a text message has no subject."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Size:
    """How long a text message is: `units` of its alphabet, in so many `parts`, each of which is paid for."""

    units: int
    parts: int
    is_gsm: bool


class MissingValueError(LookupError):
    """A template names something there is no value for."""


def placeholders(text: str) -> list[str]:
    """Return the placeholders in a text, each once, in the order they stand."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def unknown(text: str, known: Collection[str]) -> list[str]:
    """Return the placeholders that are not known, as they are written."""
    return [f"{{{name}}}" for name in placeholders(text) if name not in known]


def has_stray_brace(text: str) -> bool:
    """Tell whether a brace stands there that belongs to no placeholder: somebody mistyped one."""
    return bool(_BRACE.search(_PLACEHOLDER.sub("", text)))


def render(subject: str, body: str, values: Mapping[str, str], *, with_lines: Collection[str] = ()) -> Written:
    """Fill in a template; the values named in `with_lines` keep their line breaks. Raises MissingValueError."""
    one_line = {name: _on_one_line(value) for name, value in values.items()}
    kept = {name: without_control(values[name]) for name in with_lines if name in values}
    # The subject is a header: nothing in it may begin a line, and so another header.
    filled_subject = _on_one_line(_fill(subject, one_line))[:LONGEST_SUBJECT].rstrip()
    return Written(filled_subject, without_control(_fill(body, one_line | kept)).strip())


def without_control(text: str) -> str:
    """Return a text with its lines ended by line feeds and no other control or formatting character than tabs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or not _is_control(sign))


def size(text: str) -> Size:
    """Return how long a text message is: 160 characters of GSM's alphabet or 70 of UCS-2, in parts of 153 or 67 beyond that."""
    is_gsm = all(sign in _GSM or sign in _GSM_EXTENSION for sign in text)
    widths = [_gsm_width(sign) if is_gsm else _ucs2_width(sign) for sign in text]
    whole, part = (160, 153) if is_gsm else (70, 67)
    units = sum(widths)
    return Size(units, (1 if units <= whole else sum(1 for _ in _parts(widths, part))), is_gsm)


def _fill(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise MissingValueError(found[1])
        return values[found[1]]

    return _PLACEHOLDER.sub(value, text)


def _on_one_line(text: str) -> str:
    return without_control(" ".join(text.split()))


def _is_control(sign: str) -> bool:
    # Cc: control. Zl, Zp: Unicode's own line ends. Bidirectional marks let an address read backwards.
    return (
        unicodedata.category(sign) in {"Cc", "Zl", "Zp"}
        or sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def _gsm_width(sign: str) -> int:
    return 2 if sign in _GSM_EXTENSION else 1


def _ucs2_width(sign: str) -> int:
    return len(sign.encode("utf-16-be")) // 2


def _parts(widths: list[int], most: int) -> Iterator[int]:
    """Yield how full each part is: a character that takes two units is not split over two parts."""
    used = 0
    for width in widths:
        if used + width > most:
            yield used
            used = 0
        used += width
    yield used
