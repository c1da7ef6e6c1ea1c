"""Seals what must not be readable in the database or on the disk: a provider's password, a recording.

The keys lie in a file of their own, beside the database and never in it: one a line, the first seals, all of them open. To change
the key is to put a new line first (`borgerlinje seal-key`); a line is taken out when nothing sealed with it is left. Each purpose
has a key derived from it, so that what was sealed for one cannot be passed off as the other's. Machines that share a database
share the file: its lines may be put together in any number.
"""

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from borgerlinje.kit import home, running
from borgerlinje.kit.errors import BorgerlinjeError

VARIABLE: Final = "BORGERLINJE_SEAL_KEY_FILE"
_FORM: Final = b"BL1"
_ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_HEAD_BYTES: Final = len(_FORM) + _ID_BYTES


class SealError(BorgerlinjeError):
    """What is sealed cannot be opened, or nothing can be sealed, on this machine."""

    code = "sealed"
    status = 503
    message = _("Indholdet er krypteret, og nøglen mangler her. Bed driften om at lægge nøglefilen på maskinen.")


@dataclass(frozen=True, slots=True)
class _Key:
    """A line of the file; the id, its digest's beginning, stands in front of what it sealed."""

    id: bytes
    secret: bytes = field(repr=False)


def key_file() -> Path:
    """Return where the keys are: what BORGERLINJE_SEAL_KEY_FILE names, else the home's own file."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else home.home().seal_key_file


def seal(data: bytes, *, purpose: str) -> bytes:
    """Return the data encrypted and signed with the first key; 31 bytes longer. `purpose` must be named again to open it.

    Raises SealError when the machine has no key.
    """
    key = _keys()[0]
    head, nonce = _FORM + key.id, os.urandom(_NONCE_BYTES)
    return head + nonce + _cipher(key, purpose).encrypt(nonce, data, head)


def unseal(sealed: bytes, *, purpose: str) -> bytes:
    """Return what was sealed for this purpose, with whichever key.

    Raises SealError when its key is not on this machine, when it was sealed for another purpose, or has been changed.
    """
    head, rest = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
    if not head.startswith(_FORM) or len(rest) < _NONCE_BYTES:
        raise SealError(reason="not sealed by us")
    key = next((one for one in _keys() if one.id == head[len(_FORM) :]), None)
    if key is None:
        raise SealError(reason=f"the key {head[len(_FORM) :].hex()} is not in {key_file()}")
    try:
        return _cipher(key, purpose).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head)
    except InvalidTag as error:
        raise SealError(reason="changed, or sealed for another purpose") from error


def seal_text(text: str, *, purpose: str) -> str:
    """Return a text sealed as a text, for a column. Raises as `seal`."""
    return base64.urlsafe_b64encode(seal(text.encode(), purpose=purpose)).decode()


def unseal_text(sealed: str, *, purpose: str) -> str:
    """Return the text that `seal_text` sealed. Raises as `unseal`."""
    try:
        data = base64.urlsafe_b64decode(sealed)
    except (ValueError, binascii.Error) as error:
        raise SealError(reason="not sealed by us") from error
    return unseal(data, purpose=purpose).decode()


def add_key() -> str:
    """Put a new key first in the file, which seals from now on; return its id. The old ones go on opening.

    Raises SealError when the machine has no key file, OSError when it cannot be written.
    """
    file, old = key_file(), _keys()
    new = _key(secrets.token_bytes(_KEY_BYTES))
    lines = [base64.urlsafe_b64encode(key.secret).decode() for key in (new, *old)]
    running.replace_text(file, "\n".join(lines) + "\n")
    return new.id.hex()


def key_ids() -> list[str]:
    """Return the ids of this machine's keys, the one that seals first. Raises SealError when there is none."""
    return [key.id.hex() for key in _keys()]


def _keys() -> list[_Key]:
    # Read each time: it is rarely asked for, and a changed file serves at once.
    file = key_file()
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
    except OSError as error:
        raise SealError(reason=f"{file}: {error.strerror}") from error
    try:
        keys = [_key(base64.urlsafe_b64decode(line)) for line in lines if line and not line.startswith("#")]
    except ValueError as error:
        raise SealError(reason=f"{file} holds a line that is no key") from error
    if not keys:
        raise SealError(reason=f"{file} is empty")
    return keys


def _key(secret: bytes) -> _Key:
    if len(secret) != _KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return _Key(hashlib.sha256(secret).digest()[:_ID_BYTES], secret)


def _cipher(key: _Key, purpose: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), length=_KEY_BYTES, salt=None, info=f"borgerlinje/{purpose}".encode())
    return AESGCM(derived.derive(key.secret))
