"""The live stream: who hears what, and how soon."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.http import HttpRequest
from django.template import Context, Template

from borgerlinje import live
from borgerlinje.staff.models import User
from tests.support.cast import Cast
from tests.support.database import TestDatabase, as_web


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
    """One request for the stream; `reads` is cleared while it takes nothing in."""

    def __init__(self, hub: live.Hub, cookie: str = "") -> None:
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()
        scope = {"type": "http", "method": "GET", "path": "/live/", "headers": [(b"cookie", cookie.encode())]}
        self.task = asyncio.create_task(live.serve(hub, scope, self.receive, self.send))

    async def receive(self) -> dict[str, str]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: live.Message) -> None:
        await self.reads.wait()
        await self.sent.put(message)

    async def next_body(self) -> str:
        body: bytes = (await self.sent.get())["body"]
        return body.decode()


AUDIBLE = {"k": frozenset({"queue", "line:1", "desk:7"}), "other": frozenset({"queue", "line:2", "desk:8"})}


@pytest.fixture
def audible(monkeypatch: pytest.MonkeyPatch) -> dict[str, frozenset[str]]:
    """Say who may hear what; the test may change it. A key "away" stands for a database that is."""
    known = dict(AUDIBLE)

    async def look_up(key: str) -> frozenset[str] | None:
        if "away" in known:
            raise OperationalError
        return known.get(key)

    monkeypatch.setattr(live, "audible", look_up)
    return known


@pytest.fixture
async def hub(audible: dict[str, frozenset[str]], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[live.Hub]:
    """Run a hub that hears what the test says."""
    silent = asyncio.Event()
    monkeypatch.setattr(live.Hub, "_listen", lambda _: silent.wait())
    running = live.Hub()
    task = asyncio.create_task(running.run())
    yield running
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@contextlib.asynccontextmanager
async def opened(hub: live.Hub, key: str = "k") -> AsyncIterator[Browser]:
    browser = Browser(hub, f"{settings.SESSION_COOKIE_NAME}={key}")
    assert (await browser.sent.get())["status"] == 200
    assert await browser.next_body() == ": open\n\n"
    yield browser
    browser.gone.set()
    await browser.task


async def test_stream_carries_only_what_this_browser_may_hear(hub: live.Hub) -> None:
    async with asyncio.timeout(5), opened(hub) as browser, opened(hub, "other") as other:
        hub.hint({"desk:8", "desk:9"})
        assert await other.next_body() == "data: desk:8\n\n"
        hub.hint({"line:1", "line:2", "line:3", "queue"})
        assert await browser.next_body() == "data: line:1 queue\n\n"
        assert await other.next_body() == "data: line:2 queue\n\n"
        assert browser.sent.empty()


async def test_changes_before_the_next_frame_are_one_frame(hub: live.Hub) -> None:
    async with asyncio.timeout(5), opened(hub) as browser:
        hub.hint({"queue"})
        await browser.next_body()
        for _ in range(50):
            hub.hint({"queue"})
            await asyncio.sleep(0)
        hub.hint({"line:1"})
        assert await browser.next_body() == "data: line:1 queue\n\n"
        hub.hint({"desk:7"})
        assert await browser.next_body() == "data: desk:7\n\n"


async def test_frame_is_encoded_once_for_all_who_hear_the_same(hub: live.Hub) -> None:
    async with asyncio.timeout(5), contextlib.AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(opened(hub)) for _ in range(2 * live.BATCH + 1)]
        live.frame.cache_clear()
        hub.hint({"queue"})
        assert {await browser.next_body() for browser in browsers} == {"data: queue\n\n"}
        assert live.frame.cache_info().misses == 1


async def test_browser_that_does_not_read_holds_up_nobody_and_gathers_only_topics(hub: live.Hub) -> None:
    async with asyncio.timeout(5), opened(hub) as slow, opened(hub) as quick:
        slow.reads.clear()
        for _ in range(20):
            hub.hint({"desk:7"})
            assert await quick.next_body() == "data: desk:7\n\n"
        hub.hint({"queue"})
        assert await quick.next_body() == "data: queue\n\n"
        slow.reads.set()
        assert await slow.next_body() == "data: desk:7\n\n"  # it was on its way when the reading stopped
        assert await slow.next_body() == "data: desk:7 queue\n\n"
        assert slow.sent.empty()


async def test_missed_hints_make_everybody_read_everything(hub: live.Hub) -> None:
    async with asyncio.timeout(5), opened(hub) as browser, opened(hub, "other") as other:
        hub.hint({*live.ALL, "queue"})
        assert await browser.next_body() == await other.next_body() == "data: again\n\n"


async def test_silence_is_broken_by_a_ping(hub: live.Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PING_SECONDS", 0.01)
    pinging = asyncio.create_task(hub._send_pings())
    async with asyncio.timeout(5), opened(hub) as browser:
        assert await browser.next_body() == "event: ping\ndata:\n\n"
    pinging.cancel()


async def test_person_who_signed_out_hears_no_more(
    hub: live.Hub, audible: dict[str, frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RENEW_SECONDS", (0.0, 0.0))
    async with asyncio.timeout(5), opened(hub) as browser:
        del audible["k"]
        hub.hint({"desk:7"})
        await browser.task
        hub.hint({"desk:7"})
    assert hub.streams == set()


async def test_new_line_is_heard_on_an_open_stream(
    hub: live.Hub, audible: dict[str, frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RENEW_SECONDS", (0.0, 0.0))
    async with asyncio.timeout(5), opened(hub) as browser:
        audible["k"] |= {"line:5"}
        hub.hint({"desk:7"})
        await browser.next_body()
        hub.hint({"desk:7"})  # what is asked anew is asked after a frame
        await browser.next_body()
        hub.hint({"line:5"})
        assert await browser.next_body() == "data: line:5\n\n"
        assert hub._sharing.keys() == {frozenset({"queue", "line:1", "line:5"})}


async def test_database_away_refuses_new_streams_and_keeps_the_open_ones(
    hub: live.Hub, audible: dict[str, frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RENEW_SECONDS", (0.0, 0.0))
    async with asyncio.timeout(5), opened(hub) as browser:
        audible["away"] = frozenset()
        refused = Browser(hub, f"{settings.SESSION_COOKIE_NAME}=k")
        await refused.task
        assert (await refused.sent.get())["status"] == 503
        for _ in range(3):
            hub.hint({"desk:7"})
            assert await browser.next_body() == "data: desk:7\n\n"


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


async def test_lost_hints_connection_makes_every_browser_read_again(
    database: TestDatabase, audible: dict[str, frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url())
    hub = live.Hub()
    running = asyncio.create_task(hub.run())
    async with asyncio.timeout(20), opened(hub) as browser:
        assert await browser.next_body() == "data: again\n\n"  # it listens from here on
        with database.as_owner() as connection:
            connection.execute("SELECT pg_notify('bl_hint', 'desk:7')")
            assert await browser.next_body() == "data: desk:7\n\n"
        with database.cluster.connect(database.name, "postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'hints' AND datname = current_database()"
            )
        assert await browser.next_body() == "data: again\n\n"
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def attributes_for(user: object, session_key: str = "") -> str:
    request = HttpRequest()
    request.user = user  # type: ignore[assignment]
    request.session = SessionStore(session_key)
    return Template("{% load kit %}{% live_stream %}").render(Context({"request": request}))


def test_page_names_person_and_session_without_telling_either() -> None:
    first, again = (attributes_for(User(pk=4711), "a-session-key") for _ in range(2))
    other_session, other_person = attributes_for(User(pk=4711), "another"), attributes_for(User(pk=5), "a-session-key")
    person = re.compile(r'data-live-who="(\w+)\.(\w+)"')
    assert first == again
    assert "4711" not in first
    assert "a-session-key" not in first
    found, in_other_session, of_other = (person.search(each) for each in (first, other_session, other_person))
    assert found
    assert in_other_session
    assert of_other
    assert found[1] == in_other_session[1] != of_other[1]
    assert found[2] != in_other_session[2]
    assert re.search(r'data-live-worker="/static/kit/live-worker\.js\?\w{12}"', first)


def test_stranger_and_page_without_request_have_no_stream() -> None:
    assert attributes_for(AnonymousUser()) == ""
    assert Template("{% load kit %}{% live_stream %}").render(Context()) == ""
