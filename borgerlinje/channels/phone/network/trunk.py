"""A provider's trunk as SIP objects, and numbers as its provider wants them. Pure.

Calls from a provider are known by the addresses they come from, or by the registration they answer to; calls to it are told by
the endpoint `bl-out-<id>`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import phonenumbers

from borgerlinje.channels.phone.pbx.objects import Objects
from borgerlinje.lines.numbers import COUNTRY

PREFIX: Final = "bl-out-"
KINDS: Final = ("auth", "aor", "endpoint", "identify", "registration")
PURPOSE: Final = "trunk"
"""What a trunk's password is sealed for."""

Transport = Literal["udp", "tcp", "tls"]
NumberFormat = Literal["e164_plus", "e164", "national"]
_REGION: Final = "DK"
_DANISH_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Trunk:
    """A provider's trunk. `port` 0: the provider's DNS says which. `matches` empty: calls come from `host`.

    `proxy` is the SIP proxy of ours that calls go out through, an address with its port; empty for none.
    """

    id: int
    host: str
    port: int = 0
    transport: Transport = "udp"
    srtp: bool = False
    registers: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    from_domain: str = ""
    matches: Sequence[str] = ()
    proxy: str = ""

    @property
    def name(self) -> str:
        """The endpoint's name."""
        return f"{PREFIX}{self.id}"

    @property
    def uri(self) -> str:
        """Where the provider is reached."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"sip:{host}{port};transport={self.transport}"


def objects(trunk: Trunk) -> Objects:
    """Return the fields of each SIP object of a trunk."""
    made = {
        "aor": {"contact": trunk.uri, "qualify_frequency": "15", "qualify_timeout": "3.0"} | _proxy(trunk),
        "endpoint": _endpoint(trunk),
        "identify": {
            "endpoint": trunk.name,
            "srv_lookups": "no",
            "match": ",".join(trunk.matches or (trunk.host,)),
        },
    }
    if trunk.username:
        made["auth"] = {"auth_type": "userpass", "username": trunk.username, "password": trunk.password}
    if trunk.registers:
        made["registration"] = _registration(trunk)
    return made


def _endpoint(trunk: Trunk) -> dict[str, str]:
    return {
        "context": "from-provider",
        "identify_by": "ip",
        "transport": trunk.transport,
        "aors": trunk.name,
        "allow_transfer": "no",
        "disallow": "all",
        "allow": "alaw,ulaw,g722",
        "direct_media": "no",
        "rtp_symmetric": "yes",
        # A provider that is registered with answers over the connection we opened, wherever it says it is.
        "rewrite_contact": "yes" if trunk.registers else "no",
        "media_encryption": "sdes" if trunk.srtp else "no",
        "trust_id_inbound": "yes",
        "send_pai": "yes",
        "rtp_timeout": "60",
        "rtp_timeout_hold": "0",
        "language": "da",
        **({"outbound_auth": trunk.name} if trunk.username else {}),
        **({"from_domain": trunk.from_domain} if trunk.from_domain else {}),
        **_proxy(trunk),
    }


def _registration(trunk: Trunk) -> dict[str, str]:
    # The name stands in for any number: `from-provider` of the dialplan reads whom a call to it is for.
    return {
        "transport": trunk.transport,
        "server_uri": trunk.uri,
        "client_uri": f"sip:{trunk.username}@{trunk.from_domain or trunk.host}",
        "contact_user": f"bldid{trunk.id}",
        "outbound_auth": trunk.name,
        "endpoint": trunk.name,
        "line": "yes",
        "expiration": "300",
        # Whatever the provider says, it is asked again: a wrong password may be mended at its end.
        "retry_interval": "15",
        "forbidden_retry_interval": "60",
        "fatal_retry_interval": "60",
        "auth_rejection_permanent": "no",
        "max_retries": "1000000",
        "max_random_initial_delay": "0",
        **_proxy(trunk),
    }


def _proxy(trunk: Trunk) -> dict[str, str]:
    return {"outbound_proxy": f"sip:{trunk.proxy};lr"} if trunk.proxy else {}


def number(digits: str, form: NumberFormat) -> str:
    """Return a number (E.164 with +, or a Danish one without 45) as a provider wants it; short and invented ones stay as they are."""
    if digits.startswith("000"):
        return digits
    try:
        parsed = phonenumbers.parse(digits, _REGION)
    except phonenumbers.NumberParseException:
        return digits
    if not digits.startswith("+") and len(digits) != _DANISH_DIGITS:
        return digits
    plain = f"{parsed.country_code}{phonenumbers.national_significant_number(parsed)}"
    if form == "e164_plus":
        return f"+{plain}"
    if form == "e164":
        return plain
    return plain.removeprefix(COUNTRY) if parsed.country_code == int(COUNTRY) else f"00{plain}"


def dial(trunk_id: int, digits: str, form: NumberFormat) -> str:
    """Return what Asterisk calls to reach a stored number through a trunk."""
    return f"PJSIP/{number(digits, form)}@{PREFIX}{trunk_id}"
