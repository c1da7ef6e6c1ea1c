"""What the cells of a table of employees mean: each reader returns a value, or raises CellError with what to do."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from borgerlinje.console.staff.forms import INITIAL, NAME
from borgerlinje.console.styled import no_cpr
from borgerlinje.staff.models import Clearance, Skill
from borgerlinje.staff.roles import ROLE_NAMES, Role

T = TypeVar("T")
_LONGEST_NAME = 40
# As many as one reads in a sentence.
_FEW = 12
_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y")
_CLEARANCES = {"vejledning": Clearance.GUIDANCE_ONLY, "sagsbehandling": Clearance.LIGHT_CASEWORK}


class CellError(ValueError):
    """A cell cannot be used; the text says what to do."""


def email(text: str) -> str:
    """Return an e-mail address in small letters. Raises CellError."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise CellError(_("Det ligner ikke en e-mailadresse. Skriv den som navn@myndighed.dk.")) from error
    return text.lower()


def given_name(text: str) -> str:
    """Return a given name. Raises CellError."""
    if len(text) > _LONGEST_NAME:
        raise CellError(_("Fornavnet er for langt. Skriv højst 40 tegn."))
    return _valid(text, NAME, no_cpr)


def initial(text: str) -> str:
    """Return the first letter of a family name, or its first two. Raises CellError."""
    return _valid(text, INITIAL).capitalize()


def day(text: str) -> date:
    """Return a date. Raises CellError."""
    for form in _FORMATS:
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
        if 2000 <= found.year < 2100:  # noqa: PLR2004 - a slip of the finger, not an employment
            return found
    raise CellError(_("Det er ikke en dato, der kan bruges. Skriv den som 31-12-2026."))


def clearance(text: str) -> str:
    """Return how far help may go. Raises CellError."""
    found = _CLEARANCES.get(text.casefold())
    if found is None:
        raise CellError(_("Skriv vejledning eller sagsbehandling."))
    return found.value


def roles(text: str) -> list[Role]:
    """Return the roles that are named, by code or by name. Raises CellError."""
    known = {role.value: role for role in Role} | {str(name).casefold(): role for role, name in ROLE_NAMES.items()}
    return [_known(part, known) for part in parts(text)]


def skills(text: str, known: Mapping[str, Skill]) -> list[tuple[Skill, int, date | None]]:
    """Return skills with level and expiry, from `selvbetjening:2 | engelsk:1:31-12-2026`. Raises CellError."""
    found = []
    for part in parts(text):
        name, *rest = [each.strip() for each in part.split(":")]
        if len(rest) not in {1, 2} or rest[0] not in {"1", "2", "3"}:
            raise CellError(
                _("»%(part)s« mangler et niveau fra 1 til 3. Skriv fx selvbetjening:2.") % {"part": part[:60]}
            )
        found.append((_known(name, known), int(rest[0]), day(rest[1]) if len(rest) > 1 else None))
    if len({skill.pk for skill, _level, _expires in found}) < len(found):
        raise CellError(_("Den samme kompetence står to gange. Slet den ene."))
    return found


def named(text: str, known: Mapping[str, T]) -> list[T]:
    """Return the things that are named, with | between. Raises CellError."""
    return [_known(part, known) for part in parts(text)]


def one(text: str, known: Mapping[str, T]) -> T:
    """Return the thing that is named. Raises CellError."""
    return _known(text, known)


def parts(text: str) -> list[str]:
    """Return what stands between the bars, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split("|") if part.strip()))


def _known(text: str, known: Mapping[str, T]) -> T:
    found = known.get(text.casefold())
    if found is None:
        text = _("»%(text)s« kendes ikke, eller du må ikke bruge det. Det kan være: %(known)s.") % {
            "text": text[:60],
            "known": _few(known),
        }
        raise CellError(text)
    return found


def _few(known: Mapping[str, object]) -> str:
    """Write what is known, each once and by the name it has on the pages."""
    words: dict[Any, Any] = {**ROLE_NAMES}
    names = list(dict.fromkeys(str(words.get(each, each)) for each in known.values()))
    return ", ".join(names[:_FEW]) + (", …" if len(names) > _FEW else "") if names else "–"


def _valid(text: str, *validators: object) -> str:
    for validator in validators:
        try:
            validator(text)  # type: ignore[operator]
        except ValidationError as error:
            raise CellError(" ".join(error.messages)) from error
    return text
