"""Load by sipp, a SIP program that is not ours: citizens who call at a rate, and employees' phones that answer at once."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from borgerlinje.kit import parts

_SDP = """v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000"""

# The caller's number is the call's: 4600000001 and so on. The log tells when each INVITE left.
CITIZEN = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="citizen">
  <nop><action><log message="[call_number] [timestamp]"/></action></nop>
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:46[call_number]@[local_ip]:[local_port]>;tag=[pid]sipp[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:46[call_number]@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

{_SDP}
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200"/>
  <send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:46[call_number]@[local_ip]:[local_port]>;tag=[pid]sipp[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Contact: <sip:46[call_number]@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0
  ]]></send>
  <pause/>
  <send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:46[call_number]@[local_ip]:[local_port]>;tag=[pid]sipp[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0
  ]]></send>
  <recv response="200"/>
</scenario>
"""

_REPLY = """[last_Via:]
[last_From:]
[last_To:];tag=[pid]sipp[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>"""

EMPLOYEE = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="employee">
  <recv request="INVITE"/>
  <send><![CDATA[
SIP/2.0 180 Ringing
{_REPLY}
Content-Length: 0
  ]]></send>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
{_REPLY}
Content-Type: application/sdp
Content-Length: [len]

{_SDP}
  ]]></send>
  <recv request="ACK"/>
  <recv request="BYE"/>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0
  ]]></send>
</scenario>
"""


@dataclass(frozen=True)
class Load:
    """How many citizens call, how many of them in a second, and how long each stays after being answered."""

    calls: int
    per_second: int
    held_seconds: float


class MissingError(Exception):
    """sipp is not installed here."""


def free_port(address: str) -> int:
    """Return a UDP port of an address of this machine that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


@contextmanager
def phones(folder: Path, address: str, port: int) -> Iterator[None]:
    """Run the phones of any number of employees at one address for the block."""
    process = _start(folder, "employee", EMPLOYEE, address=address, port=port, options=[])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def citizens(folder: Path, load: Load, *, number: str, target: str, address: str) -> subprocess.Popen[bytes]:
    """Start the citizens, who call `number` at `target` (host:port) from `address`; the process ends with the last call.

    It ends with 0 when every call was answered and hung up as it should be.
    """
    options = ["-s", number, "-m", str(load.calls), "-r", str(load.per_second), "-l", str(load.calls)]
    options += ["-timeout", f"{load.calls / load.per_second + load.held_seconds + 20:.0f}s"]
    options += ["-d", str(round(load.held_seconds * 1000)), "-trace_logs", "-log_file", str(folder / "invited.log")]
    (folder / "invited.log").unlink(missing_ok=True)
    return _start(folder, "citizen", CITIZEN, address=address, port=free_port(address), options=[*options, target])


def invited_at(folder: Path) -> dict[str, datetime]:
    """Return when the INVITE of each caller's number left."""
    # number, day, time, and the same in seconds
    words = (line.split() for line in (folder / "invited.log").read_text().splitlines())
    return {f"46{number}": datetime.fromtimestamp(float(seconds), UTC) for number, _, _, seconds in words}


def _start(
    folder: Path, name: str, scenario: str, *, address: str, port: int, options: list[str]
) -> subprocess.Popen[bytes]:
    program = parts.find("sipp")
    if program is None:
        raise MissingError("sipp is missing: install the package sip-tester")
    file = folder / f"{name}.xml"
    file.write_text(scenario)
    here = ["-i", address, "-p", str(port), "-mi", address, "-nostdin"]
    return subprocess.Popen(
        [*program, "-sf", str(file), *here, *options],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(folder / f"{name}.err").open("wb"),
    )
