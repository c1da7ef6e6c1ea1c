"""Identifiers made before the row is written, so that no reply has to be awaited to know them."""

import secrets
from datetime import datetime
from uuid import UUID

from borgerlinje.kit import clock


def uuid7(at: datetime | None = None) -> UUID:
    """Return a time-ordered UUID of version 7 (RFC 9562, section 5.7), millisecond precision.

    `at` defaults to the product's clock.
    """
    milliseconds = int((at or clock.now()).timestamp() * 1000)
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))
