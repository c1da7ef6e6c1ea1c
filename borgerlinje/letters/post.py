"""Hands a letter in at the mail server, over SMTP (RFC 5321).

The server has the letter from the moment it answers the end of the text with 250. Nothing after that may make it look as if it had not: the
goodbye is not waited for. Before that, everything that goes wrong may be tried again; a server that hung up between the text and its answer
may have the letter already, and gets it a second time under the same Message-ID.
"""

import smtplib
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final
from uuid import UUID

from borgerlinje.letters.faults import Fault, Refusal
from borgerlinje.letters.mail_server import Server, connect
from borgerlinje.letters.rendering import Written

_PERMANENT: Final = 500
# Said of the connection, not of the letter: 530 sign in first, 534/535/538 not like that, 454 not now.
_NO_ENTRY: Final = frozenset({530, 534, 535, 538})


def message(server: Server, *, letter_id: UUID, to: str, written: Written, language: str, at: datetime) -> EmailMessage:
    """Return a letter as the mail server takes it: plain text, and the same name however often it is tried."""
    made = EmailMessage(policy=SMTP)
    made["From"] = server.sender
    made["To"] = _as_ascii(to)
    made["Subject"] = written.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{letter_id}@{server.domain}>"
    # RFC 3834: no out-of-office answers to this.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(written.body + "\n", cte="quoted-printable")
    # After the text: to set that takes every header away that begins so.
    made["Content-Language"] = language
    return made


def send(server: Server, made: EmailMessage) -> Refusal | None:
    """Hand in a letter; None when the server took it. Blocks for up to a few times `mail_server.SECONDS`."""
    try:
        smtp = connect(server)
    except (smtplib.SMTPException, OSError) as error:
        return _of_connection(error)
    try:
        # Not `send_message`, which puts a sign before lines that begin with "From".
        smtp.sendmail(parseaddr(server.sender)[1], [str(made["To"])], made.as_bytes())
    except UnicodeEncodeError:
        return Refusal(Fault.REFUSED, "not ASCII before the @")
    except smtplib.SMTPException as error:
        return _of_letter(error)
    except TimeoutError:
        return Refusal(Fault.TIMEOUT)
    except OSError:
        return Refusal(Fault.HUNG_UP)
    finally:
        # Not `quit`: an answer to the goodbye that does not come would say that a letter was not taken which was.
        _leave(smtp)
    return None


def _as_ascii(address: str) -> str:
    """Return an address with its domain as the DNS has it (`blåbær.dk`: `xn--blbr-roah.dk`)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _leave(smtp: smtplib.SMTP) -> None:
    try:
        smtp.putcmd("QUIT")
    except (smtplib.SMTPException, OSError):
        pass
    finally:
        smtp.close()


def _of_connection(error: smtplib.SMTPException | OSError) -> Refusal:
    """Nothing that is said before a letter was handed in is about that letter: all of it may be over later."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return Refusal(Fault.NO_ENTRY, _words(error.smtp_error), error.smtp_code)
        case smtplib.SMTPResponseException():
            return Refusal(Fault.BUSY, _words(error.smtp_error), error.smtp_code)
        case smtplib.SMTPServerDisconnected():
            return _lost(error)
        case smtplib.SMTPNotSupportedError():
            return Refusal(Fault.NO_ENTRY, str(error))
        case TimeoutError():
            return Refusal(Fault.TIMEOUT)
        case _:
            return Refusal(Fault.UNREACHABLE, type(error).__name__)


def _of_letter(error: smtplib.SMTPException) -> Refusal:
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _answered(*_only(error.recipients))
        case smtplib.SMTPResponseException():
            return _answered(error.smtp_code, error.smtp_error)
        case smtplib.SMTPServerDisconnected():
            return _lost(error)
        case _:
            # The server cannot write to such an address at all.
            return Refusal(Fault.REFUSED, str(error))


def _lost(error: smtplib.SMTPServerDisconnected) -> Refusal:
    """Tell a server that hung up from one that fell silent: the library says the same of both."""
    return Refusal(Fault.TIMEOUT if isinstance(error.__context__, TimeoutError) else Fault.HUNG_UP)


def _only(recipients: Mapping[str, tuple[int, bytes]]) -> tuple[int, bytes]:
    return next(iter(recipients.values()))


def _answered(code: int, words: bytes | str) -> Refusal:
    if code in _NO_ENTRY:
        return Refusal(Fault.NO_ENTRY, _words(words), code)
    # What is neither 4xx nor 5xx is a server that lost its place: it may find it again.
    fault = Fault.REFUSED if code >= _PERMANENT else Fault.HUNG_UP if code < 0 else Fault.BUSY
    return Refusal(fault, _words(words), code)


def _words(said: bytes | str) -> str:
    """Return a server's answer as one line."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
