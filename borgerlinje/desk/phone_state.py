"""What the page of an employee's own telephone shows, read through the person's own fence."""

import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from borgerlinje.channels.phone.accounts.actions import Credentials
from borgerlinje.channels.phone.models import EmployeePhone, PhoneCheck, PhoneEndpoint, Server
from borgerlinje.channels.phone.outgoing.ledger import can_dial
from borgerlinje.contacts.lifecycle import IN_CONVERSATION
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.whereabouts import is_in_browser
from borgerlinje.dispatch.models import Transfer, TransferEnd
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.models import Employee

# So long the page tells of a call to one's own telephone, and so long it may take to be answered.
_NEWS = timedelta(minutes=15)
_RINGS = timedelta(seconds=45)
_EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared


@dataclass(frozen=True, slots=True)
class Registrar:
    """Where a desk telephone signs in. `is_reachable`: from other machines than this one."""

    host: str
    port: int
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """An employee's telephones: which one rings (`kind`), the desk telephone's account, and the last call that tried one out."""

    employee: Employee
    row: EmployeePhone
    account: PhoneEndpoint | None
    check: PhoneCheck | None
    registrar: Registrar
    can_dial: bool
    now: datetime

    @property
    def kind(self) -> str:
        """Where calls ring."""
        return self.row.kind

    @property
    def check_stage(self) -> str:
        """How far the last check has come: "" (there is none), "rings", "talks", "code", "lost" (nobody called) or "over"."""
        check = self.check
        if check is None:
            return ""
        if check.ended_at is not None:
            return "over"
        if check.expires_at <= self.now:
            return "lost"
        if check.answered_at is not None:
            return "code" if check.purpose == PhoneCheck.Purpose.CONFIRM else "talks"
        return "rings" if self.now - check.asked_at < _RINGS else "lost"

    @property
    def is_good(self) -> bool:
        """Whether the last check ended well."""
        return self.check is not None and self.check.ended_as in {PhoneCheck.End.CONFIRMED, PhoneCheck.End.PRESSED}

    @property
    def tries_left(self) -> int:
        """How many more codes may be typed."""
        return max(0, 3 - self.check.tries) if self.check else 0


def own_phone_of(request: HttpRequest, employee: Employee) -> OwnPhone:
    """Read an employee's telephones."""
    now = clock.now()
    account = PhoneEndpoint.objects.filter(
        employee=employee, kind=PhoneEndpoint.Kind.SIP, revoked_at__isnull=True
    ).first()
    checks = PhoneCheck.objects.filter(employee=employee, asked_at__gt=now - _NEWS)
    return OwnPhone(
        employee,
        EmployeePhone.objects.filter(employee=employee).first() or EmployeePhone(employee=employee),
        account,
        checks.exclude(ended_as=PhoneCheck.End.REPLACED).order_by("asked_at").last(),
        registrar_of(request, account.server if account else ""),
        run_here(can_dial()),
        now,
    )


@dataclass(frozen=True, slots=True)
class Telephone:
    """One of an employee's telephones: its `kind` and name, the number of an ordinary one, and whether calls ring there (`is_chosen`)."""

    kind: str
    name: str
    digits: str = ""
    is_chosen: bool = False


def telephones_of(employee: Employee) -> list[Telephone]:
    """Return the telephones an employee's conversation can be on: the browser always, the others once they are ready."""
    row = EmployeePhone.objects.filter(employee=employee).first() or EmployeePhone(employee=employee)
    kinds = EmployeePhone.Kind
    own = [Telephone(kinds.BROWSER.value, str(kinds.BROWSER.label))]
    accounts = PhoneEndpoint.objects.filter(employee=employee, kind=PhoneEndpoint.Kind.SIP, revoked_at__isnull=True)
    if accounts.exists():
        own.append(Telephone(kinds.SIP.value, str(kinds.SIP.label)))
    if row.confirmed_at:
        own.append(Telephone(kinds.NUMBER.value, str(kinds.NUMBER.label), row.digits))
    return [replace(each, is_chosen=each.kind == row.kind) for each in own]


@dataclass(frozen=True, slots=True)
class Moving:
    """Where a conversation can go (`telephones`), which one is being rung, and which one did not take it a moment ago."""

    telephones: list[Telephone]
    ringing: str = ""
    failed: str = ""


def talks_elsewhere(employee: Employee) -> bool:
    """Tell whether an employee talks with a citizen on another telephone than the browser: it lives on without the page."""
    conversation = Contact.objects.filter(employee=employee, channel="phone", state__in=IN_CONVERSATION).first()
    return conversation is not None and not is_in_browser(employee, conversation)


def moving_of(contact: Contact) -> Moving:
    """Return where an employee's conversation can be moved: to all of their telephones but the one it is on."""
    if contact.employee is None:
        return Moving([])
    moves = list(Transfer.objects.filter(contact=contact, mode=Transfer.Mode.MOVE).order_by("made_at"))
    taken = [move.digits for move in moves if move.ended_as == TransferEnd.HANDED_OVER]
    others = [
        each
        for each in telephones_of(contact.employee)
        if not (taken[-1] in {each.kind, each.digits} if taken else each.is_chosen)
    ]
    last = moves[-1] if moves else None
    if last is None or last.ended_as == TransferEnd.HANDED_OVER:
        return Moving(others)
    return Moving(others, ringing="" if last.ended_at else last.label, failed=last.label if last.ended_at else "")


def registrar_of(request: HttpRequest, server: str) -> Registrar:
    """Return where a desk telephone signs in: its telephone server's own address, as other machines know it."""
    row = Server.objects.filter(name=server).first() if server else None
    host, port = (row.sip_host, row.sip_port) if row and row.sip_host else (settings.SIP_HOST, settings.SIP_PORT)
    if _is_loopback(host) and settings.SIP_BIND in _EVERYWHERE:
        # It listens on every address there is: by one of them this page was reached.
        host = settings.SIP_EXTERNAL or request.get_host().rpartition(":")[0] or request.get_host()
        return Registrar(host, port, is_reachable=True)
    return Registrar(host, port, is_reachable=not _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as one path of an SVG picture of `size` units a side, with the margin that readers need."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Draw a text as a QR code."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return QrCode(len(rows), path)


def sip_uri(credentials: Credentials, registrar: Registrar) -> str:
    """Return the account as one address, which some telephones read from a picture."""
    return f"sip:{credentials.name}:{credentials.secret}@{registrar.host}:{registrar.port};transport=udp"
