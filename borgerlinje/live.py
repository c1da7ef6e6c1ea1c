"""`/live/`: one stream of server-sent events per browser, saying *what* changed; the browser re-reads that fragment.

A frame names topics ("queue", "line:<id>", "desk:<employee id>") and carries no data, so a lost frame loses nothing and
a browser that reconnects re-reads everything. One listening connection per web process is shared by all streams.
Shared topics go out together, at most one frame per 250 ms, encoded once for all who hear the same; what concerns one
desk goes out at once. `AGAIN` goes to all when hints may have been missed.
"""

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from functools import lru_cache, partial
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, OperationalError
from prometheus_client import Gauge

from borgerlinje.kit import database
from borgerlinje.kit.hints import Hints

SHARED_SECONDS = 0.25
# A browser that hears nothing for much longer (live-worker.js) takes the connection for dead.
PING_SECONDS = 15.0
# A stream asks anew who it belongs to; at random, or a restart would make all ask at once.
RENEW_SECONDS = (90.0, 150.0)
# The loop serves pages as well: after so many streams the others get their turn.
BATCH = 100
ASKING_AT_ONCE = 4
AWAY_SECONDS = 1.0
OWN_DESK = "desk:"
AGAIN = "again"

NOTHING: frozenset[str] = frozenset()
ALL = frozenset({AGAIN})
OPENING = b": open\n\n"
PING = b"event: ping\ndata:\n\n"

STREAMS = Gauge("borgerlinje_live_streams", "Open streams of browsers", multiprocess_mode="livesum")
log = structlog.get_logger("live")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
K = TypeVar("K")


@lru_cache(maxsize=1024)
def frame(topics: frozenset[str]) -> bytes:
    """Return one event that names these topics; none: a ping."""
    return f"data: {' '.join(sorted(topics))}\n\n".encode() if topics else PING


class Stream:
    """What one browser may hear and has not been told yet: a set of topics, however slowly it reads."""

    __slots__ = ("_wake", "_was_told", "is_over", "own", "shared", "waiting")

    def __init__(self, topics: frozenset[str]) -> None:
        self.is_over = False
        self.waiting = NOTHING
        self._wake = asyncio.Event()
        self._was_told = True
        self.hear(topics)

    def hear(self, topics: frozenset[str]) -> None:
        """Set what this browser may hear."""
        self.own = frozenset(topic for topic in topics if topic.startswith(OWN_DESK))
        self.shared = topics - self.own

    def tell(self, topics: frozenset[str]) -> None:
        """Note what changed, of what this browser may hear."""
        self.waiting = self.waiting | topics if self.waiting else topics
        self._was_told = True
        self._wake.set()

    def ping(self) -> None:
        """Send a sign of life when nothing was sent since the last call."""
        if not self._was_told:
            self._wake.set()
        self._was_told = False

    def end(self) -> None:
        """Let the request end."""
        self.is_over = True
        self._wake.set()

    async def next_frame(self) -> bytes:
        """Wait for something to send, return it and forget it."""
        await self._wake.wait()
        self._wake.clear()
        topics, self.waiting = self.waiting, NOTHING
        return frame(topics)


class Hub:
    """Hands hints to the streams of this process."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self._sharing: defaultdict[frozenset[str], set[Stream]] = defaultdict(set)
        self._desks: defaultdict[str, set[Stream]] = defaultdict(set)
        self._changed: set[str] = set()
        self._has_changed = asyncio.Event()
        self._asking = asyncio.Semaphore(ASKING_AT_ONCE)
        self._away_until = 0.0
        self._is_closing = False

    async def run(self) -> None:
        """Listen for as long as the process serves."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(), name="live-listen")
            tasks.create_task(self._send_shared(), name="live-shared")
            tasks.create_task(self._send_pings(), name="live-pings")

    def hint(self, topics: Iterable[str]) -> None:
        """Tell desks at once what concerns them, and keep what is shared for the next frame."""
        for topic in topics:
            if topic.startswith(OWN_DESK):
                for stream in self._desks.get(topic, ()):
                    stream.tell(frozenset({topic}))
            else:
                self._changed.add(topic)
                self._has_changed.set()

    @contextlib.contextmanager
    def joined(self, stream: Stream) -> Iterator[None]:
        """Hold a stream among those that are told."""
        self._place(stream)
        STREAMS.inc()
        if self._is_closing:
            stream.end()
        try:
            yield
        finally:
            self._remove(stream)
            STREAMS.dec()

    async def ask(self, key: str) -> frozenset[str] | None:
        """Return what the person of this session may hear, None when nobody is signed in with it.

        Raises DatabaseError while the database is away: whoever waits behind the first to notice is told at once.
        """
        loop = asyncio.get_running_loop()
        async with self._asking:
            if loop.time() < self._away_until:
                raise OperationalError("the database was away a moment ago")
            try:
                return await audible(key)
            except DatabaseError:
                self._away_until = loop.time() + AWAY_SECONDS
                raise

    async def renew(self, stream: Stream, key: str) -> None:
        """End a stream whose person signed out; while the database is away it hears what it heard."""
        try:
            topics = await self.ask(key)
        except DatabaseError:
            return
        if topics is None:
            stream.end()
        elif topics != stream.own | stream.shared:
            self._remove(stream)
            stream.hear(topics)
            self._place(stream)

    def close(self) -> None:
        """End all streams: the browsers reconnect, to the process that comes after."""
        self._is_closing = True
        for stream in self.streams:
            stream.end()

    def _place(self, stream: Stream) -> None:
        self.streams.add(stream)
        self._sharing[stream.shared].add(stream)
        for topic in stream.own:
            self._desks[topic].add(stream)

    def _remove(self, stream: Stream) -> None:
        self.streams.discard(stream)
        _discard(self._sharing, stream.shared, stream)
        for topic in stream.own:
            _discard(self._desks, topic, stream)

    async def _listen(self) -> None:
        hints, known = Hints(database.dsn("bl_web")), 0
        async for topics in hints.listen(timeout_seconds=PING_SECONDS):
            if hints.times_connected != known:
                known = hints.times_connected
                self.hint(ALL)
            self.hint(topics)

    async def _send_shared(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._has_changed.wait()
            began = loop.time()
            self._has_changed.clear()
            changed, self._changed = self._changed, set()
            for audible_here, streams in list(self._sharing.items()):
                heard = ALL if AGAIN in changed else audible_here & changed
                if heard:
                    await _gently(streams, partial(Stream.tell, topics=heard))
            # From start to start, so that a change waits no longer than that; with a pause even where telling all takes long.
            await asyncio.sleep(max(began + SHARED_SECONDS - loop.time(), SHARED_SECONDS / 2))

    async def _send_pings(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await _gently(self.streams, Stream.ping)


def _discard(kept: dict[K, set[Stream]], key: K, stream: Stream) -> None:
    kept[key].discard(stream)
    if not kept[key]:
        del kept[key]


async def _gently(streams: Iterable[Stream], act: Callable[[Stream], object]) -> None:
    for number, stream in enumerate(list(streams), 1):
        act(stream)
        if number % BATCH == 0:
            await asyncio.sleep(0)


async def serve(hub: Hub, scope: Message, receive: Receive, send: Send) -> None:
    """Answer one request for the stream: 401 when nobody is signed in, 503 while the database is away."""
    key = session_key(scope)
    try:
        topics = await hub.ask(key) if key else None
    except DatabaseError:
        log.warning("live_database_away")
        return await _refuse(send, 503)
    if topics is None:
        return await _refuse(send, 401)
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    stream = Stream(topics)
    watching = asyncio.create_task(_end_when_gone(receive, stream), name="live-gone")
    try:
        with hub.joined(stream):
            await _write(hub, stream, key, send)
    finally:
        watching.cancel()


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _write(hub: Hub, stream: Stream, key: str, send: Send) -> None:
    loop = asyncio.get_running_loop()
    renew_at = loop.time() + random.uniform(*RENEW_SECONDS)  # noqa: S311 - no secret
    body = OPENING
    while not stream.is_over:
        # Waits while this browser does not read what it was sent; that holds up no other.
        await send({"type": "http.response.body", "body": body, "more_body": True})
        if loop.time() > renew_at:
            renew_at = loop.time() + random.uniform(*RENEW_SECONDS)  # noqa: S311 - no secret
            await hub.renew(stream, key)
        body = await stream.next_frame()
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b""})


async def _end_when_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


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


@sync_to_async(thread_sensitive=False)
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
