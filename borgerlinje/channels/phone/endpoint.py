"""What Asterisk dials to reach somebody."""

from borgerlinje.channels.phone import peers, trunk
from borgerlinje.channels.phone.tools import Tools
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
    way = next(iter(tools.book.ways), None)
    return trunk.dial(way.trunk_id, digits, way.number_format) if way else None


def caller_id(name: str, shown: str) -> str:
    """Return what the phone that rings shows: a name, and a number of the authority's."""
    quoted = name.replace('"', "'")
    return f'"{quoted}" <{shown}>'
