"""`/live/her/`: a desk says that it is there.

An open stream does not say it: a stream serves all tabs of a browser, and one whose network is gone looks open for many minutes.
So each desk calls here every ten seconds. That many calls must cost next to nothing: who a session belongs to is remembered for a
while, and everybody who called is written in one statement.
"""

import asyncio
from collections.abc import Collection

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError

from borgerlinje import live

WRITE_SECONDS = 5.0
REMEMBER_SECONDS = 120.0

log = structlog.get_logger("seen")


class Seen:
    """The desks that have called this process since it last wrote."""

    def __init__(self, hub: live.Hub) -> None:
        self._hub = hub
        self._seen: set[int] = set()
        self._known: dict[str, tuple[float, frozenset[int]]] = {}

    async def serve(self, scope: live.Message, send: live.Send) -> None:
        """Answer 204; 401 when nobody is signed in, 503 while the database is away."""
        if scope["method"] != "POST":
            return await _answer(send, 405)
        try:
            employees = await self._employees(live.session_key(scope))
        except DatabaseError:
            return await _answer(send, 503)
        if employees is None:
            return await _answer(send, 401)
        self._seen |= employees
        return await _answer(send, 204)

    async def run(self) -> None:
        """Write who has called, for as long as the process serves."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            self._forget()
            await self.write()

    async def write(self) -> None:
        """Write who has called, and forget it; while the database is away it is kept."""
        employees = self._seen
        if not employees:
            return
        self._seen = set()
        try:
            await note(employees)
        except DatabaseError as error:
            self._seen |= employees
            log.warning("not_written", why=type(error).__name__)

    async def _employees(self, key: str) -> frozenset[int] | None:
        now = asyncio.get_running_loop().time()
        until, employees = self._known.get(key, (0.0, frozenset()))
        if now < until:
            return employees
        topics = await self._hub.ask(key) if key else None
        if topics is None:
            return None
        own = frozenset(int(each.removeprefix(live.OWN_DESK)) for each in topics if each.startswith(live.OWN_DESK))
        self._known[key] = (now + REMEMBER_SECONDS, own)
        return own

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        self._known = {key: known for key, known in self._known.items() if now < known[0]}


async def _answer(send: live.Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


@sync_to_async(thread_sensitive=False)
def note(employees: Collection[int]) -> None:
    """Write that these employees' desks are there, whoever's they are. Raises DatabaseError."""
    from django.db import close_old_connections, transaction

    from borgerlinje.cooperation.models import Authority
    from borgerlinje.dispatch.watch import do_seen
    from borgerlinje.kit.request_database import run_here
    from borgerlinje.staff.fence import set_fence

    close_old_connections()
    try:
        with transaction.atomic():
            set_fence(user_id=None, authorities=list(Authority.objects.values_list("pk", flat=True)))
            run_here(do_seen(sorted(employees)))
    finally:
        close_old_connections()
