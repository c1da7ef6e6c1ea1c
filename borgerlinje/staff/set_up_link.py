"""The link by which the first account of an installation is made. Pure, without Django: the supervisor prints it.

It needs no row of its own: its secret follows from the key that signs sessions, so that every machine of an installation knows it, a
restart prints the same, and nobody who reads the database can make it. It works only while there is no account.
"""

import base64
import hashlib
import hmac
from typing import Final

PATH: Final = "/velkommen/foerste/"
_PURPOSE: Final = b"borgerlinje: the first account"


def token(key: str) -> str:
    """Return the secret of the link, made of the installation's signing key."""
    digest = hmac.digest(key.encode(), _PURPOSE, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_token(text: str, key: str) -> bool:
    """Tell whether a text is that secret; takes as long for any text."""
    return hmac.compare_digest(text.encode(), token(key).encode())
