"""The desk says that it is there: who is believed, and what is written."""

from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from borgerlinje import live, seen
from borgerlinje.dispatch.models import Presence
from borgerlinje.dispatch.watch import do_seen
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.fence import set_fence
from tests.support.cast import Cast
from tests.support.database import as_web


class Answers:
    """A hub that knows sessions, and how often it was asked."""

    def __init__(self) -> None:
        self.known = {"mine": frozenset({"queue", "desk:7"}), "ours": frozenset({"desk:8"})}
        self.asked = 0
        self.is_away = False

    async def ask(self, key: str) -> frozenset[str] | None:
        self.asked += 1
        if self.is_away:
            raise OperationalError
        return self.known.get(key)


@pytest.fixture
def hub() -> Answers:
    return Answers()


@pytest.fixture
def desks(hub: Answers, monkeypatch: pytest.MonkeyPatch) -> tuple[seen.Seen, list[set[int]]]:
    """Return who listens to desks, and what it has written."""
    written: list[set[int]] = []

    async def note(employees: set[int]) -> None:
        if hub.is_away:
            raise OperationalError
        written.append(set(employees))

    monkeypatch.setattr(seen, "note", note)
    return seen.Seen(hub), written  # type: ignore[arg-type] # all it needs of a hub


async def call(desks: seen.Seen, key: str, method: str = "POST") -> int:
    sent: list[live.Message] = []

    async def send(message: live.Message) -> None:
        sent.append(message)

    cookie = f"{settings.SESSION_COOKIE_NAME}={key}".encode()
    scope: dict[str, Any] = {"type": "http", "method": method, "headers": [(b"cookie", cookie)] if key else []}
    await desks.serve(scope, send)
    return int(sent[0]["status"])


async def test_desks_that_called_are_written_together_and_once(
    desks: tuple[seen.Seen, list[set[int]]], hub: Answers
) -> None:
    one, written = desks
    assert [await call(one, key) for key in ("mine", "ours", "mine")] == [204, 204, 204]
    await one.write()
    await one.write()
    assert written == [{7, 8}]
    assert hub.asked == 2


async def test_stranger_is_refused_and_so_is_reading(desks: tuple[seen.Seen, list[set[int]]]) -> None:
    one, written = desks
    assert [await call(one, ""), await call(one, "unknown"), await call(one, "mine", "GET")] == [401, 401, 405]
    await one.write()
    assert written == []


async def test_what_cannot_be_written_yet_is_written_later(
    desks: tuple[seen.Seen, list[set[int]]], hub: Answers
) -> None:
    one, written = desks
    await call(one, "mine")
    hub.is_away = True
    assert await call(one, "ours") == 503
    await one.write()
    hub.is_away = False
    await one.write()
    assert written == [{7}]


def test_web_may_write_whoever_was_seen(cast: Cast) -> None:
    cast.ready(cast.employee)
    with as_web():
        set_fence(user_id=None, authorities=[cast.own.pk, cast.outside.pk])
        run_here(do_seen([cast.employee.pk]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT seen_at > now() - interval '1 minute' FROM dispatch_presence")
        assert cursor.fetchall() == [(True,)]
    assert Presence.objects.get().seen_at is not None
