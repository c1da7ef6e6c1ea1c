"""SIP messages (RFC 3261): parse bytes, build bytes; pure.

`parse` answers None for anything that is not a usable message, so that whoever listens on an open
UDP port counts rubbish instead of raising on it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

Headers = tuple[tuple[str, str], ...]

VERSION = "SIP/2.0"
BRANCH_COOKIE = "z9hG4bK"
_LARGEST = 65_535
_COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "m": "contact",
    "i": "call-id",
    "c": "content-type",
    "l": "content-length",
    "k": "supported",
    "s": "subject",
    "e": "content-encoding",
}
_NEEDED = ("via", "from", "to", "call-id", "cseq")
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_URI = re.compile(
    r"sips?:(?:(?P<user>[^@;?>\s]+)@)?(?P<host>\[[^\]]+\]|[^:;?>\s]+)(?::(?P<port>\d{1,5}))?", re.IGNORECASE
)
# Possessive quantifiers: whatever a stranger sends, matching takes time in proportion to its length.
_ADDRESS = re.compile(
    r'\s*+(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<plain>[^<"]*+))\s*+<(?P<uri>[^>]*+)>(?P<rest>.*)', re.DOTALL
)
_PARAMETER = re.compile(r';\s*([A-Za-z0-9\-.!%*_+`\'~]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^;\s,]*))?')
_LARGEST_CSEQ = 2**31
_LARGEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Message:
    """What requests and responses share: ordered headers (lower-case names) and a body."""

    headers: Headers
    body: bytes = field(default=b"", kw_only=True)

    def all(self, name: str) -> list[str]:
        """List every value of a header, in order; several headers of one name stay several values."""
        return [value for key, value in self.headers if key == name]

    def first(self, name: str) -> str:
        """Get the first value of a header, or "" where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def call_id(self) -> str:
        return self.first("call-id")

    @property
    def cseq(self) -> tuple[int, str]:
        number, _, method = self.first("cseq").partition(" ")
        return int(number), method.strip()

    @property
    def branch(self) -> str:
        return parameters(self.first("via").split(",", 1)[0]).get("branch", "")

    @property
    def from_tag(self) -> str:
        return Address.read(self.first("from")).tag

    @property
    def to_tag(self) -> str:
        return Address.read(self.first("to")).tag


@dataclass(frozen=True, slots=True)
class Request(Message):
    """A SIP request."""

    method: str = field(kw_only=True)
    uri: str = field(kw_only=True)

    def encode(self) -> bytes:
        """Write the request as bytes for the wire."""
        return _encode(f"{self.method} {self.uri} {VERSION}", self)


@dataclass(frozen=True, slots=True)
class Response(Message):
    """A SIP response."""

    status: int = field(kw_only=True)
    reason: str = field(default="", kw_only=True)

    def encode(self) -> bytes:
        """Write the response as bytes for the wire."""
        return _encode(f"{VERSION} {self.status} {self.reason}", self)

    @property
    def is_final(self) -> bool:
        return self.status >= 200  # noqa: PLR2004 (the classes of RFC 3261, 7.2)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Uri:
    """The parts of a SIP URI that say where to send."""

    user: str
    host: str
    port: int | None = None

    @classmethod
    def read(cls, text: str) -> "Uri | None":
        """Read a SIP URI; None where it is none."""
        found = _URI.match(text.strip())
        if found is None:
            return None
        port = int(found["port"]) if found["port"] else None
        if port is not None and not 0 < port <= _LARGEST_PORT:
            return None
        return cls((found["user"] or "").split(":", 1)[0], found["host"], port)


@dataclass(frozen=True, slots=True)
class Address:
    """A From, To, Contact, Route or Record-Route value: display name, URI and parameters after it."""

    uri: str
    display: str = ""
    tag: str = ""

    @classmethod
    def read(cls, text: str) -> "Address":
        """Read an address; the URI is "" where nothing usable stands."""
        found = _ADDRESS.match(text)
        if found is None:
            uri, _, rest = text.strip().partition(";")
            return cls(uri, tag=parameters(";" + rest).get("tag", ""))
        display = found["quoted"] if found["quoted"] is not None else found["plain"].strip()
        return cls(found["uri"], display.replace('\\"', '"'), parameters(found["rest"]).get("tag", ""))

    def __str__(self) -> str:
        display = self.display.replace("\\", "").replace('"', "")
        return (f'"{display}" ' if display else "") + f"<{self.uri}>" + (f";tag={self.tag}" if self.tag else "")


def parameters(text: str) -> dict[str, str]:
    """Read the `;name=value` parameters of a header value; names in lower case."""
    return {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(text)}


def comma_separated(values: Iterable[str]) -> list[str]:
    """Split header values at commas that stand outside quotes and angle brackets."""
    parts: list[str] = []
    for value in values:
        depth, quoted, start = 0, False, 0
        for at, sign in enumerate(value):
            if sign == '"':
                quoted = not quoted
            elif not quoted and sign in "<>":
                depth += 1 if sign == "<" else -1
            elif sign == "," and not quoted and depth == 0:
                parts.append(value[start:at].strip())
                start = at + 1
        parts.append(value[start:].strip())
    return [part for part in parts if part]


def parse(data: bytes) -> Request | Response | None:
    """Read one datagram; None where it is not a complete and usable SIP message."""
    if len(data) > _LARGEST:
        return None
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return None
    try:
        lines = _unfolded(head.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    headers = _headers(lines[1:])
    if headers is None:
        return None
    body_length = _content_length(headers, body)
    if body_length is None:
        return None
    message = _start_line(lines[0], headers, body[:body_length])
    return message if message is not None and _is_usable(message) else None


def response_to(
    request: Request, status: int, reason: str, *, tag: str = "", extra: Headers = (), body: bytes = b""
) -> Response:
    """Build the response to a request (RFC 3261, 8.2.6); `tag` is added to To where it has none."""
    to = Address.read(request.first("to"))
    if tag and not to.tag and status > 100:  # noqa: PLR2004 (100 Trying carries no tag)
        to = replace(to, tag=tag)
    headers: list[tuple[str, str]] = [
        (name, value) for name, value in request.headers if name in {"via", "record-route"}
    ]
    headers += [
        ("from", request.first("from")),
        ("to", str(to)),
        ("call-id", request.call_id),
        ("cseq", request.first("cseq")),
        *extra,
    ]
    return Response(tuple(headers), status=status, reason=reason, body=body)


def _encode(start: str, message: Message) -> bytes:
    lines = [start]
    for name, value in message.headers:
        if name != "content-length":
            # A line break inside a value would let a display name write headers of its own.
            clean = value.replace("\r", " ").replace("\n", " ")
            lines.append(f"{_written(name)}: {clean}")
    lines += [f"Content-Length: {len(message.body)}", "", ""]
    return "\r\n".join(lines).encode() + message.body


def _written(name: str) -> str:
    special = {"call-id": "Call-ID", "cseq": "CSeq", "www-authenticate": "WWW-Authenticate"}
    return special.get(name) or "-".join(part.capitalize() for part in name.split("-"))


def _unfolded(head: str) -> list[str]:
    return re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")


def _headers(lines: list[str]) -> Headers | None:
    headers: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or not _TOKEN.fullmatch(name):
            return None
        headers.append((_COMPACT.get(name, name), value.strip()))
    return tuple(headers)


def _content_length(headers: Headers, body: bytes) -> int | None:
    text = next((value for name, value in headers if name == "content-length"), None)
    if text is None:
        return len(body)
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) > len(body):  # noqa: PLR2004
        return None
    return int(text)


def _start_line(line: str, headers: Headers, body: bytes) -> Request | Response | None:
    first, _, rest = line.partition(" ")
    second, _, third = rest.partition(" ")
    if first == VERSION:
        if len(second) == 3 and second.isascii() and second.isdigit() and "100" <= second <= "699":  # noqa: PLR2004
            return Response(headers, status=int(second), reason=third, body=body)
        return None
    if third == VERSION and _TOKEN.fullmatch(first) and second:
        return Request(headers, method=first, uri=second, body=body)
    return None


def _is_usable(message: Request | Response) -> bool:
    if any(not message.first(name) for name in _NEEDED):
        return False
    number, _, method = message.first("cseq").partition(" ")
    method = method.strip()
    if not (number.isascii() and number.isdigit()) or len(number) > 10 or int(number) >= _LARGEST_CSEQ or not method:  # noqa: PLR2004
        return False
    return not isinstance(message, Request) or method == message.method
