"""E-mail addresses: which can be written to, and how they are shown to those who need not know them. Pure."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from borgerlinje.kit.errors import BorgerlinjeError

_LONGEST: Final = 254
_ADDRESS: Final = re.compile(r"[^\s<>@\"',;:()]+@[^\s<>@\"',;:()]+")


class AddressError(BorgerlinjeError):
    """A text that is no e-mail address."""

    code = "bad_address"
    status = 422
    message = _("Det er ikke en e-mailadresse. Skriv den som navn@domæne.dk.")


def check_address(text: str) -> str:
    """Return the address without spaces around it. Raises AddressError, also for line breaks: an address becomes a header."""
    address = text.strip(" ")
    try:
        validate_email(address)
    except ValidationError as error:
        raise AddressError from error
    if len(address) > _LONGEST:
        raise AddressError
    return address


def masked(address: str) -> str:
    """Return an address by which those who know it recognise it: `k***@naestved.dk`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if at else "***"


def without_addresses(words: str, address: str) -> str:
    """Return a server's words with the recipient's and every other address masked."""
    return _ADDRESS.sub(lambda found: masked(found[0]), words.replace(address, masked(address)) if address else words)
