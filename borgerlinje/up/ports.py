"""The telephone's ports: the usual ones for the first copy on a machine, the next set for the next copy.

Ports come in numbered sets, so that two copies' media ranges never overlap. A copy keeps its set in
`ports.json`: phones are configured with it. While its supervisor runs, a name in the machine's abstract
socket space marks the set as taken, since Asterisk itself binds only later.
"""

import contextlib
import json
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from borgerlinje.kit.home import Home
from borgerlinje.kit.running import CannotRunError, replace_text

SETS = 20
FIRST_HTTP, FIRST_SIP = 8088, 5060
# Two for each channel: 250 conversations at once. The last set ends below the ports the system itself gives out.
FIRST_RTP, RTP_PORTS = 12000, 1000
PORTS_FILE = "ports.json"


@dataclass(frozen=True)
class TelephonePorts:
    """Ports of one Asterisk; `rtp` is [first, last]."""

    number: int

    @property
    def http(self) -> int:
        """ARI and the browsers' websocket."""
        return FIRST_HTTP + self.number

    @property
    def sip(self) -> int:
        """Where phones call, UDP."""
        return FIRST_SIP + 2 * self.number

    @property
    def rtp(self) -> tuple[int, int]:
        """The media range."""
        first = FIRST_RTP + RTP_PORTS * self.number
        return first, first + RTP_PORTS - 1


def choose(home: Home, *, web_port: int, own: int | None) -> tuple[TelephonePorts, socket.socket]:
    """Return this copy's set of ports and the mark that holds it; `own` is the set our running Asterisk has.

    Raises CannotRunError when all sets are taken.
    """
    for number in _wanted(home, own):
        ports = TelephonePorts(number)
        mark = _mark(number)
        if mark is None:
            continue
        if number == own or (web_port != ports.http and _free(ports)):
            replace_text(
                home.path / PORTS_FILE, json.dumps({**asdict(ports), "http": ports.http, "sip": ports.sip}) + "\n"
            )
            return ports, mark
        mark.close()
    raise CannotRunError(f"All {SETS} sets of telephone ports (SIP from {FIRST_SIP}) are in use: stop another copy.")


def _wanted(home: Home, own: int | None) -> Iterator[int]:
    if own is not None:
        yield own
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        yield int(json.loads((home.path / PORTS_FILE).read_text())["number"])
    yield from range(SETS)


def _mark(number: int) -> socket.socket | None:
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        mark.bind(f"\0borgerlinje-ports-{number}")
    except OSError:
        mark.close()
        return None
    return mark


def _free(ports: TelephonePorts) -> bool:
    wanted = ((socket.SOCK_STREAM, "127.0.0.1", ports.http), (socket.SOCK_DGRAM, "", ports.sip))
    for kind, address, port in wanted:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
