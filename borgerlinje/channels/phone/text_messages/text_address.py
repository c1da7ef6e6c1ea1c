"""Which gateway takes text messages, from the environment. Standard library only: the doctor asks too."""

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

URL, TOKEN = "BORGERLINJE_SMS_URL", "BORGERLINJE_SMS_TOKEN"
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where texts are handed in."""

    url: str
    token: str = field(default="", repr=False)


def configured() -> Gateway | None:
    """Return the gateway of the environment; None when there is none, or `fault` says what is wrong with it."""
    url = os.environ.get(URL, "").strip()
    return Gateway(url, os.environ.get(TOKEN, "").strip()) if url and not fault() else None


def fault() -> str:
    """Return what is wrong with the address in the environment; empty when nothing is, or there is none."""
    url = os.environ.get(URL, "").strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return f"{URL} is no address"
    if parts.scheme not in {"http", "https"} or not host:
        return f"{URL} is no address"
    if parts.scheme == "http" and host not in _HERE:
        return f"{URL} must begin with https: the token and people's numbers go there"
    return ""
