"""XML from others: whether it brings a document type, by which it could swell or reach for other files. Pure."""

from typing import Any
from xml.parsers import expat


class _RootReachedError(Exception):
    """The root element has begun: no document type comes after it."""


class _OwnTypesError(Exception):
    """There is a document type."""


def has_own_types(xml: bytes) -> bool:
    """Return whether a document has a document type, or may have one: in an encoding that cannot be read. What is no XML has none."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _stop
    parser.StartElementHandler = _begin
    try:
        parser.Parse(xml, True)
    except (_OwnTypesError, ValueError):
        # A ValueError: letters of several bytes that are not UTF-8's or UTF-16's. No sheet and no plan is written in them.
        return True
    except (_RootReachedError, expat.ExpatError, LookupError):
        return False
    return False


def _stop(*_said: Any) -> None:
    raise _OwnTypesError


def _begin(*_said: Any) -> None:
    raise _RootReachedError
