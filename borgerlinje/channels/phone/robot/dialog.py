"""A SIP dialog (RFC 3261, 12): who talks to whom, by which way, and the numbers of the requests."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from ipaddress import AddressValueError, IPv4Address

from borgerlinje.channels.phone.robot import sip
from borgerlinje.channels.phone.robot.datagrams import Address

AGENT = "Borgerlinje robot"
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, NOTIFY"
DEFAULT_PORT = 5060
SDP_TYPE = ("content-type", "application/sdp")


def new_tag() -> str:
    """Make a From or To tag."""
    return secrets.token_hex(6)


def new_branch() -> str:
    """Make a transaction's name for Via."""
    return sip.BRANCH_COOKIE + secrets.token_hex(8)


@dataclass(slots=True)
class Dialog:
    """One dialog as this side sees it."""

    local: sip.Address
    remote: sip.Address
    target: str
    here: Address
    there: Address
    contact: str
    call_id: str = field(default_factory=lambda: secrets.token_hex(12))
    routes: tuple[str, ...] = ()
    number: int = 0

    @classmethod
    def of_invite(cls, invite: sip.Request, *, here: Address, source: Address, contact: str) -> "Dialog":
        """Open the dialog of an INVITE that came in; the way back defaults to its source."""
        to = sip.Address.read(invite.first("to"))
        dialog = cls(
            local=replace(to, tag=new_tag()),
            remote=sip.Address.read(invite.first("from")),
            target=_contact(invite) or f"sip:{source[0]}:{source[1]}",
            here=here,
            there=source,
            contact=contact,
            call_id=invite.call_id,
            routes=tuple(sip.comma_separated(invite.all("record-route"))),
        )
        dialog.aim()
        return dialog

    def confirmed_by(self, response: sip.Response) -> None:
        """Take over the other side's tag, contact and route from its answer to our INVITE."""
        self.remote = replace(self.remote, tag=response.to_tag)
        self.target = _contact(response) or self.target
        self.routes = tuple(reversed(sip.comma_separated(response.all("record-route"))))
        self.aim()

    def aim(self) -> None:
        """Send to the first route, else to the target; names instead of addresses keep the old way."""
        uri = sip.Uri.read(sip.Address.read(self.routes[0]).uri if self.routes else self.target)
        if uri is not None and _is_ipv4(uri.host):
            self.there = (uri.host, uri.port or DEFAULT_PORT)

    def request(
        self, method: str, *, body: bytes = b"", extra: sip.Headers = (), number: int | None = None
    ) -> sip.Request:
        """Build the dialog's next request; an ACK passes its INVITE's `number`."""
        if number is None:
            self.number += 1
            number = self.number
        headers = request_headers(
            method,
            here=self.here,
            local=self.local,
            remote=self.remote,
            call_id=self.call_id,
            number=number,
            extra=(*(("route", route) for route in self.routes), ("contact", f"<{self.contact}>"), *extra),
        )
        return sip.Request(headers, method=method, uri=self.target, body=body)


def request_headers(
    method: str,
    *,
    here: Address,
    local: sip.Address,
    remote: sip.Address,
    call_id: str,
    number: int,
    extra: Iterable[tuple[str, str]] = (),
) -> sip.Headers:
    """Build the headers that every request carries, with a new branch."""
    return (
        ("via", f"{sip.VERSION}/UDP {here[0]}:{here[1]};rport;branch={new_branch()}"),
        ("max-forwards", "70"),
        ("from", str(local)),
        ("to", str(remote)),
        ("call-id", call_id),
        ("cseq", f"{number} {method}"),
        ("user-agent", AGENT),
        ("allow", ALLOW),
        *extra,
    )


def _contact(message: sip.Message) -> str:
    contacts = sip.comma_separated(message.all("contact"))
    uri = sip.Address.read(contacts[0]).uri if contacts else ""
    return uri if sip.Uri.read(uri) is not None else ""


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True
