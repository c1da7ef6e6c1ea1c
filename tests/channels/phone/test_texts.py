"""Text messages: asked for in a transaction, handed in by a job, at a gateway that is a real server of the test's own."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from borgerlinje.channels.phone import jobs
from borgerlinje.channels.phone.models import DoNotCall, OutgoingPolicy, Text
from borgerlinje.channels.phone.text_messages import text_address, text_gateway, texts
from borgerlinje.channels.phone.text_messages.text_address import Gateway
from borgerlinje.channels.phone.text_messages.text_gateway import Failure
from borgerlinje.channels.phone.text_messages.texts import BACK_OFF, Asked, Unsent, do_send_text
from borgerlinje.kit.database import run
from tests.channels.phone.ledger import at_once, do, store
from tests.support.cast import NOW, Cast, later
from tests.support.database import TestDatabase

MOBILE = "46 12 00 00"
GUIDE = "Her er vejledningen: https://www.borger.dk/"


@dataclass
class Server:
    """A gateway that answers what it is told to, and keeps what it was sent."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.seen.append(await request.json())
        self.tokens.append(request.headers.get("Authorization", ""))
        status = self.answers.pop(0) if self.answers else 202
        return web.Response(status=status, headers={"Location": self.url} if status // 100 == 3 else {})


@asynccontextmanager
async def gateway() -> AsyncIterator[Server]:
    server, application = Server(), web.Application()
    application.router.add_post("/sms", server.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/sms"
    try:
        yield server
    finally:
        await runner.cleanup()


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BORGERLINJE_SMS_URL", "https://sms.example/send")


@pytest.fixture
def contact(cast: Cast, configured: None) -> UUID:
    return cast.wait()


def ask(contact_id: UUID, digits: str = MOBILE, body: str = GUIDE, *, at: Any = NOW) -> Asked | Unsent:
    return do(do_send_text(contact_id, digits, body, now=at))


def waiting_jobs() -> list[dict[str, Any]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args, scheduled_at FROM procrastinate_jobs ORDER BY id")
        return [dict(zip(("task", "args", "at"), row, strict=True)) for row in cursor.fetchall()]


def test_text_is_a_row_and_a_job_in_one_transaction(contact: UUID, cast: Cast) -> None:
    asked = ask(contact)
    assert isinstance(asked, Asked)
    row = Text.objects.get()
    assert (row.digits, row.body, row.contact_id, row.authority) == ("+4546120000", GUIDE, contact, cast.own)
    (job,) = waiting_jobs()
    assert (job["task"], job["at"]) == ("phone.send_text", None)
    assert str(asked.text_id) in str(job["args"])


@pytest.mark.parametrize(
    ("digits", "unsent"),
    [
        ("1813", Unsent.NOT_A_MOBILE),
        ("80123456", Unsent.NOT_A_MOBILE),
        ("90123456", Unsent.NOT_A_MOBILE),
        ("+88212345678", Unsent.NOT_A_MOBILE),
        ("tel:46120000", Unsent.NOT_A_MOBILE),
        ("+46701234567", Unsent.NOT_ALLOWED),
        ("00009001", Unsent.NOT_ALLOWED),
    ],
)
def test_only_mobiles_that_may_be_called_get_one(contact: UUID, digits: str, unsent: Unsent) -> None:
    assert ask(contact, digits) is unsent
    assert not Text.objects.exists()


def test_invented_number_gets_none_even_where_it_may_be_called(contact: UUID, cast: Cast) -> None:
    OutgoingPolicy.objects.create(centre=cast.centre, allowed_prefixes=["0000"])
    assert ask(contact, "00009001") is Unsent.NOT_ALLOWED


def test_number_gets_no_more_than_a_person_wants(contact: UUID) -> None:
    given = [ask(contact, at=later(number)) for number in range(5)]
    assert given[3:] == [Unsent.TOO_MANY] * 2
    assert isinstance(ask(contact, at=later(24 * 3600)), Asked)


def test_empty_text_listed_number_and_unknown_contact_are_refused(contact: UUID, cast: Cast) -> None:
    assert ask(contact, body=" \n") is Unsent.EMPTY
    assert ask(UUID(int=1)) is Unsent.UNKNOWN_CONTACT
    DoNotCall.objects.create(authority=cast.own, digits="+4546120000", reason="Bad om det", made_at=NOW)
    assert ask(contact) is Unsent.NOT_ALLOWED


def test_without_a_gateway_nothing_is_offered_or_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BORGERLINJE_SMS_URL", raising=False)
    assert not texts.can_text()
    assert ask(cast.wait()) is Unsent.NO_GATEWAY
    assert not Text.objects.exists()


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://sms.example/send", True),
        ("http://127.0.0.1:8080/sms", True),
        ("http://sms.example/send", False),
        ("sms.example", False),
        ("ftp://sms.example", False),
        ("https://[::1", False),
        ("https://", False),
        ("", False),
    ],
)
def test_address_that_gives_the_token_away_or_is_none_is_no_gateway(
    monkeypatch: pytest.MonkeyPatch, url: str, *, is_good: bool
) -> None:
    monkeypatch.setenv("BORGERLINJE_SMS_URL", url)
    assert texts.can_text() is is_good
    assert bool(text_address.fault()) is (not is_good and url != "")


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, None),
        (202, None),
        (302, Failure.REFUSED),
        (400, Failure.REFUSED),
        (401, Failure.NO_ENTRY),
        (403, Failure.NO_ENTRY),
        (404, Failure.REFUSED),
        (408, Failure.BUSY),
        (429, Failure.BUSY),
        (500, Failure.BUSY),
        (503, Failure.BUSY),
    ],
)
async def test_what_the_gateway_answers_has_one_meaning(status: int, failure: Failure | None) -> None:
    async with gateway() as server:
        server.answers = [status]
        told = await text_gateway.send(Gateway(server.url, "hemmelig"), to="+4546120000", text=GUIDE, key="7-1")
    assert told is failure
    assert server.seen == [{"to": "+4546120000", "text": GUIDE, "id": "7-1"}], "a redirect is not followed"
    assert server.tokens == ["Bearer hemmelig"]


async def test_gateway_that_is_not_there_is_unreachable() -> None:
    async with gateway() as server:
        pass
    assert await text_gateway.send(Gateway(server.url), to="+4546120000", text="x", key="1") is Failure.UNREACHABLE


async def test_gateway_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_gateway, "SECONDS", 0.05)

    # The system takes the connection; nobody ever reads from it.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway_there = Gateway(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        told = await text_gateway.send(gateway_there, to="+4546120000", text="x", key="1")
    assert told is Failure.TIMEOUT


@pytest.fixture
def asked(database: TestDatabase, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch, configured: None) -> int:
    """Store a text that is to be sent, with commits; the job works in that database."""
    cast = store(database, django_db_blocker)
    monkeypatch.setenv("DATABASE_URL", database.url())
    with database.as_owner() as owner:
        given = run(do_send_text(cast.contact_ids[0], MOBILE, GUIDE, now=NOW), owner.cursor())  # type: ignore[attr-defined]
        owner.execute("DELETE FROM procrastinate_jobs")
    assert isinstance(given, Asked)
    return given.text_id


def row(database: TestDatabase) -> dict[str, Any]:
    with database.as_owner() as owner:
        found = owner.execute(
            "SELECT attempts, failed, sent_at IS NOT NULL AS sent,"
            " (SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL) AS later FROM phone_text"
        ).fetchone()
    assert found is not None
    return found


async def test_job_hands_the_text_in_once(database: TestDatabase, asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway() as server:
        monkeypatch.setenv("BORGERLINJE_SMS_URL", server.url)
        monkeypatch.setenv("BORGERLINJE_SMS_TOKEN", "hemmelig")
        await jobs.send_text(asked)
        await jobs.send_text(asked)
    assert [each["to"] for each in server.seen] == ["+4546120000"]
    assert server.tokens == ["Bearer hemmelig"]
    assert row(database) == {"attempts": 1, "failed": "", "sent": True, "later": 0}


async def test_text_is_tried_again_later_under_one_name_and_then_given_up(
    database: TestDatabase, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateway() as server:
        monkeypatch.setenv("BORGERLINJE_SMS_URL", server.url)
        server.answers = [503] * 20
        await jobs.send_text(asked)
        assert row(database) == {"attempts": 1, "failed": "", "sent": False, "later": 1}
        for _ in range(10):
            await jobs.send_text(asked)
    assert row(database) == {"attempts": 6, "failed": "busy", "sent": False, "later": len(BACK_OFF)}
    assert len({each["id"] for each in server.seen}) == 1


async def test_text_the_gateway_does_not_want_is_not_tried_again(
    database: TestDatabase, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateway() as server:
        monkeypatch.setenv("BORGERLINJE_SMS_URL", server.url)
        server.answers = [422]
        await jobs.send_text(asked)
    assert row(database) == {"attempts": 1, "failed": "refused", "sent": False, "later": 0}


async def test_text_waits_while_the_gateway_is_taken_out_of_the_configuration(
    database: TestDatabase, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BORGERLINJE_SMS_URL")
    await jobs.send_text(asked)
    assert row(database) == {"attempts": 1, "failed": "", "sent": False, "later": 1}


def test_texts_asked_for_at_once_stay_within_the_limit(
    database: TestDatabase, django_db_blocker: Any, configured: None
) -> None:
    cast = store(database, django_db_blocker)
    first, second = cast.contact_ids  # type: ignore[attr-defined]
    given = at_once(
        database,
        [
            lambda mine=mine: do_send_text(mine, MOBILE, GUIDE, now=NOW)  # type: ignore[misc]
            for mine in (first, second) * 10
        ],
    )
    assert sum(isinstance(each, Asked) for each in given) == texts.PER_NUMBER_PER_DAY


def test_worker_knows_the_job_by_its_name() -> None:
    app.perform_import_paths()  # type: ignore[no-untyped-call] # the library's own
    assert app.tasks[texts.TASK] is jobs.send_text
    assert isinstance(app.connector, DjangoConnector)
