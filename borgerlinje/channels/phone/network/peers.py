"""The other telephone servers of this installation, as SIP objects. Pure.

A phone is signed in at one server; the others ring it there (`address`). Whoever rings must prove to be one of us: the password is
derived from the installation's own secret, and differs for each.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, field
from typing import Final

from borgerlinje.channels.phone.pbx.objects import Objects

PREFIX: Final = "bl-peer-"
KINDS: Final = ("auth", "aor", "endpoint")


@dataclass(frozen=True, slots=True)
class Peer:
    """Another server: what it is called, and where it takes calls."""

    name: str
    host: str
    port: int
    secret: bytes = field(default=b"", repr=False)


def endpoint(server: str) -> str:
    """Return the name of the endpoint that stands for a server."""
    return f"{PREFIX}{server}"


def address(account: str, server: str, *, own: str) -> str:
    """Return how an account that is signed in at `server` ("": anywhere) is dialled from the server `own`."""
    return account if server in {"", own} else f"{account}@{endpoint(server)}"


def objects(peer: Peer, *, own: str) -> Objects:
    """Return the fields of each SIP object that another server is to the server `own`."""
    name = endpoint(peer.name)
    return {
        # We prove to be ourselves with our own name's password; the other with its own.
        "auth": {"auth_type": "userpass", "username": name, "password": password(peer.secret, peer.name)},
        "aor": {"contact": f"sip:{peer.host}:{peer.port}", "qualify_frequency": "0"},
        "endpoint": {
            "context": "from-peers",
            "identify_by": "username",
            "auth": name,
            "outbound_auth": own_auth(own),
            "from_user": endpoint(own),
            "aors": name,
            "allow_transfer": "no",
            "disallow": "all",
            "allow": "alaw",
            "direct_media": "no",
            # The account's name stands in From: whose call it is goes beside it.
            "send_pai": "yes",
            "trust_id_inbound": "yes",
            "rtp_timeout": "30",
            "rtp_timeout_hold": "0",
            "language": "da",
            **_only_from(peer.host),
        },
    }


def own_auth(own: str) -> str:
    """Return the name of the object that holds our own password, as others ask for it."""
    return f"bl-self-{own}"


def own_objects(own: str, secret: bytes) -> Objects:
    """Return the object that `own_auth` names."""
    return {"auth": {"auth_type": "userpass", "username": endpoint(own), "password": password(secret, own)}}


def password(secret: bytes, server: str) -> str:
    """Return what a server proves to be itself with."""
    return hmac.new(secret, f"borgerlinje/peer/{server}".encode(), hashlib.sha256).hexdigest()[:40]


def _only_from(host: str) -> dict[str, str]:
    try:
        one = ipaddress.ip_network(host)
    except ValueError:
        return {}
    return {"deny": "0.0.0.0/0,::/0", "permit": str(one)}
