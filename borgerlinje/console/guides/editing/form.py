"""The one form that a guide is written in: what was sent as content, with what is wrong with it; and content as blocks of fields.

Fields are named after the parts they hold: "intro-da", "step-s2-say-en". The steps' keys stand in their order in "step".
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from borgerlinje.guides.clean import plain
from borgerlinje.guides.content import LANGUAGES, Channel, Complexity, Content, LifeEvent, Step, Text
from borgerlinje.guides.pictures import size_of
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr

MOST_STEPS: Final = 40
LONGEST: Final = {"title": 120, "unit": 120, "legal_basis": 300, "facts_from": 300, "picture_alt": 300}
_LONGEST_OTHER: Final = 2000
_LONGEST_ITEM: Final = 300
_LONGEST_WORD: Final = 120
_LISTS: Final = ("words", "have", "mistakes")
_LINES: Final = ("title", "intro", "not_digital")
_ALL: Final = ("unit", "legal_basis", "facts_from")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the content as it was typed, the steps' keys in their order, and what is wrong, by field."""

    content: Content
    keys: list[str]
    faults: dict[str, str] = field(default_factory=dict)


def new_key() -> str:
    """Return a step's key that no other step has had."""
    return f"t{secrets.token_hex(4)}"


def keys_of(content: Content) -> list[str]:
    """Return the keys of the steps in the order they stand: that of the Danish text, then those that are in English alone."""
    return list(dict.fromkeys(step.key for language in LANGUAGES for step in _text(content, language).steps))


def sent_keys(data: QueryDict) -> list[str]:
    """Return the keys of the steps that were sent, in their order."""
    return list(dict.fromkeys(key for key in data.getlist("step") if _KEY.fullmatch(key)))


def read(data: QueryDict, keys: list[str]) -> Sent:
    """Return what was sent, with these steps in this order."""
    texts, words = {}, {}
    for language in LANGUAGES:
        values: dict[str, Any] = {name: data.get(f"{name}-{language}", "") for name in _LINES}
        lists: dict[str, Any] = {name: _items(data.get(f"{name}-{language}", "")) for name in _LISTS}
        words[language] = lists.pop("words")
        steps = tuple(step for key in keys if (step := _step(data, key, language)) is not None)
        if language == LANGUAGES[0] or any(map(_says, values.values())) or any(lists.values()) or steps:
            texts[language] = Text(**values, **lists, steps=steps)
    complexity = data.get("complexity", "")
    content = Content(
        texts=texts,
        words={language: items for language, items in words.items() if items},
        life_events=tuple(each for each in data.getlist("life_events") if each in set(LifeEvent)),
        complexity=complexity if complexity in set(Complexity) else Complexity.SIMPLE,
        channels=tuple(dict.fromkeys(each for each in data.getlist("channels") if each in set(Channel))),
        **{name: data.get(name, "") for name in _ALL},
    )
    return Sent(content, keys, dict(_faults(data, keys)))


def take_own(data: QueryDict, name: str) -> None:
    """Put what one wrote oneself, sent beside the form, into the field of a part that two wrote in, named as a `Conflict` is."""
    language, _colon, part = name.partition(":")
    own, into = data.get(f"mine:{name}", ""), part.replace(":", "-")
    if part == "channels":
        data.setlist(into, own.splitlines())
    else:
        data[f"{into}-{language}" if language and not into.endswith("-picture") else into] = own


def with_blank_step(content: Content, after: str) -> tuple[list[str], str]:
    """Return the keys of the steps with a new one after another (at the end where there is no such step), and the new one's."""
    keys, key = keys_of(content), new_key()
    keys.insert(keys.index(after) + 1 if after in keys else len(keys), key)
    return keys, key


def blocks(content: Content, keys: list[str]) -> list[dict[str, Any]]:
    """Return the steps as the page shows them: each with its number, its picture and its fields in both languages."""
    found = {language: {step.key: step for step in _text(content, language).steps} for language in LANGUAGES}
    shown = []
    for number, key in enumerate(keys, 1):
        sides = {language: found[language].get(key) or Step(key, "") for language in LANGUAGES}
        picture = sides["da"].picture or sides["en"].picture
        shown.append({"key": key, "number": number, "picture": picture, "size": size_of(picture), **sides})
    return shown


def _step(data: QueryDict, key: str, language: str) -> Step | None:
    parts = {name: data.get(f"step-{key}-{name}-{language}", "") for name in ("text", "say", "sees", "picture_alt")}
    picture = data.get(f"step-{key}-picture", "")
    picture = picture if size_of(picture) != (0, 0) else ""
    if not any(map(_says, parts.values())) and (not picture or language != LANGUAGES[0]):
        return None
    return Step(key, **parts, picture=picture)


def _faults(data: QueryDict, keys: list[str]) -> Iterator[tuple[str, str]]:
    if len(keys) > MOST_STEPS:
        yield "steps", _("Der er for mange trin. En guide kan højst have 40: del den i to.")
    names = [*_ALL, *(f"{name}-{language}" for name in (*_LINES, *_LISTS) for language in LANGUAGES)]
    names += [f"step-{key}-{part}-{language}" for key in keys for part in _STEP_TEXTS for language in LANGUAGES]
    for name in names:
        fault = _fault(name, data.get(name, ""))
        if fault:
            yield name, fault


_STEP_TEXTS: Final = ("text", "say", "sees", "picture_alt")


def _fault(name: str, value: str) -> str:
    if not value:
        return ""
    try:
        check_no_cpr(plain(value))
    except CprInTextError as error:
        return str(error.message)
    part = name.split("-", maxsplit=1)[0]
    if part in _LISTS:
        longest = _LONGEST_WORD if part == "words" else _LONGEST_ITEM
        if any(len(item) > longest for item in _items(value)):
            return _("En linje er for lang. Skriv højst %(longest)d tegn på hver linje.") % {"longest": longest}
        return ""
    longest = LONGEST.get(part if part != "step" else name.split("-")[-2], _LONGEST_OTHER)
    return (
        _("Teksten er for lang. Skriv højst %(longest)d tegn.") % {"longest": longest} if len(value) > longest else ""
    )


def _items(value: str) -> tuple[str, ...]:
    return tuple(line for line in value.splitlines() if line.strip())


def _says(value: str) -> bool:
    return bool(value.strip())


def _text(content: Content, language: str) -> Text:
    return content.texts.get(language, Text("", ""))
