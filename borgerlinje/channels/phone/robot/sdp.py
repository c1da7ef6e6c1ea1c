"""Session descriptions (RFC 8866) as far as a G.711 A-law telephone needs them; pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

PCMA = 8
KEYS = 101
_KEYS_NAME = re.compile(r"rtpmap:(\d{1,3}) telephone-event/8000", re.IGNORECASE)
_LARGEST_PORT = 65_535


class Direction(StrEnum):
    """Which way the sound goes, seen from the side that says so."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @classmethod
    def of(cls, *, sends: bool, receives: bool) -> "Direction":
        """Name a pair of ways."""
        if sends:
            return cls.SENDRECV if receives else cls.SENDONLY
        return cls.RECVONLY if receives else cls.INACTIVE

    @property
    def sends(self) -> bool:
        return self in {Direction.SENDRECV, Direction.SENDONLY}

    @property
    def receives(self) -> bool:
        return self in {Direction.SENDRECV, Direction.RECVONLY}


@dataclass(frozen=True, slots=True)
class Media:
    """Where the other side wants its audio, the ways it asks for, and as what it takes keys (None: not at all)."""

    host: str
    port: int
    payload_types: tuple[int, ...]
    sends: bool = True
    receives: bool = True
    keys_type: int | None = None

    @property
    def has_alaw(self) -> bool:
        return PCMA in self.payload_types


def describe(
    host: str,
    port: int,
    *,
    session: int,
    version: int = 1,
    direction: Direction = Direction.SENDRECV,
    keys_type: int | None = KEYS,
) -> bytes:
    """Write an offer or answer of A-law audio at `host`:`port`; `keys_type` None leaves the keypad out."""
    keys = [] if keys_type is None else [f"a=rtpmap:{keys_type} telephone-event/8000", f"a=fmtp:{keys_type} 0-15"]
    lines = [
        "v=0",
        f"o=- {session} {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {PCMA}" + ("" if keys_type is None else f" {keys_type}"),
        f"a=rtpmap:{PCMA} PCMA/8000",
        *keys,
        "a=ptime:20",
        f"a={direction}",
        "",
    ]
    return "\r\n".join(lines).encode()


def read(body: bytes) -> Media | None:
    """Read the first audio stream of a description; None where there is no usable one."""
    try:
        lines = body.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        return None
    session_host, media_host, direction = "", "", Direction.SENDRECV
    keys_type: int | None = None
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
        elif kind == "a" and value in set(Direction):
            direction = Direction(value)
        elif kind == "a" and audio is not None and keys_type is None:
            keys_type = _keys_type(value, audio[1])
    host = media_host or session_host
    if audio is None or not host:
        return None
    return Media(host, *audio, sends=direction.sends, receives=direction.receives, keys_type=keys_type)


def _keys_type(attribute: str, payload_types: tuple[int, ...]) -> int | None:
    """Tell which payload type an attribute gives to keys; None where it speaks of something else."""
    found = _KEYS_NAME.match(attribute)
    return int(found[1]) if found is not None and int(found[1]) in payload_types else None


def _audio(value: str) -> tuple[int, tuple[int, ...]] | None:
    words = value.split(" ")
    if len(words) < 4 or words[0] != "audio" or not words[1].isdigit():  # noqa: PLR2004
        return None
    port = int(words[1]) if len(words[1]) <= 5 else 0  # noqa: PLR2004
    types = tuple(int(word) for word in words[3:] if word.isdigit() and len(word) <= 3)  # noqa: PLR2004
    return (port, types) if 0 < port <= _LARGEST_PORT else None
