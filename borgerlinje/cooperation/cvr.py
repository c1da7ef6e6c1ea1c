"""The number of an authority in the central register of businesses. Pure."""

from typing import Final

_WEIGHTS: Final = (2, 7, 6, 5, 4, 3, 2, 1)
_MODULUS: Final = 11


def is_cvr(text: str) -> bool:
    """Tell whether a text is eight digits whose last fits the others: weighed 2, 7, 6, 5, 4, 3, 2 and 1 they are divisible by 11."""
    if len(text) != len(_WEIGHTS) or not (text.isascii() and text.isdecimal()):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=True)) % _MODULUS == 0
