"""`/live/`: one stream of server-sent events per browser, saying *what* changed; the browser re-reads that fragment.

A frame names a topic ("queue", "line:<id>", "desk:<employee id>") and carries no data, so a lost frame loses nothing
and a browser that reconnects re-reads everything. One listening connection per web process is shared by all streams.
Shared topics go out together at most every 250 ms; what concerns one desk goes out at once.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from prometheus_client import Gauge

from borgerlinje.kit import database
from borgerlinje.kit.hints import Hints

SHARED_SECONDS = 0.25
PING_SECONDS = 15.0
# A stream asks anew who it belongs to; at random, or a restart would make all ask at once.
RENEW_SECONDS = (90.0, 150.0)
OWN_DESK = "desk:"

STREAMS = Gauge("borgerlinje_live_streams", "Open streams of browsers", multiprocess_mode="livesum")
log = structlog.get_logger("live")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Stream:
    """What one browser may hear and has not been told yet."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.waiting: set[str] = set()
        self.wake = asyncio.Event()

    def tell(self, topics: set[str] | frozenset[str]) -> None:
        """Note what changed."""
        heard = topics & self.topics
        if heard:
            self.waiting |= heard
            self.wake.set()

    def take(self) -> bytes:
        """Return what to send, and forget it."""
        topics, self.waiting = self.waiting, set()
        self.wake.clear()
        return b"".join(f"data: {topic}\n\n".encode() for topic in sorted(topics))


class Hub:
    """Hands hints to the streams of this process."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.closing = asyncio.Event()
        self._shared: set[str] = set()

    async def run(self) -> None:
        """Listen for as long as the process serves."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(), name="live-listen")
            tasks.create_task(self._send_shared(), name="live-shared")

    async def _listen(self) -> None:
        async for topics in Hints(database.dsn("bl_web")).listen(timeout_seconds=PING_SECONDS):
            own = {topic for topic in topics if topic.startswith(OWN_DESK)}
            self._shared |= topics - own
            self._tell(own)

    async def _send_shared(self) -> None:
        while True:
            await asyncio.sleep(SHARED_SECONDS)
            topics, self._shared = self._shared, set()
            self._tell(topics)

    def _tell(self, topics: set[str]) -> None:
        if topics:
            for stream in self.streams:
                stream.tell(topics)

    def close(self) -> None:
        """End all streams: the browsers reconnect, to the process that comes after."""
        self.closing.set()
        for stream in self.streams:
            stream.wake.set()


async def serve(hub: Hub, scope: Message, receive: Receive, send: Send) -> None:
    """Answer one request for the stream: 401 when nobody is signed in, 503 while the database is away."""
    key = session_key(scope)
    try:
        topics = await audible(key)
    except DatabaseError:
        log.warning("live_database_away")
        return await _refuse(send, 503)
    if topics is None:
        return await _refuse(send, 401)
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    stream = Stream(topics)
    hub.streams.add(stream)
    STREAMS.inc()
    gone = asyncio.create_task(_until_gone(receive), name="live-gone")
    try:
        await _write(hub, stream, key, send, gone)
    finally:
        gone.cancel()
        hub.streams.discard(stream)
        STREAMS.dec()


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _write(hub: Hub, stream: Stream, key: str, send: Send, gone: asyncio.Task[None]) -> None:
    loop = asyncio.get_running_loop()
    renew_at = loop.time() + random.uniform(*RENEW_SECONDS)  # noqa: S311 - no secret
    body = b"retry: 1000\n\n: open\n\n"
    while not gone.done() and not hub.closing.is_set():
        await send({"type": "http.response.body", "body": body, "more_body": True})
        woken = asyncio.create_task(stream.wake.wait())
        await asyncio.wait({woken, gone}, timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()
        if loop.time() > renew_at:
            topics = await _renewed(key, stream.topics)
            if topics is None:
                break
            stream.topics = topics
            renew_at = loop.time() + random.uniform(*RENEW_SECONDS)  # noqa: S311 - no secret
        body = stream.take() or b": ping\n\n"
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b""})


async def _renewed(key: str, before: frozenset[str]) -> frozenset[str] | None:
    """Return what the person may hear by now; while the database is away what it was."""
    try:
        return await audible(key)
    except DatabaseError:
        return before


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def session_key(scope: Message) -> str:
    """Return the session's key from the request's cookies, empty when there is none."""
    from django.conf import settings

    jar: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            with contextlib.suppress(CookieError):
                jar.load(value.decode("latin-1"))
    morsel = jar.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


@sync_to_async
def audible(key: str) -> frozenset[str] | None:
    """Return the topics that the person of this session may hear, None when nobody is signed in with it.

    One function on one thread, between two `close_old_connections()`: spread over several, a connection that the
    database closed would stay in a thread and answer with an error for ever.
    """
    from django.db import close_old_connections

    close_old_connections()
    try:
        return _topics(key) if key else None
    finally:
        close_old_connections()


def _topics(key: str) -> frozenset[str] | None:
    from django.contrib.auth import get_user
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction
    from django.http import HttpRequest

    from borgerlinje.lines.models import Line
    from borgerlinje.staff.fence import set_fence, who
    from borgerlinje.staff.models import Employee

    request = HttpRequest()
    request.session = SessionStore(key)
    with transaction.atomic():
        user = get_user(request)
        if not user.is_authenticated or not user.is_active:
            return None
        standing = who(user.pk)
        authorities = standing.authorities()
        set_fence(user_id=user.pk, authorities=authorities)
        employees = Employee.objects.filter(user_id=user.pk).values_list("pk", flat=True)
        lines = Line.objects.filter(owner_id__in=authorities).values_list("pk", flat=True)
        topics = {f"{OWN_DESK}{employee}" for employee in employees} | {f"line:{line}" for line in lines}
        return frozenset(topics | ({"queue"} if standing.roles else set()))
