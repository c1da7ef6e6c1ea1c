"""The live stream: who hears what, and how soon."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from borgerlinje import live
from borgerlinje.staff.models import User
from tests.support.cast import Cast
from tests.support.database import as_web


def session_of(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    assert store.session_key
    return store.session_key


def audible_to(key: str) -> frozenset[str] | None:
    with as_web():
        return live._topics(key)


def test_employee_hears_own_desk_queue_and_served_lines(cast: Cast) -> None:
    assert cast.employee.user is not None
    assert audible_to(session_of(cast.employee.user)) == frozenset(
        {"queue", f"desk:{cast.employee.pk}", f"line:{cast.line.pk}"}
    )


def test_outsider_does_not_hear_the_line(cast: Cast) -> None:
    assert cast.outsider.user is not None
    assert audible_to(session_of(cast.outsider.user)) == frozenset({"queue", f"desk:{cast.outsider.pk}"})


def test_nobody_hears_without_a_living_session(cast: Cast) -> None:
    user = cast.employee.user
    assert user is not None
    key = session_of(user)
    assert audible_to("unknown") is None
    user.set_password("a new and long password")
    user.save()
    assert audible_to(key) is None


class Browser:
    """One request for the stream."""

    def __init__(self, hub: live.Hub, cookie: str = "") -> None:
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.gone = asyncio.Event()
        scope = {"type": "http", "method": "GET", "path": "/live/", "headers": [(b"cookie", cookie.encode())]}
        self.task = asyncio.create_task(live.serve(hub, scope, self.receive, self.sent.put))

    async def receive(self) -> dict[str, str]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def next_body(self) -> str:
        body: bytes = (await self.sent.get())["body"]
        return body.decode()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> live.Hub:
    async def audible(key: str) -> frozenset[str] | None:
        return frozenset({"queue", "line:1", "desk:7"}) if key == "k" else None

    monkeypatch.setattr(live, "audible", audible)
    return live.Hub()


@contextlib.asynccontextmanager
async def opened(hub: live.Hub) -> AsyncIterator[Browser]:
    browser = Browser(hub, f"{settings.SESSION_COOKIE_NAME}=k")
    assert (await browser.sent.get())["status"] == 200
    assert "retry:" in await browser.next_body()
    yield browser
    browser.gone.set()
    await browser.task


async def test_stream_carries_only_what_this_browser_may_hear(hub: live.Hub) -> None:
    async with asyncio.timeout(5), opened(hub) as browser:
        hub._tell({"desk:8"})
        hub._tell({"desk:7", "desk:9", "queue"})
        assert await browser.next_body() == "data: desk:7\n\ndata: queue\n\n"


async def test_changes_before_the_next_frame_are_one_frame(hub: live.Hub) -> None:
    async with asyncio.timeout(5), opened(hub) as browser:
        for _ in range(50):
            hub._tell({"queue"})
        assert await browser.next_body() == "data: queue\n\n"
        assert browser.sent.empty()


async def test_stranger_is_refused(hub: live.Hub) -> None:
    async with asyncio.timeout(5):
        browser = Browser(hub)
        await browser.task
        assert (await browser.sent.get())["status"] == 401


async def test_stopping_server_ends_streams_and_gone_browser_is_forgotten(hub: live.Hub) -> None:
    async with asyncio.timeout(5):
        async with opened(hub) as browser:
            assert len(hub.streams) == 1
            hub.close()
            await browser.task
        assert hub.streams == set()
