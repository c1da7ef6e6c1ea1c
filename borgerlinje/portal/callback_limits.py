"""How often callbacks can be asked for: from one address, to one number, and on one line.

Of an address only a count is kept, under a name that changes every day and leads back to nobody.
"""

import ipaddress

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.throttle import do_count

_HOUR, _DAY = 3600, 86_400
TRIES_PER_ADDRESS = 30
ASKS_PER_ADDRESS = 5
ASKS_PER_NUMBER = 3
ASKS_PER_LINE = 120
# What a household or a company of the sixth version of the protocol has is a network.
_HOUSEHOLD_BITS = 64


class TooManyCallbacksError(BorgerlinjeError):
    """More callbacks were asked for than people ask for."""

    code = "too_many_callbacks"
    status = 429
    message = _("Der er bedt om mange opkald herfra i den seneste time. Vent en time, eller ring til os.")


class NumberAskedForError(TooManyCallbacksError):
    """One number was asked for again and again."""

    message = _("Der er bedt om opkald til nummeret flere gange i dag. Ring til os i stedet.")


class LineFullError(TooManyCallbacksError):
    """Too many wait to be called back on the line."""

    status = 503
    message = _(
        "Der er så mange, der venter på at blive ringet op, at vi ikke kan love flere lige nu. Prøv igen om en time."
    )


def do_count_try(address: str) -> None:
    """Count a number that was typed. Raises TooManyCallbacksError."""
    _count(f"callback-try:{_nameless(address)}", _HOUR, TRIES_PER_ADDRESS, TooManyCallbacksError)


def do_count_ask(address: str, digits: str) -> None:
    """Count a callback that is asked for from an address to a number. Raises TooManyCallbacksError, NumberAskedForError."""
    _count(f"callback-ask:{_nameless(address)}", _HOUR, ASKS_PER_ADDRESS, TooManyCallbacksError)
    _count(f"callback-number:{_keyed('number', digits)}", _DAY, ASKS_PER_NUMBER, NumberAskedForError)


def do_count_promise(line_id: int) -> None:
    """Count a callback that a line has promised. Raises LineFullError."""
    _count(f"callback-line:{line_id}", _HOUR, ASKS_PER_LINE, LineFullError)


def _count(key: str, window_seconds: int, most: int, error: type[BorgerlinjeError]) -> None:
    if do_count(key, window_seconds=window_seconds) > most:
        raise error


def _nameless(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        bits = _HOUSEHOLD_BITS if known.version == 6 else known.max_prefixlen  # noqa: PLR2004 - the protocol's name
        network = str(ipaddress.ip_network((known, bits), strict=False))
    return _keyed(f"address {clock.today().isoformat()}", network)


def _keyed(salt: str, value: str) -> str:
    return salted_hmac(f"portal.callback {salt}", value, algorithm="sha256").hexdigest()[:32]
