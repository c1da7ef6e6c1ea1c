"""Session descriptions (RFC 8866) as far as a G.711 A-law telephone needs them; pure."""

from dataclasses import dataclass

PCMA = 8
_LARGEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Media:
    """Where the other side wants its audio, and the directions it asks for."""

    host: str
    port: int
    payload_types: tuple[int, ...]
    sends: bool = True
    receives: bool = True

    @property
    def has_alaw(self) -> bool:
        return PCMA in self.payload_types


def describe(host: str, port: int, *, session: int, version: int = 1) -> bytes:
    """Write an offer or answer of A-law audio at `host`:`port`."""
    lines = [
        "v=0",
        f"o=- {session} {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {PCMA}",
        f"a=rtpmap:{PCMA} PCMA/8000",
        "a=ptime:20",
        "a=sendrecv",
        "",
    ]
    return "\r\n".join(lines).encode()


def read(body: bytes) -> Media | None:
    """Read the first audio stream of a description; None where there is no usable one."""
    try:
        lines = body.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        return None
    session_host, media_host, direction = "", "", "sendrecv"
    audio: tuple[int, tuple[int, ...]] | None = None
    for line in lines:
        kind, _, value = line.partition("=")
        if kind == "m":
            if audio is not None:
                break
            audio = _audio(value)
        elif kind == "c":
            host = value.split(" ")[-1].split("/", 1)[0]
            session_host, media_host = (session_host, host) if audio else (host, media_host)
        elif kind == "a" and value in {"sendrecv", "sendonly", "recvonly", "inactive"}:
            direction = value
    host = media_host or session_host
    if audio is None or not host:
        return None
    return Media(
        host, *audio, sends=direction in {"sendrecv", "sendonly"}, receives=direction in {"sendrecv", "recvonly"}
    )


def _audio(value: str) -> tuple[int, tuple[int, ...]] | None:
    words = value.split(" ")
    if len(words) < 4 or words[0] != "audio" or not words[1].isdigit():  # noqa: PLR2004
        return None
    port = int(words[1]) if len(words[1]) <= 5 else 0  # noqa: PLR2004
    types = tuple(int(word) for word in words[3:] if word.isdigit() and len(word) <= 3)  # noqa: PLR2004
    return (port, types) if 0 < port <= _LARGEST_PORT else None
