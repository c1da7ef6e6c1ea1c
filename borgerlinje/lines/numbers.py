"""Telephone numbers as citizens dial and read them."""

import re

import phonenumbers
from django.utils.translation import gettext_lazy as _

from borgerlinje.kit.errors import BorgerlinjeError

COUNTRY = "45"
_SHORT = range(3, 7)
_DANISH = 8


class NumberError(BorgerlinjeError):
    """A text that is not a telephone number one can call."""

    code = "bad_number"
    status = 422
    message = _("Det er ikke et telefonnummer. Skriv otte cifre, eller et kort nummer på tre til seks cifre.")


def normalise(text: str) -> str:
    """Return the digits a number is stored by: Danish numbers without 45, short numbers as they are.

    Spaces, dots, hyphens and parentheses are ignored. Raises NumberError.
    """
    digits = re.sub(r"[\s.\-()/]", "", text)
    digits = re.sub(r"^(\+|00)45(?=(\d{8}|\d{3,6})$)", "", digits)
    if re.fullmatch(r"45\d{8}", digits):
        digits = digits.removeprefix(COUNTRY)
    if not digits.isascii() or not digits.isdigit() or len(digits) not in {*_SHORT, _DANISH}:
        raise NumberError(number_length=len(digits))
    return digits


def display(digits: str) -> str:
    """Return a number as one reads it aloud: `46 31 30 20`, `1881`, foreign ones in international form."""
    if len(digits) == _DANISH and digits.isdigit():
        return " ".join(digits[i : i + 2] for i in range(0, _DANISH, 2))
    if digits.startswith("+"):
        try:
            return phonenumbers.format_number(phonenumbers.parse(digits), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        except phonenumbers.NumberParseException:
            return digits
    return digits


def masked(digits: str) -> str:
    """Return a caller's number with its last half hidden, `46 12 ** **`; an empty text when it was withheld."""
    if len(digits) == _DANISH and digits.isdigit():
        return f"{digits[:2]} {digits[2:4]} ** **"
    return f"{digits[: len(digits) // 2]}**" if digits else ""


def caller(text: str) -> str:
    """Return the digits of a caller's number as the network gave it, an empty text when it was withheld or makes no sense.

    Unlike `normalise` this refuses nothing: a call is never lost over its number.
    """
    text = text.strip()
    try:
        return normalise(text)
    except NumberError:
        kept = re.sub(r"[^\d+]", "", text)[:16]
        return kept if sum(character.isdigit() for character in kept) >= _SHORT.start else ""
