"""The address in `BORGERLINJE_BUS`: which server carries the hints, and how to sign in there."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from borgerlinje.kit.running import CannotRunError

VARIABLE = "BORGERLINJE_BUS"
CHANNEL = "bl_hint"
PORTS = {"redis": 6379, "rediss": 6379, "nats": 4222, "tls": 4222}
# Part of the channel's name, which NATS splits at dots.
_NAME = re.compile(r"[\w-]*", re.ASCII)


class BusAddressError(CannotRunError):
    """`BORGERLINJE_BUS` is no address of a bus; the text says what one looks like and never quotes the password."""


@dataclass(frozen=True)
class Address:
    """A server of Redis or NATS. `name` keeps installations apart that share it."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    name: str = ""

    @property
    def is_redis(self) -> bool:
        """Tell whether it is Redis; otherwise it is NATS."""
        return self.scheme.startswith("redis")

    @property
    def uses_tls(self) -> bool:
        """Tell whether nothing may go over the network in clear text."""
        return self.scheme in {"rediss", "tls"}

    @property
    def channel(self) -> str:
        """What is published to and subscribed to."""
        return f"{CHANNEL}.{self.name}" if self.name else CHANNEL

    def __str__(self) -> str:
        """Return the address as logs and the doctor show it: without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def describe(self, error: Exception) -> str:
        """Return what a library says about a failure, on one line and without the secret, should it quote it."""
        text = f"{type(error).__name__}: {error}".partition("\n")[0].removesuffix(": ")
        # A user alone is a token.
        secret = self.password or self.user
        return text.replace(secret, "…") if secret else text


def read() -> Address | None:
    """Return the bus that the environment names, None when it names none. Raises BusAddressError."""
    text = os.environ.get(VARIABLE, "").strip()
    return parse(text) if text else None


def parse(text: str) -> Address:
    """Read an address. Raises BusAddressError."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _unreadable("has a host or port that cannot be read") from None
    if parts.scheme not in PORTS:
        # Before the colon there may be anything, a password too: only what looks like a scheme is quoted.
        kind = f"begins with {parts.scheme}://" if "://" in text else "has no scheme"
        raise _unreadable(kind)
    fault = _fault(parts)
    if fault:
        raise _unreadable(fault)
    return Address(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        name=parts.path.strip("/"),
    )


def _fault(parts: SplitResult) -> str:
    if not parts.hostname:
        return "names no host"
    if parts.query or parts.fragment:
        return "has a ? or # in it (in a password write %3F and %23)"
    if not _NAME.fullmatch(parts.path.strip("/")):
        return "ends in a name with other signs than letters, digits, - and _"
    return ""


def _unreadable(fault: str) -> BusAddressError:
    return BusAddressError(
        f"{VARIABLE} {fault}: use redis://host:6379 or nats://host:4222 (with TLS rediss://, tls://)."
    )
