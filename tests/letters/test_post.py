"""Letters handed in at a real mail server on loopback: taken, refused, put off, cut off, and never more often than told."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from borgerlinje.kit.database import run
from borgerlinje.letters import jobs, mail_server, post
from borgerlinje.letters.actions import do_send
from borgerlinje.letters.faults import Fault, Refusal
from borgerlinje.letters.mail_server import Server
from borgerlinje.letters.rendering import Written
from tests.support.cast import NOW
from tests.support.database import TestDatabase
from tests.support.house import eventually
from tests.support.post_office import END, HANG_UP, PostOffice, Taken, certificate, post_office

TO = "karen@example.org"
VALUES = {"name": "Karen", "link": "https://center.example/i/1", "centre": "Prøvecenter", "expires": "i morgen"}
SENDER = "Prøvecenter <svar-ikke@center.example>"
WAIT_SECONDS = 60


@pytest.fixture
async def office(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostOffice]:
    """Open a mail server, and name it in the environment."""
    async with post_office() as opened:
        monkeypatch.setenv("BORGERLINJE_SMTP_URL", opened.url())
        monkeypatch.setenv("BORGERLINJE_SMTP_FROM", SENDER)
        yield opened


@pytest.fixture
def letter(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Store a letter that is to be sent, with commits; the job works in that database."""
    monkeypatch.setenv("DATABASE_URL", database.url())
    with database.as_owner() as owner, owner.transaction():
        asked = do_send("invitation", to=TO, language="da", values=VALUES, now=NOW, authority_id=None)
        return run(asked, owner.cursor())


def text_of(taken: Taken) -> str:
    """Return what a letter says, with the ends of lines as we write them."""
    return str(taken.message.get_content()).replace("\r\n", "\n")


def row(database: TestDatabase) -> dict[str, Any]:
    with database.as_owner() as owner:
        found = owner.execute(
            "SELECT attempts, fault, words, sent_at IS NOT NULL AS sent, gave_up_at IS NOT NULL AS over,"
            " (SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL) AS later FROM letters_letter"
        ).fetchone()
    assert found is not None
    return found


def state(*, attempts: int, fault: str = "", words: str = "", **more: Any) -> dict[str, Any]:
    return {"attempts": attempts, "fault": fault, "words": words, "sent": False, "over": False, "later": 0} | more


async def test_letter_is_handed_in_once(database: TestDatabase, letter: UUID, office: PostOffice) -> None:
    await jobs.send(str(letter))
    await jobs.send(str(letter))
    (taken,) = office.taken
    assert (taken.sender, taken.recipients) == ("svar-ikke@center.example", [TO])
    assert taken.message["From"] == SENDER
    assert taken.message["To"] == TO
    assert taken.message["Subject"] == "Din konto hos Prøvecenter"
    assert taken.message["Message-ID"] == f"<{letter}@center.example>"
    assert taken.message["Auto-Submitted"] == "auto-generated"
    assert taken.message["Content-Language"] == "da"
    assert taken.message.get_content_type() == "text/plain"
    assert text_of(taken).startswith("Kære Karen\n\nDu har fået en konto hos Prøvecenter.")
    assert row(database) == state(attempts=1, sent=True)


async def test_letter_of_two_workers_is_handed_in_once(
    database: TestDatabase, letter: UUID, office: PostOffice
) -> None:
    office.is_open.clear()
    first = asyncio.create_task(jobs.send(str(letter)))
    await asyncio.wait_for(office.something_came.wait(), WAIT_SECONDS)
    await jobs.send(str(letter))
    office.is_open.set()
    await first
    assert len(office.came) == 1
    assert row(database) == state(attempts=1, sent=True)


@pytest.mark.parametrize("step", ["RCPT", "MAIL", "DATA", END])
async def test_letter_the_server_refuses_ends_with_its_words(
    database: TestDatabase, letter: UUID, office: PostOffice, step: str
) -> None:
    office.answers[step] = [f"550 5.1.1 <{TO}>: no such user"]
    await jobs.send(str(letter))
    await jobs.send(str(letter))
    assert office.taken == []
    words = "5.1.1 <k***@example.org>: no such user"
    assert row(database) == state(attempts=1, fault="refused", words=words, over=True)


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", END])
async def test_letter_the_server_puts_off_is_sent_later(
    database: TestDatabase, letter: UUID, office: PostOffice, step: str
) -> None:
    office.answers[step] = ["451 4.3.0 come again"]
    await jobs.send(str(letter))
    assert row(database)["fault"] == "busy"
    assert row(database)["later"] == 1
    assert office.taken == []
    await jobs.send(str(letter))
    assert len(office.taken) == 1
    assert row(database) == state(attempts=2, sent=True, later=1)


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", END])
async def test_server_that_hangs_up_is_asked_again_under_the_same_name(
    database: TestDatabase, letter: UUID, office: PostOffice, step: str
) -> None:
    office.answers[step] = [HANG_UP]
    await jobs.send(str(letter))
    assert row(database) == state(attempts=1, fault="hung_up", later=1)
    await jobs.send(str(letter))
    assert row(database) == state(attempts=2, sent=True, later=1)
    assert {each.message["Message-ID"] for each in office.came} == {f"<{letter}@center.example>"}
    assert len(office.came) == (2 if step == END else 1)


@pytest.mark.parametrize("goodbye", ["421 too late", HANG_UP, "500 what"])
async def test_letter_that_was_taken_is_taken_however_the_goodbye_goes(
    database: TestDatabase, letter: UUID, office: PostOffice, goodbye: str
) -> None:
    office.answers["QUIT"] = [goodbye]
    await jobs.send(str(letter))
    await jobs.send(str(letter))
    assert len(office.taken) == 1
    assert row(database) == state(attempts=1, sent=True)


async def test_without_a_server_the_letter_is_given_up_at_once(
    database: TestDatabase, letter: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BORGERLINJE_SMTP_URL", raising=False)
    await jobs.send(str(letter))
    assert row(database) == state(attempts=1, fault="no_server", over=True)


async def test_letter_that_cannot_be_opened_is_given_up(
    database: TestDatabase, letter: UUID, office: PostOffice
) -> None:
    with database.as_owner() as owner:
        owner.execute("UPDATE letters_letter SET sealed = 'x'")
    await jobs.send(str(letter))
    assert row(database) == state(attempts=1, fault="unreadable", words="SealError", over=True)
    assert office.came == []


async def test_worker_that_is_told_to_stop_sees_the_letter_through(
    database: TestDatabase, letter: UUID, office: PostOffice
) -> None:
    office.is_open.clear()
    sending = asyncio.create_task(jobs.send(str(letter)))
    await asyncio.wait_for(office.something_came.wait(), WAIT_SECONDS)
    sending.cancel()
    office.is_open.set()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert row(database) == state(attempts=1, sent=True)


async def test_nothing_personal_is_logged(letter: UUID, office: PostOffice) -> None:
    office.answers["RCPT"] = [f"550 <{TO}> Karen who"]
    with capture_logs() as said:
        await jobs.send(str(letter))
    (line,) = said
    assert (line["letter"], line["smtp_code"], line["fault"]) == (str(letter), 550, "refused")
    assert "karen" not in str(said).lower()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_killed_worker_leaves_a_letter_that_the_next_one_sends(
    database: TestDatabase, letter: UUID, office: PostOffice, moment: str
) -> None:
    """A real worker, killed before it had handed in the letter, or after and before it had noted it: then it goes again, under its name."""
    office.is_open.clear()
    if moment == "before":
        office.answers["MAIL"] = [HANG_UP]
        with database.as_owner() as owner:
            # It dies while the letter waits to be tried again.
            owner.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    first = await worker(database)
    try:
        if moment == "after":
            await asyncio.wait_for(office.something_came.wait(), WAIT_SECONDS)
        else:
            await until(database, "SELECT 1 FROM letters_letter WHERE attempts = 1")
    finally:
        first.kill()
        await first.wait()
    office.is_open.set()
    with database.as_owner() as owner:
        # Its silence has lasted long enough, and so have the waits.
        owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'")
        owner.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    second = await worker(database)
    try:
        await until(database, "SELECT 1 FROM letters_letter WHERE sent_at IS NOT NULL")
    finally:
        second.terminate()
        await second.wait()
    assert len(office.came) == (2 if moment == "after" else 1)
    assert {each.message["Message-ID"] for each in office.came} == {f"<{letter}@center.example>"}


async def worker(database: TestDatabase) -> asyncio.subprocess.Process:
    """Start the worker's process, as `up` does."""
    environment = {name: value for name, value in os.environ.items() if name != "BORGERLINJE_DATABASE_ROLE"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "borgerlinje", "worker"),
        env=environment | {"DATABASE_URL": database.url()},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def until(database: TestDatabase, question: str) -> None:
    """Wait until a question has an answer."""

    def ask() -> bool:
        with database.as_owner() as owner:
            return owner.execute(question).fetchone() is not None

    await eventually(ask, within=WAIT_SECONDS)


# --- the server itself: where, as whom, over what


def server_at(office: PostOffice, scheme: str = "smtp", **more: str) -> Server:
    return Server(scheme=scheme, host="127.0.0.1", port=office.port, sender=SENDER, **more)


async def hand_in(server: Server, to: str = TO) -> Refusal | None:
    made = post.message(server, letter_id=uuid4(), to=to, written=Written("Emne", "Tekst"), language="da", at=NOW)
    return await asyncio.to_thread(post.send, server, made)


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_tls_is_spoken_with_a_server_that_is_trusted_and_with_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    context, trusted = certificate(tmp_path)
    async with post_office(tls=context, is_tls_at_once=scheme == "smtps") as office:
        office.users["center"] = "hemmelig"
        server = server_at(office, scheme, user="center", password="hemmelig")
        refusal = await hand_in(server)
        assert refusal is not None
        assert refusal.fault is Fault.UNREACHABLE
        assert office.came == []
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert await hand_in(server) is None
        assert await asyncio.to_thread(mail_server.probe, server) == ""
    assert len(office.taken) == 1


async def test_server_without_tls_gets_neither_password_nor_letter() -> None:
    async with post_office() as office:
        office.users["center"] = "hemmelig"
        refusal = await hand_in(server_at(office, "smtp+starttls", user="center", password="hemmelig"))
    assert refusal is not None
    assert (refusal.fault, refusal.is_final) == (Fault.NO_ENTRY, False)
    assert not [line for line in office.said if line.startswith(("AUTH", "MAIL"))]


async def test_password_that_is_not_taken_is_tried_again_later() -> None:
    async with post_office() as office:
        office.users["center"] = "hemmelig"
        server = server_at(office, user="center", password="forkert")
        refusal = await hand_in(server)
        told = await asyncio.to_thread(mail_server.probe, server)
    assert refusal == Refusal(Fault.NO_ENTRY, "5.7.8 who are you", 535)
    assert not refusal.is_final
    assert told == "it does not take the user and password"


async def test_address_the_server_cannot_write_to_is_refused() -> None:
    async with post_office() as office:
        refusal = await hand_in(server_at(office), "æøå@example.org")
    assert refusal is not None
    assert refusal.fault is Fault.REFUSED


async def test_address_with_danish_letters_in_its_domain_is_written_as_the_dns_has_it() -> None:
    async with post_office() as office:
        assert await hand_in(server_at(office), "karen@blåbær.example") is None
    assert office.taken[0].recipients == ["karen@xn--blbr-roah.example"]


async def test_text_with_lines_of_dots_comes_as_it_was_written() -> None:
    async with post_office() as office:
        server = server_at(office)
        body = ".\n..\nFrom os\n" + "æ" * 300 + "\n."
        made = post.message(server, letter_id=uuid4(), to=TO, written=Written("Æ" * 150, body), language="en", at=NOW)
        assert await asyncio.to_thread(post.send, server, made) is None
    (taken,) = office.taken
    assert text_of(taken) == f"{body}\n"
    assert taken.message["Subject"] == "Æ" * 150


async def test_server_that_is_not_there_or_never_answers_is_given_up_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    async with post_office() as office:
        pass
    refusal = await hand_in(server_at(office))
    assert refusal is not None
    assert refusal.fault is Fault.UNREACHABLE
    monkeypatch.setattr(mail_server, "SECONDS", 0.05)
    # The system takes the connection; nobody ever answers on it.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        refusal = await hand_in(server_at(PostOffice(port=silent.getsockname()[1])))
    assert refusal == Refusal(Fault.TIMEOUT)


@pytest.mark.parametrize(
    ("url", "sender", "is_good"),
    [
        ("smtps://center:hemmelig@mail.example:465", "a@b.example", True),
        ("smtps://center%40b.example:h%40%3A@mail.example", "", True),
        ("smtp+starttls://mail.example", "Center <a@b.example>", True),
        ("smtp://localhost", "a@b.example", True),
        ("smtp://mail.example", "a@b.example", False),
        ("smtps://center:hemmelig@mail.example", "", False),
        ("smtps://mail.example", "Center", False),
        ("smtps://mail.example", "a@b.example\nBcc: x@y.example", False),
        ("https://mail.example", "a@b.example", False),
        ("smtps://", "a@b.example", False),
        ("smtps://mail.example:99999", "a@b.example", False),
        ("smtps://mail.example/x", "a@b.example", False),
        ("smtps://[::1", "a@b.example", False),
        ("mail.example", "a@b.example", False),
        ("", "a@b.example", False),
    ],
)
def test_address_that_gives_links_away_or_is_none_is_no_server(
    monkeypatch: pytest.MonkeyPatch, url: str, sender: str, *, is_good: bool
) -> None:
    monkeypatch.setenv("BORGERLINJE_SMTP_URL", url)
    monkeypatch.setenv("BORGERLINJE_SMTP_FROM", sender)
    server = mail_server.configured()
    assert (server is not None) is is_good
    assert bool(mail_server.fault()) is (not is_good and url != "")
    assert "hemmelig" not in mail_server.fault()
    assert "hemmelig" not in f"{server!r} {server}"


def test_parts_of_the_address_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BORGERLINJE_SMTP_URL", "smtps://center%40b.example:h%40%3A@mail.example")
    monkeypatch.delenv("BORGERLINJE_SMTP_FROM", raising=False)
    assert mail_server.configured() == Server(
        "smtps", "mail.example", 465, "center@b.example", "center@b.example", "h@:"
    )
