"""Texts and addresses from people, before they are stored: no markup, no control characters, no address that does something else than lead. Pure.

Every page escapes what it shows; this keeps what is stored, searched and carried to others free of markup as well.
"""

import html
import ipaddress
import re
import unicodedata
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import nh3
from django.utils.translation import gettext_lazy as _

from borgerlinje.guides.content import LANGUAGES, Content, Step, Text
from borgerlinje.kit.errors import BorgerlinjeError

_WITH_CONTENT: Final = {
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "svg",
    "math",
    "object",
    "title",
    "textarea",
}
# Cut one by one: letters and marks that are never seen, or turn the order of what is read around.
_UNSEEN: Final = frozenset(
    "\u200b\u200e\u200f\u2060\ufeff\ufffe\uffff" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
)
_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LONGEST_ADDRESS: Final = 300
# Enough for any text that was not made to be taken apart forever; each turn makes it shorter.
_MOST_TURNS: Final = 8


class WebAddressError(BorgerlinjeError):
    """An address that leads nowhere on the web, or not where it seems to."""

    code = "web_address"
    status = 422
    message = _("Adressen kan ikke bruges. Skriv den, som den står i browseren: den begynder med https://.")


def plain(text: str) -> str:
    """Return a text without markup: no tags, nothing of scripts and styles, entities as letters, no control characters. Newlines stay.

    What comes out, put in again, comes out the same.
    """
    text = _seen(text)
    for _turn in range(_MOST_TURNS):
        if "<" not in text and "&" not in text:
            return text
        cleaned = _seen(html.unescape(nh3.clean(text, tags=set(), clean_content_tags=_WITH_CONTENT, attributes={})))
        if cleaned == text:
            return text
        text = cleaned
    return text.replace("<", "").replace("&", "")


def one_line(text: str) -> str:
    """Return a text without markup, with each run of blanks and newlines as one blank."""
    return " ".join(plain(text).split())


def check_web_address(url: str) -> None:
    """Raise WebAddressError for anything but an http or https address with a host, and with nobody's name or password in it."""
    if (
        not url
        or len(url) > _LONGEST_ADDRESS
        or not url.isascii()
        or not url.isprintable()
        or re.search(r"[\s\\<>\"`{}|^]", url)
    ):
        raise WebAddressError
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise WebAddressError from error
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not _is_host(host):
        raise WebAddressError


def clean_content(content: Content) -> Content:
    """Return a guide's content with every part of it cleaned and on one line; empty items and steps are gone, words are there in each language."""
    return replace(
        content,
        texts={language: _text(content.texts[language]) for language in LANGUAGES if language in content.texts},
        words={language: _items(content.words.get(language, ())) for language in LANGUAGES},
        unit=one_line(content.unit),
        legal_basis=one_line(content.legal_basis),
        facts_from=one_line(content.facts_from),
    )


def _text(text: Text) -> Text:
    steps = (_step(step) for step in text.steps)
    return Text(
        title=one_line(text.title),
        intro=one_line(text.intro),
        have=_items(text.have),
        steps=tuple(step for step in steps if step.text or step.say or step.sees or step.picture),
        mistakes=_items(text.mistakes),
        not_digital=one_line(text.not_digital),
    )


def _step(step: Step) -> Step:
    said = {name: one_line(getattr(step, name)) for name in ("text", "say", "sees", "picture_alt")}
    return replace(step, **said)


def _items(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item for each in items if (item := one_line(each)))


def _seen(text: str) -> str:
    """Return a text without what is not seen. Line ends of every kind become newlines, tabs blanks."""
    text = re.sub("\r\n?|\x85|\u2028|\u2029", "\n", text).replace("\t", " ")
    return "".join(
        letter
        for letter in text
        if letter == "\n" or (letter not in _UNSEEN and unicodedata.category(letter) not in {"Cc", "Cs"})
    )


def _is_host(host: str) -> bool:
    """Return whether a host is a name with a dot in it, or an address in numbers; one word alone is a machine of somebody's own net."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.lower().rstrip(".").split(".")
        return len(labels) > 1 and all(_HOST.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    return True
