"""Which server takes our e-mail, from the environment, and the connection to it. Standard library only: the doctor asks too."""

import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

URL, SENDER = "BORGERLINJE_SMTP_URL", "BORGERLINJE_SMTP_FROM"
# For each single answer of the server.
SECONDS: Final = 20.0
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Server:
    """Where e-mail is handed in, and whom it is from: `sender` is an address, with or without a name before it."""

    scheme: str
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def domain(self) -> str:
        """Return the domain of the sender, which our letters' names end in."""
        return parseaddr(self.sender)[1].rpartition("@")[2]


def configured() -> Server | None:
    """Return the server of the environment; None when there is none, or `fault` says what is wrong with it."""
    url = os.environ.get(URL, "").strip()
    if not url or fault():
        return None
    parts = urlsplit(url)
    return Server(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        sender=_sender(unquote(parts.username or "")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def fault() -> str:
    """Return what is wrong with the address in the environment; empty when nothing is, or there is none. Never says the password."""
    url = os.environ.get(URL, "").strip()
    if not url:
        return ""
    form = f"{URL} is no address: smtps://, smtp+starttls:// or smtp://, then user:password@host:port"
    try:
        parts = urlsplit(url)
        host, user = parts.hostname or "", unquote(parts.username or "")
        _ = parts.port
    except ValueError:
        return form
    if parts.scheme not in _PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment:
        return form
    if parts.scheme == "smtp" and host not in _HERE:
        return f"{URL} must begin with smtps or smtp+starttls: links that choose a password go there"
    sender = _sender(user)
    if "@" not in parseaddr(sender)[1] or any(ord(sign) < ord(" ") for sign in sender):
        return f"{SENDER} must say whom letters are from, such as Borgerlinje <svar-ikke@center.example>"
    return ""


def connect(server: Server) -> smtplib.SMTP:
    """Return a connection that takes letters; `close` it afterwards. Raises smtplib.SMTPException or OSError."""
    smtp: smtplib.SMTP
    if server.scheme == "smtps":
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        if server.scheme == "smtp+starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def probe(server: Server) -> str:
    """Sign in at the server and send nothing; return what is wrong, empty when nothing is."""
    try:
        connect(server).close()
    except smtplib.SMTPAuthenticationError:
        return "it does not take the user and password"
    except smtplib.SMTPResponseException as error:
        return f"it answers {error.smtp_code}"
    except ssl.SSLError as error:
        return f"no TLS with it ({error.reason or type(error).__name__})"
    except (smtplib.SMTPException, OSError) as error:
        return f"no answer ({type(error).__name__})"
    return ""


def _sender(user: str) -> str:
    """Return whom letters are from: what the environment says, else the user when that is an address."""
    return os.environ.get(SENDER, "").strip() or (user if "@" in user else "")
