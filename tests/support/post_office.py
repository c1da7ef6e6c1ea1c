"""A mail server for tests: real SMTP (RFC 5321) on loopback, with TLS and sign-in, that answers what it is told to."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from borgerlinje.kit import clock

# The text was all here; what is answered to it is a step of its own.
END = "END"
HANG_UP = ""


@dataclass
class Taken:
    """A letter that came whole, and who it was said to be from and to."""

    sender: str
    recipients: list[str]
    message: EmailMessage


@dataclass
class PostOffice:
    """The server. `answers` has what is said next to a command, the rest of the time all is well; HANG_UP says nothing and closes.

    `taken` are the letters answered with 250, `came` all that came whole. While `is_open` is not set, no text is answered.
    """

    port: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    came: list[Taken] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    something_came: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, scheme: str = "smtp", user: str = "") -> str:
        """Return the address as the settings take it; a `user` comes with its password."""
        who = f"{user}:{self.users[user]}@" if user else ""
        return f"{scheme}://{who}127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one client until either side ends it."""
        try:
            await _Talk(self, reader, writer).go_on()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


class _Talk:
    def __init__(self, office: PostOffice, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._office, self._reader, self._writer = office, reader, writer
        self._sender, self._recipients = "", list[str]()
        self._is_over = False

    async def go_on(self) -> None:
        await self._answer("CONNECT", "220 post.example ESMTP")
        while not self._is_over and (line := (await self._reader.readline()).decode().rstrip("\r\n")):
            self._office.said.append(line)
            await self._take(line.partition(" ")[0].upper(), line)

    async def _take(self, verb: str, line: str) -> None:
        match verb:
            case "EHLO":
                more = "250-STARTTLS\r\n" if self._office.tls else ""
                more += "250-AUTH PLAIN\r\n" if self._office.users else ""
                await self._answer(verb, f"250-post.example\r\n{more}250 8BITMIME")
            case "STARTTLS":
                await self._answer(verb, "220 go on")
                assert self._office.tls
                await self._writer.start_tls(self._office.tls)
            case "AUTH":
                _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                is_known = self._office.users.get(user) == password
                await self._answer(verb, "235 welcome" if is_known else "535 5.7.8 who are you")
            case "MAIL":
                self._sender, self._recipients = _address(line), []
                await self._answer(verb, "250 ok")
            case "RCPT":
                self._recipients.append(_address(line))
                await self._answer(verb, "250 ok")
            case "DATA":
                await self._take_text()
            case "QUIT":
                await self._answer(verb, "221 bye")
                self._is_over = True
            case _:
                await self._answer(verb, "250 ok" if verb in {"RSET", "NOOP"} else "502 what")

    async def _take_text(self) -> None:
        said = await self._answer("DATA", "354 go on")
        if not said.startswith("354"):
            return
        text = await self._reader.readuntil(b"\r\n.\r\n")
        lines = text[:-3].replace(b"\r\n..", b"\r\n.")
        message: EmailMessage = message_from_bytes(lines, policy=default)
        letter = Taken(self._sender, self._recipients, message)
        self._office.came.append(letter)
        self._office.something_came.set()
        await self._office.is_open.wait()
        if (await self._answer(END, "250 taken")).startswith("250"):
            self._office.taken.append(letter)

    async def _answer(self, verb: str, usual: str) -> str:
        queued = self._office.answers.get(verb)
        said = queued.pop(0) if queued else usual
        if said == HANG_UP:
            self._is_over = True
            self._writer.close()
            raise ConnectionError
        self._writer.write(f"{said}\r\n".encode())
        await self._writer.drain()
        return said


@asynccontextmanager
async def post_office(*, tls: ssl.SSLContext | None = None, is_tls_at_once: bool = False) -> AsyncIterator[PostOffice]:
    """Open a mail server; with `tls` it offers STARTTLS, or speaks TLS from the first byte."""
    office = PostOffice(tls=None if is_tls_at_once else tls)
    office.is_open.set()
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0, ssl=tls if is_tls_at_once else None)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        office.is_open.set()
        server.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for 127.0.0.1; return a server's context with it, and the file by which a client trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context, pem


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]
