"""SIP digest authentication (RFC 7616 with MD5 or SHA-256, qop "auth" or none); pure."""

import hashlib
import re
from dataclasses import dataclass, replace

from borgerlinje.channels.phone.robot import sip

_PAIR = re.compile(r'([A-Za-z\-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and its password."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a 401 or 407 asks for."""

    realm: str
    nonce: str
    opaque: str = ""
    algorithm: str = "MD5"
    has_qop: bool = False

    @classmethod
    def read(cls, text: str) -> "Challenge | None":
        """Read a WWW-Authenticate or Proxy-Authenticate value; None where it cannot be answered."""
        scheme, _, rest = text.strip().partition(" ")
        fields = {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(rest)}
        algorithm = fields.get("algorithm", "MD5").upper()
        if scheme.lower() != "digest" or "nonce" not in fields or algorithm not in _ALGORITHMS:
            return None
        offered = [part.strip() for part in fields.get("qop", "").split(",") if part.strip()]
        if offered and "auth" not in offered:
            return None
        return cls(fields.get("realm", ""), fields["nonce"], fields.get("opaque", ""), algorithm, bool(offered))


def authorization(challenge: Challenge, credentials: Credentials, *, method: str, uri: str, cnonce: str) -> str:
    """Write the Authorization value that answers a challenge."""
    first = _hash(challenge, f"{credentials.username}:{challenge.realm}:{credentials.password}")
    second = _hash(challenge, f"{method}:{uri}")
    middle = f"{challenge.nonce}:00000001:{cnonce}:auth" if challenge.has_qop else challenge.nonce
    fields = {
        "username": credentials.username,
        "realm": challenge.realm,
        "nonce": challenge.nonce,
        "uri": uri,
        "response": _hash(challenge, f"{first}:{middle}:{second}"),
    }
    if challenge.opaque:
        fields["opaque"] = challenge.opaque
    text = ", ".join(f'{name}="{value}"' for name, value in fields.items()) + f", algorithm={challenge.algorithm}"
    return f"Digest {text}" + (f', qop=auth, nc=00000001, cnonce="{cnonce}"' if challenge.has_qop else "")


def _hash(challenge: Challenge, text: str) -> str:
    # The protocol prescribes the algorithm; nothing here is protected by MD5's strength.
    return hashlib.new(_ALGORITHMS[challenge.algorithm], text.encode(), usedforsecurity=False).hexdigest()


def answered(
    request: sip.Request, response: sip.Response, credentials: Credentials, *, branch: str, cnonce: str
) -> sip.Request | None:
    """Build the request anew with the answer to a 401 or 407; None where the challenge cannot be met.

    The number in CSeq is one higher: whoever counts the dialog's requests must take it over.
    """
    is_proxy = response.status == 407  # noqa: PLR2004
    challenges = response.all("proxy-authenticate" if is_proxy else "www-authenticate")
    challenge = next((found for found in map(Challenge.read, challenges) if found is not None), None)
    if challenge is None:
        return None
    value = authorization(challenge, credentials, method=request.method, uri=request.uri, cnonce=cnonce)
    via = re.sub(r";branch=[^;,\s]+", f";branch={branch}", request.first("via"))
    kept = [(name, text) for name, text in request.headers if name not in {"via", "cseq"}]
    number = request.cseq[0] + 1
    answer = ("proxy-authorization" if is_proxy else "authorization", value)
    return replace(request, headers=(("via", via), *kept, ("cseq", f"{number} {request.method}"), answer))
