"""What Asterisk dials to reach somebody."""

from collections.abc import Iterable

from borgerlinje.channels.phone.book import Way
from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.network import peers, trunk
from borgerlinje.kit.database import Row


def dialled_as(phone: Row, tools: Tools) -> str | None:
    """Return how the phone of a row (`endpoint`, `endpoint_server`, `digits`) is dialled; None when there is none to reach."""
    if phone["digits"]:
        return number(phone["digits"], tools)
    if not phone["endpoint"]:
        return None
    return f"PJSIP/{peers.address(phone['endpoint'], phone['endpoint_server'] or '', own=tools.server)}"


def number(digits: str, tools: Tools) -> str | None:
    """Return how a number ("+45..." or plain digits, dialled as they are) is reached by the telephone network; None without a way there."""
    way = way_out(digits, tools.book.ways)
    return trunk.dial(way.trunk_id, digits, way.number_format) if way else None


def way_out(digits: str, ways: Iterable[Way]) -> Way | None:
    """Choose the way a number goes out by, None without one. Pure.

    A number that a demo has invented goes by a demo's way and by no other; any other number by the first real one, else by a demo's.
    """
    is_invented = digits.startswith("000")
    fitting = [way for way in ways if way.is_demo or not is_invented]
    return min(fitting, key=lambda way: way.is_demo, default=None)


def caller_id(name: str, shown: str) -> str:
    """Return what the phone that rings shows: a name, and a number of the authority's."""
    quoted = name.replace('"', "'")
    return f'"{quoted}" <{shown}>'
