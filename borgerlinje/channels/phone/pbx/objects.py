"""What Asterisk's SIP configuration is made of, as values. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

Objects = Mapping[str, Mapping[str, str]]
"""The fields of each object of one name, by its kind."""

ORDER: Final = ("auth", "aor", "endpoint", "identify", "registration")
"""In this order they are made, for each refers to those before it."""


def fingerprint(objects: Objects) -> str:
    """Return a short text that differs whenever a field does."""
    return hashlib.sha256(json.dumps(objects, sort_keys=True).encode()).hexdigest()[:16]
